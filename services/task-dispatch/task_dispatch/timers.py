"""Marks tasks overdue. A deadline is a row; firing it and its effects are one transaction, so it fires once.

Several replicas may look at the same time: the task is locked first, then the timer row is taken if it is still due.
"""

import asyncio
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection, Database

from task_dispatch import figures
from task_dispatch.domain import life
from task_dispatch.domain.task_states import may
from task_dispatch.recording import record
from task_dispatch.store import idempotency, tasks


class Deadlines:
    """Fires deadlines until cancelled."""

    def __init__(self, database: Database, *, poll_s: float) -> None:
        self._database = database
        self._poll_s = poll_s

    async def run(self) -> None:
        """Look for passed deadlines, mark each in its own transaction, rest when there is none."""
        async with self._database.transaction() as tx:
            await idempotency.forget_old_keys(tx, now())
        while True:
            if not await self.fire_due():
                await asyncio.sleep(self._poll_s)

    async def fire_due(self) -> int:
        """Fire what is due now; return how many this replica fired."""
        async with self._database.reading() as connection:
            due = await tasks.due_timers(connection, now())
        fired = 0
        for task_id in due:
            async with self._database.transaction() as tx:
                fired += await self._fire(tx, task_id)
        return fired

    async def _fire(self, tx: Connection, task_id: UUID) -> bool:
        work, at = await tasks.work_locked(tx, task_id), now()
        if work is None or not await tasks.take_timer(tx, task_id, at):
            return False
        if may(work.task.state, "overdue"):  # a reported task waits for its verifier; a return sets the timer again
            figures.OVERDUE.inc()
            await record(tx, life.plain(work, "overdue", by=life.SYSTEM, reason="", now=at, overdue=True))
        return True
