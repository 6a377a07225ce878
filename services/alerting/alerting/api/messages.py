"""The messages sent over channels, and sending one again."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor

from alerting.api.channels import Writer
from alerting.api.outgoing import newest_first, refuse_unless_sent_again
from alerting.store import messages


def router(database: Database) -> APIRouter:
    """Return the routes of messages."""
    routes = APIRouter(tags=["channels"])

    @routes.get("/messages")
    async def list_messages(
        _: Writer,
        state: Annotated[Literal["pending", "delivered", "dead", "dropped"] | None, Query()] = None,
        channel_id: UUID | None = None,
        alarm_id: UUID | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        async with database.reading() as connection:
            found = await messages.message_list(
                connection,
                state=state,
                channel_id=channel_id,
                alarm_id=alarm_id,
                after=decode_cursor(cursor),
                limit=limit,
            )
        return newest_first(found, limit, "message_id")

    @routes.post("/messages/{message_id}/resend", status_code=202)
    async def resend_message(message_id: UUID, _: Writer) -> Response:
        async with database.transaction() as tx:
            state = await messages.resend(tx, message_id, now())
            refuse_unless_sent_again(state, ("消息", "message"), ("渠道", "channel"), message_id)
            return json_response(await messages.message(tx, message_id), 202)

    return routes
