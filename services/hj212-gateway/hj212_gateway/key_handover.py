"""A new key on its way to a device (1014): offered with the command, confirmed by the device or by its first frame under it.

Keys stay here, sealed, and every gateway reads them from the database each second; no event carries one.
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection as Transaction
from park_chassis.database import Database
from park_chassis.secret_box import SecretBox, SecretUnreadable
from park_schemas.identifiers import uuid7
from prometheus_client import Gauge

from hj212_gateway import key_store
from hj212_gateway.command_events import tell_credential
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.device_keys import DeviceKey, DeviceKeys, KeyState, KeyStep, Used
from hj212_gateway.key_store import NewKey

log = logging.getLogger(__name__)

UNREADABLE = Gauge("park_gateway_keys_unreadable", "Keys of devices that no key of PARK_SECRETS_KEYS opens")

_STEPS: Mapping[CommandState, KeyStep] = {
    CommandState.SUCCEEDED: KeyStep.CONFIRM,
    CommandState.REFUSED: KeyStep.REFUSE,
    CommandState.FAILED: KeyStep.REFUSE,
}
"""How a command ended, for its key. After a silence the device may use either key: its next frame will tell."""
_WISH_REST = timedelta(minutes=10)
"""A device that asks again sooner gets no other key: its key is to live for 90 days (6.4.4)."""


class KeyHandover:
    """Between the database and what the gateway knows of keys (`keys`). `old_for`: see domain/device_keys.py."""

    command = "1014"

    def __init__(self, database: Database, keys: DeviceKeys, box: SecretBox, *, old_for: timedelta) -> None:
        self._database = database
        self._keys = keys
        self._box = box
        self._old_for = old_for

    async def is_due(self, tx: Transaction, mn: str, at: datetime) -> bool:
        """Whether a device that asks for a key gets one."""
        return not await key_store.has_new_since(tx, mn, _WISH_REST, at)

    async def offer(self, tx: Transaction, row: Mapping[str, Any], at: datetime) -> None:
        """Store the key that is about to go out with a command (its parameters opened)."""
        key = next(str(item["NewSK"]) for item in row["parameters"] if "NewSK" in item).encode()
        key_id = uuid7()
        sealed = self._box.seal(key.hex(), _owner(key_id))
        await key_store.insert(
            tx,
            NewKey(
                key_id,
                row["mn"],
                sealed,
                KeyState.OFFERED,
                row["command_id"],
                row["requested_by"],
                row["reason"],
                at,
            ),
        )

    async def enter(self, tx: Transaction, mn: str, key: bytes, by: str, reason: str) -> UUID:
        """Store a key that a person was given with the device (16 bytes); return its id."""
        key_id = uuid7()
        sealed = self._box.seal(key.hex(), _owner(key_id))
        await key_store.insert(tx, NewKey(key_id, mn, sealed, KeyState.CONFIRMED, None, by, reason, now()))
        return key_id

    async def settle(self, tx: Transaction, command_id: UUID, state: CommandState, at: datetime) -> None:
        """Take the device's word: only it counts."""
        step = _STEPS.get(state)
        row = await key_store.settle(tx, command_id, step, at) if step is not None else None
        if row is not None and step is KeyStep.CONFIRM:
            await self._tell(tx, row, at)

    async def refresh(self) -> None:
        """Learn which keys there are, and store that some have been used for the first time."""
        used = self._keys.take_used()
        try:
            async with self._database.transaction() as tx:
                for one in used:
                    await self._use(tx, one)
                rows = await key_store.opening(tx, now() - self._old_for)
        except BaseException:
            self._keys.put_back(used)
            raise
        opened = self.opened(rows)
        UNREADABLE.set(len(rows) - len(opened))
        self._keys.put(opened)

    async def _use(self, tx: Transaction, used: Used) -> None:
        row = await key_store.use(tx, used.key_id, used.at)
        # Its 9012 reached nobody: the frame is the word.
        if row is not None and row["command_id"] is not None and row["confirmed_at"] == used.at:
            await self._tell(tx, row, used.at)

    @staticmethod
    async def _tell(tx: Transaction, row: Mapping[str, Any], at: datetime) -> None:
        await tell_credential(
            tx, mn=row["mn"], kind="key", value="", at=at, command_id=row["command_id"], requested_by=row["set_by"]
        )

    def opened(self, rows: Iterable[Mapping[str, Any]]) -> list[DeviceKey]:
        """Return the keys of stored rows; what this gateway's settings do not open is left out and said."""
        found = []
        for row in rows:
            try:
                key = bytes.fromhex(self._box.open(row["sealed"], _owner(row["key_id"])))
            except SecretUnreadable as error:
                log.error("a device's key cannot be opened", extra={"mn": row["mn"], "error": str(error)})
                continue
            until = row["ended_at"] + self._old_for if row["ended_at"] else None
            found.append(DeviceKey(row["key_id"], row["mn"], key, KeyState(row["state"]), until))
        return found

    async def seal_anew(self) -> None:
        """At the start: seal by the first key of the settings what an older one has sealed.

        What none of them opens stays as it is: the gateway must start for all other devices.
        """
        async with self._database.transaction() as tx:
            for key_id, stored in await key_store.stored(tx):
                with suppress(SecretUnreadable):
                    if (sealed := self._box.resealed(stored, _owner(key_id))) is not None:
                        await key_store.seal_anew(tx, key_id, sealed)


def _owner(key_id: UUID) -> str:
    return f"device-key:{key_id}"
