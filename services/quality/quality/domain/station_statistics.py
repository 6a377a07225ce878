"""What the days of a station amount to over a month, quarter or year: means, percentiles, days over the limit, index, class.

| | air (HJ 663) | surface water (GB 3838, method of 2011) | noise (GB 3096, GB 12348) |
|---|---|---|---|
| value of a day | 24-hour mean; ozone the largest 8-hour mean | daily mean | Ld, Ln, Ldn |
| valid period | 27 days a month (February 25), 324 a year | share of the days | share of the days |
| statistic | mean; CO P95, ozone P90 (the others' percentiles beside) | mean | energy mean |
| grade | composite index; days by AQI level | class of the means; index CWQI; lakes TLI | levels of the zone; days kept |

Shares of days: park_standards.completeness. Weather and hydrological stations have means and no grade. The grade of a single day
is the one it was stored with. A period that is not complete keeps its numbers and says so (`complete`).
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from msgspec import Struct
from park_judging.domain.period_means import SUBJECT, period_mean
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.codes import Medium, PointKind
from park_schemas.registry import MonitoredFactor, PointRecord
from park_standards.air_period import ANNUAL_PERCENTILES, good_days
from park_standards.air_statistics import percentile
from park_standards.aqi import POLLUTANT_CODES, Pollutant
from park_standards.completeness import needed_in_month
from park_standards.composite_index import PERCENTILES, composite_index
from park_standards.errors import NotEnoughData, StandardsError
from park_standards.limit import Subject
from park_standards.rounding import exact, round_gb8170, round_reported
from park_standards.units import convert
from park_standards.water_class import Reading
from park_standards.water_index import water_quality_index

from quality.domain.noise_grade import KEPT, levels_grade
from quality.domain.result_spans import Span, end_of, months_of
from quality.domain.water_grade import body_of, class_grade

_AIR_YEAR_DAYS = 324
_INDEX_DECIMALS = 2


class StationDay(Struct, frozen=True):
    """A day of a station as it was computed."""

    day: date
    factors: list[FactorAssessment]
    grade: QualityGrade | None


class FactorStatistics(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One factor over the period, decimal text in `unit`. `over_days` are the valid days that broke the daily limit."""

    factor: str
    name_zh: str
    name_en: str
    unit: str
    valid_days: int
    needed_days: int
    days: int
    complete: bool
    over_days: int
    mean: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    percentile: str | None = None
    percentile_share: str | None = None


class StationStatistics(Struct, frozen=True, kw_only=True):
    """One period of a station. `index` is the composite index of the air or the CWQI of the water; noise has none."""

    span: Span
    start: date
    end: date
    """The last day, inclusive."""
    days_with_data: int
    factors: list[FactorStatistics]
    grade: QualityGrade | None = None
    index: str | None = None
    index_note_zh: str = ""
    """Why there is no index; empty where there is one, or where the station has none."""
    index_note_en: str = ""
    good_days: int | None = None
    graded_days: int | None = None
    good_share: str | None = None
    days_by_level: dict[str, int] = {}


def statistics_of(point: PointRecord, span: Span, first: date, days: Iterable[StationDay]) -> StationStatistics:
    """Return the statistics of the days of [first, end of the span) that are given; others are not looked at."""
    end = end_of(span, first)
    inside = [day for day in days if first <= day.day < end]
    subject = SUBJECT[point.medium]
    factors = [
        found for factor in point.factors if (found := _factor(factor, subject, span, first, inside)) is not None
    ]
    levels = Counter(str(day.grade.level) for day in inside if day.grade is not None)
    summary = _SUMMARIES[point.medium](point, factors, end)
    good = good_days(_index_of(day) for day in inside) if point.medium in _COUNTS_GOOD_DAYS else None
    return StationStatistics(
        span=span,
        start=first,
        end=end - timedelta(days=1),
        days_with_data=len(inside),
        factors=factors,
        grade=inside[0].grade if span is Span.DAY and inside else summary.grade,
        index=summary.index,
        index_note_zh=summary.note[0],
        index_note_en=summary.note[1],
        good_days=good.good if good else None,
        graded_days=good.valid if good else None,
        good_share=_text(good.share, 4) if good and good.share is not None else None,
        days_by_level=dict(sorted(levels.items())),
    )


def day_value(factor: FactorAssessment) -> str | None:
    """Return the value by which a day counts, None when the day is not valid."""
    if factor.max_8h is not None:
        return factor.max_8h
    return None if not factor.valid or POLLUTANT_CODES.get(factor.factor) is Pollutant.O3 else factor.mean


