"""HTTP in: targets of a station by year, in versions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_judging.http_edge import invalid
from park_judging.registry import Points
from park_judging.scope import one_point
from pydantic import BaseModel, ConfigDict, Field

from quality import target_store
from quality.domain.measures import target_problems

Reader = Annotated[Principal, Depends(require("reading:read"))]
Writer = Annotated[Principal, Depends(require("archive:write"))]


class NewTargets(BaseModel):
    """The whole new set of targets, the version it changes (0: none yet), and why."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    year: int = Field(ge=2000, le=2100)
    based_on: int = Field(ge=0, le=1_000_000)
    reason: str = Field(min_length=2, max_length=500)
    bounds: dict[str, str] = Field(
        max_length=40,
        description="class (1-6), index, good_share (above 0, at most 1) or a factor code -> bound as decimal text",
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
        if problems := target_problems(limits, new.bounds):
            raise invalid(problems)
        async with database.transaction() as tx:
            version = await target_store.add(
                tx,
                point_id,
                new.year,
                new.bounds,
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
        return json_response({"year": new.year, "version": version, "bounds": new.bounds})

    return routes
