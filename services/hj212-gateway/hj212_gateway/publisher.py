"""Records to Kafka in our own batches: one partition, one batch in flight, so the order of a key is the order of its frames.

`put` costs no await; batches go out when the event loop is free again, at the latest after LINGER_S. Each record's
`on_done(True)` is called when the broker has acknowledged it with acks=all. A batch that fails goes back to the front of its
partition's queue and is sent again, after the producer was opened anew: an idempotent producer whose batch failed has used a
sequence number the broker never saw, and every later batch would be refused. A record that alone is too large for the broker
ends with `on_done(False)`: then nobody answers the device.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import murmur2
from park_chassis.kafka import Producer
from prometheus_client import Counter, Gauge, Histogram

log = logging.getLogger(__name__)

LINGER_S = 0.004
_MOST_KEYS_REMEMBERED = 200_000
_PAUSE_AFTER_FAILURE_S = 0.5
_BATCH_PATIENCE_S = 90.0
"""aiokafka answers a batch long before this, with an error at the worst; when it does not, its client is dead."""

PUBLISHED = Counter("park_gateway_records_published", "Records acknowledged by Kafka")
FAILED = Counter("park_gateway_records_failed", "Records of batches Kafka did not take (they are sent again)")
TOO_LARGE = Counter("park_gateway_records_too_large", "Records that alone are larger than the broker takes")
WAITING_BYTES = Gauge("park_gateway_waiting_bytes", "Record bytes waiting for Kafka's acknowledgement", ["topic"])
BATCH_RECORDS = Histogram("park_gateway_batch_records", "Records of a batch", buckets=(1, 3, 10, 30, 100, 300, 1000))

OnDone = Callable[[bool], None]
Headers = Sequence[tuple[str, bytes]]


class Record(NamedTuple):
    """One record on its way; `size` is what it weighs in memory, about."""

    key: bytes
    value: bytes
    headers: Headers
    on_done: OnDone
    size: int


class Broker:
    """The producer all publishers share. `reopen` replaces it once, however many publishers ask at the same time."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._generation = 0
        self._lock = asyncio.Lock()

    @property
    def raw(self) -> Any:
        return self._producer.raw

    @property
    def generation(self) -> int:
        return self._generation

    async def opened(self) -> None:
        """Wait while the producer is being opened anew; until the next await it stays as it is."""
        async with self._lock:
            pass

    async def reopen(self, generation: int) -> None:
        """Open the producer anew unless it has been since `generation`. Waits until a broker answers."""
        async with self._lock:
            if generation != self._generation:
                return
            log.warning("producer is opened anew")
            await self._producer.close()
            await self._producer.open()
            self._generation += 1


