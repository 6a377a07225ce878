"""The queue of commands, which is the database: taken, kept, given back, ended, each in one transaction with its event."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import TROUBLE, Database
from park_chassis.database import Connection as Transaction
from park_chassis.errors import Transient
from park_chassis.secret_box import SecretUnreadable

from hj212_gateway import command_store
from hj212_gateway.command_events import tell_changed, tell_finished
from hj212_gateway.command_metrics import ENDED, HANDOVERS_READ, OPEN, REQUEUED
from hj212_gateway.command_secrets import CommandSecrets, with_new_key
from hj212_gateway.command_store import Ending, Held, NewCommand, SpokenFrame
from hj212_gateway.domain.command_states import OPEN as OPEN_STATES
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.command_table import is_repeatable

_MOST_ATTEMPTS = 5
UNKNOWN = "whether the device carried it out is unknown"


class Handover(Protocol):
    """What a command hands to a device, so that both sides have to know it from then on."""

    command: str

    async def is_due(self, tx: Transaction, mn: str, at: datetime) -> bool: ...

    async def offer(self, tx: Transaction, row: Mapping[str, Any], at: datetime) -> None: ...

    async def settle(self, tx: Transaction, command_id: UUID, state: CommandState, at: datetime) -> None: ...

    async def refresh(self) -> None: ...


class CommandQueue:
    """`gateway` names this process; a command that is not renewed for `lease` is taken up by any process."""

    def __init__(
        self,
        database: Database,
        gateway: str,
        secrets: CommandSecrets,
        handovers: Iterable[Handover],
        *,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._secrets = secrets
        self._handovers = {handover.command: handover for handover in handovers}
        self._lease = lease

    async def claim(self, held: Sequence[Held]) -> list[dict[str, Any]]:
        """Take up to one command of each device that is here, its secrets opened. Ends what is over its time."""
        at = now()
        async with self._database.transaction() as tx:
            expired = await command_store.expire(tx, at)
            for row in expired:
                await tell_finished(tx, row)
            for row in await command_store.lapsed(tx, at):
                await self._give_up(tx, row, at)
            rows = await command_store.claim(tx, held, self._gateway, at, at + self._lease) if held else []
            for row in rows:
                await tell_changed(tx, row, at)
            claimed = [found for row in rows if (found := await self._hand_out(tx, row, at)) is not None]
            counts = await command_store.open_by_state(tx)
        ENDED.labels("expired").inc(len(expired))
        for state in OPEN_STATES:
            OPEN.labels(state.value).set(counts.get(state.value, 0))
        if any(row["command"] in self._handovers for row in claimed):
            with suppress(*TROUBLE, Transient, OSError):  # what is claimed goes out; the next look comes in a second
                await self.refresh_handovers()  # the device may use it before that
        return claimed

    async def renew(self, running: Iterable[tuple[UUID, int]]) -> set[UUID]:
        """Prolong the leases of (command, attempt); what is missing in the answer was cancelled or taken from us."""
        async with self._database.transaction() as tx:
            return await command_store.renew(tx, running, now() + self._lease)

    async def end(
        self,
        command_id: UUID,
        attempt: int,
        command: str,
        frames: list[SpokenFrame],
        ending: Ending | None,
        *,
        was_sent: bool,
    ) -> None:
        """Store the transcript and the end; without an end the command is queued again."""
        at = now()
        async with self._database.transaction() as tx:
            await command_store.append_frames(tx, command_id, frames)
            if ending is not None:
                row = await command_store.finish(tx, command_id, attempt, ending)
                if handover := self._handovers.get(command):
                    await handover.settle(tx, command_id, ending.state, at)
                if row is not None:
                    await tell_finished(tx, row)
            elif row := await command_store.go_back(tx, command_id, attempt, was_sent=was_sent):
                await tell_changed(tx, row, at, "the connection ended while the command ran")
        if ending is None:
            REQUEUED.labels("connection").inc()
        else:
            ENDED.labels(ending.state.value).inc()

    async def add(self, new: NewCommand) -> None:
        """Queue a command of the gateway's own, unless the device has the same one open."""
        items = with_new_key(new.command, new.parameters)
        new = new._replace(parameters=self._secrets.sealed(new.command_id, items))
        handover = self._handovers.get(new.command)
        async with self._database.transaction() as tx:
            if handover is not None and not await handover.is_due(tx, new.mn, new.created_at):
                return
            if not await command_store.has_open(tx, new.mn, new.command) and await command_store.insert(tx, new):
                await tell_changed(tx, await command_store.one(tx, new.command_id), new.created_at)

    # --- passwords and keys --------------------------------------------------------------------------------------

    async def refresh_handovers(self) -> None:
        """Learn what is being handed over, and store what devices have used."""
        for handover in self._handovers.values():
            await handover.refresh()
        HANDOVERS_READ.inc()

    async def _hand_out(self, tx: Transaction, row: Mapping[str, Any], at: datetime) -> dict[str, Any] | None:
        """Return a taken command with its secrets opened, noted as offered; None when they cannot be opened: it has ended."""
        try:
            items = self._secrets.opened(row["command_id"], row["parameters"])
        except SecretUnreadable as error:
            ending = Ending(CommandState.FAILED, at, None, None, f"not sent: {error}", [])
            await tell_finished(tx, await command_store.finish(tx, row["command_id"], row["attempts"], ending))
            return None
        opened = dict(row) | {"parameters": items}
        if handover := self._handovers.get(row["command"]):
            await handover.offer(tx, opened, at)
        return opened

    # --- crashed gateways ----------------------------------------------------------------------------------------

    async def _give_up(self, tx: Transaction, row: Mapping[str, Any], at: datetime) -> None:
        why = "its gateway stopped while the command ran"
        if is_repeatable(row["command"]) and row["attempts"] < _MOST_ATTEMPTS:
            back = await command_store.go_back(tx, row["command_id"], row["attempts"], was_sent=True)
            await tell_changed(tx, back, at, why)
            REQUEUED.labels("lease").inc()
            return
        ending = Ending(CommandState.TIMED_OUT, at, row["request_id"], None, f"{why}: {UNKNOWN}", [])
        await tell_finished(tx, await command_store.finish(tx, row["command_id"], row["attempts"], ending))
        ENDED.labels(CommandState.TIMED_OUT.value).inc()


def may_go_back(command: str, attempt: int, *, was_sent: bool) -> bool:
    """Whether a command whose connection ended is queued again: it never left, or carrying it out twice does no harm."""
    return not was_sent or (is_repeatable(command) and attempt < _MOST_ATTEMPTS)
