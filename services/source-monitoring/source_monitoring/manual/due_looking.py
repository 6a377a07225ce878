"""What is due in a stretch of days, looked up for lists and statistics."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Query
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at, day_span, months_on

from source_monitoring.domain.manual.dues import Due
from source_monitoring.domain.manual.frequencies import WITHIN_A_DAY
from source_monitoring.domain.manual.plans import Plan
from source_monitoring.manual import due_store, store

_MOST_DAYS, _MOST_FINE_DAYS = 1100, 62
Since = Annotated[
    date | None, Query(alias="from", description="Day of the park's calendar; default: begin of this month")
]
Until = Annotated[date | None, Query(alias="to", description="Exclusive; default: end of this month")]


async def looked_up(
    database: Database, chosen: Mapping[UUID, PointLimits], since: date | None, until: date | None, plan_id: UUID | None
) -> tuple[list[tuple[Plan, Due]], Mapping[tuple[UUID, datetime], asyncpg.Record]]:
    first, end = span_of(since, until)
    async with database.reading() as tx:
        rows = await store.plans(tx, list(chosen))
        rows = [row for row in rows if plan_id is None or row["plan_id"] == plan_id]
        _refuse_too_many(rows, first, end)
        plans = {row["plan_id"]: store.plan(row) for row in rows}
        computed = await due_store.computed(tx, rows, day_span(first)[0], day_span(end)[0], now())
        explained = await due_store.explanations(tx, list(plans))
    return [(plans[due.plan_id], due) for due in sorted(computed, key=place_of)], explained


def span_of(since: date | None, until: date | None) -> tuple[date, date]:
    """Return the days [first, end) that are asked for, this month by default. Raises Refused (422)."""
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


def place_of(due: Due) -> str:
    """The place of a due in the list, as text that sorts like it."""
    return f"{due.due_at.timestamp():014.0f} {due.window.start.timestamp():014.0f} {due.plan_id}"
