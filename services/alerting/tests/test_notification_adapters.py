"""Each adapter against a real local peer: SMTP server, SMS provider, robots that verify their signatures."""

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from alerting.domain.channel_config import BadChannel, checked
from alerting.domain.retries import MOST_ATTEMPTS
from alerting.message_sender import MessageSender
from alerting.settings import Settings
from alerting.store import channels, messages
from alerting.store.channels import Channel
from alerting.store.messages import NewMessage
from alerting.testing_peers import HttpPeer, http_peer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.secret_box import SecretBox
from park_schemas.codes import AlarmLevel

pytestmark = pytest.mark.integration

SUBJECT, TEXT = "【红色告警】1号排气筒", '二氧化硫为限值的 3.2 倍\n"quoted" & <b>\n编号 AL-20261122-0001'


class Mailbox:
    """What a mail server took, and what it answers to the next recipients."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append((session.authenticated, session.ssl is not None, envelope))
        return "250 taken"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"park", b"mail-secret")
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def mail_server_of(mailbox: Mailbox, *, over: ssl.SSLContext | None = None, **how: Any) -> AsyncIterator[int]:
    """Give the port of a real SMTP server in this loop (messages are sent from a thread)."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, hostname="mx.test", **how), "127.0.0.1", 0, ssl=over)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
async def mail_port(mailbox: Mailbox) -> AsyncIterator[int]:
    async with mail_server_of(mailbox, authenticator=authenticate, auth_require_tls=False) as port:
        yield port


@pytest.fixture
async def peer() -> AsyncIterator[HttpPeer]:
    async with http_peer() as listening:
        yield listening


@pytest.fixture
def sender(database: Database, settings: Settings, box: SecretBox) -> MessageSender:
    return MessageSender(database, settings, box)


async def queue(
    database: Database, box: SecretBox, kind: str, config: dict[str, Any], secret: dict[str, str], *, address: str = ""
) -> UUID:
    """Make a channel and queue one message for it."""
    channel_id, message_id = uuid4(), uuid4()
    checked(kind, config, secret)
    async with database.transaction() as tx:
        await channels.put_channel(
            tx,
            Channel(
                channel_id=channel_id,
                kind=kind,
                name=kind,
                config=config,
                secret=box.seal(json.dumps(secret), channels.secret_owner(channel_id)),
                min_level=AlarmLevel.BLUE,
                language="zh",
            ),
            by="t",
            now=now(),
        )
        await messages.insert_messages(
            tx,
            [
                NewMessage(
                    message_id=message_id,
                    channel_id=channel_id,
                    notification_id=None,
                    alarm_id=None,
                    recipient="test",
                    address=address,
                    level=AlarmLevel.RED,
                    subject=SUBJECT,
                    text=TEXT,
                    not_before=now(),
                )
            ],
            now(),
        )
    return message_id


async def send_now(sender: MessageSender, database: Database) -> dict[str, Any]:
    """Make what waits due, send it, return the one message."""
    async with database.transaction() as tx:
        await tx.execute("update messages set next_attempt_at = now() - interval '1 second' where state = 'pending'")
    async with sender.client() as client:
        await sender.send_due(client)
    async with database.reading() as connection:
        (one,) = await messages.message_list(
            connection, state=None, channel_id=None, alarm_id=None, after=None, limit=5
        )
    return one


def mail_config(port: int, **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "sender": "alarm@park.example", **more}


async def test_mail_is_taken_by_a_real_server_with_subject_text_and_a_steady_id(
    database: Database, box: SecretBox, sender: MessageSender, mail_port: int, mailbox: Mailbox
) -> None:
    mailbox.answers = ["451 come back later"]
    message_id = await queue(
        database, box, "email", mail_config(mail_port, username="park"), {"password": "mail-secret"},
        address="zhang@park.example",
    )  # fmt: skip
    first = await send_now(sender, database)
    assert (first["state"], first["attempts"]) == ("pending", 1)
    assert "451" in first["last_error"]
    second = await send_now(sender, database)
    assert (second["state"], second["attempts"]) == ("delivered", 2)
    ((authenticated, _, envelope),) = mailbox.taken
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert authenticated
    assert letter["Subject"] == SUBJECT
    assert letter["Message-ID"] == second["receipt"] == f"<{message_id}@park.example>"
    assert letter.get_content().replace("\r\n", "\n").strip() == TEXT
    assert envelope.rcpt_tos == ["zhang@park.example"]


async def test_a_recipient_the_server_will_never_take_is_a_dead_letter_at_once(
    database: Database, box: SecretBox, sender: MessageSender, mail_port: int, mailbox: Mailbox
) -> None:
    mailbox.answers = ["550 no such user"]
    await queue(database, box, "email", mail_config(mail_port), {}, address="nobody@park.example")
    outcome = await send_now(sender, database)
    assert (outcome["state"], outcome["attempts"]) == ("dead", 1)
    assert "550" in outcome["last_error"]


