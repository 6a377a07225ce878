"""One TCP connection of a data logger: bytes in, packets to the gateway, answers out in the order of the frames.

uvloop reads into one buffer shared by all connections (1.35 KB a connection instead of 5.4); the decoder copies what it keeps.
Reading stops while the gateway is full, and while the peer does not read its answers; memory stays bounded either way.
"""

import asyncio
import logging
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from hj212 import NEED_DATA, Decoder, Packet, Rejected
from park_chassis.clock import now
from park_schemas.identifiers import uuid7

from hj212_gateway.domain.frame_text import masked_text
from hj212_gateway.domain.proxy_protocol import BadProxyHeader, read_proxy_header

log = logging.getLogger(__name__)

READ_BYTES = 16 * 1024
"""One read brings at most so much: what a connection can push before others have their turn."""
_READ_BUFFER = memoryview(bytearray(READ_BYTES))
_UNREAD_ANSWERS = 64 * 1024


class Host(Protocol):
    """What a connection asks of the gateway."""

    def connected(self, connection: "Connection") -> bool: ...

    def identified(self, connection: "Connection") -> bool: ...

    def disconnected(self, connection: "Connection", reason: str) -> None: ...

    def keys_of(self, mn: str) -> Sequence[bytes]: ...

    def received(self, connection: "Connection", packet: Packet, at: datetime) -> None: ...

    def rejected(self, connection: "Connection", rejected: Rejected, at: datetime) -> None: ...

    def sent(self, connection: "Connection", mn: str, frame: bytes) -> None: ...

    def answer_ready(self, connection: "Connection", answer: "Answer") -> None: ...

    def read_size(self) -> int: ...

    def has_read(self, connection: "Connection", *, filled: bool) -> None: ...


class Answer:
    """An answer that waits for its frame to be durable; call it with True then, with False when it must not go out."""

    __slots__ = ("_connection", "began", "content", "mn", "ready")

    def __init__(self, connection: "Connection", content: bytes, mn: str) -> None:
        self._connection = connection
        self.content: bytes | None = content
        self.mn = mn
        self.began = time.monotonic()
        self.ready = False

    def __call__(self, stored: bool) -> None:
        self.ready = True
        if not stored:
            self.content = None
        self._connection.host.answer_ready(self._connection, self)


