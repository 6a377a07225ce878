"""Clients, and what was delivered to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A platform that may pull. Of its key only a hint is kept readable."""

    client_id: UUID
    name: str
    key_hint: str
    resources: list[str]
    requests_per_minute: int
    active: bool
    created_at: datetime
    created_by: str
    last_used_at: datetime | None = None


_COLUMNS = ", ".join(field.name for field in msgspec.structs.fields(Client))


def _client(row: asyncpg.Record | None) -> Client | None:
    return None if row is None else Client(**dict(row))


async def by_key(connection: Connection, key_hash: bytes) -> Client | None:
    return _client(await connection.fetchrow(f"select {_COLUMNS} from clients where key_hash = $1", key_hash))


async def by_id(connection: Connection, client_id: UUID) -> Client | None:
    return _client(await connection.fetchrow(f"select {_COLUMNS} from clients where client_id = $1", client_id))


async def by_name(connection: Connection, name: str) -> Client | None:
    return _client(await connection.fetchrow(f"select {_COLUMNS} from clients where name = $1", name))


async def every(connection: Connection) -> list[Client]:
    rows = await connection.fetch(f"select {_COLUMNS} from clients order by name")
    return [Client(**dict(row)) for row in rows]


async def insert(tx: Connection, client: Client, key_hash: bytes) -> bool:
    """Store a new client; False when the name or the key is taken."""
    stored = await tx.fetchval(
        """insert into clients (client_id, name, key_hash, key_hint, resources, requests_per_minute, active, created_at,
                                created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning 1""",
        client.client_id,
        client.name,
        key_hash,
        client.key_hint,
        client.resources,
        client.requests_per_minute,
        client.active,
        client.created_at,
        client.created_by,
    )
    return stored is not None


async def change(tx: Connection, client_id: UUID, changes: dict[str, Any]) -> Client | None:
    """Set the given columns; None when there is no such client."""
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, start=2))
    row = await tx.fetchrow(
        f"update clients set {sets} where client_id = $1 returning {_COLUMNS}", client_id, *changes.values()
    )
    return _client(row)


async def touch(tx: Connection, client_id: UUID, at: datetime) -> None:
    """Note the use, at most once a minute: polling clients need not write each time."""
    await tx.execute(
        """update clients set last_used_at = $2
           where client_id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')""",
        client_id,
        at,
    )


async def record_delivery(
    tx: Connection,
    *,
    delivery_id: UUID,
    client_id: UUID,
    resource: str,
    records: int,
    cursor_before: str,
    cursor_after: str,
    at: datetime,
) -> None:
    await tx.execute(
        "insert into deliveries values ($1, $2, $3, $4, $5, $6, $7)",
        delivery_id,
        client_id,
        resource,
        records,
        cursor_before,
        cursor_after,
        at,
    )


async def page_of_deliveries(
    connection: Connection,
    *,
    client_id: UUID | None,
    resource: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return deliveries, newest first."""
    rows = await connection.fetch(
        """select d.*, c.name as client_name from deliveries d join clients c using (client_id)
           where ($1::uuid is null or client_id = $1) and ($2::text is null or resource = $2)
             and ($3::timestamptz is null or (delivered_at, delivery_id) < ($3, $4::uuid))
           order by delivered_at desc, delivery_id desc limit $5""",
        client_id,
        resource,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [dict(row) for row in rows]


async def forget_deliveries(tx: Connection, before: datetime) -> None:
    await tx.execute("delete from deliveries where delivered_at < $1", before)
