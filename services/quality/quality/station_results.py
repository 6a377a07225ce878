"""Results of stations read from their stored days: one period, its comparisons, and hourly series."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection
from park_judging import store
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_span
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_standards.rounding import exact

from quality import target_store
from quality.domain.comparison import changes, target_verdict
from quality.domain.result_spans import Span, before, end_of, first_of, year_before
from quality.domain.station_statistics import StationDay, StationStatistics, statistics_of
from quality.domain.wind import Hourly


async def days_of(connection: Connection, point_id: UUID, since: date, until: date) -> list[StationDay]:
    """Return the newest results of the days since <= day < until."""
    found = await store.assessments(connection, point_id, Period.DAY, day_span(since)[0], day_span(until)[0])
    return [StationDay(at_park(one.period_start).date(), one.factors, one.grade) for one in found]


def spans_between(span: Span, since: date, until: date) -> list[date]:
    """Return the first days of the spans that touch [since, until)."""
    found = []
    first = first_of(span, since)
    while first < until:
        found.append(first)
        first = end_of(span, first)
    return found


async def results(
    connection: Connection, limits: PointLimits, span: Span, firsts: Sequence[date]
) -> list[StationStatistics]:
    """Return the statistics of spans in order; those without any day are left out."""
    if not firsts:
        return []
    days = await days_of(connection, limits.point.point_id, firsts[0], end_of(span, firsts[-1]))
    made = [statistics_of(limits.point, span, first, days) for first in firsts]
    return [one for one in made if one.days_with_data]


async def compared(
    connection: Connection, limits: PointLimits, span: Span, firsts: Sequence[date]
) -> list[dict[str, Any]]:
    """Return the results with the year before, the period before, and the targets of their year."""
    needed = {first for one in firsts for first in (one, before(span, one), first_of(span, year_before(one)))}
    found: dict[date, StationStatistics] = {}
    for run in _runs(span, sorted(needed)):
        found |= {one.start: one for one in await results(connection, limits, span, run)}
    targets = await target_store.in_force(connection, limits.point.point_id)
    items = []
    for first in firsts:
        now = found.get(first)
        if now is None:
            continue
        last_year, previous = found.get(first_of(span, year_before(first))), found.get(before(span, first))
        items.append(
            {
                "statistics": now,
                "against_year_before": changes(now, last_year) if last_year else [],
                "against_period_before": changes(now, previous) if previous else [],
                "targets": [
                    target_verdict(now, measure, bound) for measure, bound in targets.get(first.year, {}).items()
                ],
            }
        )
    return items


def _runs(span: Span, firsts: Iterable[date]) -> list[list[date]]:
    """Group spans that follow each other, so that each run is one query."""
    runs: list[list[date]] = []
    for first in firsts:
        if runs and end_of(span, runs[-1][-1]) == first:
            runs[-1].append(first)
        else:
            runs.append([first])
    return runs


async def hourly(
    connection: Connection, point_id: UUID, factors: Sequence[str], since: datetime, until: datetime
) -> dict[str, Hourly]:
    """Return the valid hourly means of factors by the start of the hour."""
    found: dict[str, dict[datetime, Any]] = {factor: {} for factor in factors}
    for hour in await store.assessments(connection, point_id, Period.HOUR, since, until):
        for one in hour.factors:
            if one.factor in found and one.valid and one.mean is not None:
                found[one.factor][hour.period_start] = exact(one.mean)
    return dict(found)
