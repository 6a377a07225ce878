"""HTTP of monitors: their kinds with the checks each needs, and what was filed."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import one_point
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from pydantic import Field

from source_monitoring.domain.monitor_checks import (
    MONITOR_KINDS,
    REQUIREMENT_NAMES,
    intervals_of,
)
from source_monitoring.http_edge import Body, Marker, Reader
from source_monitoring.marking import monitor_store, span_changes
from source_monitoring.marking.desk import bad_mark, refuse_unknown_factors


class NewMonitor(Body):
    """The monitor of one factor, in use from `since` on (default: now). It takes the place of the one filed before."""

    factor: str
    kind: str = Field(description="Key of GET /monitor-kinds")
    since: datetime | None = None
    reason: str = Field(min_length=2, max_length=500)


class Voiding(Body):
    reason: str = Field(min_length=2, max_length=500)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users file and see monitors of their own points."""
    routes = APIRouter(tags=["marks"])

    @routes.get("/monitor-kinds")
    async def kinds(_: Reader) -> Response:
        """The kinds of monitor that can be filed, with the checks each needs, their interval, source and confidence."""
        return json_response(page([_kind_item(key) for key in MONITOR_KINDS]))

    @routes.get("/points/{point_id}/monitors")
    async def monitors(reader: Reader, point_id: UUID) -> Response:
        """What was filed of a point, newest first, voided ones too."""
        one_point(points, reader, point_id)
        async with database.reading() as connection:
            rows = await monitor_store.filed(connection, point_id)
        return json_response(page([monitor_item(row) for row in rows]))

    @routes.post("/points/{point_id}/monitors", status_code=201)
    async def file(marker: Marker, point_id: UUID, new: NewMonitor) -> Response:
        """File a monitor. From then on its checks fall due; data are invalid while one that has passed before is overdue."""
        limits = one_point(points, marker, point_id)
        async with database.transaction() as tx:
            row = await _file(tx, marker, limits, new)
        return json_response(monitor_item(row), 201)

    @routes.post("/monitors/{monitor_id}/void")
    async def void(marker: Marker, monitor_id: UUID, why: Voiding) -> Response:
        """Take back a monitor that was filed by mistake; hours that were invalid because of it are computed anew."""
        async with database.transaction() as tx:
            row = await monitor_store.one(tx, monitor_id)
            if row is None or row["voided_at"] is not None:
                raise NotFound("监测仪", "monitor on file", monitor_id)
            one_point(points, marker, row["point_id"])
            async with span_changes.recomputed(tx, row["point_id"], [row["factor"]]):
                await monitor_store.void(tx, monitor_id, marker.display_name, why.reason, now())
        return json_response({"monitor_id": monitor_id, "voided": True})

    return routes


async def _file(tx: Connection, person: Principal, limits: PointLimits, new: NewMonitor) -> dict[str, Any]:
    refuse_unknown_factors(limits, [new.factor])
    kind, at = MONITOR_KINDS.get(new.kind), now()
    if kind is None:
        raise bad_mark("kind", f"没有监测仪类型 {new.kind}", f"there is no kind of monitor {new.kind!r}")
    if limits.point.medium not in kind.media or (kind.factors and new.factor not in kind.factors):
        raise bad_mark("kind", f"{kind.name_zh}不用于该因子", f"a {kind.name_en} does not measure this factor")
    since = at_park(new.since or at)
    if since > at:
        raise bad_mark("since", "启用时间不能晚于现在", "the begin of use lies in the future")
    row = {
        "monitor_id": uuid7(), "point_id": limits.point.point_id, "factor": new.factor, "kind": new.kind, "since": since,
        "reason": new.reason, "author_id": person.user_id, "author": person.display_name, "filed_at": at,
    }  # fmt: skip
    async with span_changes.recomputed(tx, limits.point.point_id, [new.factor]):
        try:
            async with tx.transaction():
                await monitor_store.file(tx, row)
        except asyncpg.CheckViolationError as error:
            raise Refused(
                "monitor-is-newer", "该因子已有更晚启用的监测仪", "a monitor filed before begins later than this one"
            ) from error
    return row | {"until": None, "voided_at": None, "voided_by": None, "void_reason": None}


def _kind_item(key: str) -> dict[str, Any]:
    kind = MONITOR_KINDS[key]
    return {
        "kind": key, "name_zh": kind.name_zh, "name_en": kind.name_en, "media": sorted(kind.media),
        "factors": sorted(kind.factors),
        "requirements": [
            {
                "requirement": need, "name_zh": REQUIREMENT_NAMES[need][0], "name_en": REQUIREMENT_NAMES[need][1],
                "interval": row.count, "interval_unit": row.unit, "pass_criterion": row.pass_criterion,
                "out_of_control": row.out_of_control, "standard": row.standard, "confidence": row.confidence,
            }
            for need, row in intervals_of(key).items()
        ],
    }  # fmt: skip


def monitor_item(row: asyncpg.Record | dict[str, Any]) -> dict[str, Any]:
    """Return a monitor as it was filed."""
    kind = MONITOR_KINDS[row["kind"]]
    return {
        **{name: row[name] for name in ("monitor_id", "point_id", "factor", "kind", "since", "until", "reason", "author")},
        "kind_zh": kind.name_zh, "kind_en": kind.name_en, "filed_at": row["filed_at"], "voided_at": row["voided_at"],
        "voided_by": row["voided_by"], "void_reason": row["void_reason"],
    }  # fmt: skip
