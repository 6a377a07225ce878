"""A permitted quantity (许可排放量, 刷卡总量): how much is used, and on which day it will run out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

_LOOKED_BACK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Use:
    """Use of a quantity up to the last day with data, in its unit; `rate` is a day's.

    `runs_out` is None when it lasts to the end of its time at the present rate, or nothing was emitted yet. ASSUMPTION: the
    rate is the mean of the last 30 days with data, which follows production better than the whole year's.
    """

    used: Decimal
    substituted: Decimal
    share: Decimal
    rate: Decimal | None
    runs_out: date | None
    at_end: Decimal | None
    """What the whole time will amount to at this rate."""
    days: int
    last_day: date | None


def use_of(permitted: Decimal, end: date, masses: Mapping[date, tuple[Decimal, Decimal]]) -> Use:
    """Return the use of `permitted`, which has to last to the day `end`; `masses` are (measured, substituted) of each day.

    Where nothing is permitted, any use is all of it. A day on which the sum reaches the quantity is the day it ran out, in
    the past as in the forecast.
    """
    days = sorted(masses)
    measured = sum((masses[day][0] for day in days), Decimal(0))
    substituted = sum((masses[day][1] for day in days), Decimal(0))
    used = measured + substituted
    if not days:
        return Use(used, substituted, Decimal(0), None, None, None, 0, None)
    last = days[-1]
    recent = days[-_LOOKED_BACK_DAYS:]
    rate = sum((masses[day][0] + masses[day][1] for day in recent), Decimal(0)) / len(recent)
    at_end = used + rate * (end - last).days
    return Use(
        used,
        substituted,
        used / permitted if permitted else Decimal(used > 0),
        rate,
        _runs_out(permitted, used, rate, masses, end),
        at_end,
        len(days),
        last,
    )


def _runs_out(
    permitted: Decimal, used: Decimal, rate: Decimal, masses: Mapping[date, tuple[Decimal, Decimal]], end: date
) -> date | None:
    if used >= permitted:
        total = Decimal(0)
        for day in sorted(masses):
            total += masses[day][0] + masses[day][1]
            if total >= permitted:
                return day
    if rate <= 0:
        return None
    whole, rest = divmod(permitted - used, rate)
    forecast = max(masses) + timedelta(days=min(int(whole) + (rest > 0), 366))
    return forecast if forecast <= end else None


@dataclass(frozen=True, slots=True)
class Pace:
    """Use beside the linear pace: a quantity spread evenly over the days of its time."""

    expected: Decimal
    """What the linear pace allows up to the last day with data."""
    ratio: Decimal
    """Used / expected; 1.2 is 20 % ahead."""


def pace_of(permitted: Decimal, use: Use, first: date, end: date, *, least_days: int) -> Pace | None:
    """Return the pace of a quantity for [first, end], both days inclusive; None without data or quantity, and before
    `least_days` have passed.

    ASSUMPTION: days without data count as time that passed (substituted masses stand for them), and the first month says
    nothing yet: a plant that ran at full load for two weeks is far ahead of any line.
    """
    if use.last_day is None or not permitted:
        return None
    passed = (min(use.last_day, end) - first).days + 1
    if passed < least_days:
        return None
    expected = permitted * passed / ((end - first).days + 1)
    return Pace(expected, use.used / expected)


def reached(share: Decimal, warnings: Sequence[Decimal]) -> list[Decimal]:
    """Return the warning shares that a share has reached, lowest first."""
    return [warning for warning in sorted(warnings) if share >= warning]
