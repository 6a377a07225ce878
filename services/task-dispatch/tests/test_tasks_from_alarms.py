"""Alarms become tasks on a real Postgres: one an alarm, whatever comes twice, late or at once; deadlines fire once."""

import asyncio
import random
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from park_chassis.database import Database
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.codes import AlarmLevel, AlarmState, TaskState
from park_schemas.envelope import Event
from park_schemas.tasks import Task
from task_dispatch.consumers import Consumers
from task_dispatch.recording import Recorder
from task_dispatch.testing import ALARM, alarm
from task_dispatch.timers import Deadlines

pytestmark = pytest.mark.integration


async def tasks(database: Database) -> list[Task]:
    async with database.reading() as connection:
        rows = await connection.fetch("select work->'task' as task from tasks order by created_at, task_id")
    return [msgspec.convert(row["task"], Task) for row in rows]


async def only_task(database: Database) -> Task:
    (task,) = await tasks(database)
    return task


async def timeline(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [row["what"] for row in await connection.fetch("select what from timeline order by id")]


async def events(database: Database) -> list[tuple[str, int]]:
    async with database.reading() as connection:
        rows = await connection.fetch("select headers, body from outbox order by id")
    return [
        (dict(row["headers"])["ce_type"].rpartition(".")[2], msgspec.json.decode(row["body"])["version"])
        for row in rows
    ]


async def let_deadlines_pass(database: Database) -> None:
    async with database.reading() as connection:
        await connection.execute("update timers set due_at = now() - interval '1 second'")


async def test_a_yellow_alarm_becomes_a_task_given_to_the_inspectors(database: Database, hear: Any) -> None:
    await hear("raised", alarm())
    task = await only_task(database)
    assert (task.state, task.assignee_role, task.kind) == (TaskState.DISPATCHED, "inspector", "exceedance-check")
    assert (task.alarm_id, task.enterprise_name_zh, task.longitude) == (ALARM, "东江化工", 118.8)
    assert task.number.endswith("-0001")
    assert await events(database) == [("created", 1), ("dispatched", 2)]


async def test_a_blue_alarm_needs_no_task_until_it_rises(database: Database, hear: Any) -> None:
    await hear("raised", alarm(AlarmLevel.BLUE))
    assert await tasks(database) == []
    await hear("escalated", alarm(AlarmLevel.ORANGE, version=2))
    assert (await only_task(database)).priority is AlarmLevel.ORANGE


async def test_the_same_alarm_again_and_older_versions_change_nothing(database: Database, hear: Any) -> None:
    await hear("raised", alarm(), alarm())
    await hear("escalated", alarm(AlarmLevel.RED, version=3))
    before = await only_task(database)
    await hear("updated", alarm(version=2), alarm(AlarmLevel.RED, version=3), alarm())
    assert await only_task(database) == before


async def test_a_rising_alarm_makes_its_task_more_urgent_with_an_earlier_deadline(
    database: Database, hear: Any
) -> None:
    await hear("raised", alarm())
    first = await only_task(database)
    await hear("escalated", alarm(AlarmLevel.RED, version=2))
    task = await only_task(database)
    assert task.priority is AlarmLevel.RED
    assert task.due_at < first.due_at
    assert await events(database) == [("created", 1), ("dispatched", 2), ("extended", 3)]


async def test_an_alarm_that_is_over_before_it_was_heard_needs_no_task(database: Database, hear: Any) -> None:
    await hear("resolved", alarm(state=AlarmState.RESOLVED, version=5))
    await hear("closed", alarm(state=AlarmState.CLOSED, version=6, alarm_id=UUID(int=22)))
    assert await tasks(database) == []


async def test_an_alarm_closed_by_hand_is_noted_on_its_task_which_goes_on(database: Database, hear: Any) -> None:
    await hear("raised", alarm())
    before = await only_task(database)
    await hear("resolved", alarm(state=AlarmState.RESOLVED, version=2))
    await hear("closed", alarm(state=AlarmState.CLOSED, version=3, closed_by="zhang", close_reason="false-alarm"))
    assert await only_task(database) == before
    assert await timeline(database) == ["created", "dispatched", "alarm-resolved", "alarm-closed"]
    async with database.reading() as connection:
        detail = await connection.fetchval("select detail_zh from timeline order by id desc limit 1")
    assert detail == "告警已关闭: false-alarm"


@pytest.mark.parametrize("seed", range(6))
async def test_any_repetition_and_any_interleaving_of_different_alarms_give_the_same_tasks(
    database: Database, hear: Any, seed: int
) -> None:
    chance = random.Random(seed)
    streams: dict[UUID, list[tuple[str, Any]]] = {}
    for number in range(5):
        alarm_id, level = UUID(int=100 + number), AlarmLevel.BLUE
        stream: list[tuple[str, Any]] = []
        for version in range(1, 6):
            higher = chance.choice([one for one in AlarmLevel if one.rank >= level.rank])
            kind = "raised" if version == 1 else "escalated" if higher.rank > level.rank else "updated"
            level = higher
            stream.append((kind, alarm(level, version=version, alarm_id=alarm_id)))
        streams[alarm_id] = stream
    waiting = {key: [one for f in stream for one in [f] * chance.choice([1, 2, 3])] for key, stream in streams.items()}
    while any(waiting.values()):
        key = chance.choice([key for key, left in waiting.items() if left])
        kind, body = waiting[key].pop(0)
        await hear(kind, body)
    found = {task.alarm_id: task for task in await tasks(database)}
    for alarm_id, stream in streams.items():
        highest = stream[-1][1].level
        if highest is AlarmLevel.BLUE:
            assert alarm_id not in found
        else:
            rises = len({body.level for _, body in stream if body.level is not AlarmLevel.BLUE})
            assert (found[alarm_id].priority, found[alarm_id].version) == (highest, 1 + rises)
    assert len(await tasks(database)) == len(found)


async def test_two_replicas_that_hear_of_the_same_alarm_at_once_make_one_task(
    database: Database, consumers: Consumers
) -> None:
    async def take(version: int) -> None:
        body = alarm(version=version)
        event = Event(type="alerting.alarm.raised", source="t", subject=str(ALARM), time=body.changed_at, body=body)
        async with database.transaction() as tx:
            await consumers.on_alarm(event, tx)
            await asyncio.sleep(0.05)

    await asyncio.gather(*(take(version) for version in (1, 2, 3)))
    assert (await only_task(database)).version == 2


async def test_a_passed_deadline_is_marked_once_by_one_of_several_replicas_and_survives_a_restart(
    database: Database, hear: Any
) -> None:
    for number in range(10):
        await hear("raised", alarm(alarm_id=UUID(int=200 + number)))
    await let_deadlines_pass(database)
    replicas = [Deadlines(database, Recorder(WorkingCalendar()), poll_s=0.05) for _ in range(4)]
    assert sum(await asyncio.gather(*(replica.fire_due() for replica in replicas))) == 10
    assert all(task.overdue for task in await tasks(database))
    assert (await timeline(database)).count("overdue") == 10
    assert await Deadlines(database, Recorder(WorkingCalendar()), poll_s=0.05).fire_due() == 0


async def test_a_crash_before_the_commit_leaves_the_deadline_for_the_next(
    database: Database, hear: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hear("raised", alarm())
    await let_deadlines_pass(database)

    async def crash(*_: Any, **__: Any) -> None:
        raise ConnectionError("killed before the commit")

    deadlines = Deadlines(database, Recorder(WorkingCalendar()), poll_s=0.05)
    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "record", crash)
        with pytest.raises(ConnectionError):
            await deadlines.fire_due()
    assert not (await only_task(database)).overdue
    assert await deadlines.fire_due() == 1
    assert (await only_task(database)).overdue


async def test_the_database_itself_refuses_a_second_open_task_of_an_alarm_and_a_changed_timeline(
    database: Database, hear: Any
) -> None:
    await hear("raised", alarm())
    async with database.reading() as connection:
        for origin in ("policy", "person"):
            with pytest.raises(asyncpg.UniqueViolationError):
                await connection.execute(
                    f"""insert into tasks select gen_random_uuid(), 'TK-{origin}', version, kind, state, priority, '{origin}',
                        alarm_id, subject_id, enterprise_id, assignee, assignee_role, created_by, created_at, changed_at,
                        due_at, overdue, search, work from tasks"""
                )
        for sql in ("update timeline set who = 'nobody'", "delete from timeline"):
            with pytest.raises(asyncpg.RaiseError, match="immutable"):
                await connection.execute(sql)
