"""Group robots of WeCom, DingTalk and Feishu: what is posted and how it is judged stands in domain/chat_robots.py."""

from functools import partial

from alerting import guarded_http
from alerting.adapters import Envelope, Outcome
from alerting.domain.channel_config import RobotConfig, RobotSecret
from alerting.domain.chat_robots import REQUESTS, answer_of


async def send(kind: str, envelope: Envelope, _config: RobotConfig, secret: RobotSecret) -> Outcome:
    """Post one message to a group."""
    request = REQUESTS[kind](secret.url, secret.sign_secret, envelope.message, envelope.at)
    reply = await guarded_http.send(
        envelope.client,
        "POST",
        request.url,
        request.body,
        {"Content-Type": "application/json; charset=utf-8"},
        allow_private=envelope.allow_private,
        timeout_s=envelope.timeout_s,
    )
    if reply.status is None:
        return Outcome(False, reply.error)
    answer = answer_of(kind, reply.status, reply.body)
    return Outcome(True, receipt=answer.said) if answer.taken else Outcome(False, answer.said)


wecom = partial(send, "wecom")
dingtalk = partial(send, "dingtalk")
feishu = partial(send, "feishu")
