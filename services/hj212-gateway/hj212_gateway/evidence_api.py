"""HTTP: the frames of a device byte for byte, and sealed packages of them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page

from hj212_gateway import evidence_store
from hj212_gateway.domain.evidence_blocks import Block, Direction, Entry, open_payload
from hj212_gateway.domain.evidence_signature import Signer
from hj212_gateway.domain.frame_text import masked_text
from hj212_gateway.evidence_package import FORMAT, Manifest, package

Reader = Annotated[Principal, Depends(require("device:read"))]
Mn = Annotated[str, Query(min_length=1, max_length=40, description="MN of the device")]
Begin = Annotated[datetime, Query(alias="from", description="Beginning, with offset; included")]
End = Annotated[datetime, Query(alias="to", description="End, with offset; not included")]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DAYS = 31
_BLOCKS_A_PAGE = 20


def router(database: Database, signer: Signer | None = None) -> APIRouter:
    """Return the routes of the evidence; packages are signed when there is a signer."""
    api = APIRouter(prefix="/evidence", tags=["evidence"])

    @api.get("/frames")
    async def frames(_: Reader, mn: Mn, begin: Begin, end: End, limit: Limit = 50, cursor: Cursor = None) -> Response:
        _check_range(begin, end)
        place = decode_cursor(cursor)
        after = (datetime.fromisoformat(place[0]), str(place[1]), int(place[2]), int(place[3])) if place else None
        items, following = await _page_of_frames(database, mn, begin, end, after, limit)
        return json_response(page(items, following))

    @api.get("/package")
    async def sealed_package(_: Reader, mn: Mn, begin: Begin, end: End) -> Response:
        _check_range(begin, end)
        async with database.reading() as connection:
            chains = await evidence_store.chains(connection, mn, begin, end)
        if not chains:
            raise NotFound("证据", "evidence", f"{mn} {begin.isoformat()}/{end.isoformat()}")
        manifest = Manifest(FORMAT, now().isoformat(), mn, begin.isoformat(), end.isoformat())
        name = f"evidence-{''.join(c for c in mn if c.isascii() and c.isalnum())}-{begin:%Y%m%dT%H%M%S}.park-evidence"
        return StreamingResponse(
            package(manifest, _blocks(database, chains), signer),
            media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return api


def _check_range(begin: datetime, end: datetime) -> None:
    if begin.tzinfo is None or end.tzinfo is None:
        raise Refused("time-without-offset", "时间必须带时区", "times need an offset, such as +08:00", status=422)
    if not timedelta(0) < end - begin <= timedelta(days=_MOST_DAYS):
        raise Refused(
            "range", f"时间范围须为 0 至 {_MOST_DAYS} 天", f"the range must be up to {_MOST_DAYS} days", status=422
        )


async def _blocks(database: Database, chains: list[tuple[str, int, int]]) -> AsyncIterator[Block]:
    async with database.reading() as connection:
        for gateway, first, last in chains:
            async for block in evidence_store.blocks_of_chain(connection, gateway, first, last):
                yield block


async def _page_of_frames(
    database: Database,
    mn: str,
    begin: datetime,
    end: datetime,
    after: tuple[datetime, str, int, int] | None,
    limit: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return up to `limit` frames and the cursor of the next page; a cursor is (first_at, gateway, block, index in it)."""
    found: list[dict[str, Any]] = []
    inclusive = (after[0], after[1], after[2] - 1) if after else None
    while True:
        async with database.reading() as connection:
            rows = await evidence_store.blocks_with(connection, mn, begin, end, after=inclusive, limit=_BLOCKS_A_PAGE)
        for row in rows:
            inclusive = (row["first_at"], row["gateway"], row["block"])
            skip = after[3] + 1 if after and inclusive == after[:3] else 0
            for index, entry in enumerate(open_payload(row["payload"])):
                at = _EPOCH + timedelta(microseconds=entry.at_us)
                if index < skip or entry.mn != mn or not begin <= at < end:
                    continue
                found.append(_shown(entry, at, row["gateway"], row["block"]))
                if len(found) == limit:
                    return found, encode_cursor(inclusive[0], inclusive[1], inclusive[2], index)
        if len(rows) < _BLOCKS_A_PAGE:
            return found, None


def _shown(entry: Entry, at: datetime, gateway: str, block: int) -> dict[str, Any]:
    return {
        "at": at,
        "device_time": entry.device_time,
        "direction": Direction(entry.direction).name.lower(),
        "connection_id": UUID(bytes=entry.connection_id),
        "peer": entry.peer,
        "mn": entry.mn,
        "raw_text": masked_text(entry.raw),
        "raw_hex": entry.raw.hex(),
        "gateway": gateway,
        "block": block,
    }
