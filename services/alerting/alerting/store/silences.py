"""Silences, and what mutes alarms at a subject."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection
from park_schemas.codes import AlarmLevel

from alerting.domain.muting import Silence

_FIELDS = "silence_id, owner, reason, starts_at, ends_at, up_to, enterprise_id, subject_id, rule, factor"


async def silences_at(tx: Connection, at: datetime) -> list[Silence]:
    """Return the silences in force at an instant."""
    rows = await tx.fetch(
        f"select {_FIELDS} from silences where removed_at is null and starts_at <= $1 and ends_at > $1", at
    )
    return [Silence(**{**dict(row), "up_to": AlarmLevel(row["up_to"])}) for row in rows]


async def insert_silence(tx: Connection, silence: Silence, now: datetime) -> None:
    """Store a new silence."""
    await tx.execute(
        f"insert into silences ({_FIELDS}, made_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        silence.silence_id,
        silence.owner,
        silence.reason,
        silence.starts_at,
        silence.ends_at,
        silence.up_to.value,
        silence.enterprise_id,
        silence.subject_id,
        silence.rule,
        silence.factor,
        now,
    )


async def end_silence(tx: Connection, silence_id: UUID, by: str, now: datetime) -> bool:
    """End a silence now; False when there is none in force or to come."""
    ended = await tx.fetchval(
        """update silences set removed_at = $2, removed_by = $3
           where silence_id = $1 and removed_at is null and ends_at > $2 returning 1""",
        silence_id,
        now,
        by,
    )
    return ended is not None


async def silence_list(tx: Connection, now: datetime, *, over: bool) -> list[dict[str, Any]]:
    """Return silences in force or to come, or those that are over; newest first, at most 500."""
    condition = "removed_at is not null or ends_at <= $1" if over else "removed_at is null and ends_at > $1"
    rows = await tx.fetch(
        f"select {_FIELDS}, made_at, removed_at, removed_by from silences where {condition} order by made_at desc limit 500",
        now,
    )
    return [dict(row) for row in rows]


async def ask_muted_again(
    tx: Connection, now: datetime, *, subjects: Collection[UUID] | None = None, reason: str = ""
) -> None:
    """Let the timers look again at open alarms that are muted: of some subjects, or for a reason."""
    await tx.execute(
        """insert into timers (alarm_id, kind, due_at)
           select alarm_id, 'tell', $1 from alarms where state <> 'closed' and body ? 'muted'
             and ($2::uuid[] is null or subject_id = any($2)) and ($3 = '' or body->>'muted' = $3)
           on conflict (alarm_id, kind) do update set due_at = excluded.due_at""",
        now,
        None if subjects is None else list(subjects),
        reason,
    )
