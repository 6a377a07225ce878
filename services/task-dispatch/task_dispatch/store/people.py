"""Delegations and grid cells."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection

from task_dispatch.domain.cells import Cell
from task_dispatch.domain.delegations import Delegation


async def insert_delegation(tx: Connection, delegation: Delegation) -> None:
    """Store a delegation."""
    await tx.execute(
        """insert into delegations (delegation_id, principal, deputy, starts_at, ends_at, revoked_at, body)
           values ($1, $2, $3, $4, $5, null, $6)""",
        delegation.delegation_id,
        delegation.principal,
        delegation.deputy,
        delegation.starts_at,
        delegation.ends_at,
        msgspec.to_builtins(delegation),
    )


async def revoke(tx: Connection, delegation: Delegation) -> None:
    """Store that a delegation was revoked."""
    await tx.execute(
        "update delegations set revoked_at = $2, body = $3 where delegation_id = $1",
        delegation.delegation_id,
        delegation.revoked_at,
        msgspec.to_builtins(delegation),
    )


async def delegation(tx: Connection, delegation_id: UUID) -> Delegation | None:
    """Return a delegation, locked."""
    body = await tx.fetchval("select body from delegations where delegation_id = $1 for update", delegation_id)
    return msgspec.convert(body, Delegation) if body else None


async def delegations_of(tx: Connection, people: Sequence[str], since: datetime) -> list[Delegation]:
    """Return the delegations from or to any of the people that end after an instant."""
    return _delegations(
        await tx.fetch(
            """select body from delegations where (principal = any($1) or deputy = any($1)) and ends_at > $2
               order by starts_at, delegation_id""",
            list(people),
            since,
        )
    )


async def stood_for(tx: Connection, username: str, now: datetime) -> frozenset[str]:
    """Return whom a person stands for now."""
    rows = await tx.fetch(
        """select principal from delegations where deputy = $1 and starts_at <= $2 and ends_at > $2
           and (revoked_at is null or revoked_at > $2)""",
        username,
        now,
    )
    return frozenset(row["principal"] for row in rows)


async def delegations(tx: Connection, person: str | None, *, limit: int = 500) -> list[Delegation]:
    """Return the newest delegations, all or of one person."""
    return _delegations(
        await tx.fetch(
            """select body from delegations where $1::text is null or principal = $1 or deputy = $1
               order by starts_at desc, delegation_id limit $2""",
            person,
            limit,
        )
    )


async def lock_delegations(tx: Connection) -> None:
    """Let one delegation be written at a time: two that overlap must not both be found free."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('task-delegations', 212))")


async def lock_cells(tx: Connection) -> None:
    """Let one cell be written at a time: an enterprise must not get into two."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('task-cells', 212))")


async def cells(tx: Connection) -> list[Cell]:
    """Return all cells by name."""
    return [msgspec.convert(row["body"], Cell) for row in await tx.fetch("select body from cells order by cell")]


async def put_cell(tx: Connection, cell: Cell, *, by: str, now: datetime) -> None:
    """Store a cell, new or changed."""
    await tx.execute(
        """insert into cells (cell, changed_at, changed_by, body) values ($1, $2, $3, $4)
           on conflict (cell) do update set changed_at = excluded.changed_at, changed_by = excluded.changed_by,
                                            body = excluded.body""",
        cell.cell,
        now,
        by,
        msgspec.to_builtins(cell),
    )


async def remove_cell(tx: Connection, cell: str) -> bool:
    """Remove a cell; False when there was none. Tasks keep its name."""
    return await tx.fetchval("delete from cells where cell = $1 returning 1", cell) is not None


def _delegations(rows: Sequence[Any]) -> list[Delegation]:
    return [msgspec.convert(row["body"], Delegation) for row in rows]
