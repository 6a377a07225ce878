"""Records to Kafka in our own batches: one partition, one batch in flight, so the order of a key is the order of its frames.

`put` costs no await; batches go out when the event loop is free again, at the latest after LINGER_S. Each record's
`on_done(True)` is called when the broker has acknowledged it with acks=all, `on_done(False)` when it could not be stored:
then nobody answers the device, and it sends again.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from park_chassis.kafka import Producer
from prometheus_client import Counter, Gauge, Histogram

log = logging.getLogger(__name__)

LINGER_S = 0.004

PUBLISHED = Counter("park_gateway_records_published", "Records acknowledged by Kafka")
FAILED = Counter("park_gateway_records_failed", "Records Kafka did not take")
WAITING_BYTES = Gauge("park_gateway_waiting_bytes", "Record bytes waiting for Kafka's acknowledgement")
BATCH_RECORDS = Histogram("park_gateway_batch_records", "Records of a batch", buckets=(1, 3, 10, 30, 100, 300, 1000))

OnDone = Callable[[bool], None]


class _Record(NamedTuple):
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]
    on_done: OnDone
    size: int


class Publisher:
    """Publishes to one topic. `waiting_bytes` is what has been put and not acknowledged yet."""

    def __init__(self, producer: Producer, topic: str, *, on_batch_done: Callable[[], None]) -> None:
        self._producer = producer
        self._topic = topic
        self._on_batch_done = on_batch_done
        self._partitions: list[deque[_Record]] = []
        self._partition_of: dict[bytes, int] = {}
        self._sending: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._due = False
        self.waiting_bytes = 0

    async def open(self) -> None:
        """Learn the topic's partitions (the producer is open). Waits for a topic that is just being created."""
        while not (found := await self._producer.raw.partitions_for(self._topic)):
            await asyncio.sleep(0.5)
        self._partitions = [deque() for _ in found]

    def put(self, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]], on_done: OnDone) -> None:
        """Queue one record; `on_done` is called from the event loop."""
        partition = self._partition_of.get(key)
        if partition is None:
            # The Java client's partitioner, so that records of a key lie where every other client puts them.
            partition = (murmur2(key) & 0x7FFFFFFF) % len(self._partitions)
            self._partition_of[key] = partition
        size = len(value) + sum(len(content) for _, content in headers)
        self._partitions[partition].append(_Record(key, value, headers, on_done, size))
        self.waiting_bytes += size
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(LINGER_S, self._flush)

    def _flush(self) -> None:
        self._due = False
        for partition, waiting in enumerate(self._partitions):
            if waiting and partition not in self._sending:
                self._sending.add(partition)
                task = asyncio.create_task(self._send(partition))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        WAITING_BYTES.set(self.waiting_bytes)

    async def _send(self, partition: int) -> None:
        try:
            while self._partitions[partition]:
                records, batch = self._take_batch(partition)
                stored = await self._send_batch(batch, partition)
                self._done(records, stored=stored)
        finally:
            self._sending.discard(partition)

    def _take_batch(self, partition: int) -> tuple[list[_Record], Any]:
        waiting = self._partitions[partition]
        batch = self._producer.raw.create_batch()
        records: list[_Record] = []
        while waiting:
            record = waiting[0]
            if batch.append(key=record.key, value=record.value, timestamp=None, headers=record.headers) is None:
                break
            records.append(waiting.popleft())
        return records, batch

    async def _send_batch(self, batch: Any, partition: int) -> bool:
        try:
            batch.close()
            acknowledged = await self._producer.raw.send_batch(batch, self._topic, partition=partition)
            await acknowledged
        except (KafkaError, OSError) as error:
            log.warning("Kafka did not take a batch", extra={"error": repr(error), "records": batch.record_count()})
            return False
        return True

    def _done(self, records: list[_Record], *, stored: bool) -> None:
        (PUBLISHED if stored else FAILED).inc(len(records))
        BATCH_RECORDS.observe(len(records))
        for record in records:
            self.waiting_bytes -= record.size
            record.on_done(stored)
        self._on_batch_done()

    async def drain(self, *, patience_s: float) -> None:
        """Wait until everything that was put is acknowledged or refused, at most so long."""
        self._flush()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
