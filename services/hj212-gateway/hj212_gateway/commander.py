"""Commands on the connections of this gateway: take what is queued for devices that are here, lead the dialogue, store the end.

The database is the queue: whichever gateway holds the connection takes the command (`for update` on the row decides), so no
gateway needs to know another. The dialogue itself is hj212.HostSession, one a command: resends after OverTime, ReCount
times, follows 9011 and 9012. One command a device at a time.

A taken command is leased. While its gateway runs the lease is renewed; when it lapses (the gateway crashed, or lost the
database) any gateway takes the command up: one that may be carried out twice is queued again, another ends as timed-out,
because nobody knows whether the device did it. The same holds for a connection that ends in the middle.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from hj212 import Edition, LocalProtocolError, Packet, QnSequence, decode
from hj212.session import Action, Finished, Send, SessionSettings, referred_qn
from hj212.session_host import HostSession, Peer
from park_chassis.clock import now
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import DeviceRecord

from hj212_gateway.command_metrics import DIALOGUE_SECONDS, RUNNING
from hj212_gateway.command_queue import UNKNOWN, CommandQueue, may_go_back
from hj212_gateway.command_store import Ending, Held, NewCommand, SpokenFrame
from hj212_gateway.connection import Connection
from hj212_gateway.domain.command_request import asks_for_history, with_moment
from hj212_gateway.domain.command_states import OUTCOMES, CommandState
from hj212_gateway.domain.credentials import Credentials
from hj212_gateway.domain.device_keys import DeviceKeys
from hj212_gateway.domain.frame_text import in_clear, without_secrets

log = logging.getLogger(__name__)

_TICK_S = 0.25
_CLAIM_EVERY_S = 1.0
_MOST_FRAMES = 400
_MOST_ITEMS = 500
_WISH_EXPIRES = timedelta(minutes=10)
_WISHES: Mapping[str, str] = {"1013": "1012", "1014": "1014"}
"""What a device asks for by a notice, and the command that gives it (HJ 212-2017 4.8; HJ 212-2025 C.7, C.8)."""


class Field(Protocol):
    """Where devices are."""

    def connection_of(self, mn: str) -> Connection | None: ...

    def held(self) -> list[Held]: ...

    def device_of(self, mn: str) -> DeviceRecord | None: ...

    def system_type_of(self, mn: str) -> str: ...


@dataclass
class Running:
    """One command whose dialogue is going on."""

    command_id: UUID
    attempt: int
    mn: str
    command: str
    is_history: bool
    connection: Connection | None
    session: HostSession
    began: float
    qn: str = ""
    key: bytes | None = field(default=None, repr=False)
    was_sent: bool = False
    frames: list[SpokenFrame] = field(default_factory=list)
    items: list[dict[str, str]] = field(default_factory=list)

    def note(self, direction: str, raw: bytes, at: datetime) -> None:
        """Add a frame to the transcript, in clear and without passwords and keys; the evidence has it as it was."""
        if len(self.frames) < _MOST_FRAMES:
            self.frames.append(SpokenFrame(at, direction, without_secrets(raw)))

    def ending(self, state: CommandState, *, code: int | None = None, detail: str = "") -> Ending:
        return Ending(state, now(), self.qn or None, code, detail, self.items)


class Commander:
    """Leads dialogues. `heard`, `asked_for` and `ended` are called by the gateway, `run` in the background."""

    def __init__(
        self,
        queue: CommandQueue,
        field_: Field,
        credentials: Credentials,
        keys: DeviceKeys,
        *,
        settings_of: Callable[[str], SessionSettings],
        hide_new_keys: bool,
    ) -> None:
        self._queue = queue
        self._field = field_
        self._credentials = credentials
        self._keys = keys
        self._hide_new_keys = hide_new_keys
        self._settings_of = settings_of
        self._numbers = QnSequence()
        self._running: dict[str, Running] = {}
        self._ended: list[tuple[Running, Ending | None]] = []
        self._wishes: dict[tuple[str, str], str] = {}
        self._woken = asyncio.Event()

    # --- from the gateway ----------------------------------------------------------------------------------------

    def heard(self, connection: Connection, packet: Packet, device: DeviceRecord, at: datetime) -> None:
        """Take a packet of an admitted device."""
        if packet.cn in _WISHES and (packet.cn != "1014" or packet.encrypted):  # no key goes out to who has none
            self._wishes[device.mn, _WISHES[packet.cn]] = f"the device asked ({packet.cn})"
            self._woken.set()
        running = self._running.get(packet.mn)
        if running is None:
            return
        running.connection = connection  # it may have come back on a new one in the middle of the dialogue
        if referred_qn(packet) == running.qn or packet.cn == running.command:
            running.note("received", in_clear(packet), at)
            if packet.cn == running.command and not running.is_history:
                self._keep_items(running, packet)
        self._act(running, running.session.receive(packet, time.monotonic()))

    def asked_for(self, mn: str, command: str) -> bool:
        """Whether data of this command are the answer to a history request."""
        running = self._running.get(mn)
        return running is not None and running.is_history and running.command == command

    def ended(self, connection: Connection) -> None:
        """The connection is gone: what may be sent again waits for the next one, the rest has an unknown end."""
        for running in [running for running in self._running.values() if running.connection is connection]:
            if may_go_back(running.command, running.attempt, was_sent=running.was_sent):
                self._end(running, None)
            else:
                detail = f"the connection ended while the command ran: {UNKNOWN}"
                self._end(running, running.ending(CommandState.TIMED_OUT, detail=detail))

    def wish_clock(self, mn: str, why: str) -> None:
        """Ask for the device's clock to be set; a wish that is open already is not doubled."""
        self._wishes[mn, "1012"] = why

    def wake(self) -> None:
        """Something was queued: look at once."""
        self._woken.set()

    # --- background ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tick dialogues and take queued commands until cancelled."""
        claimed_at = 0.0
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _TICK_S)
            for running in list(self._running.values()):
                self._act(running, running.session.tick(time.monotonic()))
            await self._store_ended()
            if self._woken.is_set() or time.monotonic() - claimed_at > _CLAIM_EVERY_S:
                self._woken.clear()
                claimed_at = time.monotonic()
                await self._renew()
                await self._queue.refresh_handovers()
                await self._queue_wishes()
                await self._claim()
            RUNNING.set(len(self._running))

    async def drain(self, *, patience_s: float) -> None:
        """Before a stop: let dialogues end that could not be taken up by another gateway, at most so long."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until and any(
            not may_go_back(running.command, running.attempt, was_sent=running.was_sent)
            for running in self._running.values()
        ):
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Store what ended, or was given back, since the background work stopped."""
        await self._store_ended()

    async def _renew(self) -> None:
        """Keep our leases; a command that is no longer ours was cancelled, or taken up by another gateway: say no more."""
        running = list(self._running.values())
        if not running:
            return
        ours = await self._queue.renew([(one.command_id, one.attempt) for one in running])
        for one in running:
            if one.command_id not in ours and self._running.get(one.mn) is one:
                self._end(one, one.ending(CommandState.CANCELLED))

    async def _claim(self) -> None:
        held = [one for one in self._field.held() if one.mn not in self._running]
        for row in await self._queue.claim(held):
            self._begin(row)

    def _peer_of(self, device: DeviceRecord, edition: Edition) -> Peer:
        password = self._credentials.in_force(device.mn, device.password)
        key = self._keys.in_force(device.mn) if self._hide_new_keys else None
        return Peer(device.mn, self._field.system_type_of(device.mn), password, edition, key)

    def _begin(self, row: Mapping[str, Any]) -> None:
        mn, command, parameters = row["mn"], row["command"], row["parameters"]
        connection, device = self._field.connection_of(mn), self._field.device_of(mn)
        edition = Edition(device.edition) if device is not None else Edition.HJ_2017
        session = HostSession(self._settings_of(edition.value), self._numbers)
        is_history, began = asks_for_history(parameters), time.monotonic()
        running = Running(row["command_id"], row["attempts"], mn, command, is_history, connection, session, began)
        if connection is None or device is None:
            self._ended.append((running, None))
            return
        self._running[mn] = running
        at = now().astimezone(PARK_TIME_ZONE).replace(tzinfo=None)
        peer = self._peer_of(device, edition)
        try:
            actions = session.request(peer, command, with_moment(command, parameters, at), at=at, now=began)
        except LocalProtocolError as error:
            self._end(running, running.ending(CommandState.FAILED, detail=f"not sent: {error}"))
            return
        running.key = peer.key
        running.qn = next((action.qn or "" for action in actions if isinstance(action, Send)), "")
        self._act(running, actions)

    def _act(self, running: Running, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Send) and action.cn not in ("9013", "9014"):  # the gateway answers when it is durable
                self._send(running, action.frame)
            elif isinstance(action, Finished) and self._running.get(running.mn) is running:
                DIALOGUE_SECONDS.observe(time.monotonic() - running.began)
                self._end(running, running.ending(OUTCOMES[action.outcome], code=action.code))

    @staticmethod
    def _send(running: Running, frame: bytes) -> None:
        if running.connection is not None and running.connection.is_open:
            running.connection.send(frame, running.mn)
            running.was_sent = True
            running.note("sent", in_clear(decode(frame, key_for=lambda _: running.key)), now())

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
            await self._queue.end(
                running.command_id, running.attempt, running.command, running.frames, ending, was_sent=running.was_sent
            )
            self._ended.pop(0)

    async def _queue_wishes(self) -> None:
        """What devices ask for, and drift, become commands like any other, with transcript and end."""
        wishes, self._wishes = self._wishes, {}
        while wishes:
            (mn, command), why = next(iter(wishes.items()))
            try:
                await self._queue.add(_own_command(mn, command, why))
            except BaseException:
                self._wishes = wishes | self._wishes
                raise
            del wishes[mn, command]


def _own_command(mn: str, command: str, why: str) -> NewCommand:
    at = now()
    state = CommandState.QUEUED
    return NewCommand(uuid7(), mn, command, [], why, None, "gateway", at, at + _WISH_EXPIRES, state, "gateway")
