"""SMS by the HTTP interface of any provider, described by a template; see SmsConfig."""

from typing import Any
from urllib.parse import quote

import msgspec

from alerting import guarded_http
from alerting.adapters import Envelope, Outcome
from alerting.domain.channel_config import SmsConfig, SmsSecret
from alerting.domain.message_templates import fill, fill_json


async def send(envelope: Envelope, config: SmsConfig, secret: SmsSecret) -> Outcome:
    """Ask the provider to send one SMS."""
    values = {
        "phone": envelope.address,
        "text": envelope.message.text,
        "secret": secret.secret,
        "message_id": envelope.message_id,
    }
    is_json = config.content_type == "application/json"
    body = (
        fill_json(config.body, values) if is_json else fill(config.body, {k: quote(v, "") for k, v in values.items()})
    )
    headers = {name: fill(text, values) for name, text in config.headers.items()}
    reply = await guarded_http.send(
        envelope.client,
        config.method,
        config.url,
        body.encode(),
        {"Content-Type": f"{config.content_type}; charset=utf-8", **headers},
        allow_private=envelope.allow_private,
        timeout_s=envelope.timeout_s,
    )
    return outcome_of(config, reply)


def outcome_of(config: SmsConfig, reply: guarded_http.Reply) -> Outcome:
    """Read the provider's answer by the template."""
    if reply.status is None:
        return Outcome(False, reply.error)
    said = reply.body.decode("utf-8", "replace")
    if not 200 <= reply.status < 300:
        return Outcome(False, f"HTTP {reply.status}: {said[:300]}")
    answer = _json(reply.body)
    if config.success_field and str(_field(answer, config.success_field)) != config.success_value:
        return Outcome(False, f"{config.success_field} is not {config.success_value}: {said[:300]}")
    receipt = _field(answer, config.receipt_field) if config.receipt_field else None
    return Outcome(True, receipt="" if receipt is None else str(receipt))


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return None


def _field(answer: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(answer, list) and part.isdigit() and int(part) < len(answer):
            answer = answer[int(part)]
        elif isinstance(answer, dict):
            answer = answer.get(part)
        else:
            return None
    return answer
