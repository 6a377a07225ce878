"""The one Kafka client: producer, consumers and topic creation, on aiokafka."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from park_schemas.catalogue import TOPICS, Topic

from park_chassis.settings import ServiceSettings

log = logging.getLogger(__name__)

_DAY_MS = 86_400_000
_STOP_PATIENCE_S = 10.0


class Producer:
    """Publishes with acks=all, idempotent, zstd. `send` queues and returns a future that ends with the acknowledgement."""

    def __init__(self, settings: ServiceSettings, *, linger_ms: int = 5, max_batch_size: int = 65_536) -> None:
        self._settings = settings
        self._linger_ms = linger_ms
        self._max_batch_size = max_batch_size
        self._producer: Any = None

    @property
    def raw(self) -> Any:
        """The aiokafka producer, for a hot path that makes its own batches."""
        return self._producer

    async def open(self) -> None:
        """Connect, waiting for a broker that is still starting."""
        while self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._settings.kafka_bootstrap_servers,
                client_id=self._settings.instance_id or self._settings.service,
                acks="all",
                enable_idempotence=self._settings.kafka_idempotence,
                compression_type="zstd",
                linger_ms=self._linger_ms,
                max_batch_size=self._max_batch_size,
                request_timeout_ms=20_000,
            )
            try:
                await producer.start()
            except (KafkaError, OSError) as error:
                await producer.stop()
                log.warning("broker is away", extra={"error": str(error)})
                await asyncio.sleep(1)
            else:
                self._producer = producer

    async def send(
        self, topic: str, *, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> "asyncio.Future[Any]":
        """Queue one record (waits only when the buffer is full); await the future for the acknowledgement."""
        future: asyncio.Future[Any] = await self._producer.send(topic, key=key, value=value, headers=list(headers))
        return future

    async def close(self) -> None:
        """Send what is queued, for as long as a broker that is away is waited for, and hang up."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await stop_client(producer)


class ConsumerDied(Exception):
    """The consumer reads no more and will not by itself: make a new one."""


class Consumer(AIOKafkaConsumer):  # type: ignore[misc]
    """An AIOKafkaConsumer that says when it has died.

    aiokafka 0.14 ends its fetching without a word when one of its fetches was cancelled (fetcher.py asks for its result):
    `getmany` then returns nothing for ever.
    """

    async def getmany(self, *partitions: Any, timeout_ms: int = 0, max_records: int | None = None) -> Any:
        """Return records by partition. Raises ConsumerDied."""
        self._must_be_alive()
        return await super().getmany(*partitions, timeout_ms=timeout_ms, max_records=max_records)

    async def getone(self, *partitions: Any) -> Any:
        """Return one record. Raises ConsumerDied."""
        self._must_be_alive()
        return await super().getone(*partitions)

    def _must_be_alive(self) -> None:
        task = getattr(self._fetcher, "_fetch_task", None)
        if task is not None and task.done():
            raise ConsumerDied(f"aiokafka stopped fetching for {self._client._client_id}")


def new_consumer(settings: ServiceSettings, *topics: str, group: str | None) -> Any:
    """Return a Consumer (not started): reads from the beginning, never commits by itself."""
    return Consumer(
        *topics,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        client_id=settings.instance_id or settings.service,
        group_id=group,
        group_instance_id=settings.instance_id if group else None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=10_000,
        heartbeat_interval_ms=2_000,
        max_poll_interval_ms=600_000,
        fetch_max_wait_ms=250,
        max_partition_fetch_bytes=4 * 1_048_576,
    )


async def stop_client(client: Any) -> None:
    """Stop a producer or consumer, waiting at most so long: aiokafka waits for ever for a broker that does not come back."""
    try:
        await asyncio.wait_for(client.stop(), _STOP_PATIENCE_S)
    except TimeoutError:
        log.warning("a Kafka client did not stop in order", extra={"client": type(client).__name__})
        inner = client.client if isinstance(client, AIOKafkaProducer) else client._client
        await asyncio.wait_for(inner.close(), _STOP_PATIENCE_S)


async def create_topics(
    bootstrap_servers: str, topics: Iterable[Topic] = TOPICS.values(), *, replication: int = 1
) -> list[str]:
    """Create the topics that are missing; return their names. Raises KafkaError when the broker refuses one."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in existing]
        if missing:
            response = await admin.create_topics([_new_topic(topic, replication) for topic in missing])
            _raise_first_error(response)
    finally:
        await admin.close()
    return [topic.name for topic in missing]


def _new_topic(topic: Topic, replication: int) -> NewTopic:
    config = {"compression.type": "producer"}
    if topic.compacted:
        config |= {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1"}
    else:
        config |= {"retention.ms": str(topic.retention_days * _DAY_MS)}
    return NewTopic(topic.name, topic.partitions, replication, topic_configs=config)


def _raise_first_error(response: Any) -> None:
    for name, code, *message in response.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"topic {name}: {message[0] if message else ''}")
