"""The live picture's supply: a snapshot from the services' APIs and every later event from Kafka.

Each replica reads all partitions by itself (no group, nothing committed): every client must see everything. The place
in the topics is fixed before the snapshot is asked, so nothing falls between; what comes twice is ignored by version.
What a crash does: the picture is gone with the process and is built anew; clients reconnect and get a fresh snapshot.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import TopicPartition
from park_chassis.errors import NotFound, Refused
from park_chassis.kafka import new_consumer
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.envelope import ContractError, decode_event
from park_schemas.tasks import Task
from park_schemas.telemetry import ReadingsReported, SessionChanged

from api_gateway import figures
from api_gateway.domain.live_state import Kind, LiveState
from api_gateway.settings import Settings
from api_gateway.upstream import ServiceAway, Upstream

log = logging.getLogger(__name__)

_BATCH = 2000
_RETRY_SNAPSHOT_S = 2.0

TOPICS = (
    "telemetry.readings.v1",
    "telemetry.sessions.v1",
    "alerting.alarms.v1",
    "tasks.tasks.v1",
    "alerting.notifications.v1",
)

_SNAPSHOT: tuple[tuple[str, str, dict[str, str], Kind], ...] = (
    ("source-monitoring", "/latest", {}, Kind.POINTS),
    ("quality", "/latest", {}, Kind.POINTS),
    ("hj212-gateway", "/sessions", {}, Kind.SESSIONS),
    ("alerting", "/alarms", {"open": "true"}, Kind.ALARMS),
    ("task-dispatch", "/tasks", {"open": "true"}, Kind.TASKS),
)

Changed = Callable[[Kind, str], None]


class LiveFeed:
    """Fills a LiveState and says what changed. `missing` names the services whose snapshot is not in yet."""

    def __init__(self, settings: Settings, upstream: Upstream, state: LiveState, changed: Changed) -> None:
        self._settings = settings
        self._upstream = upstream
        self._state = state
        self._changed = changed
        self.missing: set[str] = {service for service, *_ in _SNAPSHOT}
        self.following = asyncio.Event()
        self._take: dict[type[Any], tuple[Kind, Callable[[Any], str | None]]] = {
            ReadingsReported: (Kind.POINTS, state.take_readings),
            SessionChanged: (Kind.SESSIONS, state.take_session),
            Alarm: (Kind.ALARMS, state.take_alarm),
            Task: (Kind.TASKS, state.take_task),
            NotificationSent: (Kind.NOTIFICATIONS, state.take_notification),
        }
        self._take_item: dict[Kind, Callable[[Any], str | None]] = {
            Kind.POINTS: state.take_latest,
            Kind.SESSIONS: state.take_session,
            Kind.ALARMS: state.take_alarm,
            Kind.TASKS: state.take_task,
        }

    async def run(self) -> None:
        """Follow the topics until cancelled; the chassis starts it again when the broker goes away."""
        consumer = new_consumer(self._settings, group=None)
        await consumer.start()
        try:
            partitions = await _all_partitions(consumer)
            consumer.assign(partitions)
            await consumer.seek_to_end(*partitions)
            for partition in partitions:
                await consumer.position(partition)
            self.following.set()
            async with asyncio.TaskGroup() as tasks:
                for source in _SNAPSHOT:
                    tasks.create_task(self._fetch_snapshot(*source))
                tasks.create_task(self._follow(consumer))
        finally:
            self.following.clear()
            await consumer.stop()

    async def _follow(self, consumer: Any) -> None:
        while True:
            polled = await consumer.getmany(timeout_ms=250, max_records=_BATCH)
            for partition, records in polled.items():
                figures.LIVE_EVENTS.labels(partition.topic).inc(len(records))
                self.take_records(records)
            await asyncio.sleep(0)

    def take_records(self, records: Iterable[Any]) -> None:
        """Take Kafka records in; one that breaks its contract is counted and passed over (it is parked by its consumers)."""
        for record in records:
            try:
                body = decode_event(record.headers, record.value).body
            except ContractError as error:
                figures.LIVE_REFUSED.labels(record.topic).inc()
                log.warning("live record passed over", extra={"topic": record.topic, "reason": error.reason})
                continue
            found = self._take.get(type(body))
            if found is not None:
                kind, take = found
                self._report(kind, take(body))

    async def _fetch_snapshot(self, service: str, path: str, params: dict[str, str], kind: Kind) -> None:
        self.missing.add(service)
        while True:
            try:
                answer = await self._upstream.ask_all(
                    service, path, token=self._upstream.service_token(), params=params, most=20_000
                )
            except (ServiceAway, NotFound, Refused) as error:
                log.info("live snapshot waits", extra={"asked": service, "reason": str(error)})
                await asyncio.sleep(_RETRY_SNAPSHOT_S)
            else:
                break
        for item in answer["items"]:
            self._report(kind, self._take_item[kind](item))
        self.missing.discard(service)

    def _report(self, kind: Kind, key: str | None) -> None:
        if key is not None:
            self._changed(kind, key)


async def _all_partitions(consumer: Any) -> list[TopicPartition]:
    consumer.subscribe(list(TOPICS))
    while True:
        await consumer.topics()
        known = {topic: consumer.partitions_for_topic(topic) for topic in TOPICS}
        if all(known.values()):
            break
        missing = [topic for topic, numbers in known.items() if not numbers]
        log.info("waiting for topics", extra={"topics": missing})
        await asyncio.sleep(0.5)
    consumer.unsubscribe()
    return [TopicPartition(topic, number) for topic, numbers in known.items() for number in sorted(numbers or ())]
