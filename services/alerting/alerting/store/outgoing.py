"""What goes out with a lease: claimed (commit), sent outside any transaction, settled by its token. One idea for two tables.

`messages` go to people and chats over channels, `deliveries` to integrators over webhooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from park_chassis.database import Connection


@dataclass(frozen=True)
class Queue:
    """A table of what goes out: its key, the table it goes over with its key, what a claim reads of that besides."""

    table: str
    key: str
    over: str
    over_key: str
    claims: str = ""
    afresh: str = ""
    """What else is set when people send something again."""


async def claim(
    tx: Connection, queue: Queue, now: datetime, *, most: int, lease: timedelta, token: UUID
) -> list[dict[str, Any]]:
    """Lease what is due and count the attempt; other replicas skip it until the lease ends."""
    rows = await tx.fetch(
        f"""update {queue.table} q set lease_token = $3, lease_until = $1 + $4, attempts = q.attempts + 1, last_attempt_at = $1
            from {queue.over} o where o.{queue.over_key} = q.{queue.over_key} and q.{queue.key} in (
                select {queue.key} from {queue.table} where state = 'pending' and next_attempt_at <= $1
                  and (lease_until is null or lease_until <= $1)
                order by next_attempt_at limit $2 for update skip locked)
            returning q.*{queue.claims}""",
        now,
        most,
        token,
        lease,
    )
    return [dict(row) for row in rows]


async def settle(
    tx: Connection,
    queue: Queue,
    claimed: UUID,
    token: UUID,
    *,
    state: str,
    error: str,
    next_at: datetime,
    now: datetime,
    facts: Mapping[str, Any],
) -> bool:
    """Write the outcome of an attempt and further columns; False when the lease has gone to another replica meanwhile."""
    more = "".join(f", {name} = ${number}" for number, name in enumerate(facts, 7))
    settled = await tx.fetchval(
        f"""update {queue.table} set state = $3, last_error = $4, next_attempt_at = $5, lease_token = null, lease_until = null,
                   delivered_at = case when $3 = 'delivered' then $6::timestamptz end{more}
            where {queue.key} = $1 and lease_token = $2 returning 1""",
        claimed,
        token,
        state,
        error[:500],
        next_at,
        now,
        *facts.values(),
    )
    return settled is not None


async def again(tx: Connection, queue: Queue, wanted: UUID, now: datetime) -> str | None:
    """Queue what was not delivered at once with fresh attempts; return its former state, None: there is none.

    `removed` instead of the state: what it went over was removed, nothing is queued.
    """
    row = await tx.fetchrow(
        f"""select q.state, o.removed_at from {queue.table} q join {queue.over} o using ({queue.over_key})
            where q.{queue.key} = $1 for update of q""",
        wanted,
    )
    if row is None:
        return None
    if row["removed_at"] is not None:
        return "removed"
    if row["state"] != "delivered":
        await tx.execute(
            f"""update {queue.table} set state = 'pending', attempts = 0, next_attempt_at = $2{queue.afresh}
                where {queue.key} = $1""",
            wanted,
            now,
        )
    return str(row["state"])
