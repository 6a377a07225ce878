"""Which split messages (PNUM, PNO) are whole: only the numbers of their packets are kept, the packets went on their way.

Each packet is stored and answered on its own (docs/decisions/0006). This room says when the last one of a set has come,
and which sets are still not whole at their deadline. Source: HJ 212-2017 6.3.2 (PNUM, PNO), C.49, C.50 (packets of one set
may have QNs of their own, so the key is MN, CN, DataTime and PNUM).
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple
from uuid import UUID

MOST_PACKETS = 9999
"""PNUM has four digits."""


class SetKey(NamedTuple):
    """What the packets of one message share."""

    mn: str
    command: str
    data_time: datetime
    packets: int


class Standing(Enum):
    """What a packet did to its set."""

    WAITING = "packets are awaited"
    WHOLE = "every packet has come"
    LATE = "the deadline has passed and packets are still missing"


@dataclass(frozen=True)
class IncompleteSet:
    """A set that was not whole at its deadline; `received` and `missing` are PNO."""

    key: SetKey
    point_id: UUID
    received: list[int]
    missing: list[int]
    reason: str


@dataclass
class _Open:
    point_id: UUID
    seen: int
    deadline: float


class SplitSets:
    """Sets of all devices. Times are seconds of one monotonic clock; memory is bounded by `most_open` sets of each sort."""

    def __init__(self, *, wait_s: float, most_open: int = 10_000) -> None:
        """`wait_s`: how long after its newest packet a set is waited for, OverTime x (ReCount + 1) of the standard."""
        self._wait_s = wait_s
        self._most_open = most_open
        self._open: OrderedDict[SetKey, _Open] = OrderedDict()
        self._late: OrderedDict[SetKey, int] = OrderedDict()
        self._whole: OrderedDict[SetKey, None] = OrderedDict()
        self._expired: list[IncompleteSet] = []
        self._completed: list[SetKey] = []

    def receive(self, key: SetKey, number: int, point_id: UUID, now: float) -> Standing:
        """Take note of packet `number` (1 to `key.packets`) of a set."""
        if key in self._whole:
            return Standing.WHOLE
        seen = 1 << number
        if key in self._late:
            return self._receive_late(key, seen)
        found = self._open.get(key)
        if found is None:
            self._make_room()
            found = self._open[key] = _Open(point_id, 0, 0.0)
        found.seen |= seen
        found.deadline = now + self._wait_s
        self._open.move_to_end(key)
        if found.seen.bit_count() < key.packets:
            return Standing.WAITING
        del self._open[key]
        self._remember_whole(key)
        return Standing.WHOLE

    def expire(self, now: float) -> list[IncompleteSet]:
        """Return the sets whose wait is over; each is told once."""
        while self._open and next(iter(self._open.values())).deadline <= now:
            self._give_up("deadline")
        expired, self._expired = self._expired, []
        return expired

    def take_completed(self) -> list[SetKey]:
        """Return the sets that became whole after they had been told incomplete."""
        completed, self._completed = self._completed, []
        return completed

    def _receive_late(self, key: SetKey, seen: int) -> Standing:
        self._late[key] |= seen
        if self._late[key].bit_count() < key.packets:
            return Standing.LATE
        del self._late[key]
        self._remember_whole(key)
        self._completed.append(key)
        return Standing.WHOLE

    def _give_up(self, reason: str) -> None:
        key, found = self._open.popitem(last=False)
        numbers = range(1, key.packets + 1)
        received = [number for number in numbers if found.seen >> number & 1]
        missing = [number for number in numbers if not found.seen >> number & 1]
        self._expired.append(IncompleteSet(key, found.point_id, received, missing, reason))
        self._late[key] = found.seen
        if len(self._late) > self._most_open:
            self._late.popitem(last=False)

    def _remember_whole(self, key: SetKey) -> None:
        """A packet that is sent again must not begin its set anew."""
        self._whole[key] = None
        if len(self._whole) > self._most_open:
            self._whole.popitem(last=False)

    def _make_room(self) -> None:
        if len(self._open) >= self._most_open:
            self._give_up("too-many-open")
