"""Outbox: a service's own change and the event announcing it are committed in one transaction; a relay publishes in order.

What a crash does, step by step:
 1. before the commit: neither the change nor the event exists;
 2. after the commit, before publishing: the row stays and is published by the next relay;
 3. after Kafka's acknowledgement, before the delete: it is published again, with the same ce_id; consumers are idempotent.
Order per key holds because a writer locks what it changes before it adds the row.
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import asyncpg
from park_schemas.envelope import Event, encode_body, encode_headers

from park_chassis import metrics
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.kafka import Producer
from park_chassis.tracing import current_traceparent

CHANNEL = "outbox"
_BATCH = 500
_IDLE_POLL_S = 1.0


async def add(tx: Connection, *events: Event[Any]) -> None:
    """Record events in the caller's transaction; they are published after it commits."""
    if not events:
        return
    trace = current_traceparent()
    rows = [_row(event if event.traceparent else replace(event, traceparent=trace)) for event in events]
    await tx.executemany("insert into outbox (topic, key, headers, body) values ($1, $2, $3, $4)", rows)
    await tx.execute(f"notify {CHANNEL}")


def _row(event: Event[Any]) -> tuple[str, bytes, list[list[str]], bytes]:
    headers = [[name, content.decode("latin-1")] for name, content in encode_headers(event)]
    return event.topic, event.subject.encode(), headers, encode_body(event.body)


class OutboxRelay:
    """Publishes the outbox in order. Of all replicas of a service one relays at a time (session advisory lock)."""

    def __init__(self, database: Database, producer: Producer) -> None:
        self._database = database
        self._producer = producer

    async def run(self) -> None:
        """Relay until cancelled; the chassis restarts it when the database or the broker goes away."""
        connection = await asyncpg.connect(self._database.url, server_settings={"search_path": self._database.schema})
        try:
            await self._become_the_one(connection)
            await self._relay(connection)
        finally:
            connection.terminate()

    async def _become_the_one(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        lock = f"outbox:{self._database.schema}"
        while not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
            await asyncio.sleep(_IDLE_POLL_S)

    async def _relay(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        wake = asyncio.Event()
        await connection.add_listener(CHANNEL, lambda *_: wake.set())
        while True:
            wake.clear()
            rows = await connection.fetch(f"select * from outbox order by id limit {_BATCH}")
            self._show(rows)
            if rows:
                await self._publish(rows)
                await connection.execute("delete from outbox where id = any($1)", [row["id"] for row in rows])
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), _IDLE_POLL_S)

    async def _publish(self, rows: list[asyncpg.Record]) -> None:
        sent = [
            await self._producer.send(
                row["topic"],
                key=row["key"],
                value=row["body"],
                headers=[(name, text.encode("latin-1")) for name, text in json.loads(row["headers"])],
            )
            for row in rows
        ]
        await asyncio.gather(*sent)
        for row in rows:
            metrics.OUTBOX_PUBLISHED.labels(row["topic"]).inc()

    def _show(self, rows: list[asyncpg.Record]) -> None:
        metrics.OUTBOX_PENDING.set(len(rows))
        metrics.OUTBOX_AGE_SECONDS.set((now() - rows[0]["recorded_at"]).total_seconds() if rows else 0)
