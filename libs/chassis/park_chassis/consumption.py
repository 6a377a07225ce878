"""The consumer loop: data and offset are committed together, poison is set aside, nothing blocks its partition.

One poll of all partitions is one transaction: handlers, outbox rows, and the new offsets, each written only if the old one
is what we began with (so a replica that lost a partition cannot commit behind the back of the new owner). What a crash does:
 1. before the commit: nothing happened; the records are read again from the stored offsets;
 2. after the commit: the stored offsets are past the records; Kafka's own committed offset may lag, it is only for lag figures.
When a batch fails it is redone record by record, each in a transaction of its own: a ContractError parks the record at once,
trouble (Transient, database away) keeps the offset and tries again with back-off, any other exception is tried three times and
then parked with its traceback.
"""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from opentelemetry.trace import SpanKind
from park_schemas.catalogue import EVENT_TYPES
from park_schemas.envelope import ContractError, Event, decode_event

from park_chassis import metrics
from park_chassis.database import TROUBLE, Connection, Database
from park_chassis.errors import NotFound, Refused, Transient
from park_chassis.kafka import new_consumer, stop_client
from park_chassis.settings import ServiceSettings
from park_chassis.tracing import span

log = logging.getLogger(__name__)

BatchHandler = Callable[[list[Event[Any]], Connection], Awaitable[None]]
EventHandler = Callable[[Event[Any], Connection], Awaitable[None]]
Wants = Callable[[Mapping[str, bytes]], bool]
"""Says by an event's headers alone whether the service has to do with it; what it does not want is not even decoded."""

_ATTEMPTS = 3
_BACKOFF_S = (0.2, 0.5, 1, 2, 5)
_REPORT_OFFSETS_EVERY_S = 2.0
_REPORT_PATIENCE_S = 6.0
"""aiokafka can wait for ever for a coordinator after its broker was killed (its metadata task ends); a new consumer does not."""


class Fenced(Exception):
    """Another replica has moved the stored offset: our partitions must be looked up anew."""


@dataclass(frozen=True)
class Handled:
    """How one event type is handled: in batches, or one by one."""

    batch: BatchHandler
    wants: Wants | None = None

    @staticmethod
    def one_by_one(handler: EventHandler) -> "Handled":
        async def each(events: list[Event[Any]], tx: Connection) -> None:
            for event in events:
                with span(f"handle {event.type}", traceparent=event.traceparent, kind=SpanKind.CONSUMER):
                    await handler(event, tx)

        return Handled(each)


