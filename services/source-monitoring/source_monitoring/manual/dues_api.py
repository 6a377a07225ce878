"""HTTP of what is due: periods of plans with their states, and completion by outlet, enterprise, park."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Response
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at, day_span, months_on
from park_judging.http_edge import place_of_text
from park_judging.registry import Points
from park_judging.scope import chosen_points

from source_monitoring.domain.manual.completion import Completion, completion
from source_monitoring.domain.manual.dues import Due, DueState
from source_monitoring.domain.manual.frequencies import CYCLES, WITHIN_A_DAY, Frequency, period_at
from source_monitoring.domain.manual.plans import Plan
from source_monitoring.http_edge import Reader
from source_monitoring.manual import due_store, store
from source_monitoring.manual.edge import factor_items, point_item

_MOST_DAYS, _MOST_FINE_DAYS = 1100, 62
Since = Annotated[
    date | None, Query(alias="from", description="Day of the park's calendar; default: begin of this month")
]
Until = Annotated[date | None, Query(alias="to", description="Exclusive; default: end of this month")]


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see their own outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])

    @routes.get("/dues")
    async def listed(
        reader: Reader,
        since: Since = None,
        until: Until = None,
        state: DueState | None = None,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        plan_id: UUID | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Periods that touch [from, to), due first first, and how many are in each state."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        found, explained = await looked_up(chosen, since, until, plan_id)
        counts = {one.value: sum(due.state is one for _, due in found) for one in DueState}
        wanted = [one for one in found if state is None or one[1].state is state]
        after = place_of_text(cursor)
        rest = [one for one in wanted if after is None or _place(one[1]) > after]
        part = rest if file else rest[:limit]
        items = [due_item(plan, due, chosen, explained) for plan, due in part]
        if file is not None:
            return table_response(file, "自行监测任务", _COLUMNS, items)
        following = encode_cursor(_place(part[-1][1])) if len(rest) > len(part) else None
        return json_response(page(items, following, len(wanted)) | {"counts": counts})

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
        found, _ = await looked_up(chosen, since, until, None)
        key = _key_of(by, Frequency(period), chosen)
        counted = completion((due for _, due in found if _ends_inside(due, since, until)), key)
        items = [
            {"period_start": start, **_named(by, whose, chosen), **_counts(made)}
            for (start, whose), made in sorted(counted.items(), key=lambda one: (one[0][0], str(one[0][1])))
        ]
        if file is not None:
            return table_response(file, "自行监测完成率", _STATISTICS, items)
        return json_response(page(items))

    async def looked_up(
        chosen: Mapping[UUID, PointLimits], since: date | None, until: date | None, plan_id: UUID | None
    ) -> tuple[list[tuple[Plan, Due]], Mapping[tuple[UUID, datetime], asyncpg.Record]]:
        first, end = _span(since, until)
        async with database.reading() as tx:
            rows = await store.plans(tx, list(chosen))
            rows = [row for row in rows if plan_id is None or row["plan_id"] == plan_id]
            _refuse_too_many(rows, first, end)
            plans = {row["plan_id"]: store.plan(row) for row in rows}
            computed = await due_store.computed(tx, rows, day_span(first)[0], day_span(end)[0], now())
            explained = await due_store.explanations(tx, list(plans))
        return [(plans[due.plan_id], due) for due in sorted(computed, key=_place)], explained

    return routes


def _span(since: date | None, until: date | None) -> tuple[date, date]:
    today = day_at(now())
    first = since or today.replace(day=1)
    end = until or months_on(max(first, today), 1)
    if not first < end or (end - first).days > _MOST_DAYS:
        zh, en = f"起止日期有误，最多 {_MOST_DAYS} 天", f"from must lie before to, by {_MOST_DAYS} days at most"
        raise Refused("bad-range", zh, en, status=422)
    return first, end


def _refuse_too_many(rows: Sequence[asyncpg.Record], first: date, end: date) -> None:
    if (end - first).days > _MOST_FINE_DAYS and any(store.plan(row).frequency in WITHIN_A_DAY for row in rows):
        zh = f"含每日多次的方案，一次最多 {_MOST_FINE_DAYS} 天，请缩小范围或选定方案"
        en = f"plans of several periods a day are among them: {_MOST_FINE_DAYS} days at once at most"
        raise Refused("range-too-long", zh, en, status=422)


def _place(due: Due) -> str:
    """The place of a due in the list, as text that sorts like it."""
    return f"{due.due_at.timestamp():014.0f} {due.window.start.timestamp():014.0f} {due.plan_id}"


def _ends_inside(due: Due, since: date | None, until: date | None) -> bool:
    first, end = _span(since, until)
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


def due_item(
    plan: Plan,
    due: Due,
    chosen: Mapping[UUID, PointLimits],
    explained: Mapping[tuple[UUID, datetime], asyncpg.Record],
) -> dict[str, Any]:
    """Return a due as it is shown, with the newest explanation of it."""
    cycle, row = CYCLES[plan.frequency], explained.get((due.plan_id, due.window.start))
    explanation = None if row is None else explanation_item(row)
    return {
        "plan_id": due.plan_id, "plan_name_zh": plan.name_zh, "plan_name_en": plan.name_en, "point_id": due.point_id,
        **point_item(chosen[due.point_id]), "frequency": plan.frequency, "frequency_zh": cycle.name_zh,
        "frequency_en": cycle.name_en, "times": plan.times, "start": due.window.start, "end": due.window.end,
        "due_at": due.due_at, "state": due.state, "factors": factor_items(plan.factors), "lacking": factor_items(due.lacking),
        "samples": due.samples, "done_at": due.done_at, "late": due.late, "exempt_because": due.exempt_because,
        "explanation": explanation,
    }  # fmt: skip


def explanation_item(row: asyncpg.Record) -> dict[str, Any]:
    """Return an explanation as it is shown."""
    shown = (
        "explanation_id", "plan_id", "point_id", "period_start", "reason", "evidence", "state", "author", "created_at",
        "decided_by", "decided_at", "decision_reason",
    )  # fmt: skip
    return {name: row[name] for name in shown}


_COLUMNS: list[Column] = [
    Column("企业 / enterprise", lambda one: one["enterprise_name_zh"], 24),
    Column("排口 / outlet", lambda one: one["point_name_zh"], 24),
    Column("方案 / plan", lambda one: one["plan_name_zh"], 24),
    Column("频次 / frequency", lambda one: one["frequency_zh"]),
    Column("起 / start", lambda one: one["start"]),
    Column("止 / end", lambda one: one["end"]),
    Column("应报 / due", lambda one: one["due_at"]),
    Column("状态 / state", lambda one: one["state"].value),
    Column("缺因子 / lacking", lambda one: "、".join(factor["name_zh"] for factor in one["lacking"]), 30),
    Column("完成时间 / done", lambda one: one["done_at"]),
    Column("迟报 / late", lambda one: one["late"]),
    Column("说明 / explanation", lambda one: (one["explanation"] or {}).get("reason", ""), 30),
]
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
