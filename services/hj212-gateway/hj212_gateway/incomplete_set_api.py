"""HTTP: split messages that were not whole at their deadline, with the packets that are missing."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page

from hj212_gateway import gap_store

Reader = Annotated[Principal, Depends(require("device:read"))]


def router(database: Database) -> APIRouter:
    """Return the route of incomplete sets."""
    api = APIRouter(tags=["gaps"])

    @api.get("/incomplete-sets")
    async def incomplete_sets(
        _: Reader,
        mn: Annotated[str | None, Query(max_length=40)] = None,
        is_open: Annotated[bool | None, Query(alias="open", description="true: packets are still missing")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        place = decode_cursor(cursor)
        before = (datetime.fromisoformat(place[0]), str(place[1])) if place else None
        async with database.reading() as connection:
            rows = await gap_store.incomplete_sets(connection, mn=mn, is_open=is_open, before=before, limit=limit)
        following = encode_cursor(rows[-1]["recorded_at"], rows[-1]["mn"]) if len(rows) == limit else None
        return json_response(page([dict(row) for row in rows], following))

    return api
