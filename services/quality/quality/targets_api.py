"""HTTP in: targets of a station by year, in versions."""

from decimal import Decimal, InvalidOperation
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import one_point
from pydantic import BaseModel, ConfigDict, Field

from quality import target_store

Reader = Annotated[Principal, Depends(require("reading:read"))]
Writer = Annotated[Principal, Depends(require("archive:write"))]


class NewTargets(BaseModel):
    """The whole new set of targets, the version it changes (0: none yet), and why."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    year: int = Field(ge=2000, le=2100)
    based_on: int = Field(ge=0, le=1_000_000)
    reason: str = Field(min_length=2, max_length=500)
    bounds: dict[str, str] = Field(
        max_length=40, description="class (1-6), index, good_share (0-1) or a factor code -> bound as decimal text"
    )


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Stations that the reader may not see do not exist for him."""
    routes = APIRouter()

    @routes.get("/points/{point_id}/targets")
    async def targets(reader: Reader, point_id: UUID, year: Annotated[int, Query(ge=2000, le=2100)]) -> Response:
        """The targets of a year with all their versions, newest first; version 0 and no bounds when there are none."""
        one_point(points, reader, point_id)
        async with database.reading() as connection:
            rows = [dict(row) for row in await target_store.versions(connection, point_id, year)]
        newest = rows[0] if rows else {"version": 0, "bounds": {}}
        return json_response({"year": year, "version": newest["version"], "bounds": newest["bounds"], "versions": rows})

    @routes.put("/points/{point_id}/targets")
    async def set_targets(writer: Writer, point_id: UUID, new: NewTargets) -> Response:
        """Put a new version of a year's targets in force."""
        limits = one_point(points, writer, point_id)
        bounds = _bounds(limits, new.bounds)
        async with database.transaction() as tx:
            version = await target_store.add(
                tx,
                point_id,
                new.year,
                bounds,
                based_on=new.based_on,
                author=writer.username,
                reason=new.reason,
                at=now(),
            )
        if version is None:
            raise Refused(
                "version-conflict",
                "目标已被他人修改,请刷新后重试",
                "the targets were changed meanwhile: read them again",
            )
        return json_response({"year": new.year, "version": version, "bounds": bounds})

    return routes


def _bounds(limits: PointLimits, given: dict[str, str]) -> dict[str, str]:
    """Return the bounds as they are stored. Raises Refused (422) naming every measure that cannot be."""
    errors = []
    for measure, bound in given.items():
        if measure not in {"class", "index", "good_share", *limits.factors}:
            errors.append({"where": measure, "what": "no such measure of this station", "what_zh": "该站点没有此指标"})
        elif not _is_number(bound):
            errors.append({"where": measure, "what": f"{bound!r} is no number above 0", "what_zh": f"{bound} 不是正数"})
    if errors:
        raise Refused("bad-targets", "目标有误", "the targets have mistakes", status=422, errors=errors)
    return given


def _is_number(text: str) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and value > 0
