"""Months, quarters and years of an outlet, from its days. Pure.

| | month | quarter, year |
|---|---|---|
| needed days | gas 25, February 23; water 75 % (park_standards.completeness) | sum of its months |
| mean | by time; concentrations in water weighted by the day's volume, pH not | the same over all days |
| emission, volume | sum of the days; substitutes beside | the same |

ASSUMPTION: days on which the source was stopped, or nothing flowed, leave the number of needed days; the standards
give the number for a source that runs. Values of days that are not valid do not enter means; their measured mass
enters the emission.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from park_judging.domain.layered_periods import COUNTING, is_expected
from park_judging.domain.park_calendar import days_between, month_of, months_on
from park_judging.domain.period_means import SUBJECT, period_mean
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium
from park_schemas.registry import MonitoredFactor
from park_standards.completeness import needed_in_month
from park_standards.limit import Subject
from park_standards.rounding import exact
from park_standards.validity import Reason, Validity

from source_monitoring.domain.emission import FLOW, kilograms

LENGTHS = {"month": 1, "quarter": 3, "year": 12}
"""Months of each long period."""


def first_of(period: str, day: date) -> date:
    """Return the first day of the month, quarter or year that holds a day."""
    length = LENGTHS[period]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def end_of(period: str, first: date) -> date:
    """Return the day after the last of a period that begins on `first`."""
    return months_on(first, LENGTHS[period])


WAIT_FOR_LAST_DAY = timedelta(days=2)
"""How long the last day of a period may be missing before the period is told without it."""


def is_over(period: str, first: date, last_day: date | None, today: date) -> bool:
    """Say whether a period is over: its last day is computed (`last_day` is the last one that is), or has been waited for."""
    end = end_of(period, first)
    if today < end:
        return False
    return last_day == end - timedelta(days=1) or today >= end + WAIT_FOR_LAST_DAY


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was computed."""

    day: date
    factors: Sequence[FactorAssessment]


def assess_long(
    factors: Iterable[MonitoredFactor], medium: Medium, period: str, first: date, days: Sequence[Day]
) -> list[FactorAssessment]:
    """Return the period of every factor that any of its days has, in the order of the registry."""
    subject = SUBJECT[medium]
    flow = FLOW.get(medium)
    by_factor: dict[str, list[tuple[date, FactorAssessment, Decimal | None]]] = {}
    for one in days:
        volume = next((exact(found.total) for found in one.factors if found.factor == flow and found.total), None)
        for found in one.factors:
            by_factor.setdefault(found.factor, []).append((one.day, found, volume))
    return [
        _long(factor, subject, period, first, by_factor[factor.factor])
        for factor in factors
        if factor.factor in by_factor
    ]


def _long(
    factor: MonitoredFactor,
    subject: Subject,
    period: str,
    first: date,
    days: Sequence[tuple[date, FactorAssessment, Decimal | None]],
) -> FactorAssessment:
    valid = [(day, volume) for _, day, volume in days if day.verdict in COUNTING and day.mean is not None]
    idle = [on for on, day, _ in days if not is_expected(day)]
    needed, expected = _needed(subject, period, first, idle)
    means = [day.mean or "" for day, _ in valid]
    mean, no_mean = period_mean(factor, subject, means, [volume for _, volume in valid])
    verdict, reason = _verdict(len(valid), needed, len(idle), no_mean)
    counts = verdict is Validity.VALID
    converted = [day.converted_mean for day, _ in valid if day.converted_mean is not None]
    totals = [exact(day.total) for _, day, _ in days if day.total is not None]
    masses = [exact(day.emission) for _, day, _ in days if day.emission is not None]
    substitutes = [exact(day.substituted) for _, day, _ in days if day.substituted is not None]
    return FactorAssessment(
        factor=factor.factor,
        unit=factor.unit,
        valid=counts,
        valid_count=len(valid),
        expected_count=expected,
        mean=mean,
        minimum=min((day.minimum or day.mean or "" for day, _ in valid), key=Decimal, default=None),
        maximum=max((day.maximum or day.mean or "" for day, _ in valid), key=Decimal, default=None),
        converted_mean=period_mean(factor, Subject.WASTE_GAS, converted, [])[0] if counts and converted else None,
        total=f"{sum(totals, Decimal(0)):f}" if totals else None,
        reason=reason,
        verdict=verdict,
        exempt=False,
        emission=kilograms(sum(masses, Decimal(0))) if masses else None,
        substituted=kilograms(sum(substitutes, Decimal(0))) if substitutes else None,
        substitution="; ".join(sorted({day.substitution for _, day, _ in days} - {""})),
    )


def _needed(subject: Subject, period: str, first: date, idle: Sequence[date]) -> tuple[int, int]:
    """Return how many valid days are needed and how many there are to be had."""
    needed = expected = 0
    for number in range(LENGTHS[period]):
        month = months_on(first, number)
        length = sum(1 for _ in days_between(month, months_on(month, 1)))
        stopped = sum(month_of(day) == month for day in idle)
        expected += length - stopped
        needed += max(needed_in_month(subject, length) - stopped, 0)
    return needed, expected


def _verdict(valid: int, needed: int, idle: int, no_mean: Reason | None) -> tuple[Validity, str]:
    if not valid:
        return (Validity.STOPPED, Reason.STOPPED) if idle else (Validity.MISSING, Reason.NO_DATA)
    if valid < needed:
        return Validity.INVALID, Reason.TOO_FEW_VALUES
    if no_mean is not None:
        return Validity.INVALID, no_mean
    return Validity.VALID, ""
