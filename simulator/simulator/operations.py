"""What an operator's day does to a logger: calibration, faults, stops with start-ups, outages. Pure functions of time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from park_schemas.park_time import PARK_TIME_ZONE

from simulator.factor_plans import PointKind
from simulator.noise import seed_of, uniform
from simulator.park_plan import PointSite

_DAY_S = 86_400
_CALIBRATED = frozenset({PointKind.BOILER, PointKind.HEATER, PointKind.INCINERATOR})
_BATCH = frozenset({PointKind.RESIN, PointKind.HALOGEN})
_CALIBRATION_MIN = 12
_FAULT_SHARE = 0.02
_OUTAGE_SHARE = 0.04
_STOP_SHARE = 0.25


class Mark(StrEnum):
    """Data marks of HJ 212-2017 6.6.4 that the loggers send."""

    NORMAL = "N"
    STOPPED = "F"
    FAULT = "D"
    CALIBRATION = "C"


@dataclass(frozen=True)
class Background:
    """Which ordinary happenings a scenario wants; `rain` is the rain's strength for rain-water outlets, 0 to 1."""

    calibrations: bool = True
    faults: bool = True
    outages: bool = True
    startups: bool = True
    rain: float = 0.1


@dataclass(frozen=True)
class Condition:
    """State of a point at an instant: the mark of its values and how much of its normal load it runs at (0 to 1)."""

    mark: Mark = Mark.NORMAL
    load: float = 1.0


def _day(at: datetime) -> tuple[int, int]:
    """Return (day number, second of the day) in park time."""
    local = at.astimezone(PARK_TIME_ZONE)
    return local.toordinal(), local.hour * 3600 + local.minute * 60 + local.second


def condition(site: PointSite, at: datetime, background: Background) -> Condition:
    """Return the point's condition. Analysers of flues are calibrated once a day; faults are rare; batch plants stop at night."""
    seed = seed_of(site.code)
    day, second = _day(at)
    if background.calibrations and site.kind in _CALIBRATED:
        start = int(uniform(seed, 11) * (_DAY_S - 3600))
        if start <= second < start + _CALIBRATION_MIN * 60:
            return Condition(Mark.CALIBRATION)
    if background.faults and uniform(seed, day * 4 + 1) < _FAULT_SHARE:
        start = int(uniform(seed, day * 4 + 2) * (_DAY_S - 5400))
        if start <= second < start + 1800 + uniform(seed, day * 4 + 3) * 3600:
            return Condition(Mark.FAULT)
    if background.startups and site.kind in _BATCH and uniform(seed, 12) < _STOP_SHARE:
        return _batch(seed, day, second)
    return Condition()


def _batch(seed: int, day: int, second: int) -> Condition:
    """A batch plant: stopped from about midnight to about six, then an hour of start-up."""
    begin = 300 + uniform(seed, day * 4) * 1800
    end = 5 * 3600 + uniform(seed, day * 4 + 2) * 3600
    if begin <= second < end:
        return Condition(Mark.STOPPED, 0.0)
    if end <= second < end + 3600:
        return Condition(Mark.NORMAL, 0.3 + 0.7 * (second - end) / 3600)
    return Condition()


def line_is_down(site: PointSite, at: datetime, background: Background) -> bool:
    """Say whether the logger has no connection at this instant (it keeps its records and sends them later)."""
    if not background.outages:
        return False
    seed = seed_of(site.code) ^ 0x5EED
    day, second = _day(at)
    if uniform(seed, day * 2) >= _OUTAGE_SHARE:
        return False
    start = uniform(seed, day * 2 + 1) * (_DAY_S - 3600)
    return start <= second < start + 600 + uniform(seed, day) * 2400


def interval_mark(marks: list[Mark]) -> Mark:
    """Return the mark of an interval: normal when at least 75 % of its samples are, else the commonest other.

    Source: HJ 212-2017 6.6.4, rule for waste gas.
    """
    normal = sum(1 for mark in marks if mark is Mark.NORMAL)
    if normal * 4 >= len(marks) * 3:
        return Mark.NORMAL
    others = [mark for mark in marks if mark is not Mark.NORMAL]
    return max(set(others), key=others.count)
