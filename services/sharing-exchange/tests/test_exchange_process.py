"""The process on a real broker: events in, pulls out, deliveries announced; kill -9 neither loses nor doubles."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from exchange_events import NOW, alarm, pull_all, readings
from park_chassis.kafka import Producer, create_topics
from park_chassis.testing import RunningService, running_service
from park_schemas.envelope import Event, decode_event, encode_body, encode_headers
from park_schemas.exchange import DeliveryRecorded
from pydantic import SecretStr
from sharing_exchange.settings import Settings

pytestmark = pytest.mark.integration

KEY = "park_" + "k" * 40


async def _publish(producer: Producer, *events: Event[Any]) -> None:
    for event in events:
        sent = await producer.send(
            event.topic, key=event.subject.encode(), value=encode_body(event.body), headers=encode_headers(event)
        )
        await sent


def _command(service: RunningService, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sharing_exchange", *arguments]
    return subprocess.run(command, env={**service.env, **env}, capture_output=True, text=True, timeout=180, check=False)


async def _eventually_pulled(client: httpx.AsyncClient, resource: str, wanted: set[Any], *names: str) -> list[Any]:
    """Pull until items with all wanted values of these fields are there; return every item."""
    async with asyncio.timeout(180):
        while True:
            items = await pull_all(client, resource, limit=50)
            if wanted <= {tuple(item[name] for name in names) for item in items}:
                return items
            await asyncio.sleep(0.2)


async def test_every_event_is_pulled_once_although_the_service_is_killed_twice(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    await create_topics(kafka_bootstrap)
    producer = Producer(
        Settings(
            database_url=SecretStr("unused"),
            kafka_bootstrap_servers=kafka_bootstrap,
            auth_secret=SecretStr("x" * 32),
        )
    )
    await producer.open()
    log = tmp_path / "exchange.log"
    async with running_service(
        "sharing_exchange", admin_url=postgres_url, kafka=kafka_bootstrap, log_to=log
    ) as service:
        assert _command(service, "client", PARK_DEMO_API_KEY=KEY).stdout == "demo: created\n"
        assert _command(service, "client", PARK_DEMO_API_KEY=KEY).stdout == "demo: was there already\n"
        other = _command(service, "client", PARK_DEMO_API_KEY=KEY + "x")
        assert (other.returncode, "has another key" in other.stderr) == (1, True)
        unset = _command(service, "create-client", "--name", "x", "--key-env", "NOT_SET")
        assert (unset.returncode, "NOT_SET is not set" in unset.stderr) == (2, True)
        assert "its key is park_" in _command(service, "create-client", "--name", "city").stdout
        mns = {f"MN{number:04}" for number in range(120)}
        for number, mn in enumerate(sorted(mns)):
            await _publish(producer, readings(mn))
            if number in {40, 80}:
                service.kill()
                await service.start()
        numbers = [alarm(number, version) for number in range(30) for version in (1, 2)]
        await _publish(producer, *numbers)
        async with httpx.AsyncClient(
            base_url=service.url, headers={"X-API-Key": KEY}, trust_env=False, timeout=60
        ) as client:
            await client.get("/exchange/v1/catalogue")
            pulled = await _eventually_pulled(client, "readings", {(mn,) for mn in mns}, "mn")
            assert sorted(item["mn"] for item in pulled if item["mn"] in mns) == sorted(mns)
            newest = {(f"AL-{number}", 2) for number in range(30)}
            alarms = await _eventually_pulled(client, "alarms", newest, "number", "version")
            assert {item["version"] for item in alarms} == {2}, "an older version does not stand beside the newest"
        await _delivery_is_announced(kafka_bootstrap)
    await producer.close()


async def _delivery_is_announced(kafka_bootstrap: str) -> None:
    consumer = AIOKafkaConsumer(
        "exchange.deliveries.v1", bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    try:
        record = await asyncio.wait_for(consumer.getone(), 60)
    finally:
        await consumer.stop()
    event = decode_event(record.headers, record.value)
    assert isinstance(event.body, DeliveryRecorded)
    assert record.key.decode() == event.subject == str(event.body.client_id)
    assert event.body.delivered_at >= NOW
