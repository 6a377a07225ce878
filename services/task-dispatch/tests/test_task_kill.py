"""kill -9 before and after every statement of a task change, of a plan's round, of a deadline, of an alarm's arrival:
nothing of it or all of it is there, and when it is done again it is done once."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.codes import AlarmLevel
from park_schemas.park_time import at_park
from task_dispatch.domain import life
from task_dispatch.domain.kinds import shipped_kinds
from task_dispatch.domain.plans import Plan
from task_dispatch.domain.work import Step
from task_dispatch.recording import Recorder
from task_dispatch.store import plans
from task_dispatch.testing import PARK, work

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

TASK = UUID(int=700)
PLAN = UUID(int=701)
MOST_STATEMENTS = 60

Life = Callable[[str, int, str], Awaitable[int]]


@pytest.fixture
async def live(database: Database) -> AsyncIterator[Life]:
    """Do a work in a process that is killed around its n-th statement; returns how the process ended."""
    mother = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("killed_at_a_statement.py")),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert mother.stdin is not None
    assert mother.stdout is not None
    into, out = mother.stdin, mother.stdout

    async def one(doing: str, number: int, when: str) -> int:
        into.write(f"{database.url} {doing} {number} {when}\n".encode())
        await into.drain()
        async with asyncio.timeout(120):
            return int(await out.readline())

    yield one
    into.close()
    await asyncio.wait_for(mother.wait(), 60)


async def signed_task(database: Database, *, late: bool = False) -> None:
    """A task that li has signed for, with clocks; `late`: its deadline and a clock have run out."""
    recorder = Recorder(WorkingCalendar())
    made_at = now() - timedelta(hours=3)
    fresh = work(clock_rules=shipped_kinds()["exceedance-check"].clocks)
    task = replace(
        fresh.task,
        task_id=TASK,
        priority=AlarmLevel.RED,
        due_at=made_at + timedelta(hours=2 if late else 48),
        created_at=made_at,
    )
    made = Step("created", replace(fresh, task=task), made_at, "system", "", "")
    given = life.dispatched(
        made.work, assignee="li", name="李", role=None, due_at=None, note="", by="system", now=made_at
    )
    async with database.transaction() as tx:
        stored = await recorder.record_new(tx, [made, given], origin="policy")
        stored = await recorder.record(tx, life.signed(stored.work, by="li", name="李", now=made_at))
        if not late:
            await tx.execute("delete from clock_timers")
        assert stored.work.task.state.value == "signed"


async def due_plan(database: Database) -> None:
    """A plan whose next round is to be made now."""
    plan = Plan(
        plan_id=PLAN, version=1, name_zh="季度检查", name_en="Check", kind="inspection", cycle="quarter",
        first_due=at_park(now()).date(), round=0, lead_days=3, park_id=PARK, created_by="zhang", changed_at=now(),
        assignee_role="inspector",
    )  # fmt: skip
    async with database.transaction() as tx:
        await plans.insert_plan(tx, plan)


async def state(database: Database) -> dict[str, Any]:
    """What a half-done work would show: every table together."""
    async with database.reading() as connection:
        row = await connection.fetchrow(
            """select (select count(*) from tasks) as tasks,
                      (select count(*) from timeline) as lines,
                      (select count(*) from outbox) as events,
                      (select count(*) from plan_rounds) as rounds,
                      (select count(*) from timers) as timers,
                      (select count(*) from clock_timers) as clocks,
                      (select count(*) from alarms_seen) as alarms,
                      (select max(round) from (select (body->>'round')::int as round from plans) p) as next_round,
                      (select max(version) from tasks) as version,
                      (select string_agg(state, ',') from tasks) as states"""
        )
    assert row is not None
    return dict(row)


async def emptied(database: Database) -> None:
    async with database.reading() as connection:
        names = await connection.fetch(
            "select tablename from pg_tables where schemaname = 'task_dispatch' and tablename <> 'alembic_version'"
        )
        await connection.execute("truncate " + ", ".join(row["tablename"] for row in names) + " restart identity")


async def killed_everywhere(
    database: Database, live: Life, doing: str, prepare: Callable[[], Awaitable[None]]
) -> set[str]:
    """Kill the work at every statement; afterwards it is not done or all done, and doing it again does it once.

    Returns the ways it was found after a kill: nothing, all.
    """
    await prepare()
    before = await state(database)
    assert await live(doing, MOST_STATEMENTS + 1, "before") == 0
    after = await state(database)
    assert after != before, "the work changes something"
    found: set[str] = set()
    async for where in deaths(database, live, doing, prepare):
        seen = await state(database)
        assert seen in (before, after), f"half done: killed {where}"
        found.add("nothing" if seen == before else "all")
        assert await live(doing, MOST_STATEMENTS + 1, "before") == 0
        assert await state(database) == after, f"done twice or never: killed {where}"
    return found


async def deaths(
    database: Database, live: Life, doing: str, prepare: Callable[[], Awaitable[None]]
) -> AsyncIterator[str]:
    """Let the work die before each of its statements, and after the last, each time on a prepared database."""
    for number in range(1, MOST_STATEMENTS):
        await emptied(database)
        await prepare()
        if await live(doing, number, "before") == 0:  # it had fewer: the last is number - 1
            await emptied(database)
            await prepare()
            assert await live(doing, number - 1, "after") == -9
            yield f"after statement {number - 1}"
            return
        yield f"before statement {number}"
    raise AssertionError(f"more than {MOST_STATEMENTS} statements")


async def test_killed_at_every_statement_of_a_task_change_it_is_done_once(database: Database, live: Life) -> None:
    found = await killed_everywhere(database, live, "report", lambda: signed_task(database))
    assert found == {"nothing", "all"}


async def test_killed_at_every_statement_of_a_plans_round_its_task_is_made_once(database: Database, live: Life) -> None:
    found = await killed_everywhere(database, live, "make_round", lambda: due_plan(database))
    assert found == {"nothing", "all"}


async def test_killed_at_every_statement_of_an_alarms_arrival_it_becomes_one_task(
    database: Database, live: Life
) -> None:
    async def nothing() -> None:
        return None

    found = await killed_everywhere(database, live, "hear_alarm", nothing)
    assert found == {"nothing", "all"}


async def test_killed_at_every_statement_of_a_deadline_and_a_clock_each_is_marked_once(
    database: Database, live: Life
) -> None:
    """Two transactions, so between them one is done and the other is not: each line of the timeline stands there once."""
    killed = 0
    async for where in deaths(database, live, "run_out", lambda: signed_task(database, late=True)):
        killed += 1
        assert await live("run_out", MOST_STATEMENTS + 1, "before") == 0
        async with database.reading() as connection:
            lines = await connection.fetch("select what from timeline where what in ('overdue', 'late')")
            assert sorted(row["what"] for row in lines) == ["late", "overdue"], f"killed {where}"
            assert await connection.fetchval("select max(version) from tasks") == 5
    assert killed > 10