class Consumption:
    """Reads the topics of the handled event types as one consumer group, the service's name."""

    def __init__(self, settings: ServiceSettings, database: Database, handlers: dict[str, Handled]) -> None:
        self._settings = settings
        self._database = database
        self._handlers = handlers
        self._choosy = _choosy(handlers)
        self.group = settings.service
        self.topics = sorted({EVENT_TYPES[name].topic for name in handlers})
        self._expected: dict[TopicPartition, int] = {}
        self._reported_at = 0.0
        self.joined = asyncio.Event()

    async def run(self) -> None:
        """Consume until cancelled."""
        consumer = new_consumer(self._settings, group=self.group)
        self._expected.clear()
        try:
            await consumer.start()
            consumer.subscribe(self.topics, listener=_Forget(self._expected))
            while True:
                await self._poll(consumer)
        finally:
            await stop_client(consumer)

    async def _poll(self, consumer: Any) -> None:
        polled = await consumer.getmany(timeout_ms=500, max_records=self._settings.consumer_batch_records)
        await self._look_up_offsets(consumer)
        records = [record for tp, batch in polled.items() if self._is_next(tp, batch) for record in batch]
        if records:
            await self._handle(consumer, records)
        self._report_lag(consumer)
        await self._report_offsets(consumer)

    def _is_next(self, tp: TopicPartition, batch: Sequence[Any]) -> bool:
        expected = self._expected.get(tp)
        return expected is not None and batch[0].offset >= expected and not self._was_sought(tp)

    def _was_sought(self, tp: TopicPartition) -> bool:
        return tp in self._sought

    async def _look_up_offsets(self, consumer: Any) -> None:
        self._sought: set[TopicPartition] = set()
        unknown = [tp for tp in consumer.assignment() if tp not in self._expected]
        if not unknown:
            return
        beginnings = await consumer.beginning_offsets(unknown)
        ends = await consumer.end_offsets(unknown)
        async with self._database.transaction() as tx:
            stored = await _stored_offsets(tx, self.group, beginnings)
            for tp in unknown:
                if stored[tp] > ends[tp] and stored[tp] > beginnings[tp]:
                    log.error("stored offset is past the end: topic was made anew", extra={"topic": tp.topic})
                    await _overwrite_offset(tx, self.group, tp, beginnings[tp])
                    stored[tp] = beginnings[tp]
        for tp in unknown:
            consumer.seek(tp, max(stored[tp], beginnings[tp]))
            self._expected[tp] = stored[tp]
            self._sought.add(tp)
        self.joined.set()

    async def _handle(self, consumer: Any, records: list[Any]) -> None:
        for record in records:
            metrics.EVENTS_RECEIVED.labels(record.topic).inc()
        try:
            with metrics.HANDLING_SECONDS.labels(records[0].topic).time():
                await self._commit(records)
        except Fenced:
            await self._start_over(consumer)
        except Exception as error:  # noqa: BLE001 - the consumer loop is the one place that sorts every error
            log.warning(
                "batch failed, redoing it record by record", extra={"error": repr(error), "records": len(records)}
            )
            metrics.EVENTS_RETRIED.labels(records[0].topic, type(error).__name__).inc()
            try:
                for record in records:
                    await self._handle_alone(record)
            except Fenced:
                await self._start_over(consumer)

    async def _start_over(self, consumer: Any) -> None:
        log.warning("partitions were taken over by another replica", extra={"group": self.group})
        self._expected.clear()
        await self._look_up_offsets(consumer)

    async def _commit(self, records: list[Any]) -> None:
        """Handle the records and move the offsets, all in one transaction."""
        events = [decode_event(record.headers, record.value) for record in records if self._is_wanted(record)]
        async with self._database.transaction() as tx:
            await self._advance(tx, records)
            await self._dispatch(events, tx)
        self._advanced(records)

    def _is_wanted(self, record: Any) -> bool:
        choosy = self._choosy.get(record.topic)
        if choosy is None:
            return True
        headers = dict(record.headers)
        wants = choosy.get(headers.get("ce_type", b""))
        if wants is None or wants(headers):
            return True
        metrics.EVENTS_SKIPPED.labels(record.topic).inc()
        return False

    async def _dispatch(self, events: Iterable[Event[Any]], tx: Connection) -> None:
        for event_type, run in groupby(events, key=lambda event: event.type):
            same = list(run)
            handled = self._handlers.get(event_type)
            if handled is None:
                metrics.EVENTS_SKIPPED.labels(same[0].topic).inc(len(same))
                continue
            await handled.batch(same, tx)
            metrics.EVENTS_HANDLED.labels(same[0].topic).inc(len(same))

    async def _handle_alone(self, record: Any) -> None:
        failures = 0
        for attempt in range(1_000_000):
            try:
                await self._commit([record])
            except Fenced:
                raise
            except ContractError as error:
                return await self._park(record, "contract", error)
            except (Transient, *TROUBLE) as error:
                pause = _BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)]
                log.warning(
                    "trouble, trying again", extra={"error": repr(error), "pause_s": pause, "topic": record.topic}
                )
                await asyncio.sleep(pause)
            except Exception as error:
                failures += 1
                log.exception("handler failed", extra={"topic": record.topic, "offset": record.offset})
                if failures == _ATTEMPTS:
                    return await self._park(record, "bug", error)
            else:
                return None
        return None

    async def _park(self, record: Any, kind: str, error: Exception) -> None:
        while True:
            try:
                async with self._database.transaction() as tx:
                    await self._advance(tx, [record])
                    await _insert_parked(tx, self.group, record, kind, error)
            except TROUBLE as trouble:
                log.warning("cannot park yet", extra={"error": repr(trouble)})
                await asyncio.sleep(1)
            else:
                break
        self._advanced([record])
        metrics.EVENTS_PARKED.labels(record.topic, kind).inc()
        log.error(
            "event parked", extra={"topic": record.topic, "offset": record.offset, "kind": kind, "reason": str(error)}
        )

    async def _advance(self, tx: Connection, records: list[Any]) -> None:
        ends = _next_offsets(records)
        moved = await tx.fetch(
            """update consumer_offsets o set next_offset = n.next_offset
               from unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) as n(topic, partition, expected, next_offset)
               where o.consumer_group = $1 and o.topic = n.topic and o.partition = n.partition
                 and o.next_offset = n.expected returning 1""",
            self.group,
            [tp.topic for tp in ends],
            [tp.partition for tp in ends],
            [self._expected.get(tp, -1) for tp in ends],
            list(ends.values()),
        )
        if len(moved) != len(ends):
            raise Fenced

    def _advanced(self, records: list[Any]) -> None:
        self._expected.update(_next_offsets(records))

    async def _report_offsets(self, consumer: Any) -> None:
        loop_time = asyncio.get_running_loop().time()
        if loop_time - self._reported_at < _REPORT_OFFSETS_EVERY_S or not self._expected:
            return
        self._reported_at = loop_time
        assigned = consumer.assignment()
        reported = {tp: offset for tp, offset in self._expected.items() if tp in assigned}
        try:
            async with asyncio.timeout(_REPORT_PATIENCE_S):  # the TimeoutError ends `run`, which is then started anew
                await consumer.commit(reported)
        except KafkaError as error:
            log.info("offsets not reported to the broker", extra={"error": repr(error)})

    def _report_lag(self, consumer: Any) -> None:
        for tp, offset in self._expected.items():
            end = consumer.highwater(tp) if tp in consumer.assignment() else None
            if end is not None:
                metrics.CONSUMER_LAG.labels(tp.topic, str(tp.partition)).set(max(0, end - offset))

    async def replay(self, parked_id: int, by: str) -> None:
        """Handle a parked event again. Raises NotFound, or Refused with the reason when it fails again."""
        async with self._database.transaction() as tx:
            row = await tx.fetchrow("select * from parked_events where parked_id = $1 for update", parked_id)
            if row is None:
                raise NotFound("搁置事件", "parked event", parked_id)
            if row["replayed_at"] is not None:
                raise Refused(
                    "already-replayed", "该事件已重放", "this event was replayed already", at=row["replayed_at"]
                )
            headers = [(name, text.encode("latin-1")) for name, text in row["headers"]]
            try:
                async with tx.transaction():
                    await self._dispatch([decode_event(headers, row["body"])], tx)
            except Exception as error:
                raise Refused("replay-failed", f"重放失败: {error}", f"replay failed: {error}") from error
            await tx.execute(
                "update parked_events set replayed_at = now(), replayed_by = $2 where parked_id = $1", parked_id, by
            )


