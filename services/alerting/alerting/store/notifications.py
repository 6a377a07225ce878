"""What was told inside the platform."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection
from park_schemas.alarms import NotificationSent


async def insert_notifications(tx: Connection, told: Sequence[tuple[NotificationSent, int, str]]) -> None:
    """Keep notifications with the alarm version and step they tell; a known one is kept as it is."""
    await tx.executemany(
        """insert into notifications (notification_id, alarm_id, alarm_version, step, recipient, level, title_zh, title_en,
                                      park_id, enterprise_id, sent_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing""",
        [
            (n.notification_id, n.alarm_id, version, step, n.recipient, n.level.value, n.title_zh, n.title_en, n.park_id,
             n.enterprise_id, n.sent_at)
            for n, version, step in told
        ],
    )  # fmt: skip


async def notifications_for(
    tx: Connection, recipients: Sequence[str], *, since: datetime | None, after: list[Any] | None, limit: int
) -> list[dict[str, Any]]:
    """Return what the recipients were told, newest first, one entry an alarm version."""
    rows = await tx.fetch(
        """select distinct on (sent_at, alarm_id, alarm_version) notification_id, alarm_id, alarm_version, step, recipient,
                  level, title_zh, title_en, enterprise_id, sent_at
           from notifications where recipient = any($1) and ($2::timestamptz is null or sent_at > $2)
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
