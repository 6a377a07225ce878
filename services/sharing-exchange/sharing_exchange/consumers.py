"""Events in: each becomes a record that can be pulled. One batch is one turn in the order of records."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection
from park_schemas.catalogue import event_types_on
from park_schemas.envelope import Event, encode_body
from park_schemas.telemetry import ReadingsReported

from sharing_exchange import figures
from sharing_exchange.domain.resources import READINGS, RESOURCES, Resource
from sharing_exchange.domain.retention import is_inside, partition_day
from sharing_exchange.domain.united_readings import united
from sharing_exchange.store import records

BatchHandler = Callable[[list[Event[Any]], Connection], Awaitable[None]]


def handlers(retention: timedelta) -> dict[str, BatchHandler]:
    """Return the table {event type: handler}: every event type on a resource's topic."""
    table: dict[str, BatchHandler] = {}
    for resource in RESOURCES.values():
        handler = _on_readings(retention) if resource.name == READINGS else _on_records(resource)
        table |= {event_type.name: handler for event_type in event_types_on(resource.topic)}
    return table


def _on_records(resource: Resource) -> BatchHandler:
    async def on_records(events: list[Event[msgspec.Struct]], tx: Connection) -> None:
        changes = [
            records.Change(resource.key_of(event.body), resource.version_of(event.body), _json(event.body))
            for event in events
        ]
        await records.take_turn(tx)
        stored = await records.put(tx, resource.name, changes, now())
        figures.RECORDS_TAKEN.labels(resource.name).inc(stored)

    return on_records


def _on_readings(retention: timedelta) -> BatchHandler:
    async def on_readings(events: list[Event[ReadingsReported]], tx: Connection) -> None:
        at = now()
        inside = [event for event in events if is_inside(event.body.data_time, at, retention)]
        figures.READINGS_OUTSIDE.inc(len(events) - len(inside))
        if not inside:
            return
        await records.take_turn(tx)
        await records.make_days(tx, [partition_day(event.body.data_time) for event in inside])
        readings = [_reading(event) for event in inside]
        stored = await records.put_readings(tx, readings, united, at)
        figures.RECORDS_TAKEN.labels(READINGS).inc(stored)

    return on_readings


def _reading(event: Event[ReadingsReported]) -> records.Reading:
    body = event.body
    return records.Reading(body.mn, body.command, body.data_time, event.content.decode() or _json(body))


def _json(body: msgspec.Struct) -> str:
    return encode_body(body).decode()
