"""A compacted topic held in memory: snapshot first, then later records, from one consistent point."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import msgspec
from aiokafka import TopicPartition
from park_schemas.envelope import ContractError, decode_event

from park_chassis import metrics
from park_chassis.kafka import new_consumer, stop_client
from park_chassis.settings import ServiceSettings

log = logging.getLogger(__name__)

Record = TypeVar("Record", bound=msgspec.Struct)


class CompactedView(Generic[Record]):
    """The newest record of each key. `caught_up` is set when all that was there at the start has been read.

    A record that breaks its contract is skipped and counted; the older one of its key stays in force.
    """

    def __init__(self, settings: ServiceSettings, topic: str, body: type[Record]) -> None:
        self._settings = settings
        self.topic = topic
        self._body = body
        self._records: dict[str, Record] = {}
        self._listeners: list[Callable[[str, Record | None], None]] = []
        self.caught_up = asyncio.Event()

    def get(self, key: str) -> Record | None:
        """Return the newest record of a key (text of an id, or an MN), or None."""
        return self._records.get(key)

    def values(self) -> Iterable[Record]:
        return self._records.values()

    def __len__(self) -> int:
        return len(self._records)

    def listen(self, listener: Callable[[str, Record | None], None]) -> None:
        """Call `listener(key, record or None)` for each change from now on."""
        self._listeners.append(listener)

    def put(self, key: str, record: Record | None) -> None:
        """Take a record in (None removes the key)."""
        if record is None:
            self._records.pop(key, None)
        else:
            self._records[key] = record
        for listener in self._listeners:
            listener(key, record)

    async def run(self) -> None:
        """Follow the topic until cancelled."""
        consumer = new_consumer(self._settings, group=None)
        await consumer.start()
        try:
            partitions = await self._partitions(consumer)
            consumer.assign(partitions)
            ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
            await consumer.seek_to_beginning(*partitions)
            while True:
                if not self.caught_up.is_set() and await _has_reached(consumer, ends):
                    self.caught_up.set()
                for records in (await consumer.getmany(timeout_ms=500, max_records=2000)).values():
                    for record in records:
                        self._take(record)
        finally:
            await stop_client(consumer)

    async def _partitions(self, consumer: Any) -> list[TopicPartition]:
        consumer.subscribe([self.topic])
        while not (numbers := consumer.partitions_for_topic(self.topic)):
            log.info("waiting for topic", extra={"topic": self.topic})
            await consumer.topics()
            await asyncio.sleep(0.5)
        consumer.unsubscribe()
        return [TopicPartition(self.topic, number) for number in sorted(numbers)]

    def _take(self, record: Any) -> None:
        metrics.EVENTS_RECEIVED.labels(self.topic).inc()
        key = (record.key or b"").decode("utf-8", "replace")
        if record.value is None:
            return self.put(key, None)
        try:
            body = decode_event(record.headers, record.value).body
        except ContractError as error:
            metrics.EVENTS_PARKED.labels(self.topic, "contract").inc()
            return log.error("record of a compacted topic skipped", extra={"key": key, "reason": error.reason})
        if isinstance(body, self._body):
            self.put(key, body)
        return None


async def _has_reached(consumer: Any, ends: dict[TopicPartition, int]) -> bool:
    return all([await consumer.position(tp) >= end for tp, end in ends.items()])
