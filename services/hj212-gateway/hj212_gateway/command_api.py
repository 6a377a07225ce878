"""HTTP: commands to devices (反控): which there are, ask, approve, reject, cancel."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from park_chassis.auth import Principal, principal_of, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_schemas.identifiers import uuid7
from pydantic import BaseModel, Field

from hj212_gateway import command_desk, command_store, command_view
from hj212_gateway.command_desk import CommandDesk
from hj212_gateway.command_events import tell_changed, tell_finished
from hj212_gateway.command_queue import UNKNOWN
from hj212_gateway.domain.command_catalogue import catalogue
from hj212_gateway.domain.command_states import CommandState, CommandStep, next_state

Reader = Annotated[Principal, Depends(require("device:read"))]
Writer = Annotated[Principal, Depends(require("device:write"))]
Value = Annotated[str, Field(max_length=400)] | int | float
Text = Annotated[str, Field(max_length=400)]


class CommandBody(BaseModel):
    """A command to a device."""

    mn: str = Field(min_length=1, max_length=40, description="MN of a registered device")
    command: str = Field(pattern="^[0-9]{4}$", description="CN of the command table (GET /commands/catalogue)")
    parameters: dict[str, Value | list[Value]] | list[dict[str, Text]] = Field(
        default_factory=dict,
        max_length=64,
        description="Values by name, e.g. {'PolId': 'w01018'}; or CP items in order, e.g. [{'PolId': 'w01018'}]",
    )
    reason: str = Field(min_length=1, max_length=400, description="Why; stands in the record")
    expires_in_s: int = Field(3600, ge=10, le=7 * 86_400, description="Not sent any more after so many seconds")
    command_id: UUID | None = Field(None, description="Id of the caller's own; the same id twice is one command")


class Decision(BaseModel):
    """A person's word on a command."""

    note: str = Field("", max_length=400, description="Why; stands in the record")


def second_person(request: Request) -> Principal:
    """Return who decides: device:write, or command:approve (an officer who operates no devices)."""
    principal = principal_of(request)
    if not (principal.allows("device:write") or principal.allows("command:approve")):
        raise Refused(
            "not-permitted",
            "没有权限: device:write 或 command:approve",
            "permission missing: device:write or command:approve",
            status=403,
        )
    return principal


Decider = Annotated[Principal, Depends(second_person)]
_NO_NOTE = Decision(note="")


def router(database: Database, desk: CommandDesk) -> APIRouter:
    """Return the routes of commands."""
    api = APIRouter(prefix="/commands", tags=["commands"])
    _add_requests(api, database, desk)
    _add_decisions(api, database, desk)
    return api


def _add_requests(api: APIRouter, database: Database, desk: CommandDesk) -> None:
    @api.get("/catalogue")
    async def commands_there_are(
        _: Reader,
        mn: Annotated[str | None, Query(max_length=40, description="A device: commands of its edition")] = None,
        edition: Annotated[Literal["2005", "2017", "2025"] | None, Query()] = None,
    ) -> Response:
        device = desk.device_of(mn) if mn else None
        if mn and device is None:
            raise NotFound("设备", "device", mn)
        return json_response(page(catalogue(device.edition if device else edition, desk.approval)))

    @api.post("", status_code=202)
    async def ask(caller: Writer, body: CommandBody) -> Response:
        request = command_desk.Request(
            body.command_id or uuid7(),
            body.mn,
            body.command,
            body.parameters,
            body.reason,
            caller.user_id,
            caller.username,
            now() + timedelta(seconds=body.expires_in_s),
            "http",
        )
        async with database.transaction() as tx:
            row = await desk.take(tx, request)
        desk.wake()
        return json_response(command_view.shown(row), status=202)


def _add_decisions(api: APIRouter, database: Database, desk: CommandDesk) -> None:
    @api.post("/{command_id}/approve")
    async def approve(caller: Decider, command_id: UUID, body: Decision = _NO_NOTE) -> Response:
        return json_response(await decided(command_id, CommandStep.APPROVE, caller, body.note))

    @api.post("/{command_id}/reject")
    async def reject(caller: Decider, command_id: UUID, body: Decision = _NO_NOTE) -> Response:
        return json_response(await decided(command_id, CommandStep.REJECT, caller, body.note))

    @api.post("/{command_id}/cancel")
    async def cancel(caller: Writer, command_id: UUID, body: Decision = _NO_NOTE) -> Response:
        return json_response(await decided(command_id, CommandStep.CANCEL, caller, body.note))

    async def decided(command_id: UUID, step: CommandStep, caller: Principal, note: str) -> dict[str, Any]:
        async with database.transaction() as tx:
            row = await command_store.locked(tx, command_id)
            if row is None:
                raise NotFound("命令", "command", command_id)
            state = next_state(CommandState(row["state"]), step)
            if step is CommandStep.APPROVE:
                _must_be_another(caller, row)
            detail = f"cancelled after it was sent: {UNKNOWN}" if row["state"] == CommandState.SENT else ""
            at = now()
            row = await command_store.decide(tx, command_id, state, caller.username, at, note=note, detail=detail)
            if state is CommandState.QUEUED:
                await tell_changed(tx, row, at)
            else:
                await tell_finished(tx, row)
        desk.wake()
        return command_view.shown(row)


def _must_be_another(caller: Principal, row: Any) -> None:
    """A request by event may name its requester without an id."""
    asked_by = row["requested_by_id"]
    if caller.user_id == asked_by or (asked_by is None and caller.username == row["requested_by"]):
        raise Refused("same-person", "须由另一人批准", "another person than who asked has to approve", status=403)
