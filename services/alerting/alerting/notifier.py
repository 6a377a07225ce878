"""Tells people in the app: what waits in a group becomes one message. Of all replicas one looks at a group at a time.

Marking and the event are one transaction: a crash before its commit leaves everything waiting, after it everything is told.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.alarms import NotificationSent
from park_schemas.codes import AlarmLevel

from alerting import figures
from alerting.domain.grouping import message_now
from alerting.recording import notification_event
from alerting.settings import Settings
from alerting.store import notifications


class Notifier:
    """Tells what waits until cancelled."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._window = timedelta(seconds=settings.notify_window_s)
        self._poll_s = settings.notify_poll_s

    async def run(self) -> None:
        """Look at every group that waits, then rest; what waits for its window would else keep us busy."""
        while True:
            await self.tell_due()
            await asyncio.sleep(self._poll_s)

    async def tell_due(self) -> int:
        """Tell what is due now; return how many messages this replica sent."""
        async with self._database.reading() as connection:
            groups = await notifications.waiting_groups(connection)
        sent = 0
        for recipient, group_key in groups:
            async with self._database.transaction() as tx:
                sent += await self._tell(tx, recipient, group_key, now())
        return sent

    async def _tell(self, tx: Connection, recipient: str, group_key: str, at: datetime) -> bool:
        if not await notifications.lock_group(tx, recipient, group_key):
            return False
        waiting = await notifications.waiting_of(tx, recipient, group_key)
        told = await notifications.told_since(tx, recipient, group_key, at - self._window)
        message = message_now(waiting, told, at, self._window)
        if message is None:
            return False
        row = await notifications.mark_told(tx, waiting, message, at)
        figures.NOTIFIED.labels(row["level"]).inc()
        await outbox.add(tx, notification_event(_body(row), None))
        return True


def _body(row: dict[str, Any]) -> NotificationSent:
    return NotificationSent(
        notification_id=row["notification_id"],
        alarm_id=row["alarm_id"],
        channel="in-app",
        recipient=row["recipient"],
        delivered=True,
        level=AlarmLevel(row["level"]),
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        sent_at=row["sent_at"],
        park_id=row["park_id"],
        enterprise_id=row["enterprise_id"],
        detail=f"together: {row['together']}" if row["together"] > 1 else "",
    )
