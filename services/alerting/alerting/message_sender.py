"""Sends messages outside the app: e-mail, SMS, group robots. What a crash does: leased_sender.py."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.secret_box import SecretBox, SecretUnreadable
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.codes import AlarmState
from park_schemas.identifiers import natural_id

from alerting import figures
from alerting.adapters import Envelope, Outcome, mail, robots, sms
from alerting.domain.channel_config import BadChannel, checked
from alerting.domain.message_templates import Rendered
from alerting.domain.retries import pause_after, state_after
from alerting.leased_sender import LeasedSender
from alerting.settings import Settings
from alerting.store import alarms, channels, messages
from alerting.store.messages import ClaimedMessage
from alerting.telling import notification_event

log = logging.getLogger(__name__)

ADAPTERS: dict[str, Callable[[Envelope, Any, Any], Awaitable[Outcome]]] = {
    "email": mail.send,
    "sms": sms.send,
    "wecom": robots.wecom,
    "dingtalk": robots.dingtalk,
    "feishu": robots.feishu,
}


class MessageSender(LeasedSender[ClaimedMessage]):
    """Sends messages over their channels."""

    def __init__(self, database: Database, settings: Settings, box: SecretBox) -> None:
        super().__init__(
            database,
            patience=2 * timedelta(seconds=settings.message_timeout_s),
            timeout_s=settings.message_timeout_s,
            concurrency=settings.message_concurrency,
            poll_s=settings.message_poll_s,
        )
        self._settings = settings
        self._box = box

    async def claim(
        self, tx: Connection, at: datetime, *, most: int, lease: timedelta, token: UUID
    ) -> list[ClaimedMessage]:
        return await messages.claim_due(tx, at, most=most, lease=lease, token=token)

    async def send_one(self, client: httpx.AsyncClient, claimed: ClaimedMessage) -> None:
        async with self._database.reading() as connection:
            channel = await channels.channel(connection, claimed.channel_id)
            alarm = await alarms.alarm_of(connection, claimed.alarm_id) if claimed.alarm_id else None
        if claimed.waited_for_quiet and alarm is not None and alarm.state is AlarmState.CLOSED:
            return await self._settle(
                claimed, "", Outcome(False, "closed before the quiet hours ended"), alarm, dropped=True
            )
        kind = channel.kind if channel else ""
        outcome = await self._attempt(client, claimed, channel)
        figures.MESSAGE_ATTEMPTS.labels(kind, "taken" if outcome.taken else "refused").inc()
        return await self._settle(claimed, kind, outcome, alarm)

    async def _attempt(
        self, client: httpx.AsyncClient, claimed: ClaimedMessage, channel: channels.Channel | None
    ) -> Outcome:
        if channel is None or (not channel.secret and channel.kind not in {"email", "sms"}):
            return Outcome(False, "the channel was removed", is_final=True)
        try:
            secret = msgspec.json.decode(
                self._box.open(channel.secret, channels.secret_owner(channel.channel_id)) or "{}"
            )
            config, opened = checked(channel.kind, channel.config, secret)
        except (SecretUnreadable, BadChannel) as error:
            return Outcome(False, str(error))
        envelope = Envelope(
            message_id=str(claimed.message_id),
            address=claimed.address,
            message=Rendered(claimed.subject, claimed.text),
            at=now(),
            client=client,
            allow_private=self._settings.webhook_allow_private,
            timeout_s=self._settings.message_timeout_s,
        )
        return await ADAPTERS[channel.kind](envelope, config, opened)

    async def _settle(
        self, claimed: ClaimedMessage, kind: str, outcome: Outcome, alarm: Alarm | None, *, dropped: bool = False
    ) -> None:
        at = now()
        pause = None if outcome.taken or outcome.is_final or dropped else pause_after(claimed.attempts, None)
        state = "dropped" if dropped else state_after(outcome.taken, pause)
        async with self._database.transaction() as tx:
            settled = await messages.settle(
                tx, claimed, state=state, error=outcome.error, receipt=outcome.receipt,
                next_at=at + (pause or timedelta(0)), now=at,
            )  # fmt: skip
            if settled and state in {"delivered", "dead"} and alarm is not None:
                await self._say(tx, claimed, kind, outcome, alarm, at)
        if state == "dead":
            figures.MESSAGES_DEAD.labels(kind).inc()
            log.warning("message given up", extra={"message_id": str(claimed.message_id), "error": outcome.error[:200]})

    async def _say(
        self, tx: Connection, claimed: ClaimedMessage, kind: str, outcome: Outcome, alarm: Alarm, at: datetime
    ) -> None:
        body = NotificationSent(
            notification_id=natural_id("message-told", claimed.message_id, claimed.attempts, outcome.taken),
            alarm_id=alarm.alarm_id,
            channel=kind,
            recipient=claimed.recipient,
            delivered=outcome.taken,
            level=claimed.level,
            title_zh=alarm.title_zh,
            title_en=alarm.title_en,
            sent_at=at,
            park_id=alarm.park_id,
            enterprise_id=alarm.enterprise_id,
            attempts=claimed.attempts,
            detail=outcome.error[:200],
        )
        await outbox.add(tx, notification_event(body, None))
