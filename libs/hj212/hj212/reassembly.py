"""Split messages (PNUM/PNO) put together again, in any order, with repeats, and late ones marked incomplete.

The packets of one message may carry different QN (HJ 212-2017 C.49, C.50) or the same (common in the field), so the
key is MN, ST, CN, DataTime and PNUM.  Time comes in as seconds of any monotonic clock; deadlines go out as data.
Source: HJ 212-2017 6.3.2 (PNUM, PNO), appendix C.49, C.50.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from .data_area import Group, Reading
from .deviations import Deviation
from .editions import Edition
from .packet import Packet

DEFAULT_WAIT_S: Final = 40.0
"""OverTime x (ReCount + 1) with the defaults of a GPRS link: 10 s, 3 resends (HJ 212-2017 table 1)."""
DEFAULT_MAX_OPEN: Final = 64
MAX_PARTS: Final = 9999


@dataclass(frozen=True, slots=True)
class Message:
    """One report: its packets in PNO order.

    `missing` lists the PNO that did not arrive; it is empty for a complete message. Single packets are messages too.
    """

    packets: tuple[Packet, ...]
    missing: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every packet of the message is here."""
        return not self.missing

    @property
    def cn(self) -> str:
        return self.packets[0].cn

    @property
    def st(self) -> str:
        return self.packets[0].st

    @property
    def mn(self) -> str:
        return self.packets[0].mn

    @property
    def qn(self) -> str | None:
        """QN of the first packet; later packets may have their own."""
        return self.packets[0].qn

    @property
    def edition(self) -> Edition:
        return self.packets[0].edition

    @property
    def data_time(self) -> datetime | None:
        return self.packets[0].data_time

    @property
    def deviations(self) -> frozenset[Deviation]:
        return frozenset().union(*(packet.deviations for packet in self.packets))

    @property
    def cp(self) -> list[Group]:
        """The items of all packets in PNO order; DataTime, repeated in each packet, once."""
        groups = list(self.packets[0].cp)
        for packet in self.packets[1:]:
            groups += [group for group in packet.cp if group.keys() != {"DataTime"} or group not in groups]
        return groups

    def readings(self) -> list[Reading]:
        """Return the readings of all packets in PNO order."""
        return [reading for packet in self.packets for reading in packet.readings()]


_Key = tuple[str, str, str, str | None, int]


class _Open:
    __slots__ = ("deadline", "parts")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.parts: dict[int, Packet] = {}


class Reassembler:
    """Collects the packets of split messages of one or many devices. Memory is bounded by `max_open` messages."""

    def __init__(self, wait_s: float = DEFAULT_WAIT_S, max_open: int = DEFAULT_MAX_OPEN) -> None:
        """`wait_s`: seconds after its latest packet until an unfinished message is given up."""
        self._wait_s = wait_s
        self._max_open = max_open
        self._open: dict[_Key, _Open] = {}
        self._finished: dict[_Key, tuple[float, frozenset[bytes]]] = {}
        self._overflow: list[Message] = []

    @property
    def open_count(self) -> int:
        """Messages of which packets are still awaited."""
        return len(self._open)

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`expire` has something to do, in the caller's clock; None if nothing is open."""
        if self._overflow:
            return float("-inf")
        return min((item.deadline for item in self._open.values()), default=None)

    def receive(self, packet: Packet, now: float) -> Message | None:
        """Take a packet; return its message when that is complete, None while parts are missing or for a repeat.

        Unsplit packets (also those whose PNUM/PNO are out of range) are complete at once.
        """
        if not packet.is_split or packet.pnum is None or packet.pno is None or packet.pnum > MAX_PARTS:
            return Message((packet,))
        key = (packet.mn, packet.st, packet.cn, packet.value("DataTime"), packet.pnum)
        content = packet.segment.partition(b"CP=&&")[2]
        self._forget_finished(now)
        finished = self._finished.get(key)
        if finished is not None and content in finished[1]:
            return None
        item = self._open.get(key)
        if item is not None and packet.pno in item.parts:
            if item.parts[packet.pno].cp_text == packet.cp_text:
                return None
            # Same key, other content: another message has begun, the old one will not be finished.
            self._overflow.append(_message(item, packet.pnum))
            del self._open[key]
            item = None
        if item is None:
            item = self._begin(key)
        item.parts[packet.pno] = packet
        item.deadline = now + self._wait_s
        if len(item.parts) < packet.pnum:
            return None
        del self._open[key]
        contents = frozenset(part.segment.partition(b"CP=&&")[2] for part in item.parts.values())
        self._finished[key] = (now + self._wait_s, contents)
        return _message(item, packet.pnum)

    def expire(self, now: float) -> list[Message]:
        """Return, marked incomplete, the messages whose wait is over; they are no longer open."""
        late = self._overflow
        self._overflow = []
        for key, item in list(self._open.items()):
            if item.deadline <= now:
                del self._open[key]
                late.append(_message(item, key[4]))
        return late

    def flush(self) -> list[Message]:
        """Return everything unfinished, marked incomplete: the connection has ended."""
        return self.expire(float("inf"))

    def _begin(self, key: _Key) -> _Open:
        if len(self._open) >= self._max_open:
            oldest = min(self._open, key=lambda other: self._open[other].deadline)
            self._overflow.append(_message(self._open.pop(oldest), oldest[4]))
        return self._open.setdefault(key, _Open(0.0))

    def _forget_finished(self, now: float) -> None:
        while self._finished:
            key = next(iter(self._finished))
            if self._finished[key][0] > now and len(self._finished) <= self._max_open:
                return
            del self._finished[key]


def _message(item: _Open, total: int) -> Message:
    packets = tuple(item.parts[number] for number in sorted(item.parts))
    return Message(packets, tuple(number for number in range(1, total + 1) if number not in item.parts))
