"""The queue of commands, which is the database: taken, kept, given back, ended, each in one transaction with its event."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection as Transaction
from park_chassis.database import Database

from hj212_gateway import command_store, credential_store
from hj212_gateway.command_events import tell_changed, tell_credential, tell_finished
from hj212_gateway.command_metrics import ENDED, OPEN, REQUEUED
from hj212_gateway.command_store import Ending, Held, NewCommand, SpokenFrame
from hj212_gateway.domain.command_states import OPEN as OPEN_STATES
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.command_table import is_repeatable
from hj212_gateway.domain.credentials import Credentials

_MOST_ATTEMPTS = 5
_OFFER_LASTS = timedelta(days=30)
UNKNOWN = "whether the device carried it out is unknown"


class CommandQueue:
    """`gateway` names this process; a command that is not renewed for `lease` is taken up by any process."""

    def __init__(
        self,
        database: Database,
        gateway: str,
        credentials: Credentials,
        *,
        lease: timedelta,
        old_password_for: timedelta,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._credentials = credentials
        self._lease = lease
        self._old_password_for = old_password_for

    async def claim(self, held: Sequence[Held], passwords: Mapping[str, str]) -> list[Any]:
        """Take up to one command of each device that is here; `passwords` are those in force. Ends what is over its time."""
        at = now()
        async with self._database.transaction() as tx:
            expired = await command_store.expire(tx, at)
            for row in expired:
                await tell_finished(tx, row)
            for row in await command_store.lapsed(tx, at):
                await self._give_up(tx, row, at)
            rows = await command_store.claim(tx, held, self._gateway, at, at + self._lease) if held else []
            for row in rows:
                await self._offer_password(tx, row, passwords[row["mn"]], at)
                await tell_changed(tx, row, at)
            counts = await command_store.open_by_state(tx)
        ENDED.labels("expired").inc(len(expired))
        for state in OPEN_STATES:
            OPEN.labels(state.value).set(counts.get(state.value, 0))
        return rows

    async def renew(self, running: Iterable[tuple[UUID, int]]) -> set[UUID]:
        """Prolong the leases of (command, attempt); what is missing in the answer was cancelled or taken from us."""
        async with self._database.transaction() as tx:
            return await command_store.renew(tx, running, now() + self._lease)

    async def end(
        self, command_id: UUID, attempt: int, frames: list[SpokenFrame], ending: Ending | None, *, was_sent: bool
    ) -> None:
        """Store the transcript and the end; without an end the command is queued again."""
        at = now()
        async with self._database.transaction() as tx:
            await command_store.append_frames(tx, command_id, frames)
            if ending is not None:
                row = await command_store.finish(tx, command_id, attempt, ending)
                await self._settle_password(tx, command_id, ending.state, at)
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
        async with self._database.transaction() as tx:
            if not await command_store.has_open(tx, new.mn, new.command) and await command_store.insert(tx, new):
                await tell_changed(tx, await command_store.one(tx, new.command_id), new.created_at)

    # --- passwords -----------------------------------------------------------------------------------------------

    async def read_credentials(self) -> None:
        """Learn which passwords are being handed over, and store that some have been used."""
        used = self._credentials.take_used()
        try:
            async with self._database.transaction() as tx:
                for handover in used:
                    await self._confirm(tx, handover.command_id, now())
                found = await credential_store.open_handovers(tx, now())
        except BaseException:
            self._credentials.put_back(used)
            raise
        self._credentials.put(found)

    async def _offer_password(self, tx: Transaction, row: Mapping[str, Any], old: str, at: datetime) -> None:
        if row["command"] == "1072":
            new = next(str(text) for item in row["parameters"] for text in item.values())
            await credential_store.offer(tx, row["command_id"], row["mn"], old, new, at, at + _OFFER_LASTS)

    async def _settle_password(self, tx: Transaction, command_id: UUID, state: CommandState, at: datetime) -> None:
        """Only the device's own word counts; after a silence it may use either, and its next frame will tell."""
        if state is CommandState.SUCCEEDED:
            await self._confirm(tx, command_id, at)
        elif state in (CommandState.REFUSED, CommandState.FAILED):
            await credential_store.drop(tx, command_id)

    async def _confirm(self, tx: Transaction, command_id: UUID, at: datetime) -> None:
        if row := await credential_store.confirm(tx, command_id, at, at + self._old_password_for):
            await tell_credential(tx, row)

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
