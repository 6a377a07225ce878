"""HTTP: what was set aside, and its replay."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from park_chassis.auth import Principal, require
from park_chassis.consumption import Consumption
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page


def router(database: Database, consumption: Consumption) -> APIRouter:
    """Return GET /parked and POST /parked/{parked_id}/replay."""
    api = APIRouter(tags=["operations"])

    @api.get("/parked")
    async def parked(
        _: Annotated[Principal, Depends(require("parked:read"))],
        limit: Limit = 50,
        cursor: Cursor = None,
        replayed: bool | None = None,
    ) -> Response:
        before = (decode_cursor(cursor) or [None])[0]
        async with database.reading() as connection:
            rows = await connection.fetch(
                """select parked_id, topic, partition, record_offset, headers, convert_from(coalesce(body, ''), 'LATIN1') body,
                          kind, reason, traceback, parked_at, replayed_at, replayed_by
                   from parked_events where ($1::bigint is null or parked_id < $1)
                     and ($2::boolean is null or (replayed_at is not null) = $2)
                   order by parked_id desc limit $3""",
                before,
                replayed,
                limit,
            )
        items: list[dict[str, Any]] = [dict(row) for row in rows]
        return json_response(page(items, encode_cursor(rows[-1]["parked_id"]) if len(rows) == limit else None))

    @api.post("/parked/{parked_id}/replay")
    async def replay(parked_id: int, principal: Annotated[Principal, Depends(require("parked:replay"))]) -> Response:
        await consumption.replay(parked_id, principal.username)
        return json_response({"parked_id": parked_id, "replayed": True})

    return api
