"""Findings and tasks become rows, timeline and events on a real Postgres."""

import asyncio
import random
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from alerting.consumers import Consumers
from alerting.testing import NOON, OUTLET, finding, task
from park_chassis.database import Database
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Period, TaskState
from park_schemas.envelope import Event
from park_schemas.supervision import FindingRecorded
from park_schemas.tasks import Task

pytestmark = pytest.mark.integration


async def alarms(database: Database) -> list[Alarm]:
    async with database.reading() as connection:
        rows = await connection.fetch("select body from alarms order by raised_at, alarm_id")
    return [msgspec.convert(row["body"], Alarm) for row in rows]


async def only_alarm(database: Database) -> Alarm:
    (alarm,) = await alarms(database)
    return alarm


async def events(database: Database) -> list[tuple[str, int]]:
    """Return (type, alarm version) of what waits in the outbox for the alarm topic, in order."""
    async with database.reading() as connection:
        rows = await connection.fetch("select headers, body from outbox where topic = 'alerting.alarms.v1' order by id")
    return [
        (dict(row["headers"])["ce_type"].rpartition(".")[2], msgspec.json.decode(row["body"])["version"])
        for row in rows
    ]


async def timeline(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [row["what"] for row in await connection.fetch("select what from timeline order by id")]


def event_of(kind: str, body: Task) -> Event[Task]:
    return Event(type=f"tasks.task.{kind}", source="test", subject=str(body.task_id), time=body.changed_at, body=body)


async def test_a_violated_finding_raises_one_alarm_with_everything_people_need(
    database: Database, take_in: Any
) -> None:
    await take_in(finding(1.8))
    alarm = await only_alarm(database)
    assert alarm.number.startswith("AL-2026")
    assert alarm.number.endswith("-0001")
    assert (alarm.level, alarm.state, alarm.version) == (AlarmLevel.YELLOW, AlarmState.ACTIVE, 1)
    assert (alarm.standard, alarm.clause, alarm.observed, alarm.limit) == ("GB 31571-2015", "4.3", "90", "50")
    assert alarm.title_zh == "1号排气筒 二氧化硫小时均值超标(为限值的1.80倍)"
    assert await events(database) == [("raised", 1)]
    assert await timeline(database) == ["raised"]


async def test_each_alarm_of_a_batch_goes_on_in_the_trace_of_its_own_finding(
    database: Database, consumers: Consumers
) -> None:
    traces = {uuid4(): f"00-{number:032x}-{7:016x}-01" for number in (1, 2)}
    batch = [
        Event(
            type="supervision.finding.recorded", source="test", subject=str(subject), time=NOON, traceparent=trace,
            body=finding(1.8, subject=subject),
        )
        for subject, trace in traces.items()
    ]  # fmt: skip
    async with database.transaction() as tx:
        await consumers.on_findings(batch, tx)
    async with database.reading() as connection:
        rows = await connection.fetch("select headers, body from outbox where topic = 'alerting.alarms.v1' order by id")
    told = {UUID(msgspec.json.decode(row["body"])["subject_id"]): dict(row["headers"])["traceparent"] for row in rows}
    assert {subject: trace.split("-")[1] for subject, trace in told.items()} == {
        subject: trace.split("-")[1] for subject, trace in traces.items()
    }


async def test_the_same_finding_again_changes_nothing(database: Database, take_in: Any) -> None:
    await take_in(finding(1.8), finding(1.8), finding(1.8))
    assert (await only_alarm(database)).version == 1
    assert len(await events(database)) == 1


async def test_more_findings_update_and_escalate_and_each_version_has_its_event(
    database: Database, take_in: Any
) -> None:
    await take_in(finding(1.2), finding(1.1, at=1), finding(2.5, at=2), finding(1.2, at=3))
    alarm = await only_alarm(database)
    assert (alarm.level, alarm.occurrences, alarm.peak_ratio, alarm.ratio) == (AlarmLevel.ORANGE, 4, 2.5, 1.2)
    assert await events(database) == [("raised", 1), ("escalated", 2), ("escalated", 3), ("updated", 4)]
    assert await timeline(database) == ["raised", "escalated", "escalated"]


async def test_clean_values_resolve_it_and_a_new_violation_reopens_the_same_alarm(
    database: Database, take_in: Any
) -> None:
    await take_in(finding(1.8), finding(0.5, at=1), finding(0.5, at=2))
    assert (await only_alarm(database)).state is AlarmState.RESOLVED
    await take_in(finding(1.8, at=3))
    alarm = await only_alarm(database)
    assert (alarm.state, alarm.resolved_at) == (AlarmState.ACTIVE, None)
    assert await events(database) == [("raised", 1), ("resolved", 2), ("reopened", 3), ("updated", 4)]


async def test_a_late_violation_inside_a_resolved_episode_does_not_reopen_it(database: Database, take_in: Any) -> None:
    await take_in(finding(1.8), finding(0.5, at=2), finding(0.5, at=3), finding(1.3, at=1))
    alarm = await only_alarm(database)
    assert (alarm.state, alarm.occurrences) == (AlarmState.RESOLVED, 2)


async def test_different_rules_factors_and_places_are_different_episodes(database: Database, take_in: Any) -> None:
    await take_in(
        finding(1.8), finding(1.8, factor="a21002"), finding(1.8, subject=UUID(int=12)), finding(None, rule="offline")
    )
    found = await alarms(database)
    assert len(found) == 4
    assert len({alarm.number for alarm in found}) == 4


async def test_a_value_that_keeps_its_rule_raises_nothing(database: Database, take_in: Any) -> None:
    await take_in(finding(0.5))
    assert await alarms(database) == []


async def test_after_closing_the_next_violation_is_a_new_alarm_but_an_old_one_belongs_to_the_closed(
    database: Database, take_in: Any, consumers: Consumers
) -> None:
    await take_in(finding(1.8), finding(1.8, at=2))
    first = await only_alarm(database)
    done = task(first.alarm_id, state=TaskState.CLOSED, outcome="false-alarm", verified_by="li")
    async with database.transaction() as tx:
        await consumers.on_task_closed(event_of("closed", done), tx)
    closed = await only_alarm(database)
    assert (closed.state, closed.close_reason, closed.closed_by) == (AlarmState.CLOSED, "false-alarm", "li")
    await take_in(finding(1.4, at=1))
    assert len(await alarms(database)) == 1
    await take_in(finding(1.4, at=3))
    assert [alarm.state for alarm in await alarms(database)] == [AlarmState.CLOSED, AlarmState.ACTIVE]


async def test_a_task_is_linked_once_and_its_closing_closes_the_alarm_once(
    database: Database, take_in: Any, consumers: Consumers
) -> None:
    await take_in(finding(1.8))
    made = task((await only_alarm(database)).alarm_id)
    done = msgspec.structs.replace(made, state=TaskState.CLOSED, outcome="confirmed", verified_by="li")
    for _ in range(2):
        async with database.transaction() as tx:
            await consumers.on_task_created(event_of("created", made), tx)
    for _ in range(2):
        async with database.transaction() as tx:
            await consumers.on_task_closed(event_of("closed", done), tx)
    assert await events(database) == [("raised", 1), ("linked", 2), ("closed", 3)]
    alarm = await only_alarm(database)
    assert (alarm.task_id, alarm.close_reason) == (made.task_id, "confirmed")


async def test_a_closed_task_whose_creation_was_never_heard_closes_its_alarm_and_is_linked(
    database: Database, take_in: Any, consumers: Consumers
) -> None:
    await take_in(finding(1.8))
    done = task((await only_alarm(database)).alarm_id, state=TaskState.CLOSED, outcome="confirmed")
    async with database.transaction() as tx:
        await consumers.on_task_closed(event_of("closed", done), tx)
    assert (await only_alarm(database)).task_id == done.task_id


async def test_a_task_about_no_alarm_or_an_unknown_one_changes_nothing(
    database: Database, consumers: Consumers
) -> None:
    for alarm_id in (None, UUID(int=404)):
        async with database.transaction() as tx:
            await consumers.on_task_created(event_of("created", task(alarm_id)), tx)
            await consumers.on_task_closed(event_of("closed", task(alarm_id)), tx)
    assert await events(database) == []


def final(alarm: Alarm) -> tuple[Any, ...]:
    return (
        alarm.subject_id,
        alarm.state,
        alarm.level,
        alarm.occurrences,
        alarm.peak_ratio,
        alarm.started_at,
        alarm.last_seen_at,
    )


@pytest.mark.usefixtures("without_circumstances")
@pytest.mark.parametrize("seed", range(8))
async def test_any_repetition_and_any_interleaving_of_different_keys_give_the_same_alarms(
    database: Database, take_in: Any, seed: int
) -> None:
    chance = random.Random(seed)
    ratios = [0.4, 0.7, 0.95, 1.2, 1.6, 2.4]
    places = [UUID(int=100 + number) for number in range(4)]
    streams = {p: [finding(chance.choice(ratios), at=hour, subject=p) for hour in range(9)] for p in places}
    plain = {
        p: [finding(f.ratio, at=h, subject=UUID(int=p.int + 50)) for h, f in enumerate(s)] for p, s in streams.items()
    }
    for stream in plain.values():
        await take_in(*stream)
    waiting = {
        place: [one for f in stream for one in [f] * chance.choice([1, 1, 2, 3])] for place, stream in streams.items()
    }
    while any(waiting.values()):
        place = chance.choice([place for place, left in waiting.items() if left])
        await take_in(waiting[place].pop(0))
    found = await alarms(database)
    woven = Counter(final(alarm) for alarm in found if alarm.subject_id in places)
    apart = Counter(
        (UUID(int=alarm.subject_id.int - 50), *final(alarm)[1:]) for alarm in found if alarm.subject_id not in places
    )
    assert woven == apart


@pytest.mark.parametrize("seed", range(6))
async def test_findings_of_one_key_in_any_order_add_up_to_the_same_evidence(
    database: Database, take_in: Any, seed: int
) -> None:
    history = [finding(ratio, at=hour) for hour, ratio in enumerate([1.8, 1.2, 1.3, 1.1, 2.2, 0.95, 1.4])]
    shuffled = [*history]
    random.Random(seed).shuffle(shuffled)
    first = next(index for index, one in enumerate(shuffled) if one.verdict == "violated")
    await take_in(*shuffled[first:], *shuffled[:first])
    alarm = await only_alarm(database)
    assert (alarm.level, alarm.occurrences, alarm.peak_ratio) == (AlarmLevel.ORANGE, 6, 2.2)
    assert (alarm.started_at, alarm.last_seen_at) == (history[0].period_start, history[-1].period_end)


async def test_two_replicas_that_raise_the_same_key_at_once_make_one_alarm(
    database: Database, consumers: Consumers
) -> None:
    async def take(one: FindingRecorded) -> None:
        body = Event(
            type="supervision.finding.recorded", source="t", subject=str(OUTLET), time=one.period_end, body=one
        )
        async with database.transaction() as tx:
            await consumers.on_findings([body], tx)
            await asyncio.sleep(0.05)

    await asyncio.gather(*(take(finding(1.8, at=number / 100, period=Period.REALTIME)) for number in range(6)))
    assert (await only_alarm(database)).occurrences == 6
    versions = [version for _, version in await events(database)]
    assert versions == [1, 2, 3, 4, 5, 6]


async def test_numbers_count_up_without_holes_although_replicas_raise_at_once(
    database: Database, consumers: Consumers
) -> None:
    async def take(number: int) -> None:
        one = finding(1.8, subject=UUID(int=500 + number))
        body = Event(
            type="supervision.finding.recorded", source="t", subject=str(OUTLET), time=one.period_end, body=one
        )
        async with database.transaction() as tx:
            await consumers.on_findings([body], tx)

    await asyncio.gather(*(take(number) for number in range(12)))
    assert sorted(int(alarm.number[-4:]) for alarm in await alarms(database)) == list(range(1, 13))


async def test_the_database_itself_refuses_a_second_open_episode_and_a_changed_timeline(
    database: Database, take_in: Any
) -> None:
    await take_in(finding(1.8))
    async with database.reading() as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(
                """insert into alarms select gen_random_uuid(), 'AL-other', dedup_key, version, state, level, level_rank, rule,
                   subject_id, enterprise_id, raised_at, changed_at, started_at, last_seen_at, task_id, task_is_open,
                   task_outcome, search, policy_version, evidence, body from alarms"""
            )
        for sql in ("update timeline set who = 'nobody'", "delete from timeline"):
            with pytest.raises(asyncpg.RaiseError, match="immutable"):
                await connection.execute(sql)
