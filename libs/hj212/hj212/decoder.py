"""The stream decoder: bytes in any cut, packets and refusals out.

    decoder.receive_data(chunk)
    while (event := decoder.next_packet()) is not NEED_DATA:
        ...                       # Packet or Rejected, in stream order

Every received byte comes out once: in the ``raw`` of a packet, in a :class:`Rejected`, or as the terminator of the
packet before.  Packets do not depend on how the stream was cut, with one exception that a live dialogue needs: if a
read ends between CRC and terminator, a profile that tolerates a missing terminator delivers the packet at once; the
terminator is swallowed when it comes.

Memory: besides what the caller has put in and not yet taken out, at most the profile's longest frame and
`NOISE_CHUNK` bytes.  One-byte reads stay linear: a frame is looked at once its bytes are there, and searches go on
where they stopped.
"""

from __future__ import annotations

import enum
import re
from collections import deque
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from .decoding import KeyFor, opener_for, packet_of, quick_packet, refuse_untolerated
from .deviations import Deviation
from .errors import Reason, RemoteProtocolError
from .framing import HEAD, Bad, Frame, Need, examine, read_tail
from .packet import Packet
from .profiles import LENIENT, Profile

NOISE_CHUNK: Final = 1024
"""Bytes outside any frame come out in pieces of this size, or smaller before a frame or at a flush."""


class NeedData(enum.Enum):
    """The type of :data:`NEED_DATA`."""

    NEED_DATA = "need_data"


NEED_DATA: Final = NeedData.NEED_DATA
"""Returned by :meth:`Decoder.next_packet` when more bytes are needed."""


class Rejected(NamedTuple):
    """Bytes that are no packet, whole and in order, with the reason; `reply_code` as in RemoteProtocolError."""

    raw: bytes
    reason: Reason
    message: str
    reply_code: int | None = None
    deviations: frozenset[Deviation] = frozenset()


Event = Packet | Rejected
ProfileFor = Callable[[str], Profile | None]
"""Given an MN: the profile of that device, or None for the decoder's own."""

_MN: Final = re.compile(rb";MN=([^;,=&\r\n]{1,32});")
_HASHES: Final = re.compile(rb"#+")
_MARGIN: Final = 32
_COMPACT_AT: Final = 1 << 16
_SKIPPED: Final = frozenset({Reason.LENGTH_FIELD, Reason.LENGTH_LIMIT})


