"""How often: one literal table of frequencies, each cutting the park's calendar (UTC+8) into periods without gap or overlap.

"Once a quarter" is any day of the calendar quarter. Which frequency an outlet owes is data of its plan, with its basis (permit,
HJ 819, the guide of its industry); none is presumed here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from park_judging.domain.park_calendar import day_span, months_on
from park_judging.domain.periods import day_of
from park_schemas.park_time import at_park


class Frequency(StrEnum):
    HOUR = "hour"
    TWO_HOURS = "2-hours"
    FOUR_HOURS = "4-hours"
    SIX_HOURS = "6-hours"
    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half-month"
    MONTH = "month"
    TWO_MONTHS = "2-months"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open time [start, end) in park time."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Cycle:
    """A frequency's names, and the period that holds a moment."""

    name_zh: str
    name_en: str
    at: Callable[[datetime], Span]


def _hours(count: int) -> Callable[[datetime], Span]:
    """Periods of so many hours (a divisor of 24), counted from midnight."""

    def at(moment: datetime) -> Span:
        midnight = day_of(moment)
        start = midnight + timedelta(hours=(at_park(moment) - midnight) // timedelta(hours=count) * count)
        return Span(start, start + timedelta(hours=count))

    return at


def _week(moment: datetime) -> Span:
    """Monday to Sunday (GB/T 7408.1, ISO 8601)."""
    midnight = day_of(moment)
    start = midnight - timedelta(days=midnight.weekday())
    return Span(start, start + timedelta(days=7))


def _half_month(moment: datetime) -> Span:
    """The 1st to the 15th, the 16th to the end."""
    month = _months(1)(moment)
    middle = month.start.replace(day=16)
    return Span(month.start, middle) if at_park(moment) < middle else Span(middle, month.end)


def _months(count: int) -> Callable[[datetime], Span]:
    """Periods of so many calendar months (a divisor of 12), counted from January."""

    def at(moment: datetime) -> Span:
        day = at_park(moment).date()
        first = day.replace(month=(day.month - 1) // count * count + 1, day=1)
        return Span(day_span(first)[0], day_span(months_on(first, count))[0])

    return at


CYCLES: Mapping[Frequency, Cycle] = MappingProxyType(
    {
        Frequency.HOUR: Cycle("每小时一次", "hourly", _hours(1)),
        Frequency.TWO_HOURS: Cycle("每2小时一次", "every 2 hours", _hours(2)),
        Frequency.FOUR_HOURS: Cycle("每4小时一次", "every 4 hours", _hours(4)),
        Frequency.SIX_HOURS: Cycle("每6小时一次", "every 6 hours", _hours(6)),
        Frequency.DAY: Cycle("每日一次", "daily", _hours(24)),
        Frequency.WEEK: Cycle("每周一次", "weekly", _week),
        Frequency.HALF_MONTH: Cycle("每半月一次", "twice a month", _half_month),
        Frequency.MONTH: Cycle("每月一次", "monthly", _months(1)),
        Frequency.TWO_MONTHS: Cycle("每2个月一次", "every 2 months", _months(2)),
        Frequency.QUARTER: Cycle("每季度一次", "quarterly", _months(3)),
        Frequency.HALF_YEAR: Cycle("每半年一次", "half-yearly", _months(6)),
        Frequency.YEAR: Cycle("每年一次", "yearly", _months(12)),
    }
)


WITHIN_A_DAY = frozenset({Frequency.HOUR, Frequency.TWO_HOURS, Frequency.FOUR_HOURS, Frequency.SIX_HOURS})


def period_at(frequency: Frequency, moment: datetime) -> Span:
    """Return the period of a frequency that holds a moment."""
    return CYCLES[frequency].at(moment)


def periods(frequency: Frequency, since: datetime, until: datetime) -> Iterator[Span]:
    """Give the periods that touch [since, until), in order."""
    moment = since
    while moment < until:
        span = period_at(frequency, moment)
        yield span
        moment = span.end
