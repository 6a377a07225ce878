"""Where requests for commands come in, over HTTP or by event: checked, stored, said."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection as Transaction
from park_chassis.errors import NotFound, Refused
from park_schemas.envelope import Event
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import CommandRequested

from hj212_gateway import command_store
from hj212_gateway.command_events import tell_changed, tell_finished
from hj212_gateway.command_secrets import CommandSecrets, with_new_key
from hj212_gateway.command_store import NewCommand
from hj212_gateway.domain.command_request import CpItems, Given, checked_parameters
from hj212_gateway.domain.command_states import CommandState

_EVENT_LASTS = timedelta(hours=1)
_MOST_WAIT = timedelta(days=7)


@dataclass(frozen=True)
class Request:
    """A request as somebody makes it. `origin` is http or event."""

    command_id: UUID
    mn: str
    command: str
    parameters: Given
    reason: str
    requested_by_id: UUID | None
    requested_by: str
    expires_at: datetime
    origin: str


class CommandDesk:
    """`approval`: commands (CN) that need a second person. `wake` tells the commander to look at the queue."""

    def __init__(
        self,
        device_of: Callable[[str], DeviceRecord | None],
        secrets: CommandSecrets,
        approval: frozenset[str],
        wake: Callable[[], None],
    ) -> None:
        self.device_of = device_of
        self._secrets = secrets
        self.approval = approval
        self.wake = wake

    async def take(self, tx: Transaction, request: Request) -> Any:
        """Store a request and return its row; the same id again returns the row there is.

        Raises NotFound for a device that is not registered, Refused (422) for what cannot be sent to it, Refused (409, id-taken)
        when the id belongs to another request.
        """
        device = self.device_of(request.mn)
        if device is None:
            raise NotFound("设备", "device", request.mn)
        at = now()
        wall = at.astimezone(PARK_TIME_ZONE).replace(tzinfo=None)
        items = checked_parameters(device, request.command, request.parameters, wall)
        items = self._secrets.sealed(request.command_id, with_new_key(request.command, items))
        needs_approval = request.command in self.approval
        state = CommandState.AWAITING_APPROVAL if needs_approval else CommandState.QUEUED
        is_new = await command_store.insert(tx, _new(request, items, at, state))
        row = await command_store.one(tx, request.command_id)
        if (row["mn"], row["command"]) != (request.mn, request.command):
            raise Refused("id-taken", "该命令编号已被使用", "this command id belongs to another request")
        if is_new:
            await tell_changed(tx, row, at)
        return row

    async def on_requested(self, event: Event[CommandRequested], tx: Transaction) -> None:
        """Take a request by event; its id is the event's. One that cannot be carried out ends as invalid, with the reason."""
        request = _request_of(event)
        try:
            await self.take(tx, request)
        except Refused as refused:
            await self._set_aside(tx, request, f"{refused.zh} / {refused.en}")
            return
        self.wake()

    async def _set_aside(self, tx: Transaction, request: Request, why: str) -> None:
        groups: list[Any] = [request.parameters] if isinstance(request.parameters, dict) else list(request.parameters)
        new = _new(request, self._secrets.sealed(request.command_id, groups), now(), CommandState.INVALID, why)
        if await command_store.insert(tx, new):
            await tell_finished(tx, await command_store.one(tx, new.command_id))


def _new(request: Request, items: CpItems, at: datetime, state: CommandState, detail: str = "") -> NewCommand:
    return NewCommand(
        request.command_id,
        request.mn,
        request.command,
        items,
        request.reason,
        request.requested_by_id,
        request.requested_by,
        at,
        request.expires_at,
        state,
        request.origin,
        detail,
    )


def _request_of(event: Event[CommandRequested]) -> Request:
    body = event.body
    latest = now() + _MOST_WAIT
    return Request(
        event.id,
        body.mn.replace("\x00", "\ufffd"),
        body.command.replace("\x00", "\ufffd"),
        body.parameters,
        body.reason.replace("\x00", "\ufffd"),
        body.requested_by_id,
        body.requested_by.replace("\x00", "\ufffd"),
        min(body.expires_at or event.time + _EVENT_LASTS, latest),
        "event",
    )
