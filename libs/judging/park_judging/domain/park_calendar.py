"""Days, months, quarters and years of the park's calendar as spans of time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from park_schemas.park_time import PARK_TIME_ZONE, at_park

HOUR = timedelta(hours=1)


def day_span(day: date) -> tuple[datetime, datetime]:
    """Return start and end (exclusive) of a day in park time."""
    start = datetime(day.year, day.month, day.day, tzinfo=PARK_TIME_ZONE)
    return start, start + timedelta(days=1)


def day_at(moment: datetime) -> date:
    """Return the day of the park's calendar."""
    return at_park(moment).date()


def month_of(day: date) -> date:
    return day.replace(day=1)


def quarter_of(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def months_on(first: date, months: int) -> date:
    """Return the first day of the month that lies `months` after the month of `first`."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def days_between(first: date, end: date) -> Iterator[date]:
    """Give the days first <= day < end."""
    while first < end:
        yield first
        first += timedelta(days=1)


def hours_between(since: datetime, until: datetime) -> list[datetime]:
    """Return the starts of the hours that touch [since, until), in park time."""
    start = at_park(since).replace(minute=0, second=0, microsecond=0)
    found = []
    while start < until:
        found.append(start)
        start += HOUR
    return found
