"""What the caller was told in the app."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_chassis.told_names import names_told
from pydantic import AwareDatetime

from alerting.store import notifications


def router(database: Database) -> APIRouter:
    """Return the routes of notifications."""
    routes = APIRouter(tags=["notifications"])

    @routes.get("/notifications")
    async def list_notifications(
        who: Annotated[Principal, Depends(require("alarm:read"))],
        since: Annotated[AwareDatetime | None, Query(description="Told after this instant")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        async with database.reading() as connection:
            found = await notifications.notifications_for(
                connection, names_told(who), since=since, after=decode_cursor(cursor), limit=limit
            )
        last = found[-1] if len(found) == limit else None
        place = encode_cursor(last["sent_at"].isoformat(), last["alarm_id"], last["alarm_version"]) if last else None
        return json_response(page(found, place))

    return routes
