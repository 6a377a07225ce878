"""The service as a process on a real broker: a rule of the stream and one of the schedule find what they should, once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from aiokafka import TopicPartition
from park_chassis.kafka import Producer, new_consumer
from park_chassis.testing import RunningService, eventually, publish, running_service, token
from park_judging.testing import factor, limit, point, readings, stated
from park_schemas.codes import Medium, Period
from park_schemas.envelope import Event, decode_event
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded
from source_monitoring.settings import Settings

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def service(
    producer: Producer, broker_settings: Settings, postgres_url: str, tmp_path: Path
) -> AsyncIterator[RunningService]:
    async with running_service(
        "source_monitoring",
        admin_url=postgres_url,
        kafka=broker_settings.kafka_bootstrap_servers,
        log_to=tmp_path / "source-monitoring.log",
        PARK_REGISTRY_WAIT_S="5",
        PARK_ANOMALY_POLL_S="0.2",
        PARK_KAFKA_IDEMPOTENCE=str(broker_settings.kafka_idempotence).lower(),
    ) as service:
        yield service


async def fetch(service: RunningService, query: str, *arguments: Any) -> list[Any]:
    connection = await asyncpg.connect(service.env["PARK_DATABASE_URL"])
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()


async def anomaly_findings(settings: Settings, subject: UUID) -> list[FindingRecorded]:
    """Return every finding about the point that is on the topic now and names an anomaly."""
    consumer = new_consumer(settings, group=None)
    await consumer.start()
    found = []
    try:
        partitions = [TopicPartition("supervision.findings.v1", number) for number in range(6)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        async with asyncio.timeout(60):
            while polled := await consumer.getmany(timeout_ms=2000):
                for record in [record for records in polled.values() for record in records]:
                    body = decode_event(record.headers, record.value).body
                    if isinstance(body, FindingRecorded) and body.subject_id == subject and body.kind == "anomaly":
                        found.append(body)
    finally:
        await consumer.stop()
    return found


def blocked_pitot(of: PointRecord) -> list[Event[Any]]:
    """Ten-minute records of three hours, the last two with a velocity of 2 m/s."""
    return [
        readings(
            of, at, {"a21026": f"{20 + step % 7}", "a01011": "11.2" if step < 6 else "2.1"}, period=Period.MINUTE, mn="MN-A",
            received_at=at + 11 * MINUTE,
        )
        for step in range(18)
        for at in (NOW - 180 * MINUTE + step * 10 * MINUTE,)
    ]  # fmt: skip


def said(of: PointRecord, qn: str, received: datetime) -> Event[Any]:
    event = readings(of, NOW - 30 * MINUTE, {"a21026": "21.5"}, mn="MN-A", received_at=received)
    return replace(event, body=msgspec.structs.replace(event.body, request_id=qn))


async def test_a_stream_rule_and_a_scheduled_rule_find_it_once_also_after_a_kill(
    service: RunningService, producer: Producer, broker_settings: Settings
) -> None:
    outlet = point(
        limit("a21026", upper="50", unit="mg/m3"), medium=Medium.WASTE_GAS,
        factors=[factor("a21026", "mg/m3"), factor("a01011", "m/s", 2)],
    )  # fmt: skip
    await publish(producer, stated(outlet))
    qn = (NOW - 30 * MINUTE).strftime("%Y%m%d%H%M%S000")
    replay = said(outlet, qn[:-1] + "9", NOW - 5 * MINUTE)
    await publish(producer, *blocked_pitot(outlet), said(outlet, qn, NOW - 30 * MINUTE), replay)

    async def stored() -> bool:
        return len(await fetch(service, "select from frames")) == 19

    await eventually(stored, within_s=90)
    await fetch(service, "update anomaly_schedule set next_due = now()")  # what is due in ten minutes, at once

    async def both_found() -> bool:
        found = await fetch(service, "select rule_id from anomalies where rule_id in ('AN15', 'AN45')")
        waiting = await fetch(service, "select from outbox")
        return {row["rule_id"] for row in found} == {"AN15", "AN45"} and not waiting

    await eventually(both_found, within_s=90)
    service.kill()
    await service.start(within_s=60)
    await publish(producer, replay)
    last = readings(outlet, NOW - MINUTE, {"a01011": "2.2"}, mn="MN-A", received_at=NOW)
    await publish(producer, last)
    (before,) = await fetch(service, "select runs from anomaly_schedule where cadence = 'ten-minutes'")

    async def ran_again() -> bool:
        if not await fetch(service, "select from frames where data_time = $1", NOW - MINUTE):
            return False
        await fetch(service, "update anomaly_schedule set next_due = now() where runs = $1", before["runs"])
        (row,) = await fetch(service, "select runs from anomaly_schedule where cadence = 'ten-minutes'")
        return row["runs"] > before["runs"] and not await fetch(service, "select from outbox")

    await eventually(ran_again, within_s=90)
    found = await anomaly_findings(broker_settings, outlet.point_id)
    told = sorted((one.rule, one.verdict, one.severity) for one in found if one.rule in {"AN15", "AN45"})
    assert told == [("AN15", "violated", "warn"), ("AN45", "violated", "alarm")]
    assert all(one.source_id is not None and "总排口" in one.explanation_zh for one in found)
    async with service.client(token("reading:read")) as client:
        listed = (await client.get("/anomalies", params={"point_id": str(outlet.point_id)})).json()
    assert {one["rule_id"] for one in listed["items"]} >= {"AN15", "AN45"}
