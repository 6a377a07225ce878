"""What dues are computed from, and SQL of explanations and of what was told as overdue."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.database import Connection
from park_standards.validity import CONDITION_STOPPED

from source_monitoring.domain.manual.dues import Due, dues
from source_monitoring.domain.manual.frequencies import Span, period_at
from source_monitoring.manual import store
from source_monitoring.marking import store as marking


async def computed(
    tx: Connection, rows: Sequence[asyncpg.Record], since: datetime, until: datetime, at: datetime
) -> list[Due]:
    """Return what is due of plans (their rows) in the periods that touch [since, until), as it stands at `at`."""
    if not rows:
        return []
    plans = [store.plan(row) for row in rows]
    point_ids = sorted({plan.point_id for plan in plans})
    first = min(period_at(plan.frequency, since).start for plan in plans)
    last = max(period_at(plan.frequency, until).end for plan in plans)
    samples = await store.samples(tx, point_ids, first, last)
    stopped = await _stopped(tx, point_ids, first, last)
    explained = await _explained(tx, [plan.plan_id for plan in plans])
    found: list[Due] = []
    for plan in plans:
        found += dues(
            plan, since, until, samples.get(plan.point_id, ()), stopped=stopped.get(plan.point_id, ()),
            explained=explained.get(plan.plan_id, frozenset()), at=at,
        )  # fmt: skip
    return found


async def _stopped(
    tx: Connection, point_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, list[Span]]:
    """The marked stops that count, by point."""
    rows = await tx.fetch(
        "select * from marks where point_id = any($1) and key = $2 and state in ('submitted', 'accepted')"
        " and start_at < $4 and end_at > $3",
        list(point_ids), CONDITION_STOPPED, since, until,
    )  # fmt: skip
    found: dict[UUID, list[Span]] = {}
    for row in rows:
        mark = marking.mark_of(row)
        if mark.counts:
            found.setdefault(mark.point_id, []).append(Span(mark.start, mark.end))
    return found


async def _explained(tx: Connection, plan_ids: Sequence[UUID]) -> dict[UUID, frozenset[datetime]]:
    rows = await tx.fetch(
        "select plan_id, array_agg(period_start) as starts from manual_explanations"
        " where plan_id = any($1) and state = 'accepted' group by plan_id",
        list(plan_ids),
    )
    return {row["plan_id"]: frozenset(row["starts"]) for row in rows}


# --- explanations ----------------------------------------------------------------------------------------------------


async def explanations(tx: Connection, plan_ids: Sequence[UUID]) -> dict[tuple[UUID, datetime], asyncpg.Record]:
    """Return the newest explanation of each period of plans, by (plan, start of the window)."""
    rows = await tx.fetch(
        "select distinct on (plan_id, period_start) * from manual_explanations where plan_id = any($1)"
        " order by plan_id, period_start, created_at desc",
        list(plan_ids),
    )
    return {(row["plan_id"], row["period_start"]): row for row in rows}


async def add_explanation(tx: Connection, row: dict[str, Any]) -> bool:
    """Store an explanation; False when one is in force for the period already."""
    names, places = ", ".join(row), ", ".join(f"${number}" for number in range(1, len(row) + 1))
    status = await tx.execute(
        f"insert into manual_explanations ({names}) values ({places}) on conflict do nothing", *row.values()
    )
    return status.endswith(" 1")


async def one_explanation(tx: Connection, explanation_id: UUID) -> asyncpg.Record | None:
    """Return an explanation, locked."""
    return await tx.fetchrow("select * from manual_explanations where explanation_id = $1 for update", explanation_id)


async def decide_explanation(
    tx: Connection, explanation_id: UUID, state: str, who: tuple[UUID, str], at: datetime, why: str
) -> None:
    """Write what became of an explanation, and who said so."""
    await tx.execute(
        "update manual_explanations set state = $2, decided_by_id = $3, decided_by = $4, decided_at = $5, decision_reason = $6"
        " where explanation_id = $1",
        explanation_id, state, *who, at, why,
    )  # fmt: skip


# --- what was told as overdue ----------------------------------------------------------------------------------------


async def standing_overdue(tx: Connection) -> dict[tuple[UUID, datetime], asyncpg.Record]:
    """Return what was told as overdue and has not ended, by (plan, start of the window)."""
    rows = await tx.fetch("select * from manual_overdue where ended_at is null")
    return {(row["plan_id"], row["period_start"]): row for row in rows}


async def add_overdue(tx: Connection, due: Due, at: datetime) -> None:
    """Note that a period was told as overdue; one that had ended stands again."""
    await tx.execute(
        "insert into manual_overdue (plan_id, period_start, point_id, period_end, due_at, found_at)"
        " values ($1, $2, $3, $4, $5, $6) on conflict (plan_id, period_start)"
        " do update set period_end = excluded.period_end, due_at = excluded.due_at, ended_at = null",
        due.plan_id, due.window.start, due.point_id, due.window.end, due.due_at, at,
    )  # fmt: skip


async def end_overdue(tx: Connection, plan_id: UUID, period_start: datetime, at: datetime) -> None:
    """Note that a period stands as overdue no more."""
    await tx.execute(
        "update manual_overdue set ended_at = $3 where plan_id = $1 and period_start = $2", plan_id, period_start, at
    )
