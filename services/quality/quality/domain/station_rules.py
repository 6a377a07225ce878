"""What an hour of a station is held against beside its limits: target class, hour before, neighbours, the possible. Pure.

`water-class`: the class of the hour is worse than the target class of the year; `ratio` is 1 + classes worse.
`sudden-change`: a concentration differs from the hour before by more than half, and by more than 20 % of its limit; `ratio`
is the change over the allowed change. `regional-event`: three stations of a medium are over the limit of one factor in
the same hour; `ratio` is their number over three (setting regional_stations). `implausible-value`: the hourly mean lies where
the quantity cannot, or, where the range is by definition, any value of it: pH beyond 0 to 14, a direction beyond 360 degrees, a
share beyond 100 %; a concentration below zero.

Source: warning levels of the project (design-default): surface water, one class worse, step change > 50 %. The 20 % are those
of anomaly rule AN06. ASSUMPTION: three stations make an event; to disprove: the park's emergency plan. The ranges are those of
the quantities by definition; ASSUMPTION: a negative within 2.5 % of the strictest limit is drift around zero (anomaly rule AN03
says so of the instrument's span, which the registry does not know); to disprove: spans in the registry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from park_judging.domain.applied_limits import PointLimits
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.registry import MonitoredFactor
from park_standards.rounding import exact
from park_standards.units import quantity_of
from park_standards.water_class import WaterClass

WATER_CLASS, SUDDEN_CHANGE, REGIONAL_EVENT = "water-class", "sudden-change", "regional-event"
IMPLAUSIBLE = "implausible-value"
ALLOWED_CHANGE = Decimal("0.5")
MATERIAL_SHARE = Decimal("0.2")
DRIFT_SHARE = Decimal("0.025")
_CONCENTRATIONS = frozenset({"mass per water volume", "mass per gas volume"})
_NOTHING, _WHOLE, _CIRCLE = Decimal(0), Decimal(100), Decimal(360)
PH, HUMIDITY, WIND_DIRECTION = "w01001", "a01002", "a01008"
_RANGES: Mapping[str, tuple[Decimal, Decimal]] = MappingProxyType(
    {
        PH: (_NOTHING, Decimal(14)),
        HUMIDITY: (_NOTHING, _WHOLE),
        WIND_DIRECTION: (_NOTHING, _CIRCLE),
    }
)
_IMPLAUSIBLE_RATIO = 1.2
"""A range has no multiple; this one says broken, and no more."""
_NEVER_NEGATIVE = _CONCENTRATIONS | {"velocity", "turbidity", "conductivity", "germ count", "pressure"}


@dataclass(frozen=True, slots=True)
class Held:
    """An hour held against a rule: verdict, how far, and the sentences for people."""

    rule: str
    factor: MonitoredFactor | None
    violated: bool
    ratio: float
    observed: str
    limit: str
    zh: str
    en: str


def held_against_target(grade: QualityGrade | None, target: int | None) -> Held | None:
    """Hold a water class against the target class; None without either."""
    if grade is None or target is None or grade.kind != WATER_CLASS:
        return None
    worse = max(0, grade.level - target)
    wanted = WaterClass(target)
    return Held(
        WATER_CLASS,
        None,
        worse > 0,
        1.0 + worse if worse else 0.5,
        grade.value,
        wanted.label_zh,
        f"小时水质类别 {grade.value},目标 {wanted.label_zh} 类" + (f",差 {worse} 个类别" if worse else ",达到目标"),
        f"hourly class {WaterClass(grade.level).label_en}, target {wanted.label_en}"
        + (f": {worse} class(es) worse" if worse else ": kept"),
    )


def held_against_hour_before(
    limits: PointLimits, now: Sequence[FactorAssessment], before: Sequence[FactorAssessment]
) -> list[Held]:
    """Hold each concentration against the hour before; factors that are not valid in both hours are left out."""
    earlier = {one.factor: one.mean for one in before if one.valid and one.mean is not None}
    found = []
    for one in now:
        factor = limits.factors.get(one.factor)
        then = earlier.get(one.factor)
        if factor is None or then is None or one.mean is None or not one.valid or exact(then) <= 0:
            continue
        if quantity_of(factor.unit) in _CONCENTRATIONS:
            found.append(_changed(limits, factor, exact(then), exact(one.mean)))
    return found


def held_against_possible(limits: PointLimits, now: Sequence[FactorAssessment]) -> list[Held]:
    """Hold hourly means against what their quantity can be; factors without a range by definition are left out."""
    found = []
    for one in now:
        factor = limits.factors.get(one.factor)
        possible = _possible(limits, factor) if factor is not None else None
        if factor is not None and possible is not None and one.mean is not None:
            found.append(_plausible(factor, one, *possible))
    return found


def _possible(limits: PointLimits, factor: MonitoredFactor) -> tuple[Decimal, Decimal | None] | None:
    if factor.factor in _RANGES:
        return _RANGES[factor.factor]
    quantity = quantity_of(factor.unit)
    if quantity in _CONCENTRATIONS:
        return -DRIFT_SHARE * (_upper_limit(limits, factor) or _NOTHING), None
    return (_NOTHING, None) if quantity in _NEVER_NEGATIVE else None


def _plausible(factor: MonitoredFactor, hour: FactorAssessment, lowest: Decimal, highest: Decimal | None) -> Held:
    texts = [hour.mean, *((hour.minimum, hour.maximum) if factor.factor in _RANGES else ())]
    mean, *extremes = [exact(text) for text in texts if text is not None]
    value = next((one for one in (mean, *extremes) if not _lies_in(one, lowest, highest)), mean)
    violated = not _lies_in(value, lowest, highest)
    shown = f"≥ {lowest.normalize():f}" if highest is None else f"{lowest:f} - {highest:f}"
    unit = "" if factor.unit == "1" else f" {factor.unit}"
    what_zh, what_en = ("小时均值", "hourly mean") if value == mean else ("小时内的值", "a value within the hour")
    return Held(
        IMPLAUSIBLE,
        factor,
        violated,
        _IMPLAUSIBLE_RATIO if violated else 0.5,
        f"{value:f}",
        shown,
        f"{factor.name_zh}{what_zh} {value:f}{unit}" + (f" 超出可能范围({shown})" if violated else " 恢复到可能范围"),
        f"{what_en} of {factor.name_en} is {value:f}{unit}, "
        + (f"which cannot be ({shown})" if violated else "which can be again"),
    )


def _lies_in(value: Decimal, lowest: Decimal, highest: Decimal | None) -> bool:
    return value >= lowest and (highest is None or value <= highest)


def _changed(limits: PointLimits, factor: MonitoredFactor, then: Decimal, now: Decimal) -> Held:
    step = now - then
    share = abs(step) / then
    bound = _upper_limit(limits, factor)
    is_material = bound is None or abs(step) > bound * MATERIAL_SHARE
    percent = f"{step / then * 100:+.0f} %"
    return Held(
        SUDDEN_CHANGE,
        factor,
        share > ALLOWED_CHANGE and is_material,
        float(share / ALLOWED_CHANGE) if is_material else 0.0,
        f"{now:f}",
        f"{then:f} ± 50 %",
        f"{factor.name_zh}小时均值由 {then:f} 变为 {now:f} {factor.unit}({percent})",
        f"hourly mean of {factor.name_en} went from {then:f} to {now:f} {factor.unit} ({percent})",
    )


def _upper_limit(limits: PointLimits, factor: MonitoredFactor) -> Decimal | None:
    """The strictest upper limit that is written in the unit of the values."""
    uppers = [
        one.bounds.upper
        for one in limits.limits
        if one.factor.factor == factor.factor and one.row.unit == factor.unit and one.bounds.upper is not None
    ]
    return min(uppers, default=None)


def held_against_neighbours(factor: MonitoredFactor, over: Sequence[tuple[str, str]], needed: int) -> Held:
    """Hold the stations that are over their limit in one hour ((Chinese, English) names) against what makes an event."""
    return Held(
        REGIONAL_EVENT,
        factor,
        len(over) >= needed,
        len(over) / needed if len(over) >= needed else 0.5,
        str(len(over)),
        str(needed),
        f"{len(over)} 个站点同一小时{factor.name_zh}超标:{'、'.join(zh for zh, _ in over)}",
        f"{len(over)} stations over the limit of {factor.name_en} in the same hour: {', '.join(en for _, en in over)}",
    )
