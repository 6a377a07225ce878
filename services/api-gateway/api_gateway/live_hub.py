"""The live clients: changes are collected once a tick and shared out, each client's message is made and sent by itself.

A client that takes no message for too long is dropped with the reason; nothing of the others waits for it.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any, Protocol

from park_chassis.clock import now

from api_gateway import figures
from api_gateway.domain.live_client import LiveClient, Viewer
from api_gateway.domain.live_state import Kind, LiveState
from api_gateway.settings import Settings

log = logging.getLogger(__name__)

HEARTBEAT_S = 5.0

GOING_AWAY, TRY_AGAIN_LATER, SIGN_IN_AGAIN = 1001, 1013, 4401
"""WebSocket close codes. Source: RFC 6455 7.4.1, IANA registry; 4000-4999 are for applications."""


class Socket(Protocol):
    """What the hub needs of a WebSocket."""

    async def send_text(self, data: str) -> None: ...

    async def close(self, code: int, reason: str | None = None) -> None: ...


class LiveHub:
    """All clients of this replica."""

    def __init__(self, settings: Settings, state: LiveState) -> None:
        self._settings = settings
        self._state = state
        self._tick_s = 1 / settings.live_updates_per_second
        self._most_cells = max(1, int(settings.live_cells_per_second * self._tick_s))
        self._changed: dict[Kind, dict[str, None]] = {kind: {} for kind in Kind}
        self._connections: set[Connection] = set()
        self.missing: Any = frozenset()

    @property
    def is_full(self) -> bool:
        return len(self._connections) >= self._settings.live_clients

    def changed(self, kind: Kind, key: str) -> None:
        """Note a change; the same thing changing again before the tick costs nothing."""
        if self._connections:
            self._changed[kind][key] = None

    async def run(self) -> None:
        """Share out the changes at every tick until cancelled."""
        while True:
            await asyncio.sleep(self._tick_s)
            self.share_out()

    def share_out(self) -> None:
        """Give every client the changes since the last tick."""
        for kind, keys in self._changed.items():
            if keys:
                for connection in self._connections:
                    connection.client.mark(kind, keys)
        self._changed = {kind: {} for kind in Kind}
        for connection in self._connections:
            connection.wake.set()

    def connect(self, socket: Socket, viewer: Viewer) -> "Connection":
        connection = Connection(socket, LiveClient(viewer), self._state, self._settings, self._most_cells)
        connection.missing = self.missing
        self._connections.add(connection)
        figures.LIVE_CLIENTS.set(len(self._connections))
        return connection

    def disconnect(self, connection: "Connection") -> None:
        self._connections.discard(connection)
        figures.LIVE_CLIENTS.set(len(self._connections))
        figures.LIVE_CELLS.inc(connection.client.cells_sent)
        figures.LIVE_COALESCED.inc(connection.client.coalesced)

    async def close(self) -> None:
        """Tell every client that the process stops."""
        await asyncio.gather(*(one.close(GOING_AWAY, "gateway stops") for one in list(self._connections)))


class Connection:
    """One socket and its client. `send_changes` runs until it is cancelled or the client is dropped."""

    def __init__(
        self, socket: Socket, client: LiveClient, state: LiveState, settings: Settings, most_cells: int
    ) -> None:
        self.client = client
        self.wake = asyncio.Event()
        self.missing: Any = frozenset()
        self._socket = socket
        self._state = state
        self._patience_s = settings.live_slow_client_s
        self._most_cells = most_cells
        self._sending = asyncio.Lock()

    async def send_snapshot(self) -> None:
        async with self._sending:
            await self._send(self.client.snapshot(self._state, now(), sorted(self.missing)))

    async def send_changes(self) -> None:
        """Send what changed at each tick, and a beat after five silent seconds. Raises TimeoutError for a slow client."""
        loop = asyncio.get_running_loop()
        last = loop.time()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), max(0.01, last + HEARTBEAT_S - loop.time()))
            self.wake.clear()
            async with self._sending:
                message = self.client.delta(self._state, now(), self._most_cells)
                if message is None and loop.time() - last >= HEARTBEAT_S:
                    message = self.client.beat(now())
                if message is not None:
                    await self._send(message)
                    last = loop.time()

    async def say(self, text: str) -> None:
        """Send a message outside of the sequence (an error about what the client asked)."""
        async with self._sending:
            await asyncio.wait_for(self._socket.send_text(text), self._patience_s)

    async def close(self, code: int, reason: str) -> None:
        with suppress(RuntimeError, TimeoutError, OSError):
            await asyncio.wait_for(self._socket.close(code, reason), 1)

    async def _send(self, message: bytes) -> None:
        await asyncio.wait_for(self._socket.send_text(message.decode()), self._patience_s)
