"""Webhooks: who else is told, what was delivered, what was not."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, page
from park_chassis.secret_box import SecretBox
from park_schemas.codes import AlarmLevel
from park_schemas.identifiers import uuid7
from pydantic import BaseModel, ConfigDict, Field

from alerting.api.outgoing import newest_first, refuse_unless_sent_again
from alerting.domain.address_guard import BadTarget, checked_address, checked_url
from alerting.domain.webhook_signature import new_secret
from alerting.settings import Settings
from alerting.store import webhooks

TEST_EVENT = "alerting.webhook.test"
Writer = Annotated[Principal, Depends(require("webhook:write"))]


class WebhookForm(BaseModel):
    """Where to, from which level on."""

    model_config = ConfigDict(extra="forbid")
    url: str = Field(max_length=2000)
    description: str = Field("", max_length=500)
    min_level: AlarmLevel = AlarmLevel.BLUE
    active: bool = True


def router(database: Database, settings: Settings, box: SecretBox) -> APIRouter:
    """Return the routes of webhooks."""
    routes = APIRouter(tags=["webhooks"])
    _add_webhooks(routes, database, settings, box)
    _add_deliveries(routes, database)
    return routes


def _add_webhooks(routes: APIRouter, database: Database, settings: Settings, box: SecretBox) -> None:
    @routes.get("/webhooks")
    async def list_webhooks(_: Writer) -> Response:
        async with database.reading() as connection:
            found = await webhooks.webhooks(connection)
        return json_response(page(found, None, len(found)))

    @routes.post("/webhooks", status_code=201)
    async def create_webhook(form: WebhookForm, who: Writer) -> Response:
        refuse_bad_target(form.url, settings)
        webhook_id, secret = uuid7(), new_secret()
        async with database.transaction() as tx:
            await webhooks.insert_webhook(
                tx,
                webhook_id,
                **form.model_dump(),
                secret=box.seal(secret, webhooks.secret_owner(webhook_id)),
                by=who.username,
                now=now(),
            )
            made = await webhooks.webhook(tx, webhook_id)
        return json_response({**(made or {}), "secret": secret}, 201)

    @routes.put("/webhooks/{webhook_id}")
    async def change_webhook(webhook_id: UUID, form: WebhookForm, _: Writer) -> Response:
        refuse_bad_target(form.url, settings)
        async with database.transaction() as tx:
            if not await webhooks.update_webhook(tx, webhook_id, **form.model_dump(), now=now()):
                raise NotFound("Webhook", "webhook", webhook_id)
            return json_response(await webhooks.webhook(tx, webhook_id))

    @routes.delete("/webhooks/{webhook_id}", status_code=204)
    async def remove_webhook(webhook_id: UUID, _: Writer) -> Response:
        async with database.transaction() as tx:
            if not await webhooks.remove_webhook(tx, webhook_id, now()):
                raise NotFound("Webhook", "webhook", webhook_id)
        return Response(status_code=204)

    @routes.post("/webhooks/{webhook_id}/test", status_code=202)
    async def test_webhook(webhook_id: UUID, who: Writer) -> Response:
        delivery_id, at = uuid7(), now()
        body = msgspec.json.encode({"type": TEST_EVENT, "timestamp": at.isoformat(), "data": {"sent_by": who.username}})
        async with database.transaction() as tx:
            if await webhooks.webhook(tx, webhook_id) is None:
                raise NotFound("Webhook", "webhook", webhook_id)
            await webhooks.insert_deliveries(tx, [(delivery_id, webhook_id, None, None, TEST_EVENT, body, at)])
            return json_response(await webhooks.delivery(tx, delivery_id), 202)


def _add_deliveries(routes: APIRouter, database: Database) -> None:
    @routes.get("/webhooks/{webhook_id}/deliveries")
    async def list_deliveries(
        webhook_id: UUID,
        _: Writer,
        state: Literal["pending", "delivered", "dead"] | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        async with database.reading() as connection:
            found = await webhooks.deliveries_of(
                connection, webhook_id, state=state, after=decode_cursor(cursor), limit=limit
            )
        return newest_first(found, limit, "delivery_id")

    @routes.post("/webhooks/deliveries/{delivery_id}/retry", status_code=202)
    async def retry_delivery(delivery_id: UUID, _: Writer) -> Response:
        async with database.transaction() as tx:
            state = await webhooks.retry_delivery(tx, delivery_id, now())
            refuse_unless_sent_again(state, ("投递记录", "delivery"), ("Webhook", "webhook"), delivery_id)
            return json_response(await webhooks.delivery(tx, delivery_id), 202)


def refuse_bad_target(url: str, settings: Settings, where: str = "url") -> None:
    """Refuse what can be known at once; names are looked up and checked again at each attempt."""
    try:
        host, _ = checked_url(url)
        try:
            checked_address(host, allow_private=settings.webhook_allow_private)
        except ValueError:
            return  # a name, not an address
    except BadTarget as error:
        raise Refused(
            "bad-webhook-target", error.zh, error.en, status=422, errors=[{"where": where, "what": error.en}]
        ) from error
