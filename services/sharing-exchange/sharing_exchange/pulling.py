"""One pull: who asks, what may be had, which records, and the note of it, in one transaction.

What a crash does, step by step:
 1. before the commit: nothing is noted; the client asks again with the same cursor;
 2. after the commit, before the answer: the page is noted but did not arrive; the client asks again with the same cursor and
    gets the same records (or newer ones in their place), noted once more.
"""

import time
from typing import NamedTuple

from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_schemas.envelope import Event
from park_schemas.exchange import DeliveryRecorded
from park_schemas.identifiers import uuid7

from sharing_exchange import figures
from sharing_exchange.domain import cursors
from sharing_exchange.domain.allowance import Allowances
from sharing_exchange.domain.api_keys import hash_of, is_well_formed
from sharing_exchange.domain.resources import READINGS
from sharing_exchange.store import clients, records
from sharing_exchange.store.clients import Client


class Page(NamedTuple):
    """What a pull gives. `dropped_before`: readings older than this instant were let go and may have been missed."""

    bodies: list[str]
    next_cursor: str
    has_more: bool
    dropped_before: str | None


class Pulling:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._allowances = Allowances()

    async def client_of(self, key: str | None) -> Client:
        """Return the client of a key. Raises Refused: 401 no or unknown key, 403 not active, 429 too often."""
        if not key:
            raise _refused("no-key", "缺少请求头 X-API-Key", "the header X-API-Key is missing", 401)
        client = None
        if is_well_formed(key):
            async with self._database.reading() as connection:
                client = await clients.by_key(connection, hash_of(key))
        if client is None:
            raise _refused("unknown-key", "接口密钥无效", "the API key is not known", 401)
        if not client.active:
            raise _refused("client-inactive", "该客户端已停用", "this client is not active", 403)
        wait_s = self._allowances.wait_s(client.client_id, client.requests_per_minute, time.monotonic())
        if wait_s > 0:
            raise _refused(
                "too-many-requests",
                f"请求过于频繁,每分钟最多 {client.requests_per_minute} 次",
                f"at most {client.requests_per_minute} requests a minute",
                429,
                retry_after_s=round(wait_s, 1),
            )
        return client

    async def pull(self, client: Client, resource: str, cursor: str | None, limit: int) -> Page:
        """Return the records behind a cursor. Raises Refused: 403 resource not granted, 422 not a cursor of it."""
        if resource not in client.resources:
            raise _refused("not-granted", f"未授权数据集 {resource}", f"the dataset {resource} is not granted", 403)
        try:
            sequence = cursors.decode(resource, cursor)
        except cursors.BadCursor as error:
            raise _refused(
                "bad-cursor",
                "cursor 无效",
                f"the cursor is not valid: {error}",
                422,
                errors=[{"where": "query.cursor", "what": str(error)}],
            ) from error
        async with self._database.transaction() as tx:
            found = await records.after(tx, resource, sequence, limit + 1)
            pulled = found[:limit]
            dropped = await records.dropped_behind(tx, sequence) if resource == READINGS and cursor else None
            next_cursor = cursors.encode(resource, pulled[-1].sequence if pulled else sequence)
            await clients.touch(tx, client.client_id, now())
            if pulled:
                await _record(tx, client, resource, len(pulled), cursor or "", next_cursor)
        figures.PULLS.labels(resource).inc()
        figures.RECORDS_DELIVERED.labels(resource).inc(len(pulled))
        return Page(
            [record.body for record in pulled],
            next_cursor,
            len(found) > limit,
            dropped.isoformat() if dropped else None,
        )


async def _record(tx: Connection, client: Client, resource: str, count: int, before: str, after: str) -> None:
    delivery_id, at = uuid7(), now()
    await clients.record_delivery(
        tx,
        delivery_id=delivery_id,
        client_id=client.client_id,
        resource=resource,
        records=count,
        cursor_before=before,
        cursor_after=after,
        at=at,
    )
    body = DeliveryRecorded(
        delivery_id=delivery_id,
        client_id=client.client_id,
        client_name=client.name,
        resource=resource,
        records=count,
        cursor_before=before,
        cursor_after=after,
        delivered_at=at,
    )
    subject = str(client.client_id)
    await outbox.add(tx, Event("exchange.delivery.recorded", "sharing-exchange", subject, at, body))


def _refused(code: str, zh: str, en: str, status: int, **facts: object) -> Refused:
    figures.REFUSED.labels(code).inc()
    return Refused(code, zh, en, status=status, **facts)
