"""HTTP: commands to devices (反控): ask, approve, watch."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis import outbox
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_schemas.envelope import Event
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import DeviceRecord
from pydantic import BaseModel, Field

from hj212_gateway import command_store
from hj212_gateway.command_store import NewCommand
from hj212_gateway.commander import SOURCE, finished_event_body
from hj212_gateway.domain.command_request import check_request
from hj212_gateway.domain.command_states import CommandState, CommandStep, next_state

Reader = Annotated[Principal, Depends(require("device:read"))]
Writer = Annotated[Principal, Depends(require("device:write"))]
DeviceOf = Callable[[str], DeviceRecord | None]
Text = Annotated[str, Field(max_length=400)]


class CommandBody(BaseModel):
    """A command to a device."""

    mn: str = Field(min_length=1, max_length=40, description="MN of a registered device")
    command: str = Field(pattern="^[0-9]{4}$", description="CN of the command table")
    parameters: list[dict[str, Text]] = Field(
        [], max_length=64, description="CP items in order, e.g. [{'PolId': 'w01018'}]"
    )
    reason: str = Field(min_length=1, max_length=400, description="Why; stands in the record")
    expires_in_s: int = Field(3600, ge=10, le=7 * 86_400, description="Not sent any more after so many seconds")
    command_id: UUID | None = Field(None, description="Id of the caller's own; the same id twice is one command")


def router(database: Database, device_of: DeviceOf, wake: Callable[[], None], approval: frozenset[str]) -> APIRouter:
    """Return the routes of commands. `approval`: commands that need a second person."""
    api = APIRouter(prefix="/commands", tags=["commands"])

    @api.post("", status_code=202)
    async def ask(caller: Writer, body: CommandBody) -> Response:
        device = device_of(body.mn)
        if device is None:
            raise NotFound("设备", "device", body.mn)
        at = now()
        check_request(device, body.command, body.parameters, at.astimezone(PARK_TIME_ZONE).replace(tzinfo=None))
        state = CommandState.AWAITING_APPROVAL if body.command in approval else CommandState.QUEUED
        new = NewCommand(
            body.command_id or uuid7(),
            body.mn,
            body.command,
            body.parameters,
            body.reason,
            caller.user_id,
            caller.username,
            at,
            at + timedelta(seconds=body.expires_in_s),
            state,
        )
        async with database.transaction() as tx:
            await command_store.insert(tx, new)
            row = await command_store.one(tx, new.command_id)
        wake()
        return json_response(dict(row), status=202)

    @api.get("")
    async def commands(
        _: Reader,
        mn: Annotated[str | None, Query(max_length=40)] = None,
        state: CommandState | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        place = decode_cursor(cursor)
        before = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
        async with database.reading() as connection:
            rows = await command_store.commands(
                connection, mn=mn, state=state.value if state else None, before=before, limit=limit
            )
        following = encode_cursor(rows[-1]["created_at"], rows[-1]["command_id"]) if len(rows) == limit else None
        return json_response(page([dict(row) for row in rows], following))

    @api.get("/{command_id}")
    async def command(_: Reader, command_id: UUID) -> Response:
        async with database.reading() as connection:
            row = await command_store.one(connection, command_id)
            if row is None:
                raise NotFound("命令", "command", command_id)
            frames = await command_store.transcript(connection, command_id)
        return json_response(dict(row) | {"transcript": [_shown(frame) for frame in frames]})

    @api.post("/{command_id}/approve")
    async def approve(caller: Writer, command_id: UUID) -> Response:
        return json_response(await decided(command_id, CommandStep.APPROVE, caller))

    @api.post("/{command_id}/reject")
    async def reject(caller: Writer, command_id: UUID) -> Response:
        return json_response(await decided(command_id, CommandStep.REJECT, caller))

    @api.post("/{command_id}/cancel")
    async def cancel(caller: Writer, command_id: UUID) -> Response:
        return json_response(await decided(command_id, CommandStep.CANCEL, caller))

    async def decided(command_id: UUID, step: CommandStep, caller: Principal) -> dict[str, Any]:
        async with database.transaction() as tx:
            row = await command_store.locked(tx, command_id)
            if row is None:
                raise NotFound("命令", "command", command_id)
            state = next_state(CommandState(row["state"]), step)
            if step is CommandStep.APPROVE and row["requested_by_id"] == caller.user_id:
                raise Refused(
                    "same-person", "须由另一人批准", "another person than who asked has to approve", status=403
                )
            await command_store.decide(tx, command_id, state, caller.username, now())
            row = await command_store.one(tx, command_id)
            if state is not CommandState.QUEUED:
                finished = finished_event_body(row)
                event = Event(
                    type="telemetry.command.finished",
                    source=SOURCE,
                    subject=finished.mn,
                    time=finished.finished_at,
                    body=finished,
                )
                await outbox.add(tx, event)
        wake()
        return dict(row)

    return api


def _shown(frame: Any) -> dict[str, Any]:
    raw: bytes = frame["raw"]
    return {"at": frame["at"], "direction": frame["direction"], "raw_text": raw.decode("utf-8", "backslashreplace")}
