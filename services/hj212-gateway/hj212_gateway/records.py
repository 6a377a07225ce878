"""Which interval records came, gathered in memory and written in groups: the hot path costs a dict entry a record.

A record counts as arrived when it is durable, and a split one when its last packet is. What a crash loses here (at most the
two seconds before it) is found missing, fetched, and dropped as a repetition by the store: it heals itself.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hj212 import Packet
from park_schemas.codes import DataOrigin
from park_schemas.telemetry import ReadingsReported
from prometheus_client import Counter

from hj212_gateway.domain.record_days import place_of
from hj212_gateway.domain.record_rhythm import KINDS
from hj212_gateway.domain.split_sets import MOST_PACKETS, IncompleteSet, SetKey, SplitSets, Standing

INCOMPLETE = Counter("park_gateway_split_sets_incomplete", "Split messages not whole at their deadline", ["reason"])
COMPLETED = Counter("park_gateway_split_sets_completed_late", "Incomplete split messages that became whole later")
FORGOTTEN = Counter("park_gateway_arrivals_forgotten", "Arrivals not noted because the database was away too long")

_MOST_DAYS = 200_000
_AHEAD = timedelta(days=2)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

OnDone = Callable[[bool], None]
SeriesKey = tuple[str, str]
"""(mn, command)"""


@dataclass
class Series:
    """What came of one kind of record of one device since it was last written."""

    system_type: str
    least: datetime
    most: datetime
    by_history: bool


class ClosedSet(NamedTuple):
    """A set that was told incomplete, as it is listed."""

    found: IncompleteSet
    at: datetime


@dataclass
class Arrived:
    """What is to be written: bits of days, series, incomplete sets and those that became whole later."""

    days: dict[tuple[str, str, date], int] = field(default_factory=dict)
    series: dict[SeriesKey, Series] = field(default_factory=dict)
    incomplete: list[ClosedSet] = field(default_factory=list)
    completed: list[tuple[SetKey, datetime]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.days or self.incomplete or self.completed)


class Records:
    """Single-threaded: called from the event loop only."""

    def __init__(self, *, split_wait_s: float, look_back: timedelta) -> None:
        self._look_back = look_back
        self._sets = SplitSets(wait_s=split_wait_s)
        self._arrived = Arrived()
        self._filled_in_at: dict[str, datetime] = {}

    def standing_of(self, packet: Packet, event: ReadingsReported) -> Standing:
        """Return whether the message of a packet is whole with it."""
        if not packet.is_split or packet.pnum is None or packet.pno is None or not 1 <= packet.pno <= packet.pnum:
            return Standing.WHOLE
        if packet.pnum > MOST_PACKETS:
            return Standing.WHOLE
        key = SetKey(event.mn, event.command, event.data_time, packet.pnum)
        return self._sets.receive(key, packet.pno, event.point_id, time.monotonic())

    def when_durable(self, event: ReadingsReported, done: OnDone) -> OnDone:
        """Return what to call when the record is durable: it notes the arrival and goes on to `done`."""
        if event.command not in KINDS:
            return done

        def noted(stored: bool) -> None:
            if stored:
                self.arrived(event)
            done(stored)

        return noted

    def arrived(self, event: ReadingsReported) -> None:
        """Note that the record of an interval is here."""
        at, origin = event.received_at, event.origin
        if origin is DataOrigin.SUPPLEMENTARY:
            self._filled_in_at[event.mn] = at
        if not at - self._look_back <= event.data_time <= at + _AHEAD:
            return  # too old to be fetched, or a clock far ahead: nothing is expected there
        day, minute = place_of(event.data_time)
        days, place = self._arrived.days, (event.mn, event.command, day)
        if place not in days and len(days) >= _MOST_DAYS:
            FORGOTTEN.inc()
            return
        days[place] = days.get(place, 0) | 1 << minute
        self._note_series(event, origin is DataOrigin.HISTORY)

    def _note_series(self, event: ReadingsReported, by_history: bool) -> None:
        key, data_time = (event.mn, event.command), event.data_time
        known = self._arrived.series.get(key)
        if known is None:
            self._arrived.series[key] = Series(event.system_type, data_time, data_time, by_history)
            return
        known.least, known.most = min(known.least, data_time), max(known.most, data_time)
        known.by_history |= by_history

    def fills_in(self, mn: str, since: datetime) -> bool:
        """Whether the device has sent late records by itself since then: it is to go on undisturbed."""
        return self._filled_in_at.get(mn, _LONG_AGO) > since

    def expire_sets(self, at: datetime) -> list[IncompleteSet]:
        """Return the split sets that are not whole at their deadline, each once; they are listed with the next write."""
        expired = self._sets.expire(time.monotonic())
        for found in expired:
            INCOMPLETE.labels(found.reason).inc()
            self._arrived.incomplete.append(ClosedSet(found, at))
        for key in self._sets.take_completed():
            COMPLETED.inc()
            self._arrived.completed.append((key, at))
        return expired

    def take(self) -> Arrived:
        """Return and forget what is to be written."""
        taken, self._arrived = self._arrived, Arrived()
        return taken

    def put_back(self, taken: Arrived) -> None:
        """Take back what could not be written."""
        newer, self._arrived = self._arrived, taken
        for place, bits in newer.days.items():
            taken.days[place] = taken.days.get(place, 0) | bits
        for key, series in newer.series.items():
            known = taken.series.setdefault(key, series)
            known.least, known.most = min(known.least, series.least), max(known.most, series.most)
            known.by_history |= series.by_history
        taken.incomplete += newer.incomplete
        taken.completed += newer.completed
