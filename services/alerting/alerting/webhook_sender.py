"""Sends webhook deliveries. The database is never locked while a receiver thinks: claim (commit) -> send -> settle (commit).

What a crash does, step by step:
 1. before the claim commits: nothing happened;
 2. after the claim, before or during the sending: the lease ends and another attempt is made, counted, with the same webhook-id;
 3. after the receiver answered, before the settling commits: it is sent again; the receiver knows it by its webhook-id;
 4. after the settling: done.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.secret_box import SecretBox, SecretUnreadable
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.identifiers import natural_id

from alerting import figures, guarded_http
from alerting.domain.retries import pause_after
from alerting.domain.webhook_signature import signed_headers
from alerting.settings import Settings
from alerting.store import webhooks
from alerting.store.webhooks import Claimed
from alerting.telling import notification_event

log = logging.getLogger(__name__)

_LEASE_SPARE = timedelta(seconds=20)


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


class WebhookSender:
    """Claims due deliveries, sends them side by side, settles each."""

    def __init__(self, database: Database, settings: Settings, box: SecretBox) -> None:
        self._database = database
        self._settings = settings
        self._box = box
        self._lease = timedelta(seconds=settings.webhook_timeout_s) + _LEASE_SPARE

    async def run(self) -> None:
        """Send until cancelled."""
        async with self.client() as client:
            while True:
                if not await self.send_due(client):
                    await asyncio.sleep(self._settings.webhook_poll_s)

    def client(self) -> httpx.AsyncClient:
        """Return an HTTP client for receivers; see guarded_http."""
        return guarded_http.guarded_client(self._settings.webhook_timeout_s, self._settings.webhook_concurrency)

    async def send_due(self, client: httpx.AsyncClient) -> int:
        """Send what is due now; return how many were claimed."""
        async with self._database.transaction() as tx:
            claimed = await webhooks.claim_due(
                tx, now(), most=self._settings.webhook_concurrency, lease=self._lease, token=uuid4()
            )
        await asyncio.gather(*(self._send_one(client, delivery) for delivery in claimed))
        return len(claimed)

    async def _send_one(self, client: httpx.AsyncClient, claimed: Claimed) -> None:
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
        state = "delivered" if answer.taken else "pending" if pause is not None else "dead"
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
