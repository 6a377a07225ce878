"""The day of a noise station: Ld, Ln and Ldn from its hours, the largest sound of its night. Pure.

| value | of | valid with |
|---|---|---|
| Ld | energy mean of the hours 06:00 to 22:00 | 12 of 16 hours |
| Ln | energy mean of the hours 22:00 to 06:00 of the next day | 6 of 8 hours |
| Ldn | both, the night 10 dB louder | both |
| LMx | largest of the night, the part that has a limit; `maximum` is that of day and night | one hour |

A night belongs to the day it begins in: GB 3096-2008 defines it as 22:00 to 06:00 of the next day (次日). So the day of a noise
station runs from 06:00 to 06:00 and is computed after its night. How many hours are needed is an ASSUMPTION told in
park_standards.completeness. Where Leq is not sent, the energy mean of LA is it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from park_chassis.frame_revisions import Frame
from park_judging.domain.grading import Hours
from park_judging.domain.period_means import assess_day
from park_judging.period_rules import factors_of
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_standards.completeness import needed_in_day
from park_standards.limit import Averaging, Subject
from park_standards.noise import day_night_level, equivalent_level, period_of_day
from park_standards.rounding import exact, round_reported
from park_standards.validity import Reason

from quality.domain.noise_zones import (
    DAY_LEVEL,
    DAY_NIGHT_LEVEL,
    DERIVED,
    EQUIVALENT,
    NIGHT_LEVEL,
    PEAK,
    SOUND_LEVEL,
)

NOISE_DAY_BEGINS = timedelta(hours=6)
_HOURS = {Averaging.DAYTIME: 16, Averaging.NIGHT: 8}
_UNIT = "dB(A)"


def noise_day(point: PointRecord, hours: Hours, reported: Sequence[Frame]) -> list[FactorAssessment]:
    """Return the factors of a day from its hours (06:00 to 06:00) and the device's own record of it."""
    plain = {one.factor: one for one in assess_day(point.factors, Medium.NOISE, factors_of(hours), reported)}
    levels = list(_hours_of(point, hours))
    if levels:
        said = {code: one.reported for code, one in plain.items()}
        derived = _levels(levels)
        plain |= {code: msgspec.structs.replace(one, reported=said.get(code)) for code, one in derived.items()}
    if PEAK in plain:
        plain[PEAK] = _peak(plain[PEAK], hours)
    order = {one.factor: place for place, one in enumerate(point.factors)}
    return sorted(plain.values(), key=lambda one: order[one.factor])


def _hours_of(point: PointRecord, hours: Hours) -> Iterable[tuple[Averaging, FactorAssessment]]:
    """Give the hours' Leq with the time of day they lie in."""
    known = {one.factor for one in point.factors}
    source = EQUIVALENT if EQUIVALENT in known else SOUND_LEVEL
    for start, factors in hours:
        for one in factors:
            if one.factor == source:
                yield period_of_day(at_park(start).time()), one


def _levels(hours: Sequence[tuple[Averaging, FactorAssessment]]) -> dict[str, FactorAssessment]:
    day, night = (_level(period, [one for at, one in hours if at is period]) for period in _HOURS)
    both = day.valid and night.valid
    value = day_night_level(exact(day.mean or ""), exact(night.mean or "")) if both else None
    whole = FactorAssessment(
        factor=DAY_NIGHT_LEVEL,
        unit=_UNIT,
        valid=both,
        valid_count=day.valid_count + night.valid_count,
        expected_count=day.expected_count + night.expected_count,
        mean=None if value is None else _text(value),
        reason="" if both else Reason.TOO_FEW_VALUES,
    )
    return dict(zip(DERIVED, (day, night, whole), strict=True))


def _level(period: Averaging, hours: Sequence[FactorAssessment]) -> FactorAssessment:
    means = [exact(one.mean) for one in hours if one.valid and one.mean is not None]
    expected = _HOURS[period]
    is_valid = len(means) >= needed_in_day(Subject.NOISE, expected)
    return FactorAssessment(
        factor=DAY_LEVEL if period is Averaging.DAYTIME else NIGHT_LEVEL,
        unit=_UNIT,
        valid=is_valid,
        valid_count=len(means),
        expected_count=expected,
        mean=_text(equivalent_level(means)) if means else None,
        minimum=_text(min(means)) if means else None,
        maximum=_text(max(means)) if means else None,
        reason="" if is_valid else Reason.TOO_FEW_VALUES if hours else Reason.NO_DATA,
    )


def _peak(day: FactorAssessment, hours: Hours) -> FactorAssessment:
    night = [
        one
        for start, factors in hours
        if period_of_day(at_park(start).time()) is Averaging.NIGHT
        for one in factors
        if one.factor == PEAK and one.mean is not None
    ]
    highest = max((one.maximum or one.mean or "0" for one in night), key=Decimal, default=None)
    return msgspec.structs.replace(
        day,
        mean=highest,
        valid=highest is not None,
        valid_count=len(night),
        expected_count=_HOURS[Averaging.NIGHT],
        reason="" if night else Reason.NO_DATA,
    )


def _text(level: Decimal) -> str:
    return f"{round_reported(level, 1):f}"


def is_night(moment: datetime) -> bool:
    """Say whether a moment lies in the night."""
    return period_of_day(at_park(moment).time()) is Averaging.NIGHT