class Decoder:
    """Resynchronising decoder of one byte stream (one connection, one direction)."""

    def __init__(
        self,
        profile: Profile = LENIENT,
        *,
        key_for: KeyFor | None = None,
        profile_for: ProfileFor | None = None,
    ) -> None:
        """`profile` rules the stream; `profile_for` may name another for a device once its MN is read."""
        self.profile = profile
        self._opener = opener_for(key_for)
        self._profile_for = profile_for
        self._buffer = bytearray()
        self._at = 0  # first byte that is not judged yet
        self._noise_from = 0  # bytes from here to _at lie outside any frame
        self._noise = (Reason.NOISE, "bytes outside any frame")
        self._need = 2
        self._tail_open = False
        self._events: deque[Event] = deque()
        self.late_missing_terminators = 0

    @property
    def pending(self) -> int:
        """Bytes held back: part of a frame, or noise not yet reported."""
        return len(self._buffer) - self._noise_from

    def receive_data(self, data: bytes) -> None:
        """Take bytes from the peer, in order; any length."""
        if self._noise_from > _COMPACT_AT:
            self._compact()
        self._buffer += data

    def next_packet(self) -> Packet | Rejected | Literal[NeedData.NEED_DATA]:
        """Return the next packet or refusal, or NEED_DATA; raises nothing."""
        if self._events:
            return self._events.popleft()
        if len(self._buffer) - self._at < self._need and self._at == self._noise_from and not self._tail_open:
            return NEED_DATA
        event = self._scan(final=False)
        if event is None:
            self._compact()
            return NEED_DATA
        return event

    def flush(self) -> list[Event]:
        """Judge what is held back as if the stream ended here, and return it all; the decoder is empty then.

        Call it at the end of the connection, and when a partial frame has been idle (10 s is usual).
        """
        found = list(self._events)
        self._events.clear()
        while (event := self._scan(final=True)) is not None:
            found.append(event)
            found.extend(self._events)
            self._events.clear()
        self._compact()
        return found

    # --- scanning -----------------------------------------------------------------------------------------------

    def _scan(self, final: bool) -> Event | None:
        """Return the next event; None: nothing more can be said about the bytes held."""
        if self._tail_open and not self._close_tail(final):
            return None
        while True:
            at = self._at
            if at - self._noise_from >= NOISE_CHUNK:
                return self._take_noise(self._noise_from + NOISE_CHUNK)
            held = len(self._buffer) - at
            if held < self._need and not final:
                return None
            if self._buffer.startswith(HEAD, at):
                event = self._quick(at, held) or self._judge(at, final)
                if event is not None:
                    return event
            else:
                self._skip_to_head(at, final)
                if self._at == at:
                    return self._last_noise() if final else None

    def _quick(self, at: int, held: int) -> Event | None:
        digits = self._buffer[at + 2 : at + 6]
        if not digits.isdigit():
            return None
        size = int(digits) + 12
        if held < size:
            return None
        packet = _quick_packet(bytes(self._buffer[at : at + size]), self.profile)
        if packet is None:
            return None
        self._at = at + size
        self._need = 2
        return self._after_noise(at, packet)

    def _judge(self, at: int, final: bool) -> Event | None:
        """Let framing judge the bytes at `at`; None: wait (`_need` is set) or go on at the new `_at`."""
        profile = self.profile
        data = bytes(self._buffer[at : at + profile.max_segment + _MARGIN])
        verdict = examine(data, profile, final=final, opener=self._opener)
        device = self._device_profile(data) if not isinstance(verdict, Need) else None
        if device is not None:
            profile = device
            data = bytes(self._buffer[at : at + profile.max_segment + _MARGIN])
            verdict = examine(data, profile, final=final, opener=self._opener)
        if isinstance(verdict, Need):
            self._need = verdict.total
            return None
        self._need = 2
        if isinstance(verdict, Bad):
            return self._refused(at, data, verdict)
        self._at = at + verdict.size
        self._tail_open = verdict.tail_open
        return self._after_noise(at, _event_of(verdict, data[: verdict.size], profile))

    def _device_profile(self, data: bytes) -> Profile | None:
        if self._profile_for is None:
            return None
        match = _MN.search(data, 0, 160)
        found = self._profile_for(match[1].decode("latin-1")) if match else None
        return found if found is not self.profile else None

    def _refused(self, at: int, data: bytes, bad: Bad) -> Event | None:
        self._at = at + bad.resume
        if bad.reason in _SKIPPED:
            if self._noise_from == at:
                self._noise = (bad.reason, bad.message)
            self._at = self._past_hashes(self._at)
            return None
        raw = data[: bad.resume]
        rejected = Rejected(raw, bad.reason, bad.message, bad.reply_code, bad.deviations)
        return self._after_noise(at, rejected)

    def _past_hashes(self, at: int) -> int:
        """In a run of ``#`` only the last two can be a head: go there at once, as far as one byte at a time would have gone."""
        run = _HASHES.match(self._buffer, at)
        if run is None:
            return at
        return max(at, min(run.end() - 2, self._noise_from + NOISE_CHUNK, len(self._buffer) - 5))

    # --- noise and terminators ----------------------------------------------------------------------------------

    def _skip_to_head(self, at: int, final: bool) -> None:
        """Move over bytes that are no frame, up to the next ``##``."""
        buffer = self._buffer
        head = buffer.find(HEAD, at)
        if head < 0:
            head = len(buffer)
            if not final and buffer.endswith(b"#"):
                head -= 1
        self._at = head
        self._need = 2

    def _last_noise(self) -> Rejected | None:
        self._at = len(self._buffer)
        return self._take_noise(self._at) if self._noise_from < self._at else None

    def _take_noise(self, end: int) -> Rejected:
        raw = bytes(self._buffer[self._noise_from : end])
        reason, message = self._noise
        self._noise = (Reason.NOISE, "bytes outside any frame")
        self._noise_from = end
        return Rejected(raw, reason, message)

    def _after_noise(self, start: int, event: Event) -> Event:
        """Return `event`, which began at `start`, or first the noise before it."""
        if self._noise_from < start:
            noise = self._take_noise(start)
            self._noise_from = self._at
            self._events.append(event)
            return noise
        self._noise_from = self._at
        return event

    def _close_tail(self, final: bool) -> bool:
        """Swallow the terminator of a packet that was delivered before it came; False: wait for more of it."""
        tail = read_tail(bytes(self._buffer[self._at : self._at + 5]), 0, final)
        if tail.is_open:
            return False
        if tail.deviation is Deviation.NO_CRLF:
            self.late_missing_terminators += 1
        self._at += tail.size
        self._noise_from = self._at
        self._tail_open = False
        return True

    def _compact(self) -> None:
        if self._noise_from:
            del self._buffer[: self._noise_from]
            self._at -= self._noise_from
            self._noise_from = 0


def _quick_packet(raw: bytes, profile: Profile) -> Packet | None:
    try:
        packet = quick_packet(raw, profile.quick_limit)
        if packet is not None and profile.judges_cp:
            refuse_untolerated(packet, profile)
        return packet
    except RemoteProtocolError:  # a departure inside CP: the careful way gives it its reason
        return None


def _event_of(frame: Frame, raw: bytes, profile: Profile) -> Event:
    try:
        return packet_of(frame, raw, profile)
    except RemoteProtocolError as error:
        return Rejected(raw, error.reason, error.message, error.reply_code, error.deviations)
