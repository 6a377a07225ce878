"""Sends webhook deliveries. The database is never locked while a receiver thinks: claim (commit) -> send -> settle (commit).

What a crash does, step by step:
 1. before the claim commits: nothing happened;
 2. after the claim, before or during the sending: the lease ends and another attempt is made, counted, with the same webhook-id;
 3. after the receiver answered, before the settling commits: it is sent again; the receiver knows it by its webhook-id;
 4. after the settling: done.
"""

import asyncio
import logging
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.identifiers import natural_id

from alerting import figures
from alerting.domain.address_guard import BadTarget, checked_address, checked_url
from alerting.domain.retries import pause_after
from alerting.domain.webhook_signature import signed_headers
from alerting.recording import notification_event
from alerting.settings import Settings
from alerting.store import webhooks
from alerting.store.webhooks import Claimed

log = logging.getLogger(__name__)

_READ_AT_MOST = 2048
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

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._lease = timedelta(seconds=settings.webhook_timeout_s) + _LEASE_SPARE

    async def run(self) -> None:
        """Send until cancelled."""
        async with self.client() as client:
            while True:
                if not await self.send_due(client):
                    await asyncio.sleep(self._settings.webhook_poll_s)

    def client(self) -> httpx.AsyncClient:
        """Return an HTTP client for receivers: no redirects, no proxy of the environment, one timeout."""
        return httpx.AsyncClient(
            timeout=self._settings.webhook_timeout_s,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=self._settings.webhook_concurrency, max_keepalive_connections=0),
        )

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
            async with asyncio.timeout(self._settings.webhook_timeout_s):
                request = await self._request(client, claimed)
                response = await client.send(request, stream=True)
                try:
                    excerpt = await _first_bytes(response)
                finally:
                    await response.aclose()
        except BadTarget as error:
            return Answer(None, str(error))
        except TimeoutError:
            return Answer(None, f"no answer within {self._settings.webhook_timeout_s:g} s")
        except (httpx.HTTPError, OSError) as error:
            return Answer(None, f"{type(error).__name__}: {error}")
        taken = 200 <= response.status_code < 300
        return Answer(response.status_code, "" if taken else excerpt.decode("utf-8", "replace"))

    async def _request(self, client: httpx.AsyncClient, claimed: Claimed) -> httpx.Request:
        """Build the request to the very address that was checked, so a name cannot point elsewhere a moment later."""
        host, port = checked_url(claimed.url)
        address = await self._checked_address(host, port)
        parts = urlsplit(claimed.url)
        netloc = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        headers = {
            "Host": parts.netloc.rpartition("@")[2],
            "Content-Type": "application/json",
            "User-Agent": "park-platform-alerting",
            **signed_headers(claimed.secret, str(claimed.delivery_id), claimed.body, now()),
        }
        return client.build_request(
            "POST",
            urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, "")),
            content=claimed.body,
            headers=headers,
            extensions={"sni_hostname": host} if parts.scheme == "https" and not _is_address(host) else {},
        )

    async def _checked_address(self, host: str, port: int) -> str:
        """Resolve a host and return its first address. Raises BadTarget if any of its addresses is not allowed."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [
            checked_address(str(info[4][0]), allow_private=self._settings.webhook_allow_private) for info in found
        ]
        return addresses[0]

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
        recipient=claimed.url,
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


async def _first_bytes(response: httpx.Response) -> bytes:
    received = b""
    async for chunk in response.aiter_bytes():
        received += chunk
        if len(received) >= _READ_AT_MOST:
            break
    return received[:_READ_AT_MOST]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
