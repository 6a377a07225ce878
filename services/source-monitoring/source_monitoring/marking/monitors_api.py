"""HTTP of monitors and of the checks they need: kinds, what was filed, what is due in the whole park."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from pydantic import Field

from source_monitoring.domain.monitor_checks import (
    MONITOR_KINDS,
    REQUIREMENT_NAMES,
    DueState,
    Requirement,
    intervals_of,
)
from source_monitoring.http_edge import Body, Marker, Reader, bad_cursor
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

    async def found(
        reader: Principal,
        point_id: UUID | None,
        enterprise_id: UUID | None,
        state: DueState | None,
        requirement: Requirement | None,
    ) -> tuple[list[monitor_store.DueRow], dict[UUID, PointLimits]]:
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        async with database.reading() as connection:
            rows = await monitor_store.due(connection, list(chosen), now())
        return [
            row
            for row in rows
            if state in {None, row.check.state} and requirement in {None, row.check.requirement}
        ], chosen  # fmt: skip

    @routes.get("/checks/due")
    async def due(
        reader: Reader,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        state: DueState | None = None,
        requirement: Requirement | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """The checks that monitors need, the one due first before the others, and how many stand in each state."""
        rows, chosen = await found(reader, point_id, enterprise_id, state, requirement)
        after = _place(cursor)
        left = [row for row in rows if after is None or monitor_store.place_of(row) > after]
        shown = left[:limit]
        following = encode_cursor(*monitor_store.place_of(shown[-1])) if len(left) > limit else None
        counts = {one.value: sum(row.check.state is one for row in rows) for one in DueState}
        items = [due_item(row, chosen[row.point_id]) for row in shown]
        return json_response(page(items, following, len(rows)) | {"counts": counts})

    @routes.get("/checks/due/export")
    async def export(
        reader: Reader,
        file_format: Annotated[Format, Query(alias="format")] = "csv",
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        state: DueState | None = None,
        requirement: Requirement | None = None,
    ) -> Response:
        """The same as a table."""
        rows, chosen = await found(reader, point_id, enterprise_id, state, requirement)
        return table_response(
            file_format, "质控待办 checks due", _COLUMNS, [due_item(row, chosen[row.point_id]) for row in rows]
        )

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


def _place(cursor: str | None) -> tuple[str, ...] | None:
    place = decode_cursor(cursor)
    if place is not None and (len(place) != 4 or not all(isinstance(part, str) for part in place)):
        raise bad_cursor()
    return None if place is None else tuple(place)


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


def due_item(row: monitor_store.DueRow, limits: PointLimits) -> dict[str, Any]:
    """Return a required check as it is shown."""
    check, point = row.check, limits.point
    kind, known = MONITOR_KINDS[check.monitor.kind], limits.factors.get(check.monitor.factor)
    return {
        "point_id": point.point_id, "point_name_zh": point.name_zh, "point_name_en": point.name_en,
        "enterprise_id": point.enterprise_id, "enterprise_name_zh": point.enterprise_name_zh,
        "enterprise_name_en": point.enterprise_name_en, "factor": check.monitor.factor,
        "factor_name_zh": known.name_zh if known else check.monitor.factor,
        "factor_name_en": known.name_en if known else check.monitor.factor, "monitor_id": check.monitor.monitor_id,
        "kind": check.monitor.kind, "kind_zh": kind.name_zh, "kind_en": kind.name_en, "requirement": check.requirement,
        "requirement_zh": REQUIREMENT_NAMES[check.requirement][0], "requirement_en": REQUIREMENT_NAMES[check.requirement][1],
        "interval": check.interval.count, "interval_unit": check.interval.unit, "standard": check.interval.standard,
        "confidence": check.interval.confidence, "last_pass": check.last_pass, "due_at": check.due_at, "state": check.state,
    }  # fmt: skip


_STATE_WORDS: dict[DueState, str] = {
    DueState.OVERDUE: "逾期 overdue", DueState.DUE: "即将到期 due", DueState.OK: "正常 ok",
    DueState.NO_RECORD: "无合格记录 no record",
}  # fmt: skip
_COLUMNS = [
    Column("企业 enterprise", lambda item: item["enterprise_name_zh"], 24),
    Column("监测点 point", lambda item: item["point_name_zh"], 24),
    Column("因子 factor", lambda item: item["factor_name_zh"], 14),
    Column("监测仪 monitor", lambda item: item["kind_zh"], 30),
    Column("检查 check", lambda item: item["requirement_zh"], 16),
    Column("上次合格 last pass", lambda item: item["last_pass"], 20),
    Column("到期 due", lambda item: item["due_at"], 20),
    Column("状态 state", lambda item: _STATE_WORDS[item["state"]], 20),
    Column("依据 standard", lambda item: f"{item['standard']} ({item['confidence']})", 24),
]
