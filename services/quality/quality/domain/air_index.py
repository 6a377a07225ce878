"""AQI of an hour and of a day of an air station, from its valid means (HJ 633, the edition in force on the day).

| kind of station | items that must be there |
|---|---|
| national | all six of HJ 633, whatever is registered |
| park, boundary, no kind | those of its instruments |
| micro | those of its instruments; the index only indicates |
| weather | none: it has no index |
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from park_judging.domain.grading import Hours
from park_judging.domain.periods import LENGTH, park_date
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.codes import INDICATIVE_KINDS, Period, PointKind
from park_schemas.registry import MonitoredFactor, PointRecord
from park_standards.air_statistics import ozone_day_max_8h
from park_standards.aqi import (
    DAILY_ITEMS,
    POLLUTANT_CODES,
    REALTIME_ITEMS,
    AqiReport,
    Item,
    Pollutant,
    daily_report,
    edition_at,
    realtime_report,
)
from park_standards.errors import BadValue, NotEnoughData, UnitMismatch
from park_standards.rounding import exact, round_reported
from park_standards.units import convert

_HOURLY: Mapping[Pollutant, Item] = {item.pollutant: item for item in Item if item.averaging == "1h"}
_DAILY: Mapping[Pollutant, Item] = {item.pollutant: item for item in Item if item.averaging == "24h"}
_CODE = {pollutant: code for code, pollutant in POLLUTANT_CODES.items()}
OZONE = _CODE[Pollutant.O3]
_HOURS_OF_DAY = 24


def hour_grade(
    point: PointRecord, start: datetime, factors: Sequence[FactorAssessment], _hours: Hours
) -> QualityGrade | None:
    """Return the real-time AQI, None where the standard publishes NA or holds no edition for the day.

    ASSUMPTION: of hours before 2026-03-01 the moving means over 24 h (PM) and 8 h (O3) that the edition of 2012 takes are not
    made; those items are said to be missing, and the index comes from the rest. To disprove: a park that uploads years of
    history and needs its hours, not its days.
    """
    values = {_HOURLY[pollutant]: value for pollutant, value in _concentrations(factors).items()}
    try:
        edition = edition_at(park_date(start))
    except BadValue:
        return None
    return _grade(point, realtime_report(values, edition, planned=_planned(point, REALTIME_ITEMS[edition])))


def day_grade(
    point: PointRecord, start: datetime, factors: Sequence[FactorAssessment], hours: Hours
) -> QualityGrade | None:
    """Return the daily AQI: 24-hour means, and the daily maximum 8-hour mean of ozone from the valid hours."""
    values: dict[Item, Decimal | None] = {
        _DAILY[pollutant]: value for pollutant, value in _concentrations(factors).items() if pollutant in _DAILY
    }
    ozone = _ozone_hours(start, hours)
    values[Item.O3_1H] = max((value for value in ozone if value is not None), default=None)
    try:
        values[Item.O3_8H] = ozone_day_max_8h(ozone)
    except NotEnoughData:
        values[Item.O3_8H] = None
    try:
        edition = edition_at(park_date(start))
    except BadValue:
        return None
    return _grade(point, daily_report(values, edition, planned=_planned(point, DAILY_ITEMS[edition])))


def ozone_max_8h(start: datetime, hours: Hours, factors: Mapping[str, MonitoredFactor]) -> str | None:
    """Return the largest 8-hour mean of ozone of a day, in the station's unit; None with too few valid hours."""
    ozone = factors.get(OZONE)
    if ozone is None:
        return None
    try:
        best = convert(ozone_day_max_8h(_ozone_hours(start, hours)), "ug/m3", ozone.unit)
    except (NotEnoughData, UnitMismatch):
        return None
    return f"{round_reported(best, ozone.decimals + 1):f}"


def _concentrations(factors: Sequence[FactorAssessment]) -> dict[Pollutant, Decimal]:
    """Valid means in the unit of HJ 633: ug/m3, CO mg/m3. A negative mean (zero drift) is no concentration."""
    found: dict[Pollutant, Decimal] = {}
    for factor in factors:
        pollutant = POLLUTANT_CODES.get(factor.factor)
        if pollutant is None or not factor.valid or factor.mean is None:
            continue
        value = _in_index_unit(pollutant, factor)
        if value is not None and value >= 0:
            found[pollutant] = value
    return found


def _in_index_unit(pollutant: Pollutant, factor: FactorAssessment) -> Decimal | None:
    try:
        return convert(exact(factor.mean or ""), factor.unit, "mg/m3" if pollutant is Pollutant.CO else "ug/m3")
    except UnitMismatch:
        return None


def _ozone_hours(start: datetime, hours: Hours) -> list[Decimal | None]:
    """The 24 hourly values of the park's day. HJ 212 labels an hour by its start, so the first one ends at 01:00."""
    by_start = {at: _concentrations([one for one in factors if one.factor == OZONE]) for at, factors in hours}
    return [by_start.get(start + LENGTH[Period.HOUR] * number, {}).get(Pollutant.O3) for number in range(_HOURS_OF_DAY)]


def _planned(point: PointRecord, items: Iterable[Item]) -> set[Item]:
    """The items that the station has to monitor: those of other pollutants have no effect."""
    if point.point_kind is PointKind.NATIONAL_AIR:
        return set(items)
    pollutants = {POLLUTANT_CODES[one.factor] for one in point.factors if one.factor in POLLUTANT_CODES}
    return {item for item in items if item.pollutant in pollutants}


def _grade(point: PointRecord, report: AqiReport) -> QualityGrade | None:
    if report.aqi is None or report.category is None or point.point_kind is PointKind.WEATHER:
        return None
    return QualityGrade(
        kind="aqi",
        value=str(report.aqi),
        level=report.category.level,
        name_zh=report.category.name_zh,
        name_en=report.category.name_en,
        colour=report.category.hex_colour,
        standard=report.edition.value,
        primary=list(dict.fromkeys(_CODE[item.pollutant] for item in report.primary)),
        missing=list(dict.fromkeys(_CODE[item.pollutant] for item in report.missing)),
        indicative=point.point_kind in INDICATIVE_KINDS,
    )
