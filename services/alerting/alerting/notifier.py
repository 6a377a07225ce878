"""Tells people what waits in a group as one message. Of all replicas one looks at a group at a time.

In the app the message is an event; outside it is queued for the message sender. Marking and event (or queueing) are one
transaction: a crash before its commit leaves everything waiting, after it everything is told.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.codes import AlarmLevel
from park_schemas.identifiers import natural_id

from alerting import figures
from alerting.domain.channel_config import PERSONAL
from alerting.domain.grouping import message_now
from alerting.domain.message_templates import Rendered, render
from alerting.domain.quiet_hours import QuietHours, quiet_until
from alerting.settings import Settings
from alerting.store import alarms, channels, contacts, messages, notifications
from alerting.store.channels import Channel
from alerting.store.messages import NewMessage
from alerting.telling import CHANNEL, REACH, notification_event

SOUNDS: dict[AlarmLevel, str] = {
    AlarmLevel.BLUE: "",
    AlarmLevel.YELLOW: "attention",
    AlarmLevel.ORANGE: "warning",
    AlarmLevel.RED: "urgent",
}
"""Which sound the console plays for a message (design-default)."""

_SIDE_BY_SIDE = 4


class Notifier:
    """Tells what waits until cancelled."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._window = timedelta(seconds=settings.notify_window_s)
        self._wait = timedelta(seconds=settings.notify_wait_s)
        self._poll_s = settings.notify_poll_s
        self._public_url = settings.public_url.rstrip("/")

    async def run(self) -> None:
        """Look at every group that is due, then rest; what waits for its window would else keep us busy."""
        while True:
            await self.tell_due()
            await asyncio.sleep(self._poll_s)

    async def tell_due(self) -> int:
        """Tell what is due now; return how many messages this replica sent."""
        async with self._database.reading() as connection:
            groups = await notifications.due_groups(connection, now(), window=self._window, wait=self._wait)
        limit = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def one(recipient: str, group: str) -> bool:
            async with limit, self._database.transaction() as tx:
                return await self._tell(tx, recipient, group, now())

        outcomes = await asyncio.gather(*(one(*group) for group in groups), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome  # the others are told; what failed waits for the next look
        return sum(outcome is True for outcome in outcomes)

    async def _tell(self, tx: Connection, recipient: str, group_key: str, at: datetime) -> bool:
        if not await notifications.lock_group(tx, recipient, group_key):
            return False
        waiting = await notifications.waiting_of(tx, recipient, group_key)
        told = await notifications.told_since(tx, recipient, group_key, at - self._window)
        message = message_now(waiting, told, at, self._window, self._wait)
        if message is None:
            return False
        row = await notifications.mark_told(tx, waiting, message, at)
        figures.NOTIFIED.labels(row["level"]).inc()
        if recipient.startswith(REACH):
            await self._queue_for_person(tx, row, recipient.removeprefix(REACH), at)
        elif recipient.startswith(CHANNEL):
            await self._queue_for_chat(tx, row, UUID(recipient.removeprefix(CHANNEL)), at)
        else:
            await outbox.add(tx, notification_event(_body(row), None))
        return True

    async def _queue_for_person(self, tx: Connection, row: dict[str, Any], username: str, at: datetime) -> None:
        """Queue one message for each way a person can be reached by."""
        alarm = await alarms.alarm_of(tx, row["alarm_id"])
        found = await contacts.contacts(tx, username=username)
        if alarm is None or not found or not found[0].active:
            return
        person, level = found[0], AlarmLevel(row["level"])
        queued = []
        for channel in await channels.active_channels(tx, PERSONAL):
            if level.rank < channel.min_level.rank:
                continue
            address = person.email if channel.kind == "email" else person.phone
            if address:
                text = await self._rendered(tx, channel.kind, person.language, row, alarm)
                quiet = [*person.quiet, *channel.quiet]
                queued.append(_message(channel, row, f"person:{username}", address, text, quiet, at))
        await messages.insert_messages(tx, queued, at)

    async def _queue_for_chat(self, tx: Connection, row: dict[str, Any], channel_id: UUID, at: datetime) -> None:
        alarm, channel = await alarms.alarm_of(tx, row["alarm_id"]), await channels.channel(tx, channel_id)
        if alarm is None or channel is None or not channel.active:
            return
        text = await self._rendered(tx, channel.kind, channel.language, row, alarm)
        await messages.insert_messages(
            tx, [_message(channel, row, f"channel:{channel_id}", "", text, channel.quiet, at)], at
        )

    async def _rendered(self, tx: Connection, kind: str, language: str, row: dict[str, Any], alarm: Alarm) -> Rendered:
        title = row["title_zh"] if language == "zh" else row["title_en"]
        url = f"{self._public_url}/alarms/{alarm.alarm_id}" if self._public_url else ""
        template = await channels.template(tx, kind, language)
        return render(template, alarm, title=title, together=row["together"], url=url)


def _message(
    channel: Channel,
    row: dict[str, Any],
    recipient: str,
    address: str,
    text: Rendered,
    quiet: list[QuietHours],
    at: datetime,
) -> NewMessage:
    level = AlarmLevel(row["level"])
    free = quiet_until(quiet, channel.kind, level, at)
    return NewMessage(
        message_id=natural_id("message", row["notification_id"], channel.channel_id),
        channel_id=channel.channel_id,
        notification_id=row["notification_id"],
        alarm_id=row["alarm_id"],
        recipient=recipient,
        address=address,
        level=level,
        subject=text.subject,
        text=text.text,
        not_before=free or at,
        waits_for_quiet=free is not None,
    )


def _body(row: dict[str, Any]) -> NotificationSent:
    level = AlarmLevel(row["level"])
    return NotificationSent(
        notification_id=row["notification_id"],
        alarm_id=row["alarm_id"],
        channel="in-app",
        recipient=row["recipient"],
        delivered=True,
        level=level,
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        sent_at=row["sent_at"],
        park_id=row["park_id"],
        enterprise_id=row["enterprise_id"],
        detail=f"together: {row['together']}" if row["together"] > 1 else "",
        sound=SOUNDS[level],
    )
