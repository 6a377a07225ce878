"""Timers are rows: they survive restarts, fire once with several replicas, and do nothing when their reason is gone."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from alerting.consumers import Consumers
from alerting.store.policies import PolicyCache
from alerting.testing import NOON, finding, task
from alerting.timers import Timers
from park_chassis.clock import now
from park_chassis.database import Database
from park_schemas.codes import Period
from park_schemas.envelope import Event

pytestmark = pytest.mark.integration


@pytest.fixture
def timers(database: Database) -> Timers:
    return Timers(database, PolicyCache(), poll_s=0.05)


async def kinds(database: Database) -> set[str]:
    async with database.reading() as connection:
        return {row["kind"] for row in await connection.fetch("select kind from timers where kind <> 'chain'")}


async def let_time_pass(database: Database) -> None:
    """Make every timer due, as if its time had come."""
    async with database.reading() as connection:
        await connection.execute("update timers set due_at = now() - interval '1 second' where kind <> 'chain'")


async def state(database: Database) -> tuple[str, str]:
    async with database.reading() as connection:
        row = await connection.fetchrow("select state, level from alarms")
    assert row is not None
    return row["state"], row["level"]


async def test_calm_for_long_enough_resolves_although_too_few_values_came(
    database: Database, take_in: Any, timers: Timers
) -> None:
    await take_in(finding(1.8), finding(0.95, at=1))
    assert await kinds(database) == {"resolve"}
    await let_time_pass(database)
    assert await timers.fire_due() == 1
    assert (await state(database))[0] == "resolved"
    assert await kinds(database) == {"close"}


async def test_a_new_violation_takes_the_waiting_clearing_away(
    database: Database, take_in: Any, timers: Timers
) -> None:
    await take_in(finding(1.8), finding(0.95, at=1), finding(1.2, at=2))
    assert await kinds(database) == set()
    assert await timers.fire_due() == 0


async def test_a_resolved_alarm_without_a_task_closes_itself_as_recovered(
    database: Database, take_in: Any, timers: Timers
) -> None:
    await take_in(finding(1.8), finding(0.5, at=1), finding(0.5, at=2))
    await let_time_pass(database)
    assert await timers.fire_due() == 1
    async with database.reading() as connection:
        body = await connection.fetchval("select body from alarms")
    assert (body["state"], body["close_reason"], body["closed_by"]) == ("closed", "recovered", "system")
    assert await kinds(database) == set()


async def test_a_resolved_alarm_with_an_open_task_waits_for_the_task_until_it_is_cancelled(
    database: Database, take_in: Any, timers: Timers, consumers: Consumers
) -> None:
    await take_in(finding(1.8))
    async with database.reading() as connection:
        made = task(await connection.fetchval("select alarm_id from alarms"))
    event = Event(type="tasks.task.created", source="test", subject=str(made.task_id), time=NOON, body=made)
    async with database.transaction() as tx:
        await consumers.on_task_created(event, tx)
    await take_in(finding(0.5, at=1), finding(0.5, at=2))
    await let_time_pass(database)
    await timers.fire_due()
    assert (await state(database))[0] == "resolved"
    async with database.transaction() as tx:
        await consumers.on_task_cancelled(event, tx)
    await timers.fire_due()
    assert (await state(database))[0] == "closed"


async def test_an_offline_device_rises_by_its_timer_and_survives_a_restart(database: Database, take_in: Any) -> None:
    since = now() - timedelta(minutes=59, seconds=59)
    gone = finding(None, rule="offline", period=Period.REALTIME, period_start=since, period_end=now())
    await take_in(gone)
    assert await state(database) == ("active", "blue")
    await asyncio.sleep(1.1)
    after_restart = Timers(database, PolicyCache(), poll_s=0.05)
    assert await after_restart.fire_due() == 1
    assert await state(database) == ("active", "yellow")
    async with database.reading() as connection:
        due = await connection.fetchval("select due_at from timers where kind = 'rise'")
    assert abs(due - (since + timedelta(hours=4))) < timedelta(seconds=1)


async def test_of_several_replicas_looking_at_once_each_timer_is_fired_by_one(database: Database, take_in: Any) -> None:
    for number in range(12):
        place = UUID(int=700 + number)
        await take_in(*(finding(r, at=h, subject=place) for h, r in enumerate([1.8, 0.5, 0.5])))
    await let_time_pass(database)
    replicas = [Timers(database, PolicyCache(), poll_s=0.05) for _ in range(4)]
    fired = await asyncio.gather(*(replica.fire_due() for replica in replicas))
    assert sum(fired) == 12
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from timeline where what = 'closed'") == 12
        assert await connection.fetchval("select count(distinct alarm_id) from timeline where what = 'closed'") == 12


async def test_a_crash_before_the_commit_leaves_the_timer_for_the_next(
    database: Database, take_in: Any, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(finding(1.8), finding(0.5, at=1), finding(0.5, at=2))
    await let_time_pass(database)

    async def crash(*_: Any, **__: Any) -> None:
        raise ConnectionError("killed before the commit")

    with monkeypatch.context() as patched:
        patched.setattr("alerting.timers.record", crash)
        with pytest.raises(ConnectionError):
            await timers.fire_due()
    assert await kinds(database) == {"close"}
    assert await timers.fire_due() == 1
    assert (await state(database))[0] == "closed"
