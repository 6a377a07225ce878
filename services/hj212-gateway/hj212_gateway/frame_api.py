"""HTTP: the frames of one device as they come, decoded and explained; as pages, or as a stream of server-sent events.

Read from the evidence, which every gateway writes within about two seconds, so any process shows the frames of any other.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import Limit, decode_cursor, encode_cursor, page

from hj212_gateway import frame_store, key_store
from hj212_gateway.domain.evidence_blocks import Direction
from hj212_gateway.domain.frame_view import frame_view
from hj212_gateway.frame_store import Found
from hj212_gateway.key_handover import KeyHandover

Reader = Annotated[Principal, Depends(require("device:read"))]
After = Annotated[str | None, Query(max_length=4000, description="next_cursor of the page before; absent: the newest")]

_LOOK_EVERY_S = 1.0
_BEAT_EVERY_S = 5.0
_ENDS_AFTER_S = 600.0
_MOST_STREAMS = 32


def router(database: Database, keys: KeyHandover) -> APIRouter:
    """Return the routes of the live frame view; `keys` opens what a device sent encrypted."""
    api = APIRouter(prefix="/sessions/{mn}/frames", tags=["devices"])
    streams: set[object] = set()

    @api.get("")
    async def frames(_: Reader, mn: str, after: After = None, limit: Limit = 100) -> Response:
        items, cursor = await _frames(database, keys, mn, after, limit)
        return json_response(page(items, cursor))

    @api.get("/live")
    async def live(
        _: Reader, mn: str, after: After = None, last_event_id: Annotated[str | None, Header()] = None
    ) -> Response:
        if len(streams) >= _MOST_STREAMS:
            raise Refused("too-many-streams", "实时报文流过多,请稍后", "too many live views are open", status=429)
        content = _stream(database, keys, mn, last_event_id or after, streams)
        return StreamingResponse(
            content, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )

    return api


async def _stream(
    database: Database, keys: KeyHandover, mn: str, cursor: str | None, streams: set[object]
) -> AsyncIterator[bytes]:
    token = object()
    streams.add(token)
    until, beat_at = time.monotonic() + _ENDS_AFTER_S, 0.0
    try:
        while time.monotonic() < until:
            items, cursor = await _frames(database, keys, mn, cursor, 100)
            for item in items:
                yield b"event: frame\nid: %b\ndata: %b\n\n" % (cursor.encode(), _JSON.encode(item))
            if time.monotonic() - beat_at > _BEAT_EVERY_S:
                beat_at = time.monotonic()
                yield b"event: beat\ndata: %b\n\n" % json.dumps({"next_cursor": cursor}).encode()
            if len(items) < 100:
                await asyncio.sleep(_LOOK_EVERY_S)
    finally:
        streams.discard(token)


_JSON = msgspec.json.Encoder(decimal_format="string", enc_hook=str)


async def _frames(
    database: Database, keys: KeyHandover, mn: str, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str]:
    seen = _seen(cursor)
    async with database.reading() as connection:
        if seen is None:
            found, now_seen = await frame_store.newest(connection, mn, now(), limit)
        else:
            found, now_seen = await frame_store.after(connection, mn, seen, limit)
        refused = await frame_store.refusals(connection, found)
        had = [key.key for key in keys.opened(await key_store.of_device(connection, mn))]
    items = await asyncio.to_thread(lambda: [_shown(one, refused, had) for one in found])
    return items, encode_cursor(now_seen)


def _seen(cursor: str | None) -> dict[str, tuple[int, int]] | None:
    place = decode_cursor(cursor)
    if place is None:
        return None
    try:
        return {str(gateway): (int(block), int(index)) for gateway, (block, index) in place[0].items()}
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422) from error


def _shown(
    one: Found, refused: dict[tuple[datetime, str, bytes], tuple[str, str]], keys: Sequence[bytes]
) -> dict[str, Any]:
    entry = one.entry
    return {
        "at": one.at,
        "direction": Direction(entry.direction).name.lower(),
        "connection_id": frame_store.connection_text(entry),
        "peer": entry.peer,
        "gateway": one.gateway,
        "mn": entry.mn,
    } | frame_view(
        entry.raw,
        refused=refused.get((one.at, entry.peer, entry.raw)),
        is_sent=entry.direction == Direction.SENT,
        keys=keys,
    )
