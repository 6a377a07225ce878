"""Channels outside the app, the templates they speak by, and what was sent: receipts, dead letters, sending again."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_chassis.secret_box import SecretBox
from park_schemas.codes import AlarmLevel
from park_schemas.identifiers import uuid7
from pydantic import BaseModel, ConfigDict, Field

from alerting.api.quiet import QuietForm, quiet_of
from alerting.api.refusals import refused
from alerting.domain.channel_config import CHATS, BadChannel, RobotSecret, checked, host_of, is_email, is_phone
from alerting.store import channels, messages
from alerting.store.channels import Channel
from alerting.store.messages import NewMessage

Writer = Annotated[Principal, Depends(require("webhook:write"))]
Kind = Literal["email", "sms", "wecom", "dingtalk", "feishu"]
Language = Literal["zh", "en"]


class ChannelForm(BaseModel):
    """A channel; what `config` and `secret` hold depends on the kind. Without `secret` a known channel keeps what it has."""

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    name: str = Field(min_length=1, max_length=100)
    config: dict[str, Any] = Field(default_factory=dict)
    secret: dict[str, str] | None = None
    min_level: AlarmLevel = AlarmLevel.YELLOW
    language: Language = "zh"
    quiet: list[QuietForm] = Field(default_factory=list, max_length=10)
    active: bool = True


class TestForm(BaseModel):
    """Where a test goes: an e-mail address or a phone number; a chat needs none."""

    model_config = ConfigDict(extra="forbid")
    address: str = Field("", max_length=254)


def router(database: Database, box: SecretBox) -> APIRouter:
    """Return the routes of channels."""
    routes = APIRouter(tags=["channels"])

    @routes.get("/channels")
    async def list_channels(_: Writer) -> Response:
        async with database.reading() as connection:
            found = await channels.channel_list(connection)
        return json_response(page(found, None, len(found)))

    @routes.post("/channels", status_code=201)
    async def create_channel(form: ChannelForm, who: Writer) -> Response:
        async with database.transaction() as tx:
            return json_response(await _put(tx, box, uuid7(), form, None, who), 201)

    @routes.put("/channels/{channel_id}")
    async def change_channel(channel_id: UUID, form: ChannelForm, who: Writer) -> Response:
        async with database.transaction() as tx:
            known = await channels.channel(tx, channel_id)
            if known is None or await channels.channel_shown(tx, channel_id) is None:
                raise NotFound("通知渠道", "channel", channel_id)
            if known.kind != form.kind:
                raise refused("bad-channel", "渠道类型不能更改", "the kind of a channel cannot change", "kind")
            return json_response(await _put(tx, box, channel_id, form, known, who))

    @routes.delete("/channels/{channel_id}", status_code=204)
    async def remove_channel(channel_id: UUID, _: Writer) -> Response:
        async with database.transaction() as tx:
            if not await channels.remove_channel(tx, channel_id, now()):
                raise NotFound("通知渠道", "channel", channel_id)
        return Response(status_code=204)

    @routes.post("/channels/{channel_id}/test", status_code=202)
    async def test_channel(channel_id: UUID, form: TestForm, who: Writer) -> Response:
        async with database.transaction() as tx:
            found = await channels.channel_shown(tx, channel_id)
            if found is None:
                raise NotFound("通知渠道", "channel", channel_id)
            wanted = _test_message(found, form.address, who)
            await messages.insert_messages(tx, [wanted], now())
            return json_response(await messages.message(tx, wanted.message_id), 202)

    return routes


async def _put(
    tx: Connection, box: SecretBox, channel_id: UUID, form: ChannelForm, known: Channel | None, who: Principal
) -> dict[str, Any]:
    """Store a channel whose settings and secrets make sense; what is shown of a robot's address is its host."""
    owner = channels.secret_owner(channel_id)
    kept = json.loads(box.open(known.secret, owner) or "{}") if known is not None else {}
    secret = form.secret if form.secret is not None else kept
    try:
        config, opened = checked(form.kind, form.config, secret)
    except BadChannel as error:
        raise Refused(
            "bad-channel", "渠道设置有误", "the settings of the channel are not usable", status=422,
            errors=[{"where": where, "what": en, "what_zh": zh} for where, zh, en in error.problems],
        ) from error  # fmt: skip
    shown = msgspec.to_builtins(config)
    wanted = Channel(
        channel_id=channel_id,
        kind=form.kind,
        name=form.name,
        config={**shown, "address": host_of(opened.url)} if isinstance(opened, RobotSecret) else shown,
        secret=box.seal(json.dumps(secret), owner),
        min_level=form.min_level,
        language=form.language,
        quiet=quiet_of(form.quiet),
        active=form.active,
    )
    await channels.put_channel(tx, wanted, by=who.username, now=now())
    return await channels.channel_shown(tx, channel_id) or {}


def _test_message(found: dict[str, Any], address: str, who: Principal) -> NewMessage:
    fits = {"email": is_email, "sms": is_phone}.get(found["kind"])
    if fits is not None and not fits(address):
        raise refused("bad-address", "地址有误", "an address of this kind of channel is needed", "address")
    zh = found["language"] == "zh"
    return NewMessage(
        message_id=uuid7(),
        channel_id=found["channel_id"],
        notification_id=None,
        alarm_id=None,
        recipient="test",
        address="" if found["kind"] in CHATS else address,
        level=AlarmLevel.BLUE,
        subject="通知渠道测试" if zh else "Test of a channel",
        text=f"{who.username} 发送的测试消息。" if zh else f"A test message sent by {who.username}.",
        not_before=now(),
    )