class Connection(asyncio.BufferedProtocol):
    """The protocol object. `peer` is address:port as text, the client's own where a PROXY v2 header named it."""

    def __init__(self, host: Host, *, behind_proxy: Callable[[str], bool] | None = None) -> None:
        self.host = host
        self._behind_proxy = behind_proxy
        self._proxy_header: bytes | None = None
        self._decoder = Decoder(key_for=host.keys_of)
        self._answers: deque[Answer] = deque()
        self._transport: asyncio.Transport | None = None
        self._holds: set[str] = set()
        self._offered = READ_BYTES
        self.id: UUID = uuid7()
        self.peer = ""
        self.source = ""
        self.last_heard = now()
        self.close_reason = ""

    # --- asyncio -------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        transport.set_write_buffer_limits(high=_UNREAD_ANSWERS)  # type: ignore[attr-defined]
        if (raw := transport.get_extra_info("socket")) is not None:
            with suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._named(*(transport.get_extra_info("peername") or ("?", 0))[:2])
        if not self.host.connected(self):
            return
        if self._behind_proxy is not None and self._behind_proxy(self.source):
            self._proxy_header = b""
        else:
            self.host.identified(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        self._offered = self.host.read_size()
        return _READ_BUFFER[: self._offered]

    def buffer_updated(self, nbytes: int) -> None:
        at = self.last_heard = now()
        data = bytes(_READ_BUFFER[:nbytes])
        if self._proxy_header is not None:
            data = self._without_proxy_header(data)
        if self.close_reason:
            return
        self._decoder.receive_data(data)
        while (found := self._decoder.next_packet()) is not NEED_DATA:
            self._hand_over(found, at)
        self.host.has_read(self, filled=nbytes >= self._offered)

    def eof_received(self) -> bool:
        return False

    def pause_writing(self) -> None:
        self.hold("answers-unread")

    def resume_writing(self) -> None:
        self.release("answers-unread")

    def connection_lost(self, exc: Exception | None) -> None:
        self.judge_partial_frame()
        default = "connection-lost" if exc else "closed-by-device"
        self._transport = None
        self.host.disconnected(self, self.close_reason or default)

    # --- in ------------------------------------------------------------------------------------------------------

    @property
    def holds_partial_frame(self) -> bool:
        """Whether part of a frame is here and the rest is late; while we do not read, it is not the device that is late."""
        return self._decoder.pending > 0 and not self._holds

    def judge_partial_frame(self) -> None:
        """Judge what is held back as if nothing more came: at the end, and when part of a frame has been idle."""
        for found in self._decoder.flush():
            self._hand_over(found, self.last_heard)

    def _hand_over(self, found: Any, at: datetime) -> None:
        """One frame that breaks our code must not cost the others of its connection; it is not answered, so it comes again."""
        try:
            if isinstance(found, Packet):
                self.host.received(self, found, at)
            elif isinstance(found, Rejected):
                self.host.rejected(self, found, at)
        except Exception:
            log.exception("a frame could not be handled", extra=self.extra() | {"raw": masked_text(found.raw[:2048])})

    def _without_proxy_header(self, data: bytes) -> bytes:
        """Take the PROXY header off the first bytes; empty while it is not complete."""
        gathered = (self._proxy_header or b"") + data
        try:
            header = read_proxy_header(gathered)
        except BadProxyHeader as error:
            log.warning("connection without PROXY v2 header", extra=self.extra() | {"reason": str(error)})
            self.close("no-proxy-header")
            return b""
        if header is None:
            self._proxy_header = gathered
            return b""
        self._proxy_header = None
        if header.address is not None:
            self._named(header.address, header.port)
        self.host.identified(self)
        return gathered[header.size :]

    def _named(self, address: str, port: int) -> None:
        self.source = address
        self.peer = f"{address}:{port}"

    # --- out -----------------------------------------------------------------------------------------------------

    @property
    def unanswered(self) -> int:
        """How many frames wait for their answer."""
        return len(self._answers)

    def answer_later(self, content: bytes, mn: str) -> Answer:
        """Reserve the next place for an answer: answers leave in the order in which this is called."""
        answer = Answer(self, content, mn)
        self._answers.append(answer)
        return answer

    def flush(self) -> None:
        """Send the answers that are due, up to the first that still waits."""
        due: list[bytes] = []
        answers = self._answers
        open_ = self.is_open
        while answers and answers[0].ready:
            answer = answers.popleft()
            if answer.content is not None and open_:
                due.append(answer.content)
                self.host.sent(self, answer.mn, answer.content)
        if due:
            self._write(b"".join(due))

    def send(self, frame: bytes, mn: str) -> None:
        """Send a frame of the platform's own (a command) at once."""
        if self.is_open:
            self.host.sent(self, mn, frame)
            self._write(frame)

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def _write(self, content: bytes) -> None:
        assert self._transport is not None  # noqa: S101 - the callers have asked is_open
        self._transport.write(content)

    def hold(self, reason: str) -> None:
        """Stop reading until every reason to hold is released; the device's own buffer has to wait."""
        if not self._holds and self.is_open and self._transport is not None:
            self._transport.pause_reading()
        self._holds.add(reason)

    def release(self, reason: str) -> None:
        if reason in self._holds:
            self._holds.discard(reason)
            if not self._holds:
                self.last_heard = now()  # silence while we did not listen is not the device's
                if self.is_open and self._transport is not None:
                    self._transport.resume_reading()

    def close(self, reason: str) -> None:
        self.close_reason = self.close_reason or reason
        if self._transport is not None:
            self._transport.close()

    def extra(self) -> dict[str, Any]:
        """Fields for logs."""
        return {"connection_id": str(self.id), "peer": self.peer}
