"""HTTP of the checks that monitors need: what is due in the whole park, as a list and as a table."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import chosen_points

from source_monitoring.domain.monitor_checks import MONITOR_KINDS, REQUIREMENT_NAMES, DueState, Requirement
from source_monitoring.http_edge import Reader, bad_cursor
from source_monitoring.marking import monitor_store


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see the checks of their own points."""
    routes = APIRouter(tags=["marks"])

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


def _place(cursor: str | None) -> tuple[str, ...] | None:
    place = decode_cursor(cursor)
    if place is not None and (len(place) != 4 or not all(isinstance(part, str) for part in place)):
        raise bad_cursor()
    return None if place is None else tuple(place)


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