class _Forget(ConsumerRebalanceListener):  # type: ignore[misc]
    """Forgets the offsets of partitions that are taken away; they are looked up again when assigned."""

    def __init__(self, expected: dict[TopicPartition, int]) -> None:
        self._expected = expected

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        for tp in revoked:
            self._expected.pop(tp, None)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        for tp in assigned:
            self._expected.pop(tp, None)


def _choosy(handlers: Mapping[str, Handled]) -> dict[str, dict[bytes, Wants]]:
    by_topic: dict[str, dict[bytes, Wants]] = {}
    for name, handled in handlers.items():
        if handled.wants is not None:
            by_topic.setdefault(EVENT_TYPES[name].topic, {})[name.encode()] = handled.wants
    return by_topic


def _next_offsets(records: Iterable[Any]) -> dict[TopicPartition, int]:
    return {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}


async def _stored_offsets(
    tx: Connection, group: str, beginnings: dict[TopicPartition, int]
) -> dict[TopicPartition, int]:
    topics, partitions = [tp.topic for tp in beginnings], [tp.partition for tp in beginnings]
    await tx.execute(
        """insert into consumer_offsets (consumer_group, topic, partition, next_offset)
           select $1, * from unnest($2::text[], $3::int[], $4::bigint[]) on conflict do nothing""",
        group,
        topics,
        partitions,
        list(beginnings.values()),
    )
    rows = await tx.fetch("select topic, partition, next_offset from consumer_offsets where consumer_group = $1", group)
    return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def _overwrite_offset(tx: Connection, group: str, tp: TopicPartition, offset: int) -> None:
    await tx.execute(
        "update consumer_offsets set next_offset = $4 where consumer_group = $1 and topic = $2 and partition = $3",
        group,
        tp.topic,
        tp.partition,
        offset,
    )


async def _insert_parked(tx: Connection, group: str, record: Any, kind: str, error: Exception) -> None:
    await tx.execute(
        """insert into parked_events (consumer_group, topic, partition, record_offset, record_key, headers, body, kind,
                                      reason, traceback)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing""",
        group,
        record.topic,
        record.partition,
        record.offset,
        record.key,
        [[name, content.decode("latin-1")] for name, content in record.headers],
        record.value,
        kind,
        str(error) or repr(error),
        "" if kind == "contract" else "".join(traceback.format_exception(error)),
    )
