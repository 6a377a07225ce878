"""The emergency reduction list (应急减排清单): one line for each production line of an enterprise, and what is wrong with one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from msgspec import Struct
from park_chassis.sheets.problems import Problem

from source_monitoring.domain.reductions.levels import GRADES, LEVELS, POLLUTANTS


class LevelMeasure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a line does at one level. `allowed_share` (0 to below 1, decimal text) of its usual power or flow; none: no share
    is ordered, so that keeping it cannot be shown by a meter (or the grade is voluntary)."""

    measure_zh: str
    allowed_share: str | None = None


class ListedLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A production line on the list. `point_id` and `factor` name the meter (power, load or flow) that shows it; `usual_value`
    is its filed usual value, else the mean of the 30 days before an order counts; `emissions` in kg a day."""

    enterprise_id: UUID
    line: str
    grade: str
    industry: str = ""
    point_id: UUID | None = None
    factor: str = ""
    usual_value: str | None = None
    measures: dict[str, LevelMeasure] = {}
    emissions: dict[str, str] = {}
    note: str = ""


class ReductionMeasure(Struct, frozen=True, kw_only=True):
    """One line's measure under one order, held against readings: at most `allowed_share` of the usual `factor` in
    [starts_at, ends_at). `usual_value` None: the 30 days before are its reference."""

    measure_id: UUID
    order_id: UUID
    point_id: UUID
    title_zh: str
    title_en: str
    level: str
    measure_zh: str
    starts_at: datetime
    ends_at: datetime
    factor: str
    allowed_share: str
    usual_value: str | None = None


def problems_of(line: ListedLine) -> list[Problem]:
    """Return everything that is wrong with a line on its own, each with its field."""
    return [*_names(line), *_meter(line), *_measures(line.measures), *_emissions(line.emissions)]


def _names(line: ListedLine) -> Iterator[Problem]:
    if not line.line.strip():
        yield Problem("line", "", "生产线必填", "the production line is required")
    if line.grade not in GRADES:
        yield Problem("grade", line.grade, f"应为下列之一:{'、'.join(GRADES)}", f"must be one of: {', '.join(GRADES)}")


def _meter(line: ListedLine) -> Iterator[Problem]:
    if (line.point_id is None) != (not line.factor):
        where = "factor" if line.point_id is not None else "point"
        yield Problem(where, line.factor, "点位和因子须同时填写", "point and factor belong together")
    usual = decimal_of(line.usual_value)
    if line.usual_value is not None and (usual is None or usual <= 0):
        yield Problem("usual_value", line.usual_value, "应为大于 0 的数", "must be a number above 0")


def _measures(measures: Mapping[str, LevelMeasure]) -> Iterator[Problem]:
    for level, measure in measures.items():
        if level not in LEVELS:
            yield Problem(f"measures.{level}", level, "没有该预警级别", "there is no such level")
        if not measure.measure_zh.strip():
            yield Problem(f"{level}_measure", "", "减排措施必填", "the measure is required")
        share = decimal_of(measure.allowed_share)
        if measure.allowed_share is not None and (share is None or not 0 <= share < 1):
            yield Problem(
                f"{level}_share", measure.allowed_share, "应在 0 到 1 之间(不含 1)", "must lie in 0 to below 1"
            )
    shares = [decimal_of(measures[level].allowed_share) for level in LEVELS if level in measures]
    known = [share for share in shares if share is not None]
    if known != sorted(known, reverse=True):
        yield Problem("red_share", "", "预警级别越高允许比例不得越大", "a higher level must not allow a larger share")


def _emissions(emissions: Mapping[str, str]) -> Iterator[Problem]:
    for pollutant, text in emissions.items():
        value = decimal_of(text)
        if pollutant not in POLLUTANTS:
            yield Problem(f"emissions.{pollutant}", pollutant, "未知污染物", "unknown pollutant")
        elif value is None or value < 0:
            yield Problem(f"emission_{pollutant}", text, "应为不小于 0 的数", "must be a number not below 0")


def decimal_of(text: str | None) -> Decimal | None:
    """Return finite decimal text as a number, None for anything else."""
    try:
        found = Decimal(text) if text is not None else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None
