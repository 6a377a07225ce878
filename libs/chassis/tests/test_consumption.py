"""The consumer loop on real Postgres and a real broker: exactly one effect, poison aside, order kept."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from park_chassis import outbox
from park_chassis.consumption import Consumption, Handled
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused, Transient
from park_chassis.kafka import Producer
from park_chassis.settings import ServiceSettings
from park_chassis.testing import eventually, running
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Medium
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.identifiers import uuid7

pytestmark = pytest.mark.integration

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def alarm_event(alarm_id: UUID, version: int = 1) -> Event[Alarm]:
    alarm = Alarm(
        alarm_id=alarm_id,
        version=version,
        number="AL-20261122-0001",
        park_id=uuid7(),
        rule="exceedance",
        level=AlarmLevel.YELLOW,
        state=AlarmState.ACTIVE,
        title_zh="化学需氧量超标",
        title_en="COD over the limit",
        subject_id=uuid7(),
        subject_name_zh="一号排口",
        subject_name_en="Outlet 1",
        medium=Medium.WASTE_WATER,
        started_at=NOON,
        last_seen_at=NOON,
        raised_at=NOON,
        changed_at=NOON,
        occurrences=1,
        finding_id=uuid7(),
    )
    return Event(type="alerting.alarm.raised", source="alerting", subject=str(alarm_id), time=NOON, body=alarm)


async def book(event: Event[Any], tx: Connection) -> None:
    await tx.execute(
        """insert into booked (alarm_id, version) values ($1, $2)
           on conflict (alarm_id, version) do update set seen = booked.seen + 1""",
        event.body.alarm_id,
        event.body.version,
    )


@pytest.fixture
async def producer(settings: ServiceSettings) -> AsyncIterator[Producer]:
    producer = Producer(settings)
    await producer.open()
    yield producer
    await producer.close()


async def publish(producer: Producer, *events: Event[Any]) -> None:
    for event in events:
        sent = await producer.send(
            event.topic, key=event.subject.encode(), value=encode_body(event.body), headers=encode_headers(event)
        )
        await sent


def consumption(settings: ServiceSettings, ledger: Database, handler: Any = book) -> Consumption:
    return Consumption(settings, ledger, {"alerting.alarm.raised": Handled.one_by_one(handler)})


async def test_an_event_has_its_effect_once_although_the_consumer_is_restarted(
    settings: ServiceSettings, ledger: Database, producer: Producer
) -> None:
    first, second = uuid7(), uuid7()

    async def booked(alarm_id: UUID) -> bool:
        return bool(await ledger.pool.fetchval("select 1 from booked where alarm_id = $1", alarm_id))

    await publish(producer, alarm_event(first))
    async with running(consumption(settings, ledger).run):
        await eventually(lambda: booked(first))
    await publish(producer, alarm_event(second))
    async with running(consumption(settings, ledger).run):
        await eventually(lambda: booked(second))
    seen = await ledger.pool.fetch("select seen from booked where alarm_id = any($1)", [first, second])
    assert [row["seen"] for row in seen] == [1, 1]


async def test_what_a_handler_does_not_want_is_passed_over_by_its_headers_and_never_decoded(
    settings: ServiceSettings, ledger: Database, producer: Producer
) -> None:
    wanted, foreign = uuid7(), uuid7()

    def wants(headers: Mapping[str, bytes]) -> bool:
        return headers["ce_subject"] != str(foreign).encode()

    async def book_all(events: list[Event[Any]], tx: Connection) -> None:
        for event in events:
            await book(event, tx)

    async def booked() -> bool:
        return bool(await ledger.pool.fetchval("select 1 from booked where alarm_id = $1", wanted))

    headers = encode_headers(alarm_event(foreign))
    await (await producer.send("alerting.alarms.v1", key=b"x", value=b"{nobody reads this", headers=headers))
    await publish(producer, alarm_event(wanted))
    choosy = Consumption(settings, ledger, {"alerting.alarm.raised": Handled(book_all, wants)})
    async with running(choosy.run):
        await eventually(booked)
    parked = await ledger.pool.fetchval("select count(*) from parked_events where record_key = 'x'::bytea")
    assert parked == 0


async def test_poison_is_parked_with_its_reason_and_its_neighbours_are_handled(
    settings: ServiceSettings, ledger: Database, producer: Producer
) -> None:
    before, after, wrong = uuid7(), uuid7(), uuid7()
    await publish(producer, alarm_event(before))
    await (
        await producer.send(
            "alerting.alarms.v1", key=b"x", value=b"{not json", headers=encode_headers(alarm_event(wrong))
        )
    )
    await publish(producer, alarm_event(after))

    async def both_booked() -> bool:
        count = await ledger.pool.fetchval("select count(*) from booked where alarm_id = any($1)", [before, after])
        return bool(count == 2)

    async with running(consumption(settings, ledger).run):
        await eventually(both_booked)

        async def parked() -> bool:
            return bool(await ledger.pool.fetchval("select count(*) from parked_events where kind = 'contract'"))

        await eventually(parked)
    reason = await ledger.pool.fetchval("select reason from parked_events where kind = 'contract'")
    assert "alerting.alarm.raised" in reason


async def test_a_handler_that_fails_parks_the_event_which_can_be_replayed_once_mended(
    settings: ServiceSettings, ledger: Database, producer: Producer
) -> None:
    alarm_id = uuid7()
    broken = True

    async def sometimes(event: Event[Any], tx: Connection) -> None:
        if broken and event.body.alarm_id == alarm_id:
            raise ValueError("no such column")
        await book(event, tx)

    await publish(producer, alarm_event(alarm_id))
    loop = consumption(settings, ledger, sometimes)

    async def parked() -> bool:
        return bool(await ledger.pool.fetchval("select count(*) from parked_events where kind = 'bug'"))

    async with running(loop.run):
        await eventually(parked)
    parked_id = await ledger.pool.fetchval("select parked_id from parked_events where kind = 'bug'")
    with pytest.raises(Refused, match="no such column"):
        await loop.replay(parked_id, "operator")
    broken = False
    await loop.replay(parked_id, "operator")
    assert await ledger.pool.fetchval("select seen from booked where alarm_id = $1", alarm_id) == 1
    with pytest.raises(Refused, match="already"):
        await loop.replay(parked_id, "operator")


async def test_trouble_keeps_the_offset_until_it_has_passed(
    settings: ServiceSettings, ledger: Database, producer: Producer
) -> None:
    alarm_id = uuid7()
    failures = 0

    async def troubled(event: Event[Any], tx: Connection) -> None:
        nonlocal failures
        if event.body.alarm_id == alarm_id and failures < 3:
            failures += 1
            raise Transient("peer is away")
        await book(event, tx)

    async def booked() -> bool:
        return bool(await ledger.pool.fetchval("select 1 from booked where alarm_id = $1", alarm_id))

    await publish(producer, alarm_event(alarm_id))
    async with running(consumption(settings, ledger, troubled).run):
        await eventually(booked)
    assert failures == 3
    parked = "select count(*) from parked_events where record_key = $1"
    assert await ledger.pool.fetchval(parked, str(alarm_id).encode()) == 0


async def test_a_replica_that_lost_its_partitions_cannot_commit_behind_the_new_owner(
    settings: ServiceSettings, ledger: Database, producer: Producer
) -> None:
    alarm_id = uuid7()

    async def booked(version: int) -> bool:
        return bool(
            await ledger.pool.fetchval("select 1 from booked where alarm_id = $1 and version = $2", alarm_id, version)
        )

    loop = consumption(settings, ledger)
    await publish(producer, alarm_event(alarm_id, 1))
    async with running(loop.run):
        await eventually(lambda: booked(1))
        # another owner says that it has handled the next record of every partition already
        await ledger.pool.execute("update consumer_offsets set next_offset = next_offset + 1")
        await publish(producer, alarm_event(alarm_id, 2), alarm_event(alarm_id, 3))
        await eventually(lambda: booked(3))
    assert not await booked(2)


async def test_the_outbox_publishes_what_was_committed_and_nothing_that_was_rolled_back(
    settings: ServiceSettings, ledger: Database, producer: Producer
) -> None:
    kept, dropped = uuid7(), uuid7()
    async with ledger.transaction() as tx:
        await outbox.add(tx, alarm_event(kept), replace(alarm_event(kept, 2), causation_id=uuid7()))
    with pytest.raises(asyncpg.UniqueViolationError):  # noqa: PT012 - the transaction is what raises
        async with ledger.transaction() as tx:
            await outbox.add(tx, alarm_event(dropped))
            await tx.execute("insert into booked (alarm_id, version) values ($1, 9), ($1, 9)", dropped)

    async def arrived() -> bool:
        return bool(await ledger.pool.fetchval("select count(*) = 2 from booked where alarm_id = $1", kept))

    async def sent() -> bool:
        return bool(await ledger.pool.fetchval("select count(*) = 0 from outbox"))

    relay = outbox.OutboxRelay(ledger, producer)
    async with running(relay.run), running(consumption(settings, ledger).run):
        await eventually(arrived)
        await eventually(sent)  # what is published is taken out of the table a moment later
    assert await ledger.pool.fetchval("select count(*) from booked where alarm_id = $1", dropped) == 0
