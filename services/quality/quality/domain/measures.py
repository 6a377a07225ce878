"""What a station can be held to and ranked by: its grade, its index, its share of good days, the mean of a factor. Pure."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from park_chassis.sheets.problems import Problem
from park_judging.domain.applied_limits import PointLimits
from park_schemas.codes import Medium, PointKind
from park_standards.water_class import WaterClass

CLASS, INDEX, GOOD_SHARE = "class", "index", "good_share"
OF_MEDIUM: Mapping[Medium, frozenset[str]] = MappingProxyType(
    {
        Medium.AMBIENT_AIR: frozenset({INDEX, GOOD_SHARE}),
        Medium.SURFACE_WATER: frozenset({CLASS, INDEX}),
        Medium.NOISE: frozenset({GOOD_SHARE}),
    }
)
"""Measures beside the factors of a station."""
WITHOUT_GRADE = frozenset({PointKind.WEATHER, PointKind.HYDROLOGY})
_CLASSES = frozenset(str(one.value) for one in WaterClass)
_MOST = Decimal("1e9")


def measures_of(limits: PointLimits) -> frozenset[str]:
    """Return what a station can be held to: what its medium is graded by, and its factors."""
    point = limits.point
    graded = frozenset() if point.point_kind in WITHOUT_GRADE else OF_MEDIUM.get(point.medium, frozenset())
    return graded | frozenset(limits.factors)


def water_class_of(bounds: Mapping[str, str]) -> int | None:
    """Return the target class among bounds; None without one."""
    found = bounds.get(CLASS)
    return int(found) if found in _CLASSES else None


def target_problems(limits: PointLimits, bounds: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong with targets, one for each measure that cannot be."""
    known = measures_of(limits)
    found = []
    for measure, bound in bounds.items():
        words = _fault(measure, bound) if measure in known else ("该站点没有此指标", "no such measure of this station")
        if words is not None:
            found.append(Problem(f"bounds.{measure}", bound, *words))
    return found


def _fault(measure: str, bound: str) -> tuple[str, str] | None:
    holds, zh, en = _RULES.get(measure, _POSITIVE)
    return None if holds(bound) else (zh, en)


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value <= _MOST else None


_Rule = tuple[Callable[[str], bool], str, str]
_POSITIVE: _Rule = (
    lambda text: _number(text) is not None,
    "应为大于 0 且不超过 1000000000 的数",
    "must be a number above 0, at most 1000000000",
)
_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        CLASS: (
            lambda text: text in _CLASSES,
            "应为 1(Ⅰ类)至 6(劣Ⅴ类)的整数",
            "must be a whole number, 1 (class I) to 6 (worse than V)",
        ),
        GOOD_SHARE: (
            lambda text: (_number(text) or _MOST) <= 1,
            "应为大于 0 且不超过 1 的比例,如 0.85",
            "must be a share above 0, at most 1, such as 0.85",
        ),
    }
)
