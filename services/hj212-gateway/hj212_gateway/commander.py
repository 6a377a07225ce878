"""Commands on the connections of this gateway: take what is queued for devices that are here, lead the dialogue, store the end.

The database is the queue: whichever gateway holds the connection takes the command (`for update` on the row decides), so no
gateway needs to know another. The dialogue itself is hj212.HostSession, one a connection: resends after OverTime, ReCount
times, follows 9011 and 9012. One command a device at a time.
"""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from hj212 import Edition, LocalProtocolError, Packet, QnSequence
from hj212.session import Action, Finished, Send, SessionSettings, referred_qn
from hj212.session_host import HostSession, Peer
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection as Transaction
from park_chassis.database import Database
from park_schemas.envelope import Event
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import CommandFinished
from prometheus_client import Counter, Gauge

from hj212_gateway import command_store
from hj212_gateway.command_store import Ending, NewCommand, SpokenFrame
from hj212_gateway.connection import Connection
from hj212_gateway.domain.command_request import asks_for_history, with_system_time
from hj212_gateway.domain.command_states import OUTCOMES, CommandState

log = logging.getLogger(__name__)

ENDED = Counter("park_gateway_commands_ended", "Commands to devices by outcome", ["outcome"])
RUNNING = Gauge("park_gateway_commands_running", "Commands whose dialogue is going on here")

SOURCE = "hj212-gateway"
_TICK_S = 0.25
_CLAIM_EVERY_S = 1.0
_MOST_FRAMES = 400
_MOST_ITEMS = 500
_CLOCK_COMMAND = "1012"
_CLOCK_EXPIRES = timedelta(minutes=10)


class Field(Protocol):
    """Where devices are."""

    def connection_of(self, mn: str) -> Connection | None: ...

    def online(self) -> list[str]: ...

    def device_of(self, mn: str) -> DeviceRecord | None: ...

    def system_type_of(self, mn: str) -> str: ...


@dataclass
class Running:
    """One command whose dialogue is going on. `heard` counts frames the device has sent for it."""

    command_id: UUID
    mn: str
    command: str
    is_history: bool
    connection: Connection | None
    qn: str = ""
    heard: int = 0
    frames: list[SpokenFrame] = field(default_factory=list)
    items: list[dict[str, str]] = field(default_factory=list)

    def note(self, direction: str, raw: bytes, at: datetime) -> None:
        if len(self.frames) < _MOST_FRAMES:
            self.frames.append(SpokenFrame(at, direction, raw))