async def test_a_wrong_mail_password_is_tried_again_and_never_shown(
    database: Database, box: SecretBox, sender: MessageSender, mail_port: int
) -> None:
    await queue(
        database, box, "email", mail_config(mail_port, username="park"), {"password": "wrong-secret"},
        address="a@park.example",
    )  # fmt: skip
    outcome = await send_now(sender, database)
    assert outcome["state"] == "pending"
    assert "535" in outcome["last_error"]
    assert "wrong-secret" not in str(outcome)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a key and a certificate of 127.0.0.1 signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - dt.timedelta(days=1)).not_valid_after(now() + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_over_tls_is_sent_only_when_the_certificate_is_the_server_s(
    database: Database, box: SecretBox, sender: MessageSender, mailbox: Mailbox, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, security: str,
) -> None:  # fmt: skip
    key_file, certificate_file = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    how: dict[str, Any] = {"over": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    async with mail_server_of(mailbox, **how) as port:
        config = mail_config(port, security=security)
        await queue(database, box, "email", config, {}, address="a@park.example")
        untrusted = await send_now(sender, database)
        assert untrusted["state"] == "pending"
        assert "certificate" in untrusted["last_error"].lower()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate_file))
        assert (await send_now(sender, database))["state"] == "delivered"
        assert len(mailbox.taken) == 1
        assert security == "tls" or mailbox.taken[0][1], "the letter came over TLS"


SMS = {
    "body": '{"to": "$phone", "content": "$text", "id": "$message_id"}',
    "headers": {"Authorization": "Bearer $secret"},
    "success_field": "result.code",
    "success_value": "0",
    "receipt_field": "result.sid",
}


async def test_an_sms_provider_gets_the_template_filled_and_its_receipt_is_kept(
    database: Database, box: SecretBox, sender: MessageSender, peer: HttpPeer
) -> None:
    peer.answers = [
        ("200 OK", b'{"result": {"code": 160, "msg": "busy"}}'),
        ("503 Busy", b""),
        ("200 OK", b'{"result": {"code": 0, "sid": "S-77"}}'),
    ]
    message_id = await queue(
        database, box, "sms", {**SMS, "url": f"{peer.url}/send"}, {"secret": "token-1"}, address="+8613800000000"
    )
    for expected in ("pending", "pending", "delivered"):
        outcome = await send_now(sender, database)
        assert outcome["state"] == expected
    assert outcome["receipt"] == "S-77"
    assert {json.loads(one.body)["content"] for one in peer.received} == {TEXT}
    last = peer.received[-1]
    assert json.loads(last.body) == {"to": "+8613800000000", "content": TEXT, "id": str(message_id)}
    assert last.headers["authorization"] == "Bearer token-1"


async def test_an_sms_form_is_url_encoded(
    database: Database, box: SecretBox, sender: MessageSender, peer: HttpPeer
) -> None:
    config = {
        "url": f"{peer.url}/send", "content_type": "application/x-www-form-urlencoded", "body": "m=$phone&c=$text&k=$secret",
    }  # fmt: skip
    await queue(database, box, "sms", config, {"secret": "a&b"}, address="13800000000")
    assert (await send_now(sender, database))["state"] == "delivered"
    assert parse_qs(peer.received[0].body.decode()) == {"m": ["13800000000"], "c": [TEXT], "k": ["a&b"]}


async def test_a_wecom_robot_gets_markdown_and_its_refusal_is_kept(
    database: Database, box: SecretBox, sender: MessageSender, peer: HttpPeer
) -> None:
    peer.answers = [
        ("200 OK", b'{"errcode":45009,"errmsg":"api freq out of limit"}'),
        ("200 OK", b'{"errcode":0,"errmsg":"ok"}'),
    ]
    await queue(database, box, "wecom", {}, {"url": f"{peer.url}/cgi-bin/webhook/send?key=k-1"})
    limited = await send_now(sender, database)
    assert limited["state"] == "pending"
    assert "45009" in limited["last_error"]
    assert (await send_now(sender, database))["state"] == "delivered"
    body = json.loads(peer.received[-1].body)
    assert (peer.received[-1].query, body["msgtype"], body["markdown"]["content"]) == ({"key": "k-1"}, "markdown", TEXT)


async def test_a_dingtalk_robot_verifies_the_signature_in_the_query(
    database: Database, box: SecretBox, sender: MessageSender, peer: HttpPeer
) -> None:
    peer.otherwise = ("200 OK", b'{"errcode":0,"errmsg":"ok"}')
    await queue(
        database, box, "dingtalk", {}, {"url": f"{peer.url}/robot/send?access_token=t", "sign_secret": "SEC123"}
    )
    assert (await send_now(sender, database))["state"] == "delivered"
    (request,) = peer.received
    text = f"{request.query['timestamp']}\nSEC123".encode()
    expected = base64.b64encode(hmac.new(b"SEC123", text, hashlib.sha256).digest()).decode()
    assert request.query["sign"] == expected
    assert request.query["access_token"] == "t"
    assert abs(int(request.query["timestamp"]) / 1000 - now().timestamp()) < 600
    assert json.loads(request.body)["markdown"] == {"title": SUBJECT, "text": TEXT}


