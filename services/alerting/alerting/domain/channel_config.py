"""What each kind of channel must be told: its settings (shown) and its secrets (sealed, never shown)."""

from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from alerting.domain.address_guard import BadTarget, checked_url
from alerting.domain.message_templates import problems_of_request


class EmailConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A mail server (SMTP). `security`: none, starttls or tls. `sender` is the From address."""

    host: str
    sender: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    username: str = ""


class EmailSecret(Struct, frozen=True, forbid_unknown_fields=True):
    """The password of `username`."""

    password: str = ""


class SmsConfig(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The HTTP interface of an SMS provider as a template.

    `body` is JSON (or a form, by `content_type`) in which `$phone`, `$text`, `$secret` and `$message_id` are put in, escaped;
    headers likewise. The answer counts as taken when it is 2xx and, where `success_field` is given, that field of the JSON
    answer (dots go inside) is `success_value`. `receipt_field` names the provider's own id of the message.
    """

    url: str
    body: str
    method: Literal["POST", "PUT"] = "POST"
    content_type: Literal["application/json", "application/x-www-form-urlencoded"] = "application/json"
    headers: dict[str, str] = {}
    success_field: str = ""
    success_value: str = ""
    receipt_field: str = ""


class SmsSecret(Struct, frozen=True, forbid_unknown_fields=True):
    """What `$secret` stands for: a token or password of the provider."""

    secret: str = ""


class RobotConfig(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A group robot; `enterprise_id` set: only alarms of that enterprise."""

    enterprise_id: str | None = None


class RobotSecret(Struct, frozen=True, forbid_unknown_fields=True):
    """The robot's whole address (whoever has it can post), and the key it signs by (DingTalk SEC..., Feishu), if any."""

    url: str
    sign_secret: str = ""


CONFIGS: dict[str, type[EmailConfig] | type[SmsConfig] | type[RobotConfig]] = {
    "email": EmailConfig,
    "sms": SmsConfig,
    "wecom": RobotConfig,
    "dingtalk": RobotConfig,
    "feishu": RobotConfig,
}
SECRETS: dict[str, type[EmailSecret] | type[SmsSecret] | type[RobotSecret]] = {
    "email": EmailSecret,
    "sms": SmsSecret,
    "wecom": RobotSecret,
    "dingtalk": RobotSecret,
    "feishu": RobotSecret,
}
PERSONAL = ("email", "sms")
"""Channels that reach a person by an address; the others reach a group chat."""
CHATS = ("wecom", "dingtalk", "feishu")


class BadChannel(Exception):
    """A channel's settings are not usable: (where, zh, en) of each problem."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        super().__init__("; ".join(f"{where}: {en}" for where, _, en in problems))
        self.problems = problems


def checked(kind: str, config: Any, secret: Any) -> tuple[Any, Any]:
    """Return the settings and secrets of a kind as structs. Raises BadChannel saying everything that is wrong."""
    problems: list[tuple[str, str, str]] = []
    read_config = _read(CONFIGS[kind], config, "config", problems)
    read_secret = _read(SECRETS[kind], secret, "secret", problems)
    if isinstance(read_config, EmailConfig):
        problems += _of_email(read_config)
    if isinstance(read_config, SmsConfig):
        problems += _of_sms(read_config)
    if isinstance(read_secret, RobotSecret):
        problems += _of_url("secret.url", read_secret.url)
    if problems:
        raise BadChannel(problems)
    return read_config, read_secret


def _read(wanted: Any, given: Any, where: str, problems: list[tuple[str, str, str]]) -> Any:
    try:
        return msgspec.convert(given, wanted)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at ")
        inside = path.strip("`").removeprefix("$")
        problems.append((where + inside, f"格式有误: {what}", what))
        return None


def _of_email(config: EmailConfig) -> Iterator[tuple[str, str, str]]:
    if not config.host.strip() or any(one.isspace() for one in config.host):
        yield "config.host", "邮件服务器地址有误", "not a host name"
    if not 1 <= config.port <= 65535:
        yield "config.port", "端口应在 1 至 65535 之间", "must be 1 to 65535"
    if not is_email(config.sender):
        yield "config.sender", "发件人地址有误", "not an e-mail address"


def _of_sms(config: SmsConfig) -> Iterator[tuple[str, str, str]]:
    yield from _of_url("config.url", config.url)
    parts = [("config.body", config.body)]
    for name, value in config.headers.items():
        if not name.replace("-", "").isalnum() or not name.isascii():
            yield f"config.headers.{name}", "请求头名称有误", "not a header name"
        parts.append((f"config.headers.{name}", value))
    for where, text in parts:
        yield from problems_of_request(where, text)
    if "$text" not in config.body and "${text}" not in config.body:
        yield "config.body", "缺少 $text", "must hold $text"
    if config.success_value and not config.success_field:
        yield "config.success_field", "给出了成功值但没有字段", "success_value needs a field"


def _of_url(where: str, url: str) -> Iterator[tuple[str, str, str]]:
    try:
        checked_url(url)
    except BadTarget as error:
        yield where, error.zh, error.en


def is_email(text: str) -> bool:
    """Return whether a text can be an address: one @, something on both sides, no blanks or control characters."""
    name, _, host = text.rpartition("@")
    return (
        bool(name and "." in host.strip("."))
        and text.isascii()
        and text.isprintable()
        and not set(text) & set(' <>,;"\\')
    )


def is_phone(text: str) -> bool:
    """Return whether a text can be a phone number: an optional + and 5 to 15 digits (ITU-T E.164)."""
    digits = text.removeprefix("+")
    return digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 15


def host_of(url: str) -> str:
    """Return what may be shown of a secret URL: scheme and host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/…"
