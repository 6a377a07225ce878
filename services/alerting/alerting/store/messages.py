"""Messages outside the app. One is claimed with a lease, sent outside any transaction, and settled by its token."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from park_chassis.database import Connection
from park_schemas.codes import AlarmLevel

from alerting.store import outgoing
from alerting.store.outgoing import Queue

_SHOWN = """m.message_id, m.channel_id, c.kind, c.name as channel_name, m.alarm_id, m.recipient, m.level, m.subject, m.text,
            m.state, m.attempts, m.next_attempt_at, m.waited_for_quiet, m.last_attempt_at, m.last_error, m.receipt, m.made_at,
            m.delivered_at"""


MESSAGES = Queue("messages", "message_id", "channels", "channel_id", afresh=", waited_for_quiet = false")


class NewMessage(Struct, frozen=True, kw_only=True):
    """A message to send not before an instant; `address` is an e-mail address or a phone number, empty for chats."""

    message_id: UUID
    channel_id: UUID
    notification_id: UUID | None
    alarm_id: UUID | None
    recipient: str
    address: str
    level: AlarmLevel
    subject: str
    text: str
    not_before: datetime
    waits_for_quiet: bool = False


@dataclass(frozen=True)
class ClaimedMessage:
    """A message that is ours until the lease ends; `attempts` counts this one."""

    message_id: UUID
    token: UUID
    channel_id: UUID
    notification_id: UUID | None
    alarm_id: UUID | None
    recipient: str
    address: str
    level: AlarmLevel
    subject: str
    text: str
    attempts: int
    waited_for_quiet: bool


_CLAIMED = [one.name for one in fields(ClaimedMessage) if one.name not in {"token", "level"}]


async def insert_messages(tx: Connection, wanted: Sequence[NewMessage], now: datetime) -> None:
    """Queue messages; a known one is kept as it is."""
    await tx.executemany(
        """insert into messages (message_id, channel_id, notification_id, alarm_id, recipient, address, level, subject, text,
                                 state, next_attempt_at, waited_for_quiet, made_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11, $12) on conflict do nothing""",
        [
            (m.message_id, m.channel_id, m.notification_id, m.alarm_id, m.recipient, m.address, m.level.value, m.subject,
             m.text, m.not_before, m.waits_for_quiet, now)
            for m in wanted
        ],
    )  # fmt: skip


async def claim_due(tx: Connection, now: datetime, *, most: int, lease: timedelta, token: UUID) -> list[ClaimedMessage]:
    """Lease messages that are due and count the attempt; other replicas skip them until the lease ends."""
    rows = await outgoing.claim(tx, MESSAGES, now, most=most, lease=lease, token=token)
    return [
        ClaimedMessage(
            token=token, level=AlarmLevel(row["level"]), **{name: row[name] for name in _CLAIMED},
        )
        for row in rows
    ]  # fmt: skip


async def settle(
    tx: Connection, claimed: ClaimedMessage, *, state: str, error: str, receipt: str, next_at: datetime, now: datetime
) -> bool:
    """Write the outcome of an attempt; False when the lease has gone to another replica meanwhile."""
    return await outgoing.settle(
        tx, MESSAGES, claimed.message_id, claimed.token, state=state, error=error, next_at=next_at, now=now,
        facts={"receipt": receipt[:500]},
    )  # fmt: skip


async def resend(tx: Connection, message_id: UUID, now: datetime) -> str | None:
    """Queue a message that was not delivered at once with fresh attempts; see outgoing.again for what is returned."""
    return await outgoing.again(tx, MESSAGES, message_id, now)


async def message_list(
    tx: Connection,
    *,
    state: str | None,
    channel_id: UUID | None,
    alarm_id: UUID | None,
    after: list[Any] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return messages, newest first; addresses are not among what is shown."""
    rows = await tx.fetch(
        f"""select {_SHOWN} from messages m join channels c using (channel_id)
            where ($1::text is null or m.state = $1) and ($2::uuid is null or m.channel_id = $2)
              and ($3::uuid is null or m.alarm_id = $3)
              and ($4::timestamptz is null or (m.made_at, m.message_id) < ($4, $5::uuid))
            order by m.made_at desc, m.message_id desc limit $6""",
        state,
        channel_id,
        alarm_id,
        datetime.fromisoformat(after[0]) if after else None,
        UUID(after[1]) if after else None,
        limit,
    )
    return [dict(row) for row in rows]


async def message(tx: Connection, message_id: UUID) -> dict[str, Any] | None:
    """Return one message."""
    row = await tx.fetchrow(
        f"select {_SHOWN} from messages m join channels c using (channel_id) where m.message_id = $1", message_id
    )
    return dict(row) if row else None
