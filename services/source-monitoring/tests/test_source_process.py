"""The service as a process on a real broker: killed with -9 while frames flow, every frame is stored and judged once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aiokafka import TopicPartition
from park_chassis.kafka import Producer, new_consumer
from park_chassis.testing import RunningService, eventually, publish, running_service, token
from park_judging.testing import limit, point, readings, stated
from park_schemas.codes import Period
from park_schemas.envelope import decode_event
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded
from source_monitoring.settings import Settings

pytestmark = pytest.mark.integration

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
FRAMES = 60


@pytest.fixture
async def service(
    producer: Producer, broker_settings: Settings, postgres_url: str, tmp_path: Path
) -> AsyncIterator[RunningService]:
    async with running_service(
        "source_monitoring",
        admin_url=postgres_url,
        kafka=broker_settings.kafka_bootstrap_servers,
        log_to=tmp_path / "source-monitoring.log",
        PARK_REGISTRY_WAIT_S="2",
        PARK_CONSUMER_BATCH_RECORDS="20",
        PARK_KAFKA_IDEMPOTENCE=str(broker_settings.kafka_idempotence).lower(),
    ) as service:
        yield service


async def count(service: RunningService, query: str, *args: Any) -> int:
    connection = await asyncpg.connect(service.env["PARK_DATABASE_URL"])
    try:
        found: int = await connection.fetchval(query, *args)
        return found
    finally:
        await connection.close()


async def findings_of(settings: Settings, wanted: set[UUID], *, expected: int) -> dict[UUID, FindingRecorded]:
    """Read the findings topic until `expected` realtime exceedance findings about the points were seen, and a moment more."""
    consumer = new_consumer(settings, group=None)
    await consumer.start()
    found: dict[UUID, FindingRecorded] = {}
    try:
        partitions = [TopicPartition("supervision.findings.v1", number) for number in range(6)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        async with asyncio.timeout(40):
            while (polled := await consumer.getmany(timeout_ms=1000)) or len(found) < expected:
                for record in [record for records in polled.values() for record in records]:
                    body = decode_event(record.headers, record.value).body
                    assert isinstance(body, FindingRecorded)
                    if body.subject_id in wanted and body.period == Period.REALTIME and body.rule == "exceedance":
                        found[body.finding_id] = body
    finally:
        await consumer.stop()
    return found


async def test_killed_while_frames_flow_it_stores_and_judges_every_frame_once(
    service: RunningService, producer: Producer, broker_settings: Settings
) -> None:
    outlets = [point(limit(upper="50")) for _ in range(10)]
    await publish(producer, *(stated(of) for of in outlets))
    events = [
        readings(of, START + timedelta(seconds=30 * step), {"w01018": "90" if step % 2 else "48"})
        for step in range(FRAMES)
        for of in outlets
    ]
    ids = [of.point_id for of in outlets]
    stored = "select count(*) from frames where point_id = any($1)"
    for part in range(3):
        await publish(producer, *events[part * 200 : part * 200 + 200])
        wanted = part * 200 + 20

        async def has_begun(wanted: int = wanted) -> bool:
            return await count(service, stored, ids) >= wanted

        await eventually(has_begun, within_s=30)
        service.kill()
        await service.start()
    await publish(producer, *events[:50])

    async def all_stored() -> bool:
        return await count(service, stored, ids) == len(events)

    await eventually(all_stored, within_s=30)
    expected = len(outlets) * (FRAMES - 1)  # the first value of each complies before any watch is open

    async def outbox_is_empty() -> bool:
        return await count(service, "select count(*) from outbox where topic = 'supervision.findings.v1'") == 0

    await eventually(outbox_is_empty, within_s=30)
    found = await findings_of(broker_settings, set(ids), expected=expected)
    told: dict[tuple[UUID, datetime], list[FindingRecorded]] = {}
    for one in found.values():
        told.setdefault((one.subject_id, one.period_start), []).append(one)
    twice = [findings for findings in told.values() if len(findings) > 1]
    assert twice == []
    assert len(found) == expected, sorted(one.period_start for one in found.values())[:20]
    assert {one.verdict for one in found.values()} == {"violated", "complied"}
    async with service.client(token("reading:read")) as client:
        answer = await client.get("/latest", params={"point_id": str(ids[0])})
        assert answer.json()["items"][0]["factors"][0]["value"] == "90"
    assert await count(service, "select count(*) from parked_events where kind <> 'contract'") == 0


async def test_a_frame_of_an_unknown_point_is_parked_and_replayed_once_the_registry_knows_it(
    service: RunningService, producer: Producer
) -> None:
    unknown, known = point(limit()), point(limit())
    await publish(producer, stated(known))
    await publish(producer, readings(unknown, START), readings(known, START))

    async def stored(of: PointRecord) -> bool:
        return await count(service, "select count(*) from frames where point_id = $1", of.point_id) == 1

    await eventually(lambda: stored(known), within_s=30)
    parked = "select parked_id from parked_events where reason like '%' || $1 || '%'"

    async def is_parked() -> bool:
        return await count(service, parked, str(unknown.point_id)) is not None

    await eventually(is_parked, within_s=30)
    await publish(producer, stated(unknown))
    parked_id = await count(service, parked, str(unknown.point_id))

    async def replays() -> bool:
        async with service.client(token("parked:read", "parked:replay")) as client:
            return (await client.post(f"/parked/{parked_id}/replay")).status_code < 300

    await eventually(replays, within_s=30)
    assert await stored(unknown)
