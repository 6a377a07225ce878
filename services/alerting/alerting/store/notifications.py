"""What was told inside the platform."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from park_chassis.database import Connection
from park_schemas.codes import AlarmLevel

from alerting.domain.grouping import Message, Told, Waiting


class NewNotification(Struct, frozen=True, kw_only=True):
    """What waits to be told to one recipient: the alarm's version and the step it tells."""

    notification_id: UUID
    alarm_id: UUID
    alarm_version: int
    step: str
    recipient: str
    level: AlarmLevel
    title_zh: str
    title_en: str
    park_id: UUID
    enterprise_id: UUID | None
    made_at: datetime
    group_key: str


async def insert_notifications(tx: Connection, waiting: Sequence[NewNotification]) -> None:
    """Queue notifications; a known one is kept as it is."""
    await tx.executemany(
        """insert into notifications (notification_id, alarm_id, alarm_version, step, recipient, level, level_rank, title_zh,
                                      title_en, park_id, enterprise_id, made_at, group_key)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing""",
        [
            (n.notification_id, n.alarm_id, n.alarm_version, n.step, n.recipient, n.level.value, n.level.rank, n.title_zh,
             n.title_en, n.park_id, n.enterprise_id, n.made_at, n.group_key)
            for n in waiting
        ],
    )  # fmt: skip


async def recipients_of_alarms(tx: Connection, alarm_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return who was told of alarms in the app, by alarm."""
    rows = await tx.fetch(
        """select alarm_id, array_agg(distinct recipient order by recipient) as recipients from notifications
           where alarm_id = any($1) and recipient not like 'reach:%' and recipient not like 'channel:%' group by alarm_id""",
        list(alarm_ids),
    )
    return {row["alarm_id"]: row["recipients"] for row in rows}


async def due_groups(tx: Connection, now: datetime, *, window: timedelta, wait: timedelta) -> list[tuple[str, str]]:
    """Return (recipient, group) of what may be told now, the oldest first; not locked.

    The same rule as message_now, so that what waits for its window costs nothing at each look.
    """
    rows = await tx.fetch(
        """with waiting as (
               select recipient, group_key, max(level_rank) as worst, min(made_at) as first from notifications
               where sent_at is null group by recipient, group_key)
           select w.recipient, w.group_key from waiting w left join lateral (
               select max(t.level_rank) as worst from notifications t
               where t.recipient = w.recipient and t.group_key = w.group_key and t.told_by = t.notification_id
                 and t.sent_at > $1::timestamptz - $2::interval) told on true
           where (told.worst is null and w.first <= $1::timestamptz - $3::interval) or told.worst < w.worst
           order by w.first limit 500""",
        now,
        window,
        wait,
    )
    return [(row["recipient"], row["group_key"]) for row in rows]


async def lock_group(tx: Connection, recipient: str, group_key: str) -> bool:
    """Take a group for this transaction; False when another replica has it."""
    taken: bool = await tx.fetchval(
        "select pg_try_advisory_xact_lock(hashtextextended($1, 213))", f"{recipient}|{group_key}"
    )
    return taken


async def waiting_of(tx: Connection, recipient: str, group_key: str) -> list[Waiting]:
    """Return what waits in a group."""
    rows = await tx.fetch(
        """select notification_id, made_at, level_rank, title_zh, title_en from notifications
           where recipient = $1 and group_key = $2 and sent_at is null order by made_at, notification_id""",
        recipient,
        group_key,
    )
    return [Waiting(**dict(row)) for row in rows]


async def told_since(tx: Connection, recipient: str, group_key: str, since: datetime) -> Told | None:
    """Return when a group was told last since an instant, and the most severe it was told."""
    row = await tx.fetchrow(
        """select max(sent_at) as at, max(level_rank) as level_rank from notifications
           where recipient = $1 and group_key = $2 and told_by = notification_id and sent_at > $3""",
        recipient,
        group_key,
        since,
    )
    return Told(row["at"], row["level_rank"]) if row is not None and row["at"] is not None else None


async def mark_told(tx: Connection, waiting: Sequence[Waiting], message: Message, now: datetime) -> dict[str, Any]:
    """Mark what waited as told by one message; return the row that speaks."""
    await tx.execute(
        "update notifications set sent_at = $2, told_by = $3 where notification_id = any($1)",
        [one.notification_id for one in waiting],
        now,
        message.speaks,
    )
    row = await tx.fetchrow(
        """update notifications set together = $2, title_zh = $3, title_en = $4 where notification_id = $1 returning *""",
        message.speaks,
        message.together,
        message.title_zh,
        message.title_en,
    )
    assert row is not None  # noqa: S101 - it was among the waiting
    return dict(row)


async def notifications_for(
    tx: Connection, recipients: Sequence[str], *, since: datetime | None, after: list[Any] | None, limit: int
) -> list[dict[str, Any]]:
    """Return what the recipients were told, newest first, one entry an alarm version."""
    rows = await tx.fetch(
        """select distinct on (sent_at, alarm_id, alarm_version) notification_id, alarm_id, alarm_version, step, recipient,
                  level, title_zh, title_en, enterprise_id, sent_at, together
           from notifications where recipient = any($1) and told_by = notification_id
             and ($2::timestamptz is null or sent_at > $2)
             and ($3::timestamptz is null or (sent_at, alarm_id, alarm_version) < ($3, $4::uuid, $5))
           order by sent_at desc, alarm_id desc, alarm_version desc limit $6""",
        list(recipients),
        since,
        datetime.fromisoformat(after[0]) if after else None,
        UUID(after[1]) if after else None,
        int(after[2]) if after else None,
        limit,
    )
    return [dict(row) for row in rows]
