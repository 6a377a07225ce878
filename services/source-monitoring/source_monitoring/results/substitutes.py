"""What the substitutes of a day are made from, read from stored hours and days."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_judging import store as judged
from park_judging.domain.grading import Hours
from park_judging.domain.park_calendar import HOUR, day_at, hours_between, quarter_of
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium, Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_standards.rounding import exact
from park_standards.transmission import HourCounts, capture_rate

from source_monitoring.domain.emission import (
    LONG_GAP_HOURS,
    GapFacts,
    gap_lengths,
    kilograms,
    makes_mass,
    substitute_gas,
    substitute_water,
)
from source_monitoring.domain.transmission_counts import counts_of_day
from source_monitoring.results import days

_EARLIER_HOURS = """
select f ->> 'factor' as factor, (f ->> 'emission')::numeric as mass
from (select distinct on (period_start) period_start, factors from assessments
      where point_id = $1 and period = 'hour' and period_start >= $2 and period_start < $3
      order by period_start, revision desc) as newest
cross join lateral jsonb_array_elements(newest.factors) as f
where f ->> 'factor' = any($4) and f ->> 'emission' is not null and f ->> 'verdict' in ('valid', 'over-range')
order by period_start
"""
_EARLIER_DAYS = """
select f ->> 'factor' as factor, (f ->> 'emission')::numeric as mass
from (select distinct on (period_start) period_start, factors from assessments
      where point_id = $1 and period = 'day' and period_start >= $2 and period_start < $3
      order by period_start, revision desc) as newest
cross join lateral jsonb_array_elements(newest.factors) as f
where f ->> 'factor' = any($4) and f ->> 'emission' is not null and f ->> 'verdict' in ('valid', 'over-range')
order by period_start
"""
_GAS_HISTORY = timedelta(days=100)
_WATER_HISTORY = timedelta(days=120)


async def with_substitutes(
    tx: Connection, point: PointRecord, start: datetime, factors: Sequence[FactorAssessment], hours: Hours
) -> list[FactorAssessment]:
    """Return the factors of a day with the mass that stands for its gaps, and the rule of it."""
    masses = [one for one in factors if makes_mass(point.medium, one)]
    if point.medium is Medium.WASTE_GAS:
        found = await _of_gas(tx, point.point_id, start, masses, hours)
    else:
        found = await _of_water(tx, point.point_id, start, masses)
    return [
        msgspec.structs.replace(one, substituted=None if mass is None else kilograms(mass), substitution=rule)
        for one in factors
        for mass, rule in [found.get(one.factor, (None, ""))]
    ]


Substituted = dict[str, tuple[Decimal | None, str]]


async def _of_water(
    tx: Connection, point_id: UUID, start: datetime, factors: Sequence[FactorAssessment]
) -> Substituted:
    lacking = [one for one in factors if not one.valid]
    if not lacking:
        return {}
    earlier = await _earlier(tx, _EARLIER_DAYS, point_id, start - _WATER_HISTORY, start, lacking)
    return {one.factor: substitute_water(one, earlier.get(one.factor, ())) for one in lacking}


async def _of_gas(
    tx: Connection, point_id: UUID, start: datetime, factors: Sequence[FactorAssessment], hours: Hours
) -> Substituted:
    """Gaps are looked at with a day on both sides: only whether they last longer than 24 h matters."""
    end, margin = start + timedelta(days=1), (LONG_GAP_HOURS + 1) * HOUR
    there = {(at_park(at), one.factor) for at, found in hours for one in found if one.emission is not None}
    wanted = hours_between(start, end)
    lacking = [one for one in factors if any((at, one.factor) not in there for at in wanted)]
    if not lacking:
        return {}
    around = [
        *await judged.assessments(tx, point_id, Period.HOUR, start - margin, start),
        *await judged.assessments(tx, point_id, Period.HOUR, end, end + margin),
    ]
    there |= {(at_park(hour.period_start), one.factor) for hour in around for one in hour.factors if one.emission}
    known = {at_park(hour.period_start) for hour in around}
    span = [at for at in hours_between(start - margin, end + margin) if start <= at < end or at in known]
    earlier = await _earlier(tx, _EARLIER_HOURS, point_id, start - _GAS_HISTORY, start, lacking)
    captures = await _captures(tx, point_id, start, hours)
    return {
        one.factor: substitute_gas(
            GapFacts(
                captures.get(one.factor),
                gap_lengths([(at, one.factor) in there for at in span], span.index(wanted[0]), len(wanted)),
                earlier.get(one.factor, ()),
            )
        )
        for one in lacking
    }


async def _earlier(
    tx: Connection, query: str, point_id: UUID, since: datetime, until: datetime, factors: Sequence[FactorAssessment]
) -> Mapping[str, list[Decimal]]:
    rows = await tx.fetch(query, point_id, since, until, [one.factor for one in factors])
    found: dict[str, list[Decimal]] = {}
    for row in rows:
        found.setdefault(row["factor"], []).append(exact(row["mass"]))
    return found


async def _captures(tx: Connection, point_id: UUID, start: datetime, hours: Hours) -> dict[str, Decimal | None]:
    """The capture rate of the quarter up to and with this day. ASSUMPTION: to date, as the quarter's own is known
    only at its end; a replay of the quarter then gives the final substitutes."""
    day = day_at(start)
    before = await days.counts_by_factor(tx, point_id, quarter_of(day), day)
    today = counts_of_day(hours)
    rates = {}
    for factor in {*before, *today}:
        total = before.get(factor, HourCounts()) + today.get(factor, HourCounts())
        whole = total.expected + total.stopped
        rates[factor] = capture_rate(whole, total.expected - total.valid, total.stopped)
    return rates
