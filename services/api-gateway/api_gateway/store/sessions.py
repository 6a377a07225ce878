"""Sessions and their rotating refresh tokens; of a token only the SHA-256 is kept."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from park_chassis.database import Connection


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a refresh token somebody presents, with the row of its session locked."""

    session_id: UUID
    user_id: UUID
    expires_at: datetime
    ended_at: datetime | None
    used_at: datetime | None


async def begin(
    connection: Connection, *, session_id: UUID, user_id: UUID, at: datetime, lifetime: timedelta, origin: str
) -> None:
    await connection.execute(
        "insert into sessions (session_id, user_id, began_at, expires_at, origin) values ($1, $2, $3, $4, $5)",
        session_id,
        user_id,
        at,
        at + lifetime,
        origin,
    )


async def add_token(connection: Connection, token_hash: bytes, session_id: UUID, at: datetime) -> None:
    await connection.execute(
        "insert into refresh_tokens (token_hash, session_id, issued_at) values ($1, $2, $3)",
        token_hash,
        session_id,
        at,
    )


async def presented(connection: Connection, token_hash: bytes) -> Presented | None:
    """Return what is known of a token, or None; two presenters of one session wait for each other here."""
    row = await connection.fetchrow(
        """select s.session_id, s.user_id, s.expires_at, s.ended_at, t.used_at
           from refresh_tokens t join sessions s using (session_id) where t.token_hash = $1 for update of s""",
        token_hash,
    )
    return None if row is None else Presented(**dict(row))


async def mark_used(connection: Connection, token_hash: bytes, at: datetime) -> None:
    await connection.execute(
        "update refresh_tokens set used_at = coalesce(used_at, $2) where token_hash = $1", token_hash, at
    )


async def end(connection: Connection, session_id: UUID, at: datetime, why: str) -> None:
    await connection.execute(
        "update sessions set ended_at = $2, ended_why = $3 where session_id = $1 and ended_at is null",
        session_id,
        at,
        why,
    )


async def end_all(connection: Connection, user_id: UUID, at: datetime, why: str, *, but: UUID | None = None) -> None:
    """End every open session of a person, except one when given."""
    await connection.execute(
        """update sessions set ended_at = $2, ended_why = $3
           where user_id = $1 and ended_at is null and session_id is distinct from $4""",
        user_id,
        at,
        why,
        but,
    )


async def has_open(connection: Connection, user_id: UUID, at: datetime) -> bool:
    """True while an active person has a session that is neither ended nor past its time."""
    found = await connection.fetchval(
        """select exists (select from sessions s join users u using (user_id)
           where user_id = $1 and u.active and s.ended_at is null and s.expires_at > $2)""",
        user_id,
        at,
    )
    return bool(found)


async def forget_old(connection: Connection, before: datetime) -> int:
    """Delete sessions (and their tokens) that were over before an instant; return how many."""
    rows = await connection.fetch("delete from sessions where expires_at < $1 returning 1", before)
    return len(rows)
