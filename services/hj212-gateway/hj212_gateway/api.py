"""HTTP: who is connected, who is unknown, what was rejected."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page

from hj212_gateway import store

Reader = Annotated[Principal, Depends(require("device:read"))]


def router(database: Database) -> APIRouter:
    """Return the routes of the gateway."""
    api = APIRouter(tags=["devices"])

    @api.get("/sessions")
    async def sessions(
        _: Reader,
        state: Annotated[str | None, Query(pattern="^(online|offline)$")] = None,
        q: Annotated[
            str | None, Query(max_length=40, description="Part of an MN, or the beginning of an address")
        ] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        after = decode_cursor(cursor)
        async with database.reading() as connection:
            rows = await store.sessions(
                connection, state=state, query=q, after_mn=after[0] if after else None, limit=limit
            )
        return json_response(page([dict(row) for row in rows], _next(rows, limit, "mn")))

    @api.get("/unknown-devices")
    async def unknown_devices(_: Reader, limit: Limit = 50, cursor: Cursor = None) -> Response:
        place = decode_cursor(cursor)
        after = (datetime.fromisoformat(place[0]), str(place[1])) if place else None
        async with database.reading() as connection:
            rows = await store.unknown_devices(connection, after=after, limit=limit)
        return json_response(page([dict(row) for row in rows], _next(rows, limit, "last_seen", "mn")))

    @api.get("/rejected")
    async def rejected(
        _: Reader,
        reason: Annotated[str | None, Query(max_length=40)] = None,
        mn: Annotated[str | None, Query(max_length=40)] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        before = decode_cursor(cursor)
        async with database.reading() as connection:
            rows = await store.rejected_frames(
                connection, reason=reason, mn=mn, before_id=before[0] if before else None, limit=limit
            )
        return json_response(page([_shown(row) for row in rows], _next(rows, limit, "id")))

    return api


def _next(rows: list[Any], limit: int, *place: str) -> str | None:
    return encode_cursor(*(rows[-1][name] for name in place)) if len(rows) == limit else None


def _shown(row: Any) -> dict[str, Any]:
    shown = dict(row)
    raw: bytes = shown.pop("raw")
    return shown | {"raw_hex": raw.hex(), "raw_text": raw.decode("utf-8", "backslashreplace")}
