"""HTTP: unknown devices: look, register with one click, dismiss."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from hj212 import LENIENT, Packet, RemoteProtocolError, decode
from park_chassis.auth import Principal, require, token_of
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_chassis.peers import Peers
from pydantic import BaseModel, Field

from hj212_gateway import stranger_store
from hj212_gateway.domain.frame_text import masked_text
from hj212_gateway.stranger_store import Wanted

Reader = Annotated[Principal, Depends(require("device:read"))]
Writer = Annotated[Principal, Depends(require("device:write"))]
_MOST_EXPORTED = 20_000
_REGISTERED_EDITIONS = ("2005", "2017", "2025")


class Registration(BaseModel):
    """What the register needs beside the MN. What is left out is taken from the device's own last frame."""

    point_id: UUID = Field(description="The point the device reports for")
    password: str | None = Field(None, min_length=1, max_length=24, description="PW; default: as in its last frame")
    edition: str | None = Field(None, pattern="^(2005|2017|2025)$", description="Default: as in its last frame")
    realtime_interval_s: int | None = Field(None, ge=1, le=3600)
    minute_interval_min: int | None = Field(None, ge=1, le=60)
    manufacturer: str | None = Field(None, max_length=120)
    model: str | None = Field(None, max_length=120)


class Dismissal(BaseModel):
    """Why a device is none of ours."""

    reason: str = Field(min_length=1, max_length=400)


def router(database: Database, peers: Peers) -> APIRouter:
    """Return the routes of unknown devices."""
    api = APIRouter(prefix="/unknown-devices", tags=["devices"])
    _add_list(api, database)

    @api.post("/{mn}/register", status_code=201)
    async def register(_: Writer, request: Request, mn: str, body: Registration) -> Response:
        """The archive is asked in the caller's own name; the device leaves the list when it is in the register."""
        async with database.reading() as connection:
            row = await _known(connection, mn)
        form = _form(mn, body, _last_packet(row["last_raw_text"]))
        answer = await peers.post("archive", "/devices", token=token_of(request), json=form)
        if answer.status_code < 300:
            async with database.transaction() as tx:
                await stranger_store.forget(tx, [mn])
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    @api.post("/{mn}/dismiss", status_code=204)
    async def dismiss(caller: Writer, mn: str, body: Dismissal) -> Response:
        return await _mark(mn, now(), caller.username, body.reason)

    @api.post("/{mn}/restore", status_code=204)
    async def restore(_: Writer, mn: str) -> Response:
        return await _mark(mn, None, None, None)

    async def _mark(mn: str, at: datetime | None, by: str | None, reason: str | None) -> Response:
        async with database.transaction() as tx:
            if not await stranger_store.dismiss(tx, mn, at, by, reason):
                raise NotFound("未知设备", "unknown device", mn)
        return Response(status_code=204)

    return api


def _add_list(api: APIRouter, database: Database) -> None:
    @api.get("")
    async def unknown_devices(
        _: Reader,
        q: Annotated[str | None, Query(max_length=40, description="Part of an MN")] = None,
        peer: Annotated[str | None, Query(max_length=60, description="Beginning of an address")] = None,
        edition: Annotated[str | None, Query(max_length=20)] = None,
        since: Annotated[datetime | None, Query(description="Heard since then")] = None,
        dismissed: Annotated[bool, Query(description="Those that were dismissed instead")] = False,
        file_format: Annotated[Format | None, Query(alias="format", description="A file of all instead")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        wanted = Wanted(dismissed, q, peer, edition, since)
        place = decode_cursor(cursor)
        after = (datetime.fromisoformat(place[0]), str(place[1])) if place else None
        async with database.reading() as connection:
            rows = await stranger_store.strangers(
                connection, wanted, after=after, limit=_MOST_EXPORTED if file_format else limit
            )
            total = await stranger_store.count(connection, wanted)
        items = [_shown(row) for row in rows]
        if file_format:
            return table_response(file_format, "unknown-devices", _COLUMNS, items)
        following = encode_cursor(rows[-1]["last_seen"], rows[-1]["mn"]) if len(rows) == limit else None
        return json_response(page(items, following, total))


async def _known(connection: Any, mn: str) -> Any:
    row = await stranger_store.one(connection, mn)
    if row is None:
        raise NotFound("未知设备", "unknown device", mn)
    return row


def _last_packet(text: str) -> Packet | None:
    try:
        return decode(text.encode(), profile=LENIENT)
    except RemoteProtocolError:
        return None


def _form(mn: str, body: Registration, packet: Packet | None) -> dict[str, Any]:
    """Return the archive's form. Raises Refused (422) naming what neither the caller nor the last frame says."""
    edition = body.edition or (packet.edition.value if packet else "")
    password = body.password or (packet.pw if packet else None)
    errors = [
        {"where": name, "what": "the last frame does not say it: give it", "what_zh": "末次报文中没有,请填写"}
        for name, missing in (("edition", edition not in _REGISTERED_EDITIONS), ("password", not password))
        if missing
    ]
    if errors:
        raise Refused("incomplete", "登记信息不全", "the registration is incomplete", status=422, errors=errors)
    given = body.model_dump(mode="json", exclude_none=True)
    return given | {"mn": mn, "edition": edition, "password": password}


def _shown(row: Any) -> dict[str, Any]:
    found = dict(row)
    packet = _last_packet(found["last_raw_text"])
    return found | {
        "last_raw_text": masked_text(found["last_raw_text"].encode()),
        "has_password": bool(packet and packet.pw),
    }


_COLUMNS = (
    Column("MN", lambda row: row["mn"], 28),
    Column("版本 Edition", lambda row: row["edition"]),
    Column("地址 Peer", lambda row: row["peer"], 24),
    Column("首次 First seen", lambda row: row["first_seen"], 20),
    Column("末次 Last seen", lambda row: row["last_seen"], 20),
    Column("报文数 Frames", lambda row: row["frames"]),
    Column("末次报文 Last frame", lambda row: row["last_raw_text"], 80),
)
