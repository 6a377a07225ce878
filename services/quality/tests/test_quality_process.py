"""The service as a process on a real broker: a station's frame is shown with its limit; killed with -9 while frames flow, and fed
the same again in other batches, each frame is stored, judged and set aside once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aiokafka import TopicPartition
from park_chassis.kafka import Producer, create_topics, new_consumer
from park_chassis.testing import RunningService, eventually, publish, running_service, token
from park_judging.testing import factor, limit, readings, stated
from park_schemas.codes import Medium, Period
from park_schemas.envelope import decode_event
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded
from quality.settings import Settings
from quality.testing import station

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(hours=2)
FRAMES = 60


@pytest.fixture
def broker_settings(kafka_bootstrap: str, broker_kind: str, quality_settings: Settings) -> Settings:
    known = {"kafka_bootstrap_servers": kafka_bootstrap, "kafka_idempotence": broker_kind != "tansu-fallback"}
    return quality_settings.model_copy(update=known)


@pytest.fixture
async def producer(broker_settings: Settings) -> AsyncIterator[Producer]:
    await create_topics(broker_settings.kafka_bootstrap_servers)
    producer = Producer(broker_settings)
    await producer.open()
    yield producer
    await producer.close()


@pytest.fixture
async def service(
    producer: Producer, broker_settings: Settings, postgres_url: str, tmp_path: Path
) -> AsyncIterator[RunningService]:
    async with running_service(
        "quality",
        admin_url=postgres_url,
        kafka=broker_settings.kafka_bootstrap_servers,
        log_to=tmp_path / "quality.log",
        PARK_REGISTRY_WAIT_S="2",
        PARK_CONSUMER_BATCH_RECORDS="20",
        PARK_KAFKA_IDEMPOTENCE=str(broker_settings.kafka_idempotence).lower(),
    ) as service:
        yield service


def air_station() -> PointRecord:
    rows = [limit("a05024", upper="200", unit="ug/m3")]
    return station(factor("a05024", "ug/m3"), medium=Medium.AMBIENT_AIR, limits=rows)


async def value(service: RunningService, query: str, *args: Any) -> int:
    connection = await asyncpg.connect(service.env["PARK_DATABASE_URL"])
    try:
        found: int = await connection.fetchval(query, *args)
        return found
    finally:
        await connection.close()


async def findings_of(settings: Settings, wanted: set[UUID], *, expected: int) -> list[FindingRecorded]:
    """Read the findings topic until `expected` realtime findings about the points were seen, and a moment more; one an id."""
    consumer = new_consumer(settings, group=None)
    await consumer.start()
    found: dict[UUID, FindingRecorded] = {}
    try:
        partitions = [TopicPartition("supervision.findings.v1", number) for number in range(6)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        async with asyncio.timeout(60):
            while (polled := await consumer.getmany(timeout_ms=1000)) or len(found) < expected:
                for record in [record for records in polled.values() for record in records]:
                    body = decode_event(record.headers, record.value).body
                    assert isinstance(body, FindingRecorded)
                    if body.subject_id in wanted and body.period == Period.REALTIME and body.rule == "exceedance":
                        found[body.finding_id] = body
    finally:
        await consumer.stop()
    return list(found.values())


async def test_a_station_s_frame_shows_over_http_with_its_limit(service: RunningService, producer: Producer) -> None:
    of = air_station()
    await publish(producer, stated(of), readings(of, NOW, {"a05024": "250"}))
    async with service.client(token("reading:read")) as client:

        async def shows() -> bool:
            items = (await client.get("/latest", params={"point_id": str(of.point_id)})).json()["items"]
            return bool(items) and items[0]["factors"][0]["ratio"] == 1.25

        await eventually(shows, within_s=60)


async def test_killed_while_frames_flow_it_stores_judges_and_sets_aside_every_frame_once(
    service: RunningService, producer: Producer, broker_settings: Settings
) -> None:
    stations = [air_station() for _ in range(10)]
    await publish(producer, *(stated(of) for of in stations))
    events = [
        readings(of, START + timedelta(seconds=30 * step), {"a05024": "250" if step % 2 else "190", "a21026": "9"})
        for step in range(FRAMES)
        for of in stations
    ]
    ids = [of.point_id for of in stations]
    stored = "select count(*) from frames where point_id = any($1)"
    for part in range(3):
        await publish(producer, *events[part * 200 : part * 200 + 200])
        wanted = part * 200 + 20

        async def has_begun(wanted: int = wanted) -> bool:
            return await value(service, stored, ids) >= wanted

        await eventually(has_begun, within_s=60)
        service.kill()
        await service.start()
    # Redelivered in other batches and another order: nothing of it is new.
    await publish(producer, *events[30:95], *events[50:10:-1])

    async def all_stored() -> bool:
        return await value(service, stored, ids) == len(events)

    await eventually(all_stored, within_s=60)

    async def outbox_is_empty() -> bool:
        return await value(service, "select count(*) from outbox where topic = 'supervision.findings.v1'") == 0

    await eventually(outbox_is_empty, within_s=60)
    expected = len(stations) * (FRAMES - 1)  # the first value of each complies before any watch is open
    found = await findings_of(broker_settings, set(ids), expected=expected)
    told = [(one.subject_id, one.period_start) for one in found]
    assert len(told) == len(set(told)) == expected
    assert {one.verdict for one in found} == {"violated", "complied"}
    assert await value(service, "select count(*) from frames where point_id = any($1) and revision > 1", ids) == 0
    aside = (
        "select count(*) from set_aside where point_id = any($1) and reason = 'unknown-factor' and factor = 'a21026'"
    )
    assert await value(service, aside, ids) == len(stations)
    assert await value(service, "select count(*) from parked_events where kind <> 'contract'") == 0


async def test_a_frame_of_an_unknown_station_is_parked_and_replayed_once_the_registry_knows_it(
    service: RunningService, producer: Producer
) -> None:
    unknown, known = air_station(), air_station()
    await publish(producer, stated(known))
    await publish(producer, readings(unknown, START, {"a05024": "9"}), readings(known, START, {"a05024": "9"}))
    parked = "select parked_id from parked_events where reason like '%' || $1 || '%'"

    async def is_parked() -> bool:
        return await value(service, parked, str(unknown.point_id)) is not None

    await eventually(is_parked, within_s=60)
    await publish(producer, stated(unknown))
    parked_id = await value(service, parked, str(unknown.point_id))

    async def replays() -> bool:
        async with service.client(token("parked:read", "parked:replay")) as client:
            return (await client.post(f"/parked/{parked_id}/replay")).status_code < 300

    await eventually(replays, within_s=60)
    assert await value(service, "select count(*) from frames where point_id = $1", unknown.point_id) == 1
