"""E-mail by SMTP (RFC 5321), spoken by the standard library in a thread; the connection goes to the checked address.

The Message-ID is the same for each attempt, so that a mailbox can tell a repetition. 5xx answers are final, 4xx are tried again.
"""

import asyncio
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from park_schemas.park_time import PARK_TIME_ZONE

from alerting.adapters import Envelope, Outcome
from alerting.domain.address_guard import BadTarget
from alerting.domain.channel_config import EmailConfig, EmailSecret
from alerting.guarded_http import resolved


async def send(envelope: Envelope, config: EmailConfig, secret: EmailSecret) -> Outcome:
    """Hand one message to the mail server."""
    try:
        async with asyncio.timeout(envelope.timeout_s):
            address = await resolved(config.host, config.port, allow_private=envelope.allow_private)
    except (BadTarget, OSError, TimeoutError) as error:
        return Outcome(False, f"{config.host}: {error or 'no answer'}")
    return await asyncio.to_thread(_send, envelope, config, secret, address)


def _send(envelope: Envelope, config: EmailConfig, secret: EmailSecret, address: str) -> Outcome:
    try:
        with _connected(config, address, envelope.timeout_s) as server:
            if config.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if config.username:
                server.login(config.username, secret.password)
            server.send_message(_letter(envelope, config))
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        return Outcome(False, f"recipient refused: {code} {_text(said)}", is_final=500 <= code < 600)
    except smtplib.SMTPResponseException as error:
        is_final = 500 <= error.smtp_code < 600 and not isinstance(error, smtplib.SMTPAuthenticationError)
        return Outcome(False, f"{error.smtp_code} {_text(error.smtp_error)}", is_final=is_final)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(False, f"{type(error).__name__}: {error}")
    return Outcome(True, receipt=_message_id(envelope, config))


def _letter(envelope: Envelope, config: EmailConfig) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = config.sender
    letter["To"] = envelope.address
    letter["Subject"] = envelope.message.subject
    letter["Date"] = format_datetime(envelope.at.astimezone(PARK_TIME_ZONE))
    letter["Message-ID"] = _message_id(envelope, config)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(envelope.message.text)
    return letter


def _message_id(envelope: Envelope, config: EmailConfig) -> str:
    return f"<{envelope.message_id}@{config.sender.rpartition('@')[2]}>"


def _connected(config: EmailConfig, address: str, timeout_s: float) -> smtplib.SMTP:
    if config.security == "tls":
        return _PinnedTls(config.host, config.port, timeout_s, address)
    return _Pinned(config.host, config.port, timeout_s, address)


class _Pinned(smtplib.SMTP):
    """SMTP that connects to a given address but speaks to (and, after STARTTLS, verifies) the name."""

    def __init__(self, host: str, port: int, timeout_s: float, address: str) -> None:
        self._address = address
        super().__init__(host, port, timeout=timeout_s)

    def _get_socket(self, _host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((self._address, port), timeout)


class _PinnedTls(_Pinned):
    """The same with TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = super()._get_socket(host, port, timeout)
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