def _factor(
    factor: MonitoredFactor, subject: Subject, span: Span, first: date, days: Sequence[StationDay]
) -> FactorStatistics | None:
    found = [one for day in days for one in day.factors if one.factor == factor.factor]
    if not found:
        return None
    values = [value for one in found if (value := day_value(one)) is not None]
    needed, length = _needed(subject, span, first)
    share = _share(subject, factor.factor)
    ranked = percentile([exact(value) for value in values], share) if share is not None and values else None
    return FactorStatistics(
        factor=factor.factor,
        name_zh=factor.name_zh,
        name_en=factor.name_en,
        unit=factor.unit,
        valid_days=len(values),
        needed_days=needed,
        days=length,
        complete=len(values) >= needed,
        over_days=sum(one.compliant is False for one in found),
        mean=period_mean(factor, subject, values, [])[0] if values else None,
        minimum=min(values, key=Decimal, default=None),
        maximum=max(values, key=Decimal, default=None),
        percentile=None if ranked is None else f"{round_reported(ranked, factor.decimals + 1):f}",
        percentile_share=None if share is None else str(share),
    )


def _needed(subject: Subject, span: Span, first: date) -> tuple[int, int]:
    """Return how many valid days are needed, and how many there are."""
    length = (end_of(span, first) - first).days
    if span is Span.DAY:
        return 1, 1
    if span is Span.YEAR and subject is Subject.AMBIENT_AIR:
        return _AIR_YEAR_DAYS, length
    months = [monthrange(month.year, month.month)[1] for month in months_of(span, first)]
    return sum(needed_in_month(subject, month) for month in months), length


def _share(subject: Subject, code: str) -> Decimal | None:
    pollutant = POLLUTANT_CODES.get(code) if subject is Subject.AMBIENT_AIR else None
    return None if pollutant is None else ANNUAL_PERCENTILES[pollutant]


@dataclass(frozen=True, slots=True)
class _Summary:
    """What all factors of a period amount to; `note` says in Chinese and English why there is no index."""

    grade: QualityGrade | None = None
    index: str | None = None
    note: tuple[str, str] = ("", "")


def _air(point: PointRecord, factors: Sequence[FactorStatistics], end: date) -> _Summary:
    """The composite index of the period that ends before `end`."""
    if point.point_kind is PointKind.WEATHER:
        return _Summary()
    values: dict[Pollutant, Decimal] = {}
    try:
        for one in factors:
            pollutant = POLLUTANT_CODES.get(one.factor)
            text = one.percentile if pollutant in PERCENTILES else one.mean
            if pollutant is not None and text is not None:
                unit = "mg/m3" if pollutant is Pollutant.CO else "ug/m3"
                values[pollutant] = convert(exact(text), one.unit, unit)
        index = composite_index(values, end - timedelta(days=1)).index
    except StandardsError as error:
        return _Summary(note=_why_none(error))
    return _Summary(index=_text(index, _INDEX_DECIMALS))


def _water(point: PointRecord, factors: Sequence[FactorStatistics], _end: date) -> _Summary:
    if point.point_kind is PointKind.HYDROLOGY:
        return _Summary()
    readings = {one.factor: Reading(exact(one.mean), one.unit) for one in factors if one.mean is not None}
    grade = class_grade(point, readings)
    try:
        return _Summary(grade, _text(water_quality_index(readings, body_of(point)), _INDEX_DECIMALS))
    except StandardsError as error:
        return _Summary(grade, note=_why_none(error))


def _why_none(error: StandardsError) -> tuple[str, str]:
    if isinstance(error, NotEnoughData):
        return (
            f"参评项目有效 {error.valid} 项,需要 {error.needed} 项",
            f"{error.valid} valid items, {error.needed} needed",
        )
    return f"不能计算:{error}", str(error)


def _noise(point: PointRecord, factors: Sequence[FactorStatistics], _end: date) -> _Summary:
    return _Summary(levels_grade(point, {one.factor: one.mean for one in factors if one.mean is not None}))


_SUMMARIES: Mapping[Medium, Callable[[PointRecord, Sequence[FactorStatistics], date], _Summary]] = MappingProxyType(
    {Medium.AMBIENT_AIR: _air, Medium.SURFACE_WATER: _water, Medium.NOISE: _noise}
)
_COUNTS_GOOD_DAYS = frozenset({Medium.AMBIENT_AIR, Medium.NOISE})
"""Air: days up to AQI 100 of the days with an AQI. Noise: days that kept their limits of the days with a verdict."""
_WORST_GOOD_INDEX = 100


def _index_of(day: StationDay) -> int | None:
    """The AQI of a day; of a noise day one that counts as good when it kept its limits."""
    if day.grade is None:
        return None
    if day.grade.kind == "noise":
        return _WORST_GOOD_INDEX if day.grade.level == KEPT else _WORST_GOOD_INDEX + 1
    return int(day.grade.value) if day.grade.kind == "aqi" else None


def _text(value: Decimal, decimals: int) -> str:
    return f"{round_gb8170(value, decimals):f}"
