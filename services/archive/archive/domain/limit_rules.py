"""Limits in force: taken from the standards library or from a permit, never looser, never two at a time.

Order of limits: permit, stricter local standard, industry standard, integrated standard; the archive holds the one that
applies, with its citation. A permit limit that names the standard's row must be at least as strict as it.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from park_chassis.sheets.problems import Problem
from park_schemas.codes import Medium, Period, PointKind
from park_standards.errors import BadValue, NotComparable, UnitMismatch, UnknownStandard
from park_standards.limit import Averaging, Basis
from park_standards.limit import Limit as StandardLimit
from park_standards.limits import limit_by_id
from park_standards.units import convert

from archive.domain.level_words import level_word
from archive.domain.records import Limit
from archive.domain.row_rules import Surroundings

AVERAGING_OF_STANDARD: Mapping[Averaging, Period] = {
    Averaging.INSTANT: Period.REALTIME,
    Averaging.FIVE_MINUTES: Period.MINUTE,
    Averaging.HOUR: Period.HOUR,
    Averaging.DAY: Period.DAY,
}
"""What the platform judges by. Rows with another period need `averaging` to be said in the limit itself."""

_NEEDED = ("averaging", "unit", "standard", "clause")


def complete_limit(values: Mapping[str, Any], around: Surroundings) -> tuple[Limit | None, list[Problem]]:
    """Return the limit that the cells of a row make, filled from the standards library, or every problem of the row."""
    filled = dict(values)
    problems: list[Problem] = []
    reference = _reference(filled, problems)
    if reference is not None:
        _fill(filled, reference, problems)
    problems += _missing(filled) + _bounds(filled) + _validity(filled) + _at_point(filled, around)
    if problems or any(name not in filled for name in ("point_code", "factor", "valid_from")):
        return None, problems
    return Limit(**filled), []


def overlapping(limit: Limit, others: Iterable[Limit]) -> Limit | None:
    """Return the first of `others` that would judge the same factor and averaging of the point on the same day."""
    for other in others:
        same = (limit.point_code, limit.factor, limit.averaging) == (other.point_code, other.factor, other.averaging)
        begins_before = other.valid_to is None or limit.valid_from <= other.valid_to
        if same and begins_before and (limit.valid_to is None or other.valid_from <= limit.valid_to):
            return other
    return None


def overlap_problem(limit: Limit, other: Limit) -> Problem:
    """Say that `limit` and `other` would be in force together."""
    until = other.valid_to.isoformat() if other.valid_to else "∞"
    return Problem(
        "valid_from",
        limit.valid_from.isoformat(),
        f"与同因子同时段的限值 {other.valid_from}～{until}（{other.standard}）有效期重叠",
        f"overlaps the limit {other.valid_from} to {until} ({other.standard}) of the same factor and averaging",
    )


def _reference(values: dict[str, Any], problems: list[Problem]) -> StandardLimit | None:
    limit_id = values.get("standard_limit_id")
    if not limit_id:
        return None
    try:
        row = limit_by_id(limit_id)
        row.bounds  # noqa: B018 - raises for limits in words
    except UnknownStandard:
        problems.append(Problem("standard_limit_id", limit_id, "标准库中没有该限值", "no such row in the standards"))
        return None
    except NotComparable:
        problems.append(Problem("standard_limit_id", limit_id, "该限值不是数值", "this limit is not a number"))
        return None
    if values.get("factor") not in (None, row.factor_code):
        problems.append(
            Problem("factor", values["factor"], f"该限值属于因子 {row.factor_code}", f"the row is of {row.factor_code}")
        )
    return row


def _fill(values: dict[str, Any], row: StandardLimit, problems: list[Problem]) -> None:
    given = {name for name in ("upper", "lower") if name in values}
    bounds = row.bounds
    if row.averaging in AVERAGING_OF_STANDARD:
        values.setdefault("averaging", AVERAGING_OF_STANDARD[row.averaging].value)
    values.setdefault("unit", row.unit)
    values.setdefault("standard", row.standard)
    values.setdefault("clause", ", ".join(part for part in (row.clause, level_word(row.level)) if part))
    values.setdefault("basis", "converted" if row.basis is Basis.CONVERTED else "measured")
    values.setdefault("confidence", row.confidence.value)
    if not given:
        values |= {
            name: bound for name, bound in (("upper", bounds.upper), ("lower", bounds.lower)) if bound is not None
        }
        return
    try:
        bounds = bounds.in_unit(values["unit"])
    except UnitMismatch as mismatch:
        problems.append(Problem("unit", values["unit"], f"与标准单位 {row.unit} 不可换算", str(mismatch)))
        return
    if values.get("source", "standard") == "standard":
        problems += _differing(values, bounds.upper, bounds.lower)
    else:
        problems += _looser(values, bounds.upper, bounds.lower)


def _differing(values: Mapping[str, Any], upper: Decimal | None, lower: Decimal | None) -> list[Problem]:
    return [
        Problem(name, str(values.get(name, "")), f"与标准限值 {bound} 不一致", f"differs from the standard's {bound}")
        for name, bound in (("upper", upper), ("lower", lower))
        if values.get(name) != bound
    ]


def _looser(values: Mapping[str, Any], upper: Decimal | None, lower: Decimal | None) -> list[Problem]:
    problems = []
    given_upper, given_lower = values.get("upper"), values.get("lower")
    if upper is not None and (given_upper is None or given_upper > upper):
        problems.append(
            Problem("upper", str(given_upper or ""), f"许可限值宽于标准 {upper}", f"looser than the standard's {upper}")
        )
    if lower is not None and (given_lower is None or given_lower < lower):
        problems.append(
            Problem("lower", str(given_lower or ""), f"许可限值宽于标准 {lower}", f"looser than the standard's {lower}")
        )
    return problems


def _missing(values: Mapping[str, Any]) -> list[Problem]:
    titles = {"averaging": ("判定时段", "averaging"), "unit": ("单位", "unit"), "standard": ("标准", "standard"),
              "clause": ("条款", "clause")}  # fmt: skip
    return [
        Problem(name, "", f"{titles[name][0]} 必填（或给出标准限值编号）", f"{titles[name][1]} is required")
        for name in _NEEDED
        if not values.get(name)
    ]


def _bounds(values: Mapping[str, Any]) -> list[Problem]:
    upper, lower = values.get("upper"), values.get("lower")
    if upper is None and lower is None:
        return [Problem("upper", "", "上限和下限至少填一个", "an upper or a lower bound is needed")]
    if upper is not None and lower is not None and lower > upper:
        return [
            Problem("lower", str(lower), f"下限大于上限 {upper}", f"the lower bound is above the upper bound {upper}")
        ]
    return []


def _validity(values: Mapping[str, Any]) -> list[Problem]:
    begin, end = values.get("valid_from"), values.get("valid_to")
    if begin is None or end is None or begin <= end:
        return []
    return [Problem("valid_to", end.isoformat(), f"早于生效日期 {begin}", f"is before valid_from {begin}")]


def _at_point(values: Mapping[str, Any], around: Surroundings) -> list[Problem]:
    code, factor = values.get("point_code"), values.get("factor")
    if code is None:
        return []
    point = around.points.get(code)
    if point is None:
        return [Problem("point_code", code, "点位不在档案中", "this point is not in the archive")]
    if point.medium is Medium.NOISE:
        zh, en = (
            "噪声站的限值由功能区类别（目标类别）确定，不单独登记",
            "limits of a noise station follow from its zone",
        )
        return [Problem("point_code", code, zh, en)]
    if factor is not None and factor not in point.units:
        return [Problem("factor", factor, f"点位 {code} 不监测该因子", f"point {code} does not report this factor")]
    if point.kind is PointKind.FUGITIVE and values.get("basis") == "converted":
        zh, en = "无组织点位没有烟气，不适用折算浓度限值", "fugitive emission has no flue gas: nothing is converted"
        return [Problem("basis", "converted", zh, en)]
    return _comparable(values.get("unit"), point.units.get(factor or ""))


def _comparable(unit: str | None, reported: str | None) -> list[Problem]:
    if unit is None or reported is None:
        return []
    try:
        convert(Decimal(1), reported, unit)
    except (UnitMismatch, BadValue):
        return [
            Problem(
                "unit", unit, f"与点位上传单位 {reported} 不可换算", f"does not convert from the reported {reported}"
            )
        ]
    return []
