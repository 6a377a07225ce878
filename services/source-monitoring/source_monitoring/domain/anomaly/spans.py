"""Which stretch of data a run judges, and when the next run is due. Pure.

A run judges only what is complete: hours after their ten-minute records and their own closing, days after their last hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from park_judging.domain.periods import day_of, hour_of

from source_monitoring.domain.anomaly.rule_table import EVERY, Cadence
from source_monitoring.domain.anomaly.window import DAY, HOUR

_AFTER_HOUR = timedelta(minutes=11)
_AFTER_DAY = timedelta(minutes=41)
LONGEST = MappingProxyType({Cadence.TEN_MINUTES: 6 * HOUR, Cadence.HOURLY: 2 * DAY, Cadence.DAILY: 31 * DAY})
"""The longest stretch of one run; a longer backlog is judged in portions."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a run judges: [since, until). `rest` is where an older stretch goes on in the next run; `more`: at once."""

    since: datetime
    until: datetime
    rest: datetime | None
    more: bool

    @property
    def has_new(self) -> bool:
        return self.until > self.since


def complete_until(cadence: Cadence, newest: datetime) -> datetime:
    """Return up to when data is complete for a cadence, when the point's newest value is `newest`."""
    if cadence is Cadence.HOURLY:
        return hour_of(newest - _AFTER_HOUR + timedelta(minutes=1))
    if cadence is Cadence.DAILY:
        return day_of(newest - _AFTER_DAY + timedelta(minutes=1))
    return newest


def span_of(cadence: Cadence, newest: datetime, judged_until: datetime | None, redo_from: datetime | None) -> Span:
    """Return what to judge. A point that was never judged begins up to a day before what is complete."""
    end = complete_until(cadence, newest)
    start = judged_until if judged_until is not None else end - min(DAY, LONGEST[cadence])
    if redo_from is not None:
        start = min(start, redo_from)
    end = max(end, start)
    cut = min(end, start + LONGEST[cadence])
    rest = cut if redo_from is not None and judged_until is not None and cut < judged_until else None
    return Span(start, cut, rest, cut < end)


def next_due(cadence: Cadence, at: datetime, span: Span | None, point_id: UUID) -> datetime:
    """Return when the row is due again: at once while there is a backlog, else a step later, spread over the points."""
    if span is not None and span.more:
        return at
    spread = point_id.int % 240 * timedelta(seconds=1)
    if cadence is Cadence.TEN_MINUTES:
        return at + EVERY[cadence]
    if cadence is Cadence.HOURLY:
        return hour_of(at) + HOUR + _AFTER_HOUR + spread
    caught_up = span is not None and span.until >= day_of(at)
    return day_of(at) + DAY + _AFTER_DAY + spread if caught_up else at + HOUR
