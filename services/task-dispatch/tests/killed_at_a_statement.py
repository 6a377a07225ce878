"""Processes that do one thing to the database and are killed (SIGKILL) before or after their n-th statement.

Started by test_task_kill.py and told on standard input, a line a life: `<url> <work> <n> <before|after>`; answers how the life
ended: -9 when it was killed, 0 when the work had fewer statements. Each life is a fork, so that imports are paid for once.
Begin and commit are statements too: asyncpg sends them through the same methods.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.database import Database
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.envelope import Event
from task_dispatch.consumers import Consumers
from task_dispatch.domain import life
from task_dispatch.domain.kinds import shipped_kinds
from task_dispatch.domain.policy import shipped_policy
from task_dispatch.kind_book import KindBook
from task_dispatch.making import TaskMaker
from task_dispatch.recording import Recorder
from task_dispatch.store import tasks
from task_dispatch.testing import alarm
from task_dispatch.timers import Deadlines, PlanRounds

TASK = UUID(int=700)
STATEMENTS = ("execute", "executemany", "fetch", "fetchval", "fetchrow")

policy, book, recorder = shipped_policy(), KindBook(shipped_kinds()), Recorder(WorkingCalendar())
maker = TaskMaker(policy, recorder)


async def report(database: Database) -> None:
    """Change a task: the step an inspector takes."""
    async with database.transaction() as tx:
        work = await tasks.work_locked(tx, TASK)
        assert work is not None
        if work.task.state.value == "signed":
            told = life.reported(work, by="li", outcome="confirmed", note="x", now=work.task.changed_at)
            await recorder.record(tx, told)


async def make_round(database: Database) -> None:
    """Make what plans have due."""
    await PlanRounds(database, book, maker, recorder, poll_s=1).fire_due()


async def run_out(database: Database) -> None:
    """Mark what has run out: the deadline and the clocks of steps."""
    await Deadlines(database, recorder, poll_s=1).fire_due()


async def hear_alarm(database: Database) -> None:
    """Take an alarm in: it becomes a task."""
    body = alarm()
    event = Event(type="alerting.alarm.raised", source="t", subject=str(body.alarm_id), time=body.changed_at, body=body)
    async with database.transaction() as tx:
        await Consumers(policy, book, maker, recorder).on_alarm(event, tx)


WORKS: dict[str, Callable[[Database], Awaitable[None]]] = {
    "report": report,
    "make_round": make_round,
    "run_out": run_out,
    "hear_alarm": hear_alarm,
}


def kill_at(number: int, when: str) -> None:
    """Let this process be killed around its n-th statement from now on."""
    count = 0

    def counting(method: Any) -> Any:
        async def counted(self: Any, *args: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            mine = count
            if mine == number and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = await method(self, *args, **named)
            if mine == number and when == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return counted

    for name in STATEMENTS:
        setattr(asyncpg.Connection, name, counting(getattr(asyncpg.Connection, name)))


async def main(url: str, work: str, number: int, when: str) -> None:
    """Open the database, then do the work with death waiting at its n-th statement."""
    database = Database(url, "task_dispatch", pool_size=1)
    await database.open()
    kill_at(number, when)
    await WORKS[work](database)


def forked(url: str, work: str, number: int, when: str) -> int:
    """Do the work in a child of this process; return how it ended."""
    child = os.fork()
    if child == 0:
        asyncio.run(main(url, work, number, when))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:  # one line a life: "<url> <work> <n> <before|after>"
        url, work, number, when = line.split()
        print(forked(url, work, int(number), when), flush=True)  # noqa: T201 - the answer to the test
