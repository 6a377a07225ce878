"""A Kafka client that waits for ever holds nobody up: chaos found one whose broker had been killed."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from park_chassis import chassis, consumption, kafka
from park_chassis.consumption import Consumption
from park_chassis.database import Database
from park_chassis.settings import ServiceSettings
from park_schemas.catalogue import TOPICS
from pydantic import SecretStr


class Inner:
    def __init__(self) -> None:
        self.closed = False

    async def close(self) -> None:
        self.closed = True


class Dead:
    """A consumer whose client is dead: no call to the coordinator ever ends."""

    def __init__(self) -> None:
        self._client = Inner()

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition("t", 0)}

    async def commit(self, _: Any) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        await asyncio.Event().wait()


async def test_a_client_that_does_not_stop_is_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "_STOP_PATIENCE_S", 0.02)
    dead = Dead()
    await kafka.stop_client(dead)
    assert dead._client.closed


async def test_offsets_that_cannot_be_reported_end_the_run_which_is_then_started_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consumption, "_REPORT_PATIENCE_S", 0.02)
    settings = ServiceSettings(
        service="some-service",
        database_url=SecretStr("postgresql://nobody@localhost/nothing"),
        kafka_bootstrap_servers="localhost:1",
        auth_secret=SecretStr("a secret that only tests know, long enough"),
    )
    loop = Consumption(settings, Database("", "some_service"), {})
    loop._expected[TopicPartition("t", 0)] = 7
    with pytest.raises(TimeoutError):
        await loop._report_offsets(Dead())


@pytest.mark.integration
async def test_a_consumer_whose_fetching_ended_says_so(kafka_bootstrap: str) -> None:
    consumer = kafka.Consumer(bootstrap_servers=kafka_bootstrap)
    await consumer.start()
    try:
        await kafka.create_topics(kafka_bootstrap, [TOPICS["telemetry.sessions.v1"]])
        consumer.assign([TopicPartition("telemetry.sessions.v1", 0)])
        assert await consumer.getmany(timeout_ms=100) == {}
        consumer._fetcher._fetch_task.cancel()  # as a cancelled fetch does it: the routine ends without an exception
        async with asyncio.timeout(90):
            with pytest.raises(kafka.ConsumerDied):
                await _read_for_ever(consumer)
            with pytest.raises(kafka.ConsumerDied):
                await consumer.getone()
    finally:
        await kafka.stop_client(consumer)


async def test_background_work_that_is_cancelled_by_nobody_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chassis, "_RESTART_PAUSES_S", (0.0,))
    starts = 0
    working = asyncio.Event()

    async def work() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise asyncio.CancelledError
        working.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(chassis._forever("work", work))
    async with asyncio.timeout(90):
        await working.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert starts == 2


async def _read_for_ever(consumer: kafka.Consumer) -> None:
    while True:
        await consumer.getmany(timeout_ms=50)
