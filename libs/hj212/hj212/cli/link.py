"""One TCP connection of the tool: bytes to packets and back. The only I/O of this package."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import datetime
from types import TracebackType
from typing import Final

from ..decoder import Decoder, Event, NeedData

_READ: Final = 1 << 16
_CONNECT_TIMEOUT_S: Final = 10.0


class Link:
    """A connection to a host; ``async with Link(host, port) as link``."""

    def __init__(self, host: str, port: int) -> None:
        self._endpoint = (host, port)
        self._decoder = Decoder()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._reader_task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.closed_by_peer = False

    async def __aenter__(self) -> Link:
        opening = asyncio.open_connection(*self._endpoint)
        reader, self._writer = await asyncio.wait_for(opening, _CONNECT_TIMEOUT_S)
        self._reader_task = asyncio.create_task(self._read(reader))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reader_task is not None:
            self._reader_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader_task
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_READ):
                self._decoder.receive_data(chunk)
                while not isinstance(event := self._decoder.next_packet(), NeedData):
                    self._events.put_nowait(event)
        self.closed_by_peer = True
        self._events.put_nowait(None)

    async def send(self, data: bytes) -> None:
        """Write bytes as they are. Raises OSError if the peer has closed."""
        if self._writer is None or self.closed_by_peer:
            raise ConnectionResetError("the host closed the connection")
        self._writer.write(data)
        await self._writer.drain()

    async def drip(self, data: bytes) -> None:
        """Write byte by byte, each in a write of its own."""
        for at in range(len(data)):
            await self.send(data[at : at + 1])
            await asyncio.sleep(0)

    async def event(self, timeout_s: float) -> Event | None:
        """Return the next packet or refusal from the host; None after `timeout_s` or when it has closed."""
        try:
            return await asyncio.wait_for(self._events.get(), max(0.0, timeout_s))
        except TimeoutError:
            return None


def monotonic() -> float:
    """Return the clock that sessions are given."""
    return time.monotonic()


def wall_time() -> datetime:
    """Return local wall time without a zone, as the wire carries it."""
    return datetime.now()  # noqa: DTZ005
