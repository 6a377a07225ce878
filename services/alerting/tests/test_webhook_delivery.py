"""Webhooks against a real local HTTP receiver: signature, retries, dead letters, leases, limits, the address guard."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from alerting.domain.retries import MOST_ATTEMPTS
from alerting.settings import Settings
from alerting.store import webhooks
from alerting.testing import finding
from alerting.webhook_sender import WebhookSender
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.secret_box import SecretBox
from park_chassis.testing import TEST_SECRET
from park_schemas.codes import AlarmLevel

pytestmark = pytest.mark.integration

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
BOX = SecretBox("", TEST_SECRET, "alerting")


@dataclass
class Receiver:
    """A real HTTP server; it answers with the next of `answers`, then 204, once it `may_answer`."""

    url: str = ""
    answers: list[bytes] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        pairs = (line.partition(":") for line in head.split("\r\n")[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        self.received.append((headers, await reader.readexactly(int(headers["content-length"]))))
        await self.may_answer.wait()
        answer = self.answers.pop(0) if self.answers else b"204 No Content"
        writer.write(b"HTTP/1.1 " + answer + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    receiver.may_answer.set()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?park=1"
    try:
        yield receiver
    finally:
        receiver.may_answer.set()
        server.close()


async def subscribe(database: Database, url: str, level: AlarmLevel = AlarmLevel.BLUE) -> UUID:
    webhook_id = uuid4()
    async with database.transaction() as tx:
        await webhooks.insert_webhook(
            tx,
            webhook_id,
            url=url,
            description="",
            min_level=level,
            active=True,
            secret=BOX.seal(SECRET, webhooks.secret_owner(webhook_id)),
            by="t",
            now=now(),
        )
    return webhook_id


async def send(sender: WebhookSender) -> int:
    async with sender.client() as client:
        return await sender.send_due(client)


async def deliveries(database: Database) -> list[dict[str, Any]]:
    async with database.reading() as connection:
        return [dict(row) for row in await connection.fetch("select * from deliveries order by made_at, alarm_version")]


async def let_pauses_pass(database: Database) -> None:
    async with database.reading() as connection:
        await connection.execute(
            "update deliveries set next_attempt_at = now(), lease_until = null where state = 'pending'"
        )


def is_signed(headers: dict[str, str], body: bytes) -> bool:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{expected}"


@pytest.fixture
def sender(database: Database, settings: Settings, box: SecretBox) -> WebhookSender:
    return WebhookSender(database, settings, box)


async def test_a_raised_alarm_reaches_the_receiver_whole_and_signed(
    database: Database, take_in: Any, sender: WebhookSender
) -> None:
    async with listening() as receiver:
        await subscribe(database, receiver.url)
        await take_in(finding(1.8))
        assert await send(sender) == 1
    ((headers, body),) = receiver.received
    assert is_signed(headers, body)
    assert headers["host"] == receiver.url.split("/")[2]
    told = json.loads(body)
    assert (told["type"], told["data"]["level"], told["data"]["version"]) == ("alerting.alarm.raised", "yellow", 1)
    (row,) = await deliveries(database)
    assert (row["state"], row["attempts"], row["last_status"], str(row["delivery_id"])) == (
        "delivered", 1, 204, headers["webhook-id"])  # fmt: skip
    async with database.reading() as connection:
        channels = await connection.fetch(
            "select body from outbox where topic = 'alerting.notifications.v1' order by id"
        )
    assert [json.loads(row["body"])["channel"] for row in channels][-1] == "webhook"


async def test_a_webhook_hears_only_from_its_level_on_and_nothing_when_inactive(
    database: Database, take_in: Any, sender: WebhookSender
) -> None:
    async with listening() as receiver:
        await subscribe(database, receiver.url, AlarmLevel.ORANGE)
        await take_in(finding(1.8))
        assert await send(sender) == 0
        await take_in(finding(2.5, at=1))
        assert await send(sender) == 1
        async with database.reading() as connection:
            await connection.execute("update webhooks set active = false")
        await take_in(finding(3.5, at=2))
        assert await send(sender) == 0


async def test_a_failed_delivery_is_tried_again_with_the_same_id_and_body_and_a_fresh_time(
    database: Database, take_in: Any, sender: WebhookSender
) -> None:
    async with listening() as receiver:
        receiver.answers = [b"500 Internal Server Error", b"302 Found"]
        await subscribe(database, receiver.url)
        await take_in(finding(1.8))
        for _ in range(3):
            assert await send(sender) == 1
            assert await send(sender) == 0
            await let_pauses_pass(database)
    first, second, third = receiver.received
    assert first[0]["webhook-id"] == second[0]["webhook-id"] == third[0]["webhook-id"]
    assert first[1] == second[1] == third[1]
    assert all(is_signed(*one) for one in receiver.received)
    (row,) = await deliveries(database)
    assert (row["state"], row["attempts"]) == ("delivered", 3)


async def test_after_the_last_attempt_it_is_a_dead_letter_that_says_why_and_can_be_sent_by_hand(
    database: Database, take_in: Any, sender: WebhookSender
) -> None:
    async with listening() as receiver:
        receiver.answers = [b"503 Service Unavailable"] * MOST_ATTEMPTS
        await subscribe(database, receiver.url)
        await take_in(finding(1.8))
        for _ in range(MOST_ATTEMPTS):
            assert await send(sender) == 1
            await let_pauses_pass(database)
        assert await send(sender) == 0
        (row,) = await deliveries(database)
        assert (row["state"], row["attempts"], row["last_status"]) == ("dead", MOST_ATTEMPTS, 503)
        async with database.transaction() as tx:
            assert await webhooks.retry_delivery(tx, row["delivery_id"], now()) == "dead"
        assert await send(sender) == 1
    assert (await deliveries(database))[0]["state"] == "delivered"


async def test_a_receiver_that_is_gone_is_given_up_at_once(
    database: Database, take_in: Any, sender: WebhookSender
) -> None:
    async with listening() as receiver:
        receiver.answers = [b"410 Gone"]
        await subscribe(database, receiver.url)
        await take_in(finding(1.8))
        await send(sender)
    assert (await deliveries(database))[0]["state"] == "dead"


async def test_nobody_listening_and_a_name_that_does_not_exist_are_reasons_not_crashes(
    database: Database, take_in: Any, sender: WebhookSender
) -> None:
    await subscribe(database, "http://127.0.0.1:9/")
    await subscribe(database, "http://no-such-host.invalid/")
    await take_in(finding(1.8))
    assert await send(sender) == 2
    rows = await deliveries(database)
    assert [row["state"] for row in rows] == ["pending", "pending"]
    assert all(row["last_error"] for row in rows)


async def test_a_slow_receiver_is_cut_off_and_holds_no_lock_in_the_database(
    database: Database, take_in: Any, settings: Settings
) -> None:
    sender = WebhookSender(database, settings.model_copy(update={"webhook_timeout_s": 3.0}), BOX)
    async with listening() as receiver:
        receiver.may_answer.clear()
        await subscribe(database, receiver.url)
        await take_in(finding(1.8))
        sending = asyncio.create_task(send(sender))
        async with asyncio.timeout(60):
            while not receiver.received and not sending.done():
                await asyncio.sleep(0.02)
        async with database.reading() as connection:
            idle = await connection.fetchval(
                "select count(*) from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()"
            )
            assert idle == 0
            await connection.execute(
                "set lock_timeout = '200ms'; select * from deliveries for update; reset lock_timeout"
            )
        assert await sending == 1
    (row,) = await deliveries(database)
    assert (row["state"], row["last_error"]) == ("pending", "no answer within 3 s")


async def test_several_replicas_send_each_delivery_once(database: Database, take_in: Any, settings: Settings) -> None:
    async with listening() as receiver:
        await subscribe(database, receiver.url)
        await take_in(*(finding(1.8, subject=UUID(int=300 + number)) for number in range(20)))
        replicas = [WebhookSender(database, settings, BOX) for _ in range(4)]
        sent = await asyncio.gather(*(send(replica) for replica in replicas))
        assert sum(sent) == 20
    ids = [headers["webhook-id"] for headers, _ in receiver.received]
    assert len(ids) == len(set(ids)) == 20


async def test_a_replica_killed_after_its_claim_loses_nothing_its_lease_ends_and_another_sends(
    database: Database, take_in: Any, sender: WebhookSender
) -> None:
    async with listening() as receiver:
        await subscribe(database, receiver.url)
        await take_in(finding(1.8))
        async with database.transaction() as tx:
            (claimed,) = await webhooks.claim_due(tx, now(), most=5, lease=sender._lease, token=uuid4())
        assert await send(sender) == 0
        async with database.reading() as connection:
            await connection.execute("update deliveries set lease_until = now() - interval '1 second'")
        assert await send(sender) == 1
        async with database.transaction() as tx:
            late = await webhooks.settle(tx, claimed, state="dead", status=None, error="", next_at=now(), now=now())
        assert late is False
    (row,) = await deliveries(database)
    assert (row["state"], row["attempts"]) == ("delivered", 2)


async def test_without_the_setting_nothing_is_sent_to_this_machine(
    database: Database, take_in: Any, settings: Settings
) -> None:
    strict = WebhookSender(database, settings.model_copy(update={"webhook_allow_private": False}), BOX)
    async with listening() as receiver:
        await subscribe(database, receiver.url)
        await subscribe(database, receiver.url.replace("127.0.0.1", "localhost"))
        await take_in(finding(1.8))
        await send(strict)
    assert receiver.received == []
    assert all("private or reserved" in row["last_error"] for row in await deliveries(database))


async def test_an_endless_answer_is_read_only_a_little(database: Database, take_in: Any, sender: WebhookSender) -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(pour, "127.0.0.1", 0)
    async with server:
        await subscribe(database, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await take_in(finding(1.8))
        assert await send(sender) == 1
    (row,) = await deliveries(database)
    assert (row["last_status"], len(row["last_error"])) == (500, 500)
