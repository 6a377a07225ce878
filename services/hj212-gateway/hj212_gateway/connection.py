"""One TCP connection of a data logger: bytes in, packets to the gateway, answers out in the order of the frames.

uvloop reads into one buffer shared by all connections (1.35 KB a connection instead of 5.4); the decoder copies what it keeps.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from hj212 import NEED_DATA, Decoder, Packet, Rejected
from park_chassis.clock import now
from park_schemas.identifiers import uuid7

_READ_BUFFER = memoryview(bytearray(256 * 1024))


class Host(Protocol):
    """What a connection asks of the gateway."""

    def connected(self, connection: "Connection") -> bool: ...

    def disconnected(self, connection: "Connection", reason: str) -> None: ...

    def received(self, connection: "Connection", packet: Packet, at: datetime) -> None: ...

    def rejected(self, connection: "Connection", rejected: Rejected, at: datetime) -> None: ...

    def is_full(self) -> bool: ...


class Answer:
    """An answer that waits for its frame to be stored; answers leave in the order of their frames."""

    __slots__ = ("content", "ready")

    def __init__(self, content: bytes) -> None:
        self.content: bytes | None = content
        self.ready = False


class Connection(asyncio.BufferedProtocol):
    """The protocol object. `peer` is address:port as text."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._decoder = Decoder()
        self._answers: deque[Answer] = deque()
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self.id: UUID = uuid7()
        self.peer = ""
        self.last_heard = now()
        self.close_reason = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        address = transport.get_extra_info("peername") or ("?", 0)
        self.peer = f"{address[0]}:{address[1]}"
        if not self._host.connected(self):
            self.close("too-many-connections")

    def get_buffer(self, sizehint: int) -> memoryview:
        return _READ_BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        at = self.last_heard = now()
        decoder = self._decoder
        decoder.receive_data(bytes(_READ_BUFFER[:nbytes]))
        while (found := decoder.next_packet()) is not NEED_DATA:
            if isinstance(found, Packet):
                self._host.received(self, found, at)
            elif isinstance(found, Rejected):
                self._host.rejected(self, found, at)
        if self._host.is_full():
            self.pause()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.judge_partial_frame()
        default = "connection-lost" if exc else "closed-by-device"
        self._transport = None
        self._host.disconnected(self, self.close_reason or default)

    @property
    def holds_partial_frame(self) -> bool:
        return self._decoder.pending > 0

    def judge_partial_frame(self) -> None:
        """Judge what is held back as if nothing more came: at the end, and when part of a frame has been idle."""
        for found in self._decoder.flush():
            if isinstance(found, Packet):
                self._host.received(self, found, self.last_heard)
            else:
                self._host.rejected(self, found, self.last_heard)

    def answer_later(self, content: bytes) -> Callable[[bool], None]:
        """Reserve a place for an answer; call the result with True when it may go out, False when it must not."""
        answer = Answer(content)
        self._answers.append(answer)

        def done(stored: bool) -> None:
            answer.ready = True
            if not stored:
                answer.content = None

        return done

    def flush(self) -> None:
        """Send the answers that are due, up to the first that still waits."""
        due: list[bytes] = []
        while self._answers and self._answers[0].ready:
            content = self._answers.popleft().content
            if content is not None:
                due.append(content)
        if due:
            self.send(b"".join(due))

    def send(self, content: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(content)

    def pause(self) -> None:
        """Stop reading: Kafka is behind, the device's own buffer has to wait."""
        if not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()

    def close(self, reason: str) -> None:
        self.close_reason = reason
        if self._transport is not None:
            self._transport.close()

    def extra(self) -> dict[str, Any]:
        """Fields for logs."""
        return {"connection_id": str(self.id), "peer": self.peer}
