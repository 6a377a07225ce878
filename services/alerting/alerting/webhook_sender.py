"""Sends webhook deliveries, signed. What a crash does: leased_sender.py."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.secret_box import SecretBox, SecretUnreadable
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.identifiers import natural_id

from alerting import figures, guarded_http
from alerting.domain.retries import pause_after, state_after
from alerting.domain.webhook_signature import signed_headers
from alerting.leased_sender import LeasedSender
from alerting.settings import Settings
from alerting.store import webhooks
from alerting.store.webhooks import Claimed
from alerting.telling import notification_event

log = logging.getLogger(__name__)


class _Body(msgspec.Struct):
    data: Alarm


@dataclass(frozen=True)
class Answer:
    """What came of one attempt: the HTTP status, or why there was none."""

    status: int | None
    error: str

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class WebhookSender(LeasedSender[Claimed]):
    """Sends deliveries to webhooks; a receiver knows one that comes twice by its webhook-id."""

    def __init__(self, database: Database, settings: Settings, box: SecretBox) -> None:
        super().__init__(
            database,
            patience=timedelta(seconds=settings.webhook_timeout_s),
            timeout_s=settings.webhook_timeout_s,
            concurrency=settings.webhook_concurrency,
            poll_s=settings.webhook_poll_s,
        )
        self._settings = settings
        self._box = box

    async def claim(self, tx: Connection, at: datetime, *, most: int, lease: timedelta, token: UUID) -> list[Claimed]:
        return await webhooks.claim_due(tx, at, most=most, lease=lease, token=token)

    async def send_one(self, client: httpx.AsyncClient, claimed: Claimed) -> None:
        answer = await self._attempt(client, claimed)
        figures.WEBHOOK_ATTEMPTS.labels(
            "taken" if answer.taken else "refused" if answer.status else "unreachable"
        ).inc()
        async with self._database.transaction() as tx:
            await self._settle(tx, claimed, answer, now())

    async def _attempt(self, client: httpx.AsyncClient, claimed: Claimed) -> Answer:
        try:
            secret = self._box.open(claimed.secret, webhooks.secret_owner(claimed.webhook_id))
        except SecretUnreadable as error:
            return Answer(None, str(error))
        reply = await guarded_http.send(
            client,
            "POST",
            claimed.url,
            claimed.body,
            {
                "Content-Type": "application/json",
                **signed_headers(secret, str(claimed.delivery_id), claimed.body, now()),
            },
            allow_private=self._settings.webhook_allow_private,
            timeout_s=self._settings.webhook_timeout_s,
        )
        if reply.status is None:
            return Answer(None, reply.error)
        taken = 200 <= reply.status < 300
        return Answer(reply.status, "" if taken else reply.body.decode("utf-8", "replace"))

    async def _settle(self, tx: Connection, claimed: Claimed, answer: Answer, at: datetime) -> None:
        pause = None if answer.taken else pause_after(claimed.attempts, answer.status)
        state = state_after(answer.taken, pause)
        settled = await webhooks.settle(
            tx,
            claimed,
            state=state,
            status=answer.status,
            error=answer.error,
            next_at=at + (pause or timedelta(0)),
            now=at,
        )
        if not settled:
            return  # the lease went to another replica, which settles it
        if state == "dead":
            figures.WEBHOOK_DEAD.inc()
            log.warning(
                "webhook delivery given up", extra={"delivery_id": str(claimed.delivery_id), "status": answer.status}
            )
        if state != "pending" and claimed.alarm_id is not None:
            await outbox.add(tx, notification_event(_told(claimed, answer, at), None))


def _told(claimed: Claimed, answer: Answer, at: datetime) -> NotificationSent:
    alarm = msgspec.json.decode(claimed.body, type=_Body).data
    return NotificationSent(
        notification_id=natural_id("webhook-told", claimed.delivery_id, claimed.attempts, answer.taken),
        alarm_id=alarm.alarm_id,
        channel="webhook",
        recipient=f"webhook:{claimed.webhook_id}",
        delivered=answer.taken,
        level=alarm.level,
        title_zh=alarm.title_zh,
        title_en=alarm.title_en,
        sent_at=at,
        park_id=alarm.park_id,
        enterprise_id=alarm.enterprise_id,
        attempts=claimed.attempts,
        detail=answer.error[:200],
    )
