"""Hourly factor fields of a day counted for transmission (传输有效率): what was expected, came, came in time, and
was valid. Pure."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from park_judging.domain.layered_periods import is_expected
from park_schemas.assessments import FactorAssessment
from park_schemas.park_time import at_park
from park_standards.transmission import EXCUSED_FACTORS, FactorHour, HourCounts, count_hours
from park_standards.validity import Reason, Validity, ValidityVerdict

Hours = Sequence[tuple[datetime, Sequence[FactorAssessment]]]

WARNING_RATE, SERIOUS_RATE, COMPLETENESS = Decimal("0.98"), Decimal("0.90"), Decimal("0.995")
"""Project target of the effective rate, red mark of platforms, and project target of completeness (validity rules
section 5)."""


ALARM_RATE = Decimal("0.95")
"""Between the two: the yellow mark of the warning levels (data and equipment)."""

_EFFECTIVE = ((SERIOUS_RATE, "serious"), (ALARM_RATE, "alarm"), (WARNING_RATE, "warn"))
_COMPLETE = ((COMPLETENESS, "warn"),)


def effective_severity(counts: HourCounts) -> str | None:
    """Return how bad the effective rate is: serious, alarm, warn or "" for good; None where nothing was expected."""
    return _severity(counts.effective_rate, _EFFECTIVE)


def completeness_severity(counts: HourCounts) -> str | None:
    """Return warn for a completeness below the project target, "" for a good one; None where nothing was expected."""
    return _severity(counts.transmission_rate, _COMPLETE)


def _severity(rate: Decimal | None, marks: Sequence[tuple[Decimal, str]]) -> str | None:
    if rate is None:
        return None
    return next((severity for below, severity in marks if rate < below), "")


_LEVEL = {"serious": "serious", "alarm": "warning", "warn": "warning", "": "ok"}


def level_of(counts: HourCounts) -> str:
    """Return ok, warning or serious: of both rates the worse one (validity rules section 5); none where nothing was expected."""
    effective, complete = effective_severity(counts), completeness_severity(counts)
    return "none" if effective is None else _LEVEL[effective or complete or ""]


def counts_of_day(hours: Hours) -> dict[str, HourCounts]:
    """Return the counts of each factor. Hours without flow leave the count as stopped ones do (layered_periods.is_expected)."""
    by_factor: dict[str, list[FactorHour]] = {}
    for start, factors in hours:
        day = at_park(start).date()
        for one in factors:
            by_factor.setdefault(one.factor, []).append(FactorHour(day, verdict_of(one), one.in_time))
    return {factor: count_hours(factor, found) for factor, found in by_factor.items()}


def verdict_of(hour: FactorAssessment) -> ValidityVerdict:
    """Return the verdict of an hour as transmission counts it."""
    if not is_expected(hour):
        return ValidityVerdict(Validity.STOPPED, Reason.STOPPED)
    if hour.baseline != "valid":
        return ValidityVerdict(Validity.MISSING, Reason.NO_DATA)
    reason = Reason.STANDARD_CHECK if hour.equipment_mark == "auto_standard_check" else Reason.NORMAL
    return ValidityVerdict(Validity(hour.verdict), reason)


class Loss(Struct, frozen=True, kw_only=True):
    """An hour of a factor that lowers the rate, and why: the end of the explanation."""

    factor: str
    hour_start: datetime
    verdict: str
    reason: str
    mark: str = ""
    condition_mark: str = ""
    equipment_mark: str = ""
    excused: bool = False


def losses(hours: Hours) -> list[Loss]:
    """Return the hours of a day that were missing, invalid or late, oldest first; those excused are named as such."""
    found: list[Loss] = []
    excused: set[str] = set()
    for start, factors in hours:
        for one in factors:
            verdict = verdict_of(one)
            if (verdict.usable and one.in_time) or verdict.validity is Validity.STOPPED:
                continue
            is_excused = verdict.reason is Reason.STANDARD_CHECK and _is_excused(one.factor, excused)
            found.append(
                Loss(
                    factor=one.factor,
                    hour_start=at_park(start),
                    verdict=one.verdict if one.baseline == "valid" else Validity.MISSING,
                    reason=one.reason or ("late" if not one.in_time else ""),
                    mark=one.mark,
                    condition_mark=one.condition_mark,
                    equipment_mark=one.equipment_mark,
                    excused=is_excused,
                )
            )
    return found


def _is_excused(factor: str, excused: set[str]) -> bool:
    """The first hour of standard check of the day, of the four factors for which it is excused."""
    if factor not in EXCUSED_FACTORS or factor in excused:
        return False
    excused.add(factor)
    return True
