"""What group robots of WeCom, DingTalk and Feishu expect and answer: request and verdict, pure.

Sources (vendors' pages on custom group robots): WeCom developer.work.weixin.qq.com/document/path/91770, DingTalk
open.dingtalk.com/document/robots/custom-robot-access, Feishu open.feishu.cn custom bot guide. DingTalk signs `<ms>\n<secret>`
with the secret as key, in the query; Feishu signs an empty text with `<s>\n<secret>` as key, in the body; WeCom does not sign:
its address is the secret.
"""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec
from msgspec import Struct

from alerting.domain.message_templates import Rendered

WECOM_LONGEST_BYTES = 4096
"""Longest markdown content of WeCom; DingTalk and Feishu take 20 000 bytes a request."""
OTHERS_LONGEST_BYTES = 16_000


class RobotRequest(Struct, frozen=True):
    """What is posted: the whole URL and the JSON body."""

    url: str
    body: bytes


class RobotAnswer(Struct, frozen=True):
    """Whether the robot took it, what it said, and its code."""

    taken: bool
    said: str


def wecom(url: str, _secret: str, message: Rendered, _at: datetime) -> RobotRequest:
    """Return the request to a WeCom group robot."""
    content = _cut(message.text, WECOM_LONGEST_BYTES)
    return RobotRequest(url, _json({"msgtype": "markdown", "markdown": {"content": content}}))


def dingtalk(url: str, secret: str, message: Rendered, at: datetime) -> RobotRequest:
    """Return the request to a DingTalk robot; with a secret (SEC...) it is signed for this instant."""
    body = {
        "msgtype": "markdown",
        "markdown": {"title": message.subject, "text": _cut(message.text, OTHERS_LONGEST_BYTES)},
    }
    if not secret:
        return RobotRequest(url, _json(body))
    timestamp = str(int(at.timestamp() * 1000))
    sign = _hmac(secret.encode(), f"{timestamp}\n{secret}".encode())
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("timestamp", timestamp), ("sign", sign)])
    return RobotRequest(urlunsplit(parts._replace(query=query)), _json(body))


def feishu(url: str, secret: str, message: Rendered, at: datetime) -> RobotRequest:
    """Return the request to a Feishu robot; with a secret it is signed for this instant."""
    body: dict[str, object] = {"msg_type": "text", "content": {"text": _cut(message.text, OTHERS_LONGEST_BYTES)}}
    if secret:
        timestamp = str(int(at.timestamp()))
        body |= {"timestamp": timestamp, "sign": _hmac(f"{timestamp}\n{secret}".encode(), b"")}
    return RobotRequest(url, _json(body))


REQUESTS: dict[str, Callable[[str, str, Rendered, datetime], RobotRequest]] = {
    "wecom": wecom,
    "dingtalk": dingtalk,
    "feishu": feishu,
}
_CODE_FIELDS = {"wecom": ("errcode", "errmsg"), "dingtalk": ("errcode", "errmsg"), "feishu": ("code", "msg")}


def answer_of(kind: str, status: int, body: bytes) -> RobotAnswer:
    """Read a robot's answer: it takes a message only with HTTP 200 and code 0; anything else is said as it came."""
    code_field, message_field = _CODE_FIELDS[kind]
    try:
        answer = msgspec.json.decode(body, type=dict)
    except msgspec.MsgspecError:
        return RobotAnswer(False, f"HTTP {status}, not JSON: {body[:200].decode('utf-8', 'replace')}")
    code = answer.get(code_field)
    said = f"{code_field} {code}: {answer.get(message_field, '')}"
    return RobotAnswer(status == 200 and code == 0, said if status == 200 else f"HTTP {status}, {said}")


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, sha256).digest()).decode()


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _cut(text: str, most_bytes: int) -> str:
    encoded = text.encode()
    return text if len(encoded) <= most_bytes else encoded[: most_bytes - 3].decode("utf-8", "ignore") + "…"
