"""Whether an ordered reduction was kept: power, load or flow by the hour against the usual value of the same meter.

Source: power-monitoring practice (design-default): during the order the value stays at or below the ordered share of the usual
one, two hours of grace at its start. What a meter cannot show is neither kept nor broken: it is not provable, and says why.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct
from park_standards.anomaly.series import Series
from park_standards.means import arithmetic_mean
from park_standards.rounding import plain

from source_monitoring.domain.reductions.reduction_list import ReductionMeasure, decimal_of

HOUR = timedelta(hours=1)
REFERENCE = timedelta(days=30)
"""How far before an order the usual value is taken from, where none is filed."""

Verdict: TypeAlias = Literal["pending", "kept", "not-kept", "not-provable", "voluntary"]


class KeepingParameters(Struct, frozen=True, kw_only=True):
    """`tolerance` above the allowed value, `grace` after the start, the shortest stretch that counts as broken, the fewest
    hours of a reference, and the share of the order's hours that must have data for it to be called kept."""

    tolerance: Decimal = Decimal("0.05")
    grace: timedelta = timedelta(hours=2)
    at_least: timedelta = timedelta(hours=2)
    least_hours: int = 72
    least_covered: Decimal = Decimal("0.75")


class Keeping(Struct, frozen=True, kw_only=True):
    """What became of a measure up to `until`. Values in the unit of the meter, decimal text; `achieved` is the share saved."""

    verdict: Verdict
    reason_zh: str
    reason_en: str
    usual: str | None = None
    usual_hours: int = 0
    allowed: str | None = None
    mean: str | None = None
    achieved: str | None = None
    hours: int = 0
    expected_hours: int = 0
    hours_over: int = 0
    until: datetime | None = None


class Usual(Struct, frozen=True):
    """A usual value and over how many hours it was formed (0: it is filed)."""

    value: Decimal
    hours: int


def usual_of(hours: Series[Decimal], measure: ReductionMeasure, p: KeepingParameters) -> Usual | int:
    """Return the usual value, or the number of reference hours when those are too few."""
    filed = decimal_of(measure.usual_value)
    if filed is not None:
        return Usual(filed, 0)
    before = [s.value for s in hours.samples if measure.starts_at - REFERENCE <= s.at < measure.starts_at]
    return Usual(arithmetic_mean(before), len(before)) if len(before) >= p.least_hours else len(before)


def ordered_hours(hours: Series[Decimal], measure: ReductionMeasure, p: KeepingParameters) -> Series[Decimal]:
    """Return the whole hours of an order after its grace."""
    begun = measure.starts_at + p.grace
    return Series(tuple(s for s in hours.samples if begun <= s.at and s.at + HOUR <= measure.ends_at), HOUR)


def broken_stretches(
    ordered: Series[Decimal], usual: Decimal, measure: ReductionMeasure, p: KeepingParameters
) -> Sequence[Series[Decimal]]:
    """Return the stretches of hours above the allowed value."""
    edge = usual * Decimal(measure.allowed_share) * (1 + p.tolerance)
    return list(ordered.runs(lambda sample: sample.value > edge, p.at_least))


def keeping_of(
    hours: Series[Decimal], measure: ReductionMeasure, until: datetime, p: KeepingParameters | None = None
) -> Keeping:
    """Judge a measure by the hours of its meter (reference and order) as far as data can be complete, `until`."""
    p = p or KeepingParameters()
    begun, end = measure.starts_at + p.grace, min(until, measure.ends_at)
    expected = max(0, (end - begun) // HOUR)
    if not expected:
        return Keeping(
            verdict="pending", reason_zh="尚未到考核时段", reason_en="the judged hours have not begun", until=end
        )
    usual = usual_of(hours, measure, p)
    if not isinstance(usual, Usual):
        return Keeping(
            verdict="not-provable", expected_hours=expected, usual_hours=usual, until=end,
            reason_zh=f"基准期(此前 30 天)只有 {usual} 小时数据,至少需要 {p.least_hours} 小时,也未备案基准值",
            reason_en=f"the 30 days before hold {usual} hours of data, {p.least_hours} are needed; no usual value is filed",
        )  # fmt: skip
    if usual.value <= 0:
        return Keeping(
            verdict="not-provable", expected_hours=expected, usual_hours=usual.hours, usual=plain(usual.value), until=end,
            reason_zh="基准期内该线未生产(基准值为零)", reason_en="the line stood still in the reference period",
        )  # fmt: skip
    ordered = ordered_hours(hours, measure, p)
    ordered = Series(tuple(s for s in ordered.samples if s.at + HOUR <= end), HOUR)
    return _judged(ordered, usual, measure, expected, end, p)


def _judged(
    ordered: Series[Decimal],
    usual: Usual,
    measure: ReductionMeasure,
    expected: int,
    end: datetime,
    p: KeepingParameters,
) -> Keeping:
    allowed = usual.value * Decimal(measure.allowed_share)
    broken = broken_stretches(ordered, usual.value, measure, p)
    over = sum(len(one.samples) for one in broken)
    mean = arithmetic_mean(ordered.values) if ordered.samples else None
    verdict: Verdict
    if broken:
        verdict = "not-kept"
        zh = f"{over} 小时高于允许值(共 {len(broken)} 段)"
        en = f"{over} hours above the allowed value ({len(broken)} stretches)"
    elif len(ordered.samples) < expected * p.least_covered:
        verdict = "not-provable"
        zh = f"应有 {expected} 小时,只有 {len(ordered.samples)} 小时数据"
        en = f"{len(ordered.samples)} of {expected} hours have data"
    else:
        verdict, zh, en = "kept", "各小时均不高于允许值", "no stretch above the allowed value"
    return Keeping(
        verdict=verdict, reason_zh=zh, reason_en=en, usual=_shown(usual.value), usual_hours=usual.hours,
        allowed=_shown(allowed), mean=_shown(mean) if mean is not None else None,
        achieved=plain(round(1 - mean / usual.value, 4)) if mean is not None else None,
        hours=len(ordered.samples), expected_hours=expected, hours_over=over, until=end,
    )  # fmt: skip


def _shown(value: Decimal) -> str:
    return plain(round(value, 3))


def without_meter(grade_voluntary: bool, *, has_share: bool) -> Keeping:
    """Return what is said of a measure that no meter can show: of a voluntary grade nothing is asked."""
    if grade_voluntary and not has_share:
        return Keeping(
            verdict="voluntary", reason_zh="自主减排,不作考核", reason_en="voluntary: nothing is asked of it"
        )
    if not has_share:
        return Keeping(
            verdict="not-provable",
            reason_zh="措施未规定允许比例,须现场核查",
            reason_en="no share is ordered: look on the spot",
        )
    return Keeping(
        verdict="not-provable",
        reason_zh="清单未填写可证明的用电或流量因子",
        reason_en="the list names no meter that shows it",
    )