class Commander:
    """Leads dialogues. `heard`, `asked_for` and `ended` are called by the gateway, `run` in the background."""

    def __init__(self, database: Database, gateway: str, field_: Field, *, settings: SessionSettings) -> None:
        self._database = database
        self._gateway = gateway
        self._field = field_
        self._settings = settings
        self._numbers = QnSequence()
        self._running: dict[str, Running] = {}
        self._ended: list[tuple[Running, Ending | None]] = []
        self._clock_wishes: dict[str, str] = {}
        self._woken = asyncio.Event()

    # --- from the gateway ----------------------------------------------------------------------------------------

    def heard(self, connection: Connection, packet: Packet, device: DeviceRecord, at: datetime) -> None:
        """Take a packet of an admitted device."""
        if packet.cn == "1013":
            self._clock_wishes[device.mn] = "1013"
            self._woken.set()
        running = self._running.get(packet.mn)
        if running is None or connection.dialogue is None:
            return
        if referred_qn(packet) == running.qn or packet.cn == running.command:
            running.heard += 1
            running.note("received", packet.raw, at)
            if packet.cn == running.command and not running.is_history:
                self._keep_items(running, packet)
        self._act(connection, connection.dialogue.receive(packet, time.monotonic()))

    def asked_for(self, mn: str, command: str) -> bool:
        """Whether data of this command are the answer to a history request."""
        running = self._running.get(mn)
        return running is not None and running.is_history and running.command == command

    def ended(self, connection: Connection) -> None:
        """The connection is gone: what had no echo yet waits for the next one."""
        for running in [running for running in self._running.values() if running.connection is connection]:
            detail = "the connection ended while the command ran"
            ending = self._ending(running, CommandState.TIMED_OUT, detail=detail) if running.heard else None
            self._end(running, ending)

    def wish_clock(self, mn: str, why: str) -> None:
        """Ask for the device's clock to be set; a wish that is open already is not doubled."""
        self._clock_wishes[mn] = why

    def wake(self) -> None:
        """Something was queued: look at once."""
        self._woken.set()

    # --- background ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tick dialogues and take queued commands until cancelled."""
        await self._end_crashed()
        claimed_at = 0.0
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _TICK_S)
            for connection in {r.connection for r in self._running.values()}:
                if connection is not None and connection.dialogue is not None:
                    self._act(connection, connection.dialogue.tick(time.monotonic()))
            await self._store_ended()
            if self._woken.is_set() or time.monotonic() - claimed_at > _CLAIM_EVERY_S:
                self._woken.clear()
                claimed_at = time.monotonic()
                await self._queue_clock_wishes()
                await self._claim()
            RUNNING.set(len(self._running))

    async def _claim(self) -> None:
        online = [mn for mn in self._field.online() if mn not in self._running]
        async with self._database.transaction() as tx:
            at = now()
            for row in await command_store.expire(tx, at):
                ENDED.labels("expired").inc()
                await _tell(tx, row)
            rows = await command_store.claim(tx, online, self._gateway, at) if online else []
        for row in rows:
            self._begin(row)

    def _begin(self, row: "dict[str, object]") -> None:
        mn, command, parameters = str(row["mn"]), str(row["command"]), row["parameters"]
        assert isinstance(parameters, list)  # noqa: S101 - jsonb of our own
        command_id = row["command_id"]
        assert isinstance(command_id, UUID)  # noqa: S101 - a uuid column
        connection, device = self._field.connection_of(mn), self._field.device_of(mn)
        if connection is None or device is None:
            self._ended.append((_placeholder(command_id, mn, command), None))
            return
        running = Running(command_id, mn, command, asks_for_history(parameters), connection)
        self._running[mn] = running
        connection.dialogue = connection.dialogue or HostSession(self._settings, self._numbers)
        at = now().astimezone(PARK_TIME_ZONE).replace(tzinfo=None)
        peer = Peer(mn, self._field.system_type_of(mn), device.password, Edition(device.edition))
        items = with_system_time(command, parameters, at)
        try:
            actions = connection.dialogue.request(peer, command, items, at=at, now=time.monotonic())
        except LocalProtocolError as error:
            self._end(running, self._ending(running, CommandState.FAILED, detail=f"not sent: {error}"))
            return
        running.qn = next((action.qn or "" for action in actions if isinstance(action, Send)), "")
        self._act(connection, actions)

    def _act(self, connection: Connection, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Send) and action.cn not in ("9013", "9014"):  # the gateway answers when it is durable
                self._send(connection, action)
            elif isinstance(action, Finished):
                running = self._by_qn(action.qn)
                if running is not None:
                    self._end(running, self._ending(running, OUTCOMES[action.outcome], code=action.code))

    def _send(self, connection: Connection, action: Send) -> None:
        running = self._by_qn(action.qn or "")
        connection.send(action.frame, running.mn if running else "")
        if running is not None:
            running.note("sent", action.frame, now())

    def _by_qn(self, qn: str) -> Running | None:
        return next((running for running in self._running.values() if running.qn == qn), None)

    def _ending(self, running: Running, state: CommandState, *, code: int | None = None, detail: str = "") -> Ending:
        return Ending(state, now(), running.qn or None, code, detail, running.items)

    def _end(self, running: Running, ending: Ending | None) -> None:
        self._running.pop(running.mn, None)
        self._ended.append((running, ending))
        self._woken.set()

    @staticmethod
    def _keep_items(running: Running, packet: Packet) -> None:
        for group in packet.cp[: _MOST_ITEMS - len(running.items)]:
            running.items.append({k: v if isinstance(v, str) else ",".join(v) for k, v in group.items()})

    # --- database ------------------------------------------------------------------------------------------------

    async def _store_ended(self) -> None:
        while self._ended:
            running, ending = self._ended[0]
            async with self._database.transaction() as tx:
                await command_store.append_frames(tx, running.command_id, running.frames)
                if ending is None:
                    await command_store.go_back(tx, running.command_id)
                elif row := await command_store.finish(tx, running.command_id, ending):
                    await _tell(tx, row)
            self._ended.pop(0)
            if ending is not None:
                ENDED.labels(ending.state.value).inc()

    async def _queue_clock_wishes(self) -> None:
        """1013 and drift become commands like any other, with transcript and end."""
        if not self._clock_wishes:
            return
        wishes, self._clock_wishes = self._clock_wishes, {}
        try:
            async with self._database.transaction() as tx:
                for mn, why in wishes.items():
                    if not await command_store.has_open(tx, mn, _CLOCK_COMMAND):
                        await command_store.insert(tx, _clock_command(mn, why))
        except BaseException:
            self._clock_wishes = wishes | self._clock_wishes
            raise

    async def _end_crashed(self) -> None:
        """What ran when this gateway was killed: nobody knows whether the device did it, so it is not sent again."""
        running_here = {running.command_id for running in self._running.values()}
        async with self._database.transaction() as tx:
            for command_id in await command_store.left_sent(tx, self._gateway):
                if command_id in running_here or any(command_id == r.command_id for r, _ in self._ended):
                    continue
                ending = Ending(
                    CommandState.TIMED_OUT, now(), None, None, "the gateway stopped while the command ran", []
                )
                if row := await command_store.finish(tx, command_id, ending):
                    await _tell(tx, row)


def _clock_command(mn: str, why: str) -> NewCommand:
    at = now()
    reason = "the device asked (1013)" if why == "1013" else why
    return NewCommand(
        uuid7(), mn, _CLOCK_COMMAND, [], reason, None, "gateway", at, at + _CLOCK_EXPIRES, CommandState.QUEUED
    )


def _placeholder(command_id: UUID, mn: str, command: str) -> Running:
    """A command that was taken for a device that has just left."""
    return Running(command_id, mn, command, False, None)


async def _tell(tx: Transaction, row: "dict[str, object]") -> None:
    body = finished_event_body(row)
    await outbox.add(
        tx,
        Event(type="telemetry.command.finished", source=SOURCE, subject=body.mn, time=body.finished_at, body=body),
    )


def finished_event_body(row: "dict[str, object]") -> CommandFinished:
    """Return the event body of a command that has ended."""
    found = dict(row)
    return CommandFinished(
        command_id=found["command_id"],  # type: ignore[arg-type]
        mn=str(found["mn"]),
        command=str(found["command"]),
        outcome=str(found["state"]),
        finished_at=found["finished_at"],  # type: ignore[arg-type]
        code=found["code"],  # type: ignore[arg-type]
        request_id=found["request_id"],  # type: ignore[arg-type]
        items=found["items"],  # type: ignore[arg-type]
        requested_by=str(found["requested_by"]),
    )
