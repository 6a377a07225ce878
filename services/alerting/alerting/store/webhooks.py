"""Webhooks and their deliveries. A delivery is claimed with a lease, sent outside any transaction, and settled by its token."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from park_chassis.database import Connection
from park_schemas.codes import AlarmLevel

from alerting.store import outgoing
from alerting.store.outgoing import Queue

_SHOWN = "webhook_id, url, description, min_level, active, made_at, made_by, changed_at"
_DELIVERY = """delivery_id, webhook_id, alarm_id, alarm_version, event_type, state, attempts, next_attempt_at,
               last_attempt_at, last_status, last_error, made_at, delivered_at"""


DELIVERIES = Queue("deliveries", "delivery_id", "webhooks", "webhook_id", claims=", o.url, o.secret")


@dataclass(frozen=True)
class Claimed:
    """A delivery that is ours until the lease ends; `attempts` counts this one."""

    delivery_id: UUID
    webhook_id: UUID
    token: UUID
    url: str
    secret: str
    body: bytes
    attempts: int
    event_type: str
    alarm_id: UUID | None


_CLAIMED = [one.name for one in fields(Claimed) if one.name != "token"]


def secret_owner(webhook_id: UUID) -> str:
    """Return what the secret of a webhook is bound to."""
    return f"webhook:{webhook_id}"


async def stored_secrets(tx: Connection) -> list[tuple[UUID, str]]:
    """Return (webhook, secret as stored), locked."""
    rows = await tx.fetch("select webhook_id, secret from webhooks where secret <> '' for update")
    return [(row["webhook_id"], row["secret"]) for row in rows]


async def set_secret(tx: Connection, webhook_id: UUID, sealed: str) -> None:
    """Store a sealed secret."""
    await tx.execute("update webhooks set secret = $2 where webhook_id = $1", webhook_id, sealed)


async def webhooks(tx: Connection) -> list[dict[str, Any]]:
    """Return the webhooks, oldest first, without their secrets."""
    rows = await tx.fetch(f"select {_SHOWN} from webhooks where removed_at is null order by made_at, webhook_id")
    return [dict(row) for row in rows]


async def webhook(tx: Connection, webhook_id: UUID) -> dict[str, Any] | None:
    """Return one webhook without its secret."""
    row = await tx.fetchrow(f"select {_SHOWN} from webhooks where webhook_id = $1 and removed_at is null", webhook_id)
    return dict(row) if row else None


async def insert_webhook(
    tx: Connection, webhook_id: UUID, *, url: str, description: str, min_level: AlarmLevel, active: bool, secret: str,
    by: str, now: datetime,
) -> None:  # fmt: skip
    """Store a new webhook; the secret is sealed already."""
    await tx.execute(
        """insert into webhooks (webhook_id, url, description, min_level, min_level_rank, active, secret, made_at, made_by,
                                 changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8)""",
        webhook_id,
        url,
        description,
        min_level.value,
        min_level.rank,
        active,
        secret,
        now,
        by,
    )


async def update_webhook(
    tx: Connection, webhook_id: UUID, *, url: str, description: str, min_level: AlarmLevel, active: bool, now: datetime
) -> bool:
    """Change a webhook; False when there is none."""
    changed = await tx.fetchval(
        """update webhooks set url = $2, description = $3, min_level = $4, min_level_rank = $5, active = $6, changed_at = $7
           where webhook_id = $1 and removed_at is null returning 1""",
        webhook_id,
        url,
        description,
        min_level.value,
        min_level.rank,
        active,
        now,
    )
    return changed is not None


async def remove_webhook(tx: Connection, webhook_id: UUID, now: datetime) -> bool:
    """Remove a webhook (its deliveries stay readable) and give up what is pending; False when there is none."""
    removed = await tx.fetchval(
        """update webhooks set removed_at = $2, active = false, secret = '' where webhook_id = $1 and removed_at is null
           returning 1""",
        webhook_id,
        now,
    )
    await tx.execute(
        """update deliveries set state = 'dead', last_error = 'webhook removed', lease_token = null
           where webhook_id = $1 and state = 'pending'""",
        webhook_id,
    )
    return removed is not None


async def active_webhooks(tx: Connection) -> list[tuple[UUID, int]]:
    """Return (webhook, rank of the lowest level it wants) of those in use."""
    rows = await tx.fetch("select webhook_id, min_level_rank from webhooks where active and removed_at is null")
    return [(row["webhook_id"], row["min_level_rank"]) for row in rows]


async def insert_deliveries(
    tx: Connection, rows: Sequence[tuple[UUID, UUID, UUID | None, int | None, str, bytes, datetime]]
) -> None:
    """Queue deliveries (delivery, webhook, alarm, version, event type, body, instant); a known one is kept as it is."""
    if not rows:
        return
    await tx.executemany(
        """insert into deliveries (delivery_id, webhook_id, alarm_id, alarm_version, event_type, body, state,
                                   next_attempt_at, made_at)
           values ($1, $2, $3, $4, $5, $6, 'pending', $7, $7) on conflict do nothing""",
        rows,
    )


async def claim_due(tx: Connection, now: datetime, *, most: int, lease: timedelta, token: UUID) -> list[Claimed]:
    """Lease deliveries that are due and count the attempt; other replicas skip them until the lease ends."""
    rows = await outgoing.claim(tx, DELIVERIES, now, most=most, lease=lease, token=token)
    return [Claimed(token=token, **{name: row[name] for name in _CLAIMED}) for row in rows]


async def settle(
    tx: Connection, claimed: Claimed, *, state: str, status: int | None, error: str, next_at: datetime, now: datetime
) -> bool:
    """Write the outcome of an attempt; False when the lease has gone to another replica meanwhile."""
    return await outgoing.settle(
        tx, DELIVERIES, claimed.delivery_id, claimed.token, state=state, error=error, next_at=next_at, now=now,
        facts={"last_status": status},
    )  # fmt: skip


async def retry_delivery(tx: Connection, delivery_id: UUID, now: datetime) -> str | None:
    """Queue a dead or waiting delivery at once with fresh attempts; see outgoing.again for what is returned."""
    return await outgoing.again(tx, DELIVERIES, delivery_id, now)


async def deliveries_of(
    tx: Connection, webhook_id: UUID, *, state: str | None, after: list[Any] | None, limit: int
) -> list[dict[str, Any]]:
    """Return the deliveries of a webhook, newest first."""
    rows = await tx.fetch(
        f"""select {_DELIVERY} from deliveries where webhook_id = $1 and ($2::text is null or state = $2)
            and ($3::timestamptz is null or (made_at, delivery_id) < ($3, $4::uuid))
            order by made_at desc, delivery_id desc limit $5""",
        webhook_id,
        state,
        datetime.fromisoformat(after[0]) if after else None,
        UUID(after[1]) if after else None,
        limit,
    )
    return [dict(row) for row in rows]


async def delivery(tx: Connection, delivery_id: UUID) -> dict[str, Any] | None:
    """Return one delivery."""
    row = await tx.fetchrow(f"select {_DELIVERY} from deliveries where delivery_id = $1", delivery_id)
    return dict(row) if row else None
