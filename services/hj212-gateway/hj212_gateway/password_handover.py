"""A new password on its way to a device (1072): offered with the command, confirmed by the device, told to the register."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection as Transaction
from park_chassis.database import Database
from park_schemas.registry import DeviceRecord

from hj212_gateway import password_store
from hj212_gateway.command_events import tell_credential
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.credentials import Credentials

_OFFER_LASTS = timedelta(days=30)


class PasswordHandover:
    """Between the database and what the gateway knows of passwords (`credentials`)."""

    command = "1072"

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        device_of: Callable[[str], DeviceRecord | None],
        *,
        old_for: timedelta,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._device_of = device_of
        self._old_for = old_for

    async def is_due(self, tx: Transaction, mn: str, at: datetime) -> bool:
        """A device does not ask for a password."""
        return True

    async def offer(self, tx: Transaction, row: Mapping[str, Any], at: datetime) -> None:
        """Note what is about to go out with a command (its parameters opened)."""
        mn = row["mn"]
        device = self._device_of(mn)
        old = "" if device is None else self._credentials.in_force(mn, device.password)
        new = next(str(text) for item in row["parameters"] for text in item.values())
        await password_store.offer(tx, row["command_id"], mn, old, new, at, at + _OFFER_LASTS)

    async def settle(self, tx: Transaction, command_id: UUID, state: CommandState, at: datetime) -> None:
        """Only the device's own word counts; after a silence it may use either, and its next frame will tell."""
        if state is CommandState.SUCCEEDED:
            await self._confirm(tx, command_id, at)
        elif state in (CommandState.REFUSED, CommandState.FAILED):
            await password_store.drop(tx, command_id)

    async def refresh(self) -> None:
        """Learn which passwords are being handed over, and store that some have been used."""
        used = self._credentials.take_used()
        try:
            async with self._database.transaction() as tx:
                for handover in used:
                    await self._confirm(tx, handover.command_id, now())
                found = await password_store.open_handovers(tx, now())
        except BaseException:
            self._credentials.put_back(used)
            raise
        self._credentials.put(found)

    async def _confirm(self, tx: Transaction, command_id: UUID, at: datetime) -> None:
        if row := await password_store.confirm(tx, command_id, at, at + self._old_for):
            await tell_credential(
                tx,
                mn=row["mn"],
                kind="password",
                value=row["new_value"],
                at=row["confirmed_at"],
                command_id=command_id,
                requested_by=row["requested_by"],
            )
