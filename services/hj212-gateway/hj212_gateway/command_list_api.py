"""HTTP: commands to devices as a list, and one with its transcript."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import NotFound
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page

from hj212_gateway import command_store, command_view
from hj212_gateway.command_store import Wanted
from hj212_gateway.domain.command_states import OPEN, CommandState

Reader = Annotated[Principal, Depends(require("device:read"))]
_MOST_EXPORTED = 20_000


def router(database: Database) -> APIRouter:
    """Return the routes that only read commands."""
    api = APIRouter(prefix="/commands", tags=["commands"])

    @api.get("")
    async def commands(
        _: Reader,
        mn: Annotated[str | None, Query(max_length=40)] = None,
        state: CommandState | None = None,
        command: Annotated[str | None, Query(pattern="^[0-9]{4}$")] = None,
        requested_by: Annotated[str | None, Query(max_length=80)] = None,
        begin: Annotated[datetime | None, Query(alias="from")] = None,
        end: Annotated[datetime | None, Query(alias="to")] = None,
        is_open: Annotated[bool, Query(alias="open", description="Only those that have not ended")] = False,
        file_format: Annotated[Format | None, Query(alias="format", description="A file of all instead")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        states = tuple(one.value for one in OPEN) if is_open else None
        wanted = Wanted(mn, (state.value,) if state else states, command, requested_by, begin, end)
        place = decode_cursor(cursor)
        before = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
        most = _MOST_EXPORTED if file_format else limit
        async with database.reading() as connection:
            rows = await command_store.commands(connection, wanted, before=before, limit=most)
        if file_format:
            return table_response(
                file_format, "commands", command_view.COLUMNS, [command_view.shown(row) for row in rows]
            )
        following = encode_cursor(rows[-1]["created_at"], rows[-1]["command_id"]) if len(rows) == limit else None
        return json_response(page([command_view.shown(row) for row in rows], following))

    @api.get("/{command_id}")
    async def command_with_transcript(_: Reader, command_id: UUID) -> Response:
        async with database.reading() as connection:
            row = await command_store.one(connection, command_id)
            if row is None:
                raise NotFound("命令", "command", command_id)
            frames = await command_store.transcript(connection, command_id)
        return json_response(command_view.shown(row) | {"transcript": [command_view.spoken(frame) for frame in frames]})

    return api
