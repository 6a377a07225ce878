"""Days, months, quarters and years as spans of results, and what they are compared with."""

from datetime import date, timedelta
from enum import StrEnum

from park_judging.domain.park_calendar import months_on

_MONTHS = {"day": 0, "month": 1, "quarter": 3, "year": 12}


class Span(StrEnum):
    """How long a result is for."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def first_of(span: Span, day: date) -> date:
    """Return the first day of the span that holds a day."""
    if span is Span.DAY:
        return day
    length = _MONTHS[span]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def end_of(span: Span, first: date) -> date:
    """Return the day after the last of a span that begins on `first`."""
    return first + timedelta(days=1) if span is Span.DAY else months_on(first, _MONTHS[span])


def before(span: Span, first: date) -> date:
    """Return the first day of the span before (环比)."""
    return first - timedelta(days=1) if span is Span.DAY else months_on(first, -_MONTHS[span])


def year_before(first: date) -> date:
    """Return the same day a year earlier (同比); the 29th of February has the 28th."""
    if (first.month, first.day) == (2, 29):
        return date(first.year - 1, 2, 28)
    return first.replace(year=first.year - 1)


def months_of(span: Span, first: date) -> list[date]:
    """Return the months that lie in a month, quarter or year."""
    return [months_on(first, number) for number in range(_MONTHS[span])]
