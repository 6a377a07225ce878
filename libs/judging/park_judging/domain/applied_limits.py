"""The limits of a point, made ready for fast comparison: which entry of a frame each is held against, in which unit.

Compiled once for each registry record of a point. A limit that cannot be applied (units that do not convert, a factor
that the point does not report, an averaging period that no value has) is not silently dropped: it is listed with its reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from park_chassis.frame_revisions import EntryKey
from park_schemas.codes import Period, PointKind
from park_schemas.registry import LimitInForce, MonitoredFactor, PointRecord
from park_standards.bounds import Bounds
from park_standards.errors import StandardsError, UnknownFactor
from park_standards.factors import factor as factor_of
from park_standards.units import convert

from park_judging.domain.periods import RANK

CONVERTED, COMPUTED_ONLY = "converted", "computed"
"""Bases of limits beside measured (park_schemas.registry.LimitInForce)."""

VALUE_ATTRIBUTES: Mapping[tuple[Period, bool], tuple[str, ...]] = MappingProxyType(
    {
        (Period.REALTIME, False): ("Rtd",),
        (Period.REALTIME, True): ("ZsRtd",),
        (Period.MINUTE, False): ("Avg", "Rtd"),
        (Period.MINUTE, True): ("ZsAvg", "ZsRtd"),
        (Period.HOUR, False): ("Avg", "Rtd"),
        (Period.HOUR, True): ("ZsAvg", "ZsRtd"),
        (Period.DAY, False): ("Avg", "Rtd"),
        (Period.DAY, True): ("ZsAvg", "ZsRtd"),
    }
)
"""HJ 212 attributes that are the value of a period, best first, for measured and for converted (折算) values."""


@dataclass(frozen=True, slots=True)
class AppliedLimit:
    """One limit row of a point with its bounds in the limit's unit.

    `safe_low` and `safe_high` are in the unit of the point's values: a float strictly between them complies for sure, so the
    exact comparison is only made near or beyond a bound, or while somebody watches.
    """

    row: LimitInForce
    factor: MonitoredFactor
    averaging: Period
    bounds: Bounds
    safe_low: float
    safe_high: float

    def in_force(self, day: date) -> bool:
        """Say whether the row applies on a day of the park's calendar; both ends are inclusive."""
        return self.row.valid_from <= day and (self.row.valid_to is None or day <= self.row.valid_to)


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A limit row that cannot be held against the point's values, and why."""

    limit_id: str
    """Empty where the unit of the factor itself is the trouble."""
    factor: str
    reason_zh: str
    reason: str


@dataclass(frozen=True, slots=True)
class HeldAgainst:
    """What one entry of a frame is held against. A float strictly between `calm_low` and `calm_high` keeps all the limits."""

    limits: tuple[AppliedLimit, ...]
    calm_low: float
    calm_high: float
    better: tuple[EntryKey, ...]
    """Entries that are taken instead when the frame holds one of them: Avg before Rtd in a minute record."""


@dataclass(frozen=True, slots=True)
class PointLimits:
    """All limits of one registry record. `by_entry[period][(factor, attribute)]` is what an entry is held against."""

    point: PointRecord
    factors: Mapping[str, MonitoredFactor]
    limits: tuple[AppliedLimit, ...]
    not_applied: tuple[NotApplied, ...]
    by_entry: Mapping[Period, Mapping[EntryKey, HeldAgainst]]
    unfit: frozenset[str] = frozenset()
    """Factors that are reported, but have a limit that does not fit their values."""

    def of_period(self, factor: str, period: Period, day: date) -> list[AppliedLimit]:
        """Return the limits in force on `day` that the standard judges by exactly this period."""
        return [
            limit
            for limit in self.limits
            if limit.row.factor == factor and limit.averaging is period and limit.in_force(day)
        ]


_NO_STACK = (
    "无组织监控点没有折算浓度，该限值属于排气筒",
    "a fugitive point has no converted concentration: the limit is one of a stack",
)


def compile_limits(point: PointRecord) -> PointLimits:
    """Make a point's limits ready. Never raises for a bad row: it is listed in `not_applied`."""
    factors = {factor.factor: factor for factor in point.factors}
    applied: list[AppliedLimit] = []
    refused: list[NotApplied] = []
    for row in point.limits:
        if row.basis == CONVERTED and point.point_kind is PointKind.FUGITIVE:
            refused.append(NotApplied(row.limit_id, row.factor, _NO_STACK[0], _NO_STACK[1]))
            continue
        try:
            applied.append(_apply(row, factors))
        except (StandardsError, KeyError, ValueError) as error:
            refused.append(_not_applied(row, factors, error))
    return PointLimits(
        point=point,
        factors=factors,
        limits=tuple(applied),
        not_applied=(*refused, *_strange_units(point.factors)),
        by_entry={period: _by_entry(applied, period) for period in Period},
        unfit=frozenset(one.factor for one in refused if one.factor in factors),
    )


def _not_applied(row: LimitInForce, factors: Mapping[str, MonitoredFactor], error: Exception) -> NotApplied:
    known = factors.get(row.factor)
    if known is None:
        return NotApplied(row.limit_id, row.factor, "监测点未登记该因子", "the point does not report this factor")
    zh = f"限值（{row.unit}，{row.averaging}）与上传值（{known.unit}）不能比较"
    return NotApplied(row.limit_id, row.factor, zh, str(error))


def _strange_units(factors: Iterable[MonitoredFactor]) -> Iterator[NotApplied]:
    """Give the factors whose unit cannot be that of the factor: no grade can be made of their values."""
    for one in factors:
        try:
            usual = factor_of(one.factor).unit
            if usual:
                convert(Decimal(1), one.unit, usual)
        except UnknownFactor:
            continue
        except StandardsError as error:
            yield NotApplied("", one.factor, f"登记的单位 {one.unit} 与该因子的单位 {usual} 不能换算", str(error))


def _apply(row: LimitInForce, factors: Mapping[str, MonitoredFactor]) -> AppliedLimit:
    factor = factors[row.factor]
    bounds = Bounds.of(unit=row.unit, lower=row.lower, upper=row.upper)
    native = bounds.in_unit(factor.unit)
    margin = 1e-9
    low = float("-inf") if native.lower is None else float(native.lower) + abs(float(native.lower)) * margin
    high = float("inf") if native.upper is None else float(native.upper) - abs(float(native.upper)) * margin
    return AppliedLimit(row, factor, Period(row.averaging), bounds, low, high)


def _by_entry(limits: list[AppliedLimit], period: Period) -> Mapping[EntryKey, HeldAgainst]:
    table: dict[EntryKey, HeldAgainst] = {}
    for limit in limits:
        if RANK[period] > RANK[limit.averaging] or limit.row.basis == COMPUTED_ONLY:
            continue
        attributes = VALUE_ATTRIBUTES[period, limit.row.basis == CONVERTED]
        for place, attribute in enumerate(attributes):
            key = (limit.row.factor, attribute)
            others = table[key].limits if key in table else ()
            better = tuple((limit.row.factor, name) for name in attributes[:place])
            table[key] = _held_against((*others, limit), better)
    return table


def _held_against(limits: tuple[AppliedLimit, ...], better: tuple[EntryKey, ...]) -> HeldAgainst:
    return HeldAgainst(
        limits, max(limit.safe_low for limit in limits), min(limit.safe_high for limit in limits), better
    )