class Publisher:
    """Publishes to one topic. `waiting_bytes` is what has been put and not acknowledged yet."""

    def __init__(self, broker: Broker, topic: str, *, on_batch_done: Callable[[], None]) -> None:
        self._broker = broker
        self.topic = topic
        self._on_batch_done = on_batch_done
        self._partitions: list[deque[Record]] = []
        self._partition_of: dict[bytes, int] = {}
        self._sending: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._due = False
        self._waiting_gauge = WAITING_BYTES.labels(topic)
        self.waiting_bytes = 0

    async def open(self) -> None:
        """Learn the topic's partitions (the producer is open). Waits for a topic that is just being created."""
        while not (found := await self._broker.raw.partitions_for(self.topic)):
            await asyncio.sleep(0.5)
        self._partitions = [deque() for _ in found]

    def put(self, key: bytes, value: bytes, headers: Headers, on_done: OnDone) -> None:
        """Queue one record; `on_done` is called from the event loop."""
        partition = self._partition_of.get(key)
        if partition is None:
            partition = self._remember_partition(key)
        size = len(value) + 200
        for _, content in headers:
            size += len(content)
        self._partitions[partition].append(Record(key, value, headers, on_done, size))
        self.waiting_bytes += size
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(LINGER_S, self._flush)

    @property
    def stalled_s(self) -> float:
        """Seconds for which the oldest batch in flight has been waiting for the broker; 0 when none is."""
        return time.monotonic() - min(self._sending.values()) if self._sending else 0.0

    def take_back(self) -> list[Record]:
        """Return, in the order of each key, the records that have not been handed to the producer, and forget them."""
        taken: list[Record] = []
        for waiting in self._partitions:  # what is in flight is held by _send until it is acknowledged
            taken += waiting
            waiting.clear()
        self.waiting_bytes -= sum(record.size for record in taken)
        return taken

    def _remember_partition(self, key: bytes) -> int:
        # The Java client's partitioner, so that records of a key lie where every other client puts them.
        partition: int = (murmur2(key) & 0x7FFFFFFF) % len(self._partitions)
        if len(self._partition_of) >= _MOST_KEYS_REMEMBERED:
            self._partition_of.clear()
        self._partition_of[key] = partition
        return partition

    def _flush(self) -> None:
        self._due = False
        for partition, waiting in enumerate(self._partitions):
            if waiting and partition not in self._sending:
                self._sending[partition] = time.monotonic()
                task = asyncio.create_task(self._send(partition))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        self._waiting_gauge.set(self.waiting_bytes)

    async def _send(self, partition: int) -> None:
        """Send what waits for a partition, batch after batch; a batch that failed comes first again."""
        most = 1 << 30
        try:
            while True:
                await self._broker.opened()
                if not (waiting := self._partitions[partition]):
                    return  # nothing more, or the outlet took it back meanwhile
                generation = self._broker.generation
                records, batch = self._take_batch(waiting, most)
                error = await self._send_batch(batch, partition)
                if error is None:
                    self._done(records, stored=True)
                    self._sending[partition] = time.monotonic()
                    most = 1 << 30
                elif isinstance(error, MessageSizeTooLargeError) and len(records) == 1:
                    TOO_LARGE.inc()
                    self._done(records, stored=False)
                else:
                    most = 1 if isinstance(error, MessageSizeTooLargeError) else most
                    await self._again(partition, records, error, generation)
        finally:
            self._sending.pop(partition, None)

    def _take_batch(self, waiting: deque[Record], most: int) -> tuple[list[Record], Any]:
        batch = self._broker.raw.create_batch()
        records: list[Record] = []
        while waiting and len(records) < most:
            record = waiting[0]
            if batch.append(key=record.key, value=record.value, timestamp=None, headers=record.headers) is None:
                break
            records.append(waiting.popleft())
        return records, batch

    async def _send_batch(self, batch: Any, partition: int) -> Exception | None:
        try:
            batch.close()
            async with asyncio.timeout(_BATCH_PATIENCE_S):
                acknowledged = await self._broker.raw.send_batch(batch, self.topic, partition=partition)
                await acknowledged
        except (KafkaError, OSError, AssertionError, AttributeError, TimeoutError) as error:
            # AttributeError, AssertionError: the producer was closed under us by another publisher's reopen.
            return error
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            return ConnectionAbortedError("the producer dropped the batch")  # its own task was cancelled, not ours
        return None

    async def _again(self, partition: int, records: list[Record], error: Exception, generation: int) -> None:
        FAILED.inc(len(records))
        log.warning(
            "Kafka did not take a batch, sending it again",
            extra={"error": repr(error), "records": len(records), "topic": self.topic},
        )
        self._partitions[partition].extendleft(reversed(records))
        await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)
        if not isinstance(error, MessageSizeTooLargeError):
            await self._broker.reopen(generation)

    def _done(self, records: list[Record], *, stored: bool) -> None:
        if stored:
            PUBLISHED.inc(len(records))
            BATCH_RECORDS.observe(len(records))
        for record in records:
            self.waiting_bytes -= record.size
            record.on_done(stored)
        self._on_batch_done()

    async def drain(self, *, patience_s: float) -> None:
        """Wait until everything that was put is acknowledged, at most so long."""
        until = time.monotonic() + patience_s
        while self.waiting_bytes and time.monotonic() < until:
            if not self._due:
                self._flush()
            await asyncio.sleep(0.01)