async def test_a_feishu_robot_verifies_the_signature_in_the_body(
    database: Database, box: SecretBox, sender: MessageSender, peer: HttpPeer
) -> None:
    peer.answers = [
        ("200 OK", b'{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}'),
        ("200 OK", b'{"code":0,"msg":"success","data":{}}'),
    ]
    await queue(database, box, "feishu", {}, {"url": f"{peer.url}/open-apis/bot/v2/hook/x", "sign_secret": "s-1"})
    refused = await send_now(sender, database)
    assert refused["state"] == "pending"
    assert "19021" in refused["last_error"]
    assert (await send_now(sender, database))["state"] == "delivered"
    body = json.loads(peer.received[-1].body)
    key = f"{body['timestamp']}\ns-1".encode()
    assert body["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    assert (body["msg_type"], body["content"]) == ("text", {"text": TEXT})


async def test_after_the_last_attempt_a_message_is_a_dead_letter_and_can_be_sent_again(
    database: Database, box: SecretBox, sender: MessageSender, peer: HttpPeer
) -> None:
    peer.otherwise = ("500 Internal Server Error", b"oops")
    message_id = await queue(database, box, "feishu", {}, {"url": f"{peer.url}/hook"})
    for attempt in range(1, MOST_ATTEMPTS + 1):
        outcome = await send_now(sender, database)
        assert outcome["attempts"] == attempt
    assert outcome["state"] == "dead"
    async with database.transaction() as tx:
        assert await messages.resend(tx, message_id, now()) == "dead"
    peer.otherwise = ("200 OK", b'{"code":0}')
    assert (await send_now(sender, database))["state"] == "delivered"


async def test_a_replica_killed_after_its_claim_loses_no_message(
    database: Database, box: SecretBox, sender: MessageSender, peer: HttpPeer
) -> None:
    peer.otherwise = ("200 OK", b'{"code":0}')
    await queue(database, box, "feishu", {}, {"url": f"{peer.url}/hook"})
    async with database.transaction() as tx:
        claimed = await messages.claim_due(tx, now(), most=5, lease=dt.timedelta(seconds=30), token=uuid4())
    assert len(claimed) == 1
    async with sender.client() as client:
        assert await sender.send_due(client) == 0, "the lease still holds"
    async with database.transaction() as tx:
        await tx.execute("update messages set lease_until = now() - interval '1 second'")
    assert (await send_now(sender, database))["state"] == "delivered"
    async with database.transaction() as tx:
        late = await messages.settle(tx, claimed[0], state="dead", error="late", receipt="", next_at=now(), now=now())
    assert not late, "the killed replica's token is worth nothing"


async def test_a_channel_may_not_reach_inside_addresses_unless_the_setting_allows_it(
    database: Database, box: SecretBox, settings: Settings, peer: HttpPeer, mail_port: int
) -> None:
    strict = MessageSender(database, settings.model_copy(update={"webhook_allow_private": False}), box)
    await queue(database, box, "feishu", {}, {"url": f"{peer.url}/hook"})
    outcome = await send_now(strict, database)
    assert "private" in outcome["last_error"]
    assert peer.received == []
    async with database.transaction() as tx:
        await tx.execute("delete from messages")
    await queue(database, box, "email", mail_config(mail_port), {}, address="a@park.example")
    assert "private" in (await send_now(strict, database))["last_error"]


@pytest.mark.parametrize(
    ("kind", "config", "secret", "where"),
    [
        ("email", {}, {}, "config"),
        ("email", {"host": "a b", "sender": "x@y.example"}, {}, "config.host"),
        ("email", {"host": "mx", "sender": "x@y.example\r\nBcc: z@y.example"}, {}, "config.sender"),
        ("email", {"host": "mx", "sender": "x@y.example", "port": 0}, {}, "config.port"),
        ("sms", {"url": "ftp://x", "body": "$text"}, {}, "config.url"),
        ("sms", {"url": "http://x", "body": "$phone"}, {}, "config.body"),
        ("sms", {"url": "http://x", "body": "$text $password"}, {}, "config.body"),
        ("wecom", {}, {}, "secret"),
        ("feishu", {}, {"url": "not a url"}, "secret.url"),
        ("dingtalk", {"colour": 1}, {"url": "https://x.example"}, "config"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_saying_where(
    kind: str, config: dict[str, Any], secret: dict[str, str], where: str
) -> None:
    with pytest.raises(BadChannel) as refused:
        checked(kind, config, secret)
    assert where in {problem[0] for problem in refused.value.problems}
