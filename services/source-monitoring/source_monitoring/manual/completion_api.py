"""HTTP of completion: how many of the results owed came, by outlet, enterprise, park."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at, day_span
from park_judging.registry import Points
from park_judging.scope import chosen_points

from source_monitoring.domain.manual.completion import Completion, completion
from source_monitoring.domain.manual.dues import Due
from source_monitoring.domain.manual.frequencies import Frequency, period_at
from source_monitoring.http_edge import Reader
from source_monitoring.manual.due_looking import Since, Until, looked_up, span_of
from source_monitoring.manual.edge import point_item


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see their own outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])

    @routes.get("/statistics")
    async def statistics(
        reader: Reader,
        since: Since = None,
        until: Until = None,
        by: Literal["point", "enterprise", "park"] = "point",
        period: Literal["month", "quarter", "year"] = "month",
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """How many of the results owed came, and in time. A period of a plan belongs to the month, quarter or year it ends in."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        found, _ = await looked_up(database, chosen, since, until, None)
        key = _key_of(by, Frequency(period), chosen)
        counted = completion((due for _, due in found if _ends_inside(due, since, until)), key)
        items = [
            {"period_start": start, **_named(by, whose, chosen), **_counts(made)}
            for (start, whose), made in sorted(counted.items(), key=lambda one: (one[0][0], str(one[0][1])))
        ]
        if file is not None:
            return table_response(file, "自行监测完成率", _STATISTICS, items)
        return json_response(page(items))

    return routes


def _ends_inside(due: Due, since: date | None, until: date | None) -> bool:
    first, end = span_of(since, until)
    return day_span(first)[0] < due.window.end <= day_span(end)[0]


_Whose = UUID | None


def _key_of(by: str, period: Frequency, chosen: Mapping[UUID, PointLimits]) -> Callable[[Due], tuple[date, _Whose]]:
    def key(due: Due) -> tuple[date, _Whose]:
        start = day_at(period_at(period, due.window.end - timedelta(seconds=1)).start)
        point = chosen[due.point_id].point
        return start, {"point": due.point_id, "enterprise": point.enterprise_id, "park": None}[by]

    return key


def _named(by: str, whose: _Whose, chosen: Mapping[UUID, PointLimits]) -> dict[str, Any]:
    if by == "point" and whose is not None:
        return {"point_id": whose, **point_item(chosen[whose])}
    if by == "enterprise":
        one = next((limits.point for limits in chosen.values() if limits.point.enterprise_id == whose), None)
        names = (one.enterprise_name_zh, one.enterprise_name_en) if one else ("", "")
        return {"enterprise_id": whose, "enterprise_name_zh": names[0], "enterprise_name_en": names[1]}
    return {}


def _counts(made: Completion) -> dict[str, Any]:
    return {
        "owed": made.owed, "on_time": made.on_time, "late": made.late, "overdue": made.overdue, "exempt": made.exempt,
        "pending": made.pending, "rate": made.rate,
    }  # fmt: skip


_STATISTICS: list[Column] = [
    Column("期 / period", lambda one: one["period_start"].isoformat()),
    Column("企业 / enterprise", lambda one: one.get("enterprise_name_zh", ""), 24),
    Column("排口 / outlet", lambda one: one.get("point_name_zh", ""), 24),
    Column("应完成 / owed", lambda one: one["owed"]),
    Column("按时 / on time", lambda one: one["on_time"]),
    Column("迟报 / late", lambda one: one["late"]),
    Column("逾期 / overdue", lambda one: one["overdue"]),
    Column("免测 / exempt", lambda one: one["exempt"]),
    Column("未到期 / pending", lambda one: one["pending"]),
    Column("按时完成率 / rate", lambda one: one["rate"]),
]
