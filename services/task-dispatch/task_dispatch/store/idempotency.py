"""Answers already given: a request with the same Idempotency-Key is done once and answered alike."""

from datetime import datetime, timedelta
from typing import Any

from park_chassis.database import Connection

KEPT_FOR = timedelta(days=7)


async def claim_key(tx: Connection, username: str, key: str, request_hash: str, now: datetime) -> dict[str, Any] | None:
    """Claim a key; None when it is new, else what was stored. Waits for a transaction that holds the key."""
    claimed = await tx.fetchval(
        """insert into idempotency_keys (username, key, request_hash, made_at) values ($1, $2, $3, $4)
           on conflict do nothing returning 1""",
        username,
        key,
        request_hash,
        now,
    )
    if claimed:
        return None
    row = await tx.fetchrow(
        "select request_hash, status, body from idempotency_keys where username = $1 and key = $2", username, key
    )
    assert row is not None  # noqa: S101 - the insert has just met it
    return dict(row)


async def keep_answer(tx: Connection, username: str, key: str, status: int, body: bytes) -> None:
    """Store the answer with the claimed key, in the transaction of the effect."""
    await tx.execute(
        "update idempotency_keys set status = $3, body = $4 where username = $1 and key = $2",
        username,
        key,
        status,
        body,
    )


async def forget_old_keys(tx: Connection, now: datetime) -> None:
    """Remove keys that are older than any sensible retry."""
    await tx.execute("delete from idempotency_keys where made_at < $1", now - KEPT_FOR)
