"""Versions of the kinds of tasks; the highest of each is in force, none is ever changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from park_chassis.database import Connection

from task_dispatch.domain.kinds import Kind

_SYSTEM = "system"


async def ensure_shipped(tx: Connection, shipped: Mapping[str, Kind], now: datetime) -> None:
    """Store the shipped kinds, and a newer release's as new versions unless people have written their own since."""
    await _lock(tx)
    for kind in shipped.values():
        row = await tx.fetchrow(
            "select version, body, made_by from kinds where kind = $1 order by version desc limit 1", kind.kind
        )
        if row is None:
            await _insert(tx, kind, 1, _SYSTEM, now)
        elif row["made_by"] == _SYSTEM:
            version = row["version"]
            if msgspec.convert(row["body"], Kind) != msgspec.structs.replace(kind, version=version):
                await _insert(tx, kind, version + 1, _SYSTEM, now)


async def kinds_in_force(tx: Connection) -> dict[str, Kind]:
    """Return the newest version of every kind, retired ones too, by name."""
    rows = await tx.fetch("select distinct on (kind) body from kinds order by kind, version desc")
    kinds = (msgspec.convert(row["body"], Kind) for row in rows)
    return {kind.kind: kind for kind in kinds}


async def kind_in_force(tx: Connection, kind: str) -> Kind | None:
    """Return the newest version of a kind."""
    body = await tx.fetchval("select body from kinds where kind = $1 order by version desc limit 1", kind)
    return msgspec.convert(body, Kind) if body else None


async def kind_version(tx: Connection, kind: str, version: int) -> Kind | None:
    """Return a kind as it was in a version."""
    body = await tx.fetchval("select body from kinds where kind = $1 and version = $2", kind, version)
    return msgspec.convert(body, Kind) if body else None


async def versions(tx: Connection, kind: str) -> list[dict[str, Any]]:
    """Return who made which version when and why, newest first."""
    rows = await tx.fetch(
        """select version, made_at, made_by, coalesce(body->>'note', '') as note from kinds where kind = $1
           order by version desc""",
        kind,
    )
    return [dict(row) for row in rows]


async def add_version(tx: Connection, kind: Kind, *, based_on: int | None, by: str, now: datetime) -> Kind | None:
    """Store the next version and return it; None when the version in force is not `based_on` any more (None: no kind yet)."""
    await _lock(tx)
    current = await tx.fetchval("select max(version) from kinds where kind = $1", kind.kind)
    if current != based_on:
        return None
    return await _insert(tx, kind, (current or 0) + 1, by, now)


async def _lock(tx: Connection) -> None:
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('task-kinds', 212))")


async def _insert(tx: Connection, kind: Kind, version: int, by: str, now: datetime) -> Kind:
    stored = msgspec.structs.replace(kind, version=version)
    await tx.execute(
        "insert into kinds (kind, version, body, made_at, made_by) values ($1, $2, $3, $4, $5)",
        kind.kind,
        version,
        msgspec.to_builtins(stored),
        now,
        by,
    )
    return stored
