"""The audit log's table. Rows are only ever inserted; a trigger refuses everything else."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from park_chassis.database import Connection

from api_gateway.domain.audit_chain import GENESIS, AuditEntry, ChainedEntry, append_to

_FIELDS = tuple(field.name for field in msgspec.structs.fields(AuditEntry))
_COLUMNS = ", ".join(("sequence", *_FIELDS, "hash"))
_PLACES = ", ".join(f"${number}" for number in range(1, len(_FIELDS) + 3))


async def append(connection: Connection, entry: AuditEntry) -> ChainedEntry:
    """Add an entry after the last one. Writers of all replicas wait for each other until the caller's commit."""
    await connection.execute("select pg_advisory_xact_lock(hashtext('audit-log'))")
    last = await connection.fetchrow("select sequence, hash from audit_log order by sequence desc limit 1")
    previous, sequence = (GENESIS, 1) if last is None else (last["hash"], last["sequence"] + 1)
    chained = append_to(previous, sequence, entry)
    await connection.execute(
        f"insert into audit_log ({_COLUMNS}) values ({_PLACES})",
        sequence,
        *(getattr(entry, name) for name in _FIELDS),
        chained.hash,
    )
    return chained


async def chain(connection: Connection) -> AsyncIterator[ChainedEntry]:
    """Give the whole chain from its beginning; the caller has opened a transaction (it is read by cursor)."""
    async for row in connection.cursor(f"select {_COLUMNS} from audit_log order by sequence", prefetch=1000):
        yield _chained(row)


async def page_of_actions(
    connection: Connection,
    *,
    actor: str | None,
    action: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return actions, newest first: outcomes, and attempts that have none (result `unknown`)."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from audit_log a
            where (kind = 'outcome' or not exists (select from audit_log o where o.attempt = a.sequence))
              and ($1::text is null or actor = lower($1)) and ($2::text is null or position($2 in action) > 0)
              and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at < $4)
              and ($5::bigint is null or sequence < $5)
            order by sequence desc limit $6""",
        actor,
        action,
        since,
        until,
        before,
        limit,
    )
    return [_shown(row) for row in rows]


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    shown = {**dict(row), "hash": row["hash"].hex()}
    if row["kind"] == "attempt":
        shown["result"] = "unknown"
    return shown


def _chained(row: asyncpg.Record) -> ChainedEntry:
    entry = AuditEntry(**{name: row[name] for name in _FIELDS})
    return ChainedEntry(sequence=row["sequence"], entry=entry, hash=row["hash"])
