"""How often a device makes a record of each kind: stated by the register, learned from what came, or the standard's default."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from park_schemas.registry import DeviceRecord

MINUTE, HOUR, DAY = "2051", "2061", "2031"


class RhythmSource(StrEnum):
    """Where an interval was taken from."""

    REGISTER = "register"
    LEARNED = "learned"
    DEFAULT = "default"


@dataclass(frozen=True)
class RecordKind:
    """A kind of interval record that history commands can fetch. `intervals` are those it may have, in minutes."""

    default_min: int
    intervals: tuple[int, ...]


KINDS: Mapping[str, RecordKind] = MappingProxyType(
    {
        MINUTE: RecordKind(10, (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)),
        HOUR: RecordKind(60, (60, 120, 180, 240, 360, 480, 720)),
        DAY: RecordKind(1440, (1440,)),
    }
)
"""Kinds by CN. HJ 212-2017 table 9 (2051, 2061, 2031) and table 4 (MinInterval 1 to 30; an interval that does not divide the
hour is not expected of anybody)."""

SURFACE_WATER = "21"
SURFACE_WATER_HOURS_MIN = 240
"""ASSUMPTION: an automatic surface-water station (ST=21) measures every four hours and says so under 2061. To disprove: a
station that makes more; it is learned from what it sends."""

_LEAST_STEPS = 8
_CLEAR_SHARE = 0.6
_REGISTER_DEFAULT_MIN = 10


@dataclass(frozen=True)
class Rhythm:
    """A record each `interval_min` minutes from midnight, park time."""

    interval_min: int
    source: RhythmSource


def rhythm_of(command: str, device: DeviceRecord, system_type: str, arrived: Sequence[datetime]) -> Rhythm:
    """Return the expected rhythm. `arrived`: DataTimes of the newest records, ascending, park time or UTC.

    A minute interval other than 10 is stated by the register and believed. 10 is also what the register says when nobody
    stated anything, so there, and for hours, a clear rhythm of the records themselves wins.
    ASSUMPTION: nobody registers "10" for a logger that clearly does something else and means it.
    """
    kind = KINDS[command]
    stated = device.minute_interval_min if command == MINUTE else None
    if stated in kind.intervals and stated != _REGISTER_DEFAULT_MIN:
        return Rhythm(stated, RhythmSource.REGISTER)
    learned = learned_interval(kind, arrived)
    if learned is not None:
        return Rhythm(learned, RhythmSource.LEARNED)
    if command == HOUR and system_type == SURFACE_WATER:
        return Rhythm(SURFACE_WATER_HOURS_MIN, RhythmSource.DEFAULT)
    if stated == _REGISTER_DEFAULT_MIN:
        return Rhythm(stated, RhythmSource.REGISTER)
    return Rhythm(kind.default_min, RhythmSource.DEFAULT)


def learned_interval(kind: RecordKind, arrived: Sequence[datetime]) -> int | None:
    """Return the step most records follow one another by, in minutes; None while that is not clear.

    Outages make a few long steps and do not hide the rhythm; at least 8 steps are needed, 60 % of them equal.
    """
    steps = Counter(round((later - earlier).total_seconds() / 60) for earlier, later in pairwise(arrived))
    if steps.total() < _LEAST_STEPS:
        return None
    step, count = steps.most_common(1)[0]
    return step if step in kind.intervals and count >= _CLEAR_SHARE * steps.total() else None
