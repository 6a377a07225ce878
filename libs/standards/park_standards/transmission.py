"""Transmission and capture rates (传输有效率, 数据捕集率).

Effective transmission rate = transmission rate x validity rate, on hourly factor fields: each factor of each hour
counts once. Stopped hours leave numerator and denominator. For COD, NH3-N, TP and TN one hour a day of automatic
standard check is excused, so that 23 of 24 counts as 100 %. Confidence: secondary.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from park_standards.errors import BadValue
from park_standards.validity import Reason, Validity, ValidityVerdict

EXCUSED_FACTORS = frozenset({"w01018", "w21003", "w21011", "w21001"})


@dataclass(frozen=True, slots=True)
class HourCounts:
    """Hours of one or many factors; add them to go from factor to outlet, enterprise, park, from day to year.

    `expected` excludes stopped hours; `received` counts first-time and re-sent data, `in_time` only what arrived in
    time; `valid` includes over-range and excused hours. Rates are None where nothing was expected or received.
    """

    expected: int = 0
    received: int = 0
    in_time: int = 0
    valid: int = 0
    stopped: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.valid <= self.received <= self.expected or not 0 <= self.in_time <= self.received:
            raise BadValue(f"counts contradict each other: {self}")

    def __add__(self, other: Self) -> "HourCounts":
        return HourCounts(
            self.expected + other.expected,
            self.received + other.received,
            self.in_time + other.in_time,
            self.valid + other.valid,
            self.stopped + other.stopped,
        )

    @property
    def transmission_rate(self) -> Decimal | None:
        """Received / expected; also the completeness after re-sends."""
        return _share(self.received, self.expected)

    @property
    def instant_rate(self) -> Decimal | None:
        """Received in time / expected."""
        return _share(self.in_time, self.expected)

    @property
    def validity_rate(self) -> Decimal | None:
        """Valid / received."""
        return _share(self.valid, self.received)

    @property
    def effective_rate(self) -> Decimal | None:
        """Transmission rate x validity rate, which is valid / expected."""
        return _share(self.valid, self.expected)


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


@dataclass(frozen=True, slots=True)
class FactorHour:
    """One hour of one factor: its natural day in park time, its verdict, and whether it arrived in time."""

    day: date
    verdict: ValidityVerdict
    in_time: bool = True


def count_hours(factor_code: str, hours: Iterable[FactorHour]) -> HourCounts:
    """Count the hours of one factor, each hour given once. Standard-check hours are excused once a day."""
    expected = received = in_time = valid = stopped = 0
    excused_days: set[date] = set()
    for hour in hours:
        if hour.verdict.validity is Validity.STOPPED:
            stopped += 1
            continue
        expected += 1
        if hour.verdict.validity is Validity.MISSING:
            continue
        received += 1
        in_time += hour.in_time
        excusable = hour.verdict.reason is Reason.STANDARD_CHECK and factor_code in EXCUSED_FACTORS
        if excusable and hour.day not in excused_days:
            excused_days.add(hour.day)
            valid += 1
        else:
            valid += hour.verdict.usable
    return HourCounts(expected, received, in_time, valid, stopped)


def capture_rate(hours: int, invalid: int, stopped: int) -> Decimal | None:
    """Return the quarterly capture rate alpha = (H - invalid - stopped) / (H - stopped), HJ 75-2017; None if all stopped.

    Raises BadValue when the counts contradict each other.
    """
    if min(hours, invalid, stopped) < 0 or invalid + stopped > hours:
        raise BadValue(f"{invalid} invalid and {stopped} stopped hours do not fit into {hours}")
    return _share(hours - invalid - stopped, hours - stopped)
