"""What time alone brings about: deadlines and clocks of steps run out, rounds of plans become tasks.

Each is a row; firing it and its effects are one transaction, so it fires once. Several replicas may look at the same time:
the task or plan is locked first, then the row is taken if it is still due.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.identifiers import natural_id

from task_dispatch import figures
from task_dispatch.domain import life
from task_dispatch.domain.kinds import ClockedStep, Kind
from task_dispatch.domain.plans import CYCLE_ZH, Plan, deadline, due_on, fires_at, round_of
from task_dispatch.domain.task_states import may
from task_dispatch.kind_book import KindBook
from task_dispatch.making import Order, TaskMaker
from task_dispatch.recording import Recorder
from task_dispatch.store import idempotency, plans, tasks

T = TypeVar("T")


class Deadlines:
    """Fires deadlines and clocks until cancelled."""

    def __init__(self, database: Database, recorder: Recorder, *, poll_s: float) -> None:
        self._database = database
        self._recorder = recorder
        self._poll_s = poll_s

    async def run(self) -> None:
        """Look for what has run out, mark each in its own transaction, rest when there is none."""
        async with self._database.transaction() as tx:
            await idempotency.forget_old_keys(tx, now())
        while True:
            if not await self.fire_due():
                await asyncio.sleep(self._poll_s)

    async def fire_due(self) -> int:
        """Fire what is due now; return how many this replica fired."""
        async with self._database.reading() as connection:
            due = await tasks.due_timers(connection, now())
            clocks = await tasks.due_clocks(connection, now())
        fired = await _each(self._database, self._fire, due)
        return fired + await _each(self._database, self._fire_clock, clocks)

    async def _fire(self, tx: Connection, task_id: UUID) -> bool:
        work, at = await tasks.work_locked(tx, task_id), now()
        if work is None or not await tasks.take_timer(tx, task_id, at):
            return False
        if may(work.task.state, "overdue"):  # a reported task waits for its verifier; a return sets the timer again
            figures.OVERDUE.inc()
            step = life.plain(work, "overdue", by=life.SYSTEM, reason="", now=at, overdue=True)
            await self._recorder.record(tx, step)
        return True

    async def _fire_clock(self, tx: Connection, due: tuple[UUID, ClockedStep]) -> bool:
        task_id, step = due
        work, at = await tasks.work_locked(tx, task_id), now()
        if work is None or not await tasks.take_clock(tx, task_id, step, at):
            return False
        if may(work.task.state, "late"):
            await self._recorder.record(tx, life.late(work, step, now=at))
        return True


class PlanRounds:
    """Makes the tasks of plans until cancelled."""

    def __init__(
        self, database: Database, book: KindBook, maker: TaskMaker, recorder: Recorder, *, poll_s: float
    ) -> None:
        self._database = database
        self._book = book
        self._maker = maker
        self._recorder = recorder
        self._poll_s = poll_s

    async def run(self) -> None:
        """Stock the kinds; look for rounds to be made, make each in its own transaction, rest when there is none."""
        async with self._database.transaction() as tx:
            await self._book.stock(tx, now())
        while True:
            if not await self.fire_due():
                await asyncio.sleep(self._poll_s)

    async def fire_due(self) -> int:
        """Make what is due now; return how many tasks this replica made."""
        async with self._database.reading() as connection:
            due = await plans.due_plans(connection, now())
        return await _each(self._database, self._fire, due)

    async def _fire(self, tx: Connection, plan_id: UUID) -> bool:
        plan, at = await plans.plan_locked(tx, plan_id), now()
        if plan is None or not plan.active or fires_at(plan, plan.round) > at:
            return False
        kind = await self._book.newest(tx, plan.kind)
        if kind is None:  # plans name kinds that are there, and kinds are never removed
            raise LookupError(f"plan {plan_id} names the kind {plan.kind!r}, which does not exist")
        coming = round_of(plan, plan.round, self._recorder.calendar)
        order = _order(plan, kind, deadline(coming, at, self._recorder.calendar))
        await self._maker.make(tx, order, at)
        await plans.insert_round(tx, plan_id, plan.round, coming.due_on, order.task_id, at)
        await plans.update_plan(tx, replace(plan, round=plan.round + 1, version=plan.version + 1, changed_at=at))
        figures.PLAN_TASKS.inc()
        return True


def _order(plan: Plan, kind: Kind, due_at: datetime) -> Order:
    subject = {
        "subject_id": plan.subject_id,
        "subject_name_zh": plan.subject_name_zh,
        "subject_name_en": plan.subject_name_en,
        "enterprise_id": plan.enterprise_id,
        "enterprise_name_zh": plan.enterprise_name_zh,
    }
    day = due_on(plan, plan.round)
    return Order(
        task_id=natural_id("task-by-plan", plan.plan_id, plan.round),
        kind=kind,
        origin="plan",
        source="plan",
        title_zh=plan.name_zh,
        title_en=plan.name_en,
        priority=plan.priority,
        park_id=plan.park_id,
        by=life.SYSTEM,
        due_at=due_at,
        assignee=plan.assignee,
        assignee_name=plan.assignee_name,
        assignee_role=plan.assignee_role,
        source_reference=f"{plan.plan_id}#{plan.round}",
        source_key=f"plan:{plan.plan_id}:{plan.round}",
        origin_zh=f"计划「{plan.name_zh}」{CYCLE_ZH[plan.cycle]}一次, 本次 {day}",
        origin_en=f"plan {plan.name_en!r}, each {plan.cycle}, due {day}",
        details=plan.details,
        subject={name: value for name, value in subject.items() if value not in (None, "")},
    )


async def _each(database: Database, fire: Callable[[Connection, T], Awaitable[bool]], due: Sequence[T]) -> int:
    fired = 0
    for one in due:
        async with database.transaction() as tx:
            fired += await fire(tx, one)
    return fired
