"""What the rules find in a day before a person reviews it: sentences with the factor and the hours they speak of. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from park_schemas.assessments import FactorAssessment
from park_schemas.park_time import at_park
from park_standards.rounding import exact
from park_standards.validity import Reason, Validity

from source_monitoring.domain.marks import PointMark

Hours = Sequence[tuple[datetime, Sequence[FactorAssessment]]]
_DEVIATION = Decimal("0.05")
"""Own and device's hourly mean may differ by this share. ASSUMPTION: no rule gives a figure; averaging of 10 min
values explains less."""


class Issue(Struct, frozen=True, kw_only=True):
    """One thing a reviewer has to look at. `hours` are park-time hours of the day (0 to 23), empty when it concerns
    the whole day."""

    code: str
    zh: str
    en: str
    factor: str = ""
    hours: list[int] = []


def check_day(hours: Hours, day: Sequence[FactorAssessment], marks: Iterable[PointMark]) -> list[Issue]:
    """Return what the rules find, in a fixed order: by code of the table below, then factor."""
    by_factor: dict[str, list[tuple[int, FactorAssessment]]] = {}
    for start, factors in hours:
        for one in factors:
            by_factor.setdefault(one.factor, []).append((at_park(start).hour, one))
    found = [
        Issue(code=code, zh=zh, en=en, factor=factor, hours=picked)
        for code, (zh, en, is_it) in _HOUR_CHECKS.items()
        for factor, of_factor in by_factor.items()
        if (picked := [hour for hour, one in of_factor if is_it(one)])
    ]
    found += [
        Issue(code="day-not-valid", zh="日均值无效", en="the daily mean is not valid", factor=one.factor)
        for one in day
        if one.verdict not in {Validity.VALID, Validity.OVER_RANGE, Validity.STOPPED} and one.reason != Reason.NO_FLOW
    ]
    found += [
        Issue(
            code="mark-held-back", zh="有待审核的矛盾或逾期标记", en="a late or contradicted mark waits for a decision"
        )
        for mark in marks
        if not mark.counts
    ][:1]
    return found


_SAY_WHY = frozenset({Reason.NO_FLOW, Reason.OUT_OF_CONTROL, Reason.CHECK_OVERDUE})


def _is_unexplained(one: FactorAssessment) -> bool:
    """Invalid, and neither the device's mark nor a person says why."""
    explained = one.equipment_mark or one.correction or one.reason in _SAY_WHY
    return one.verdict == Validity.INVALID and not explained


def _deviates(one: FactorAssessment) -> bool:
    if one.mean is None or one.reported is None or one.correction:
        return False
    own, said = exact(one.mean), exact(one.reported)
    return abs(own - said) > _DEVIATION * max(abs(own), abs(said))


_HOUR_CHECKS: Mapping[str, tuple[str, str, Callable[[FactorAssessment], bool]]] = {
    "hours-missing": ("小时数据缺失", "hours are missing", lambda one: one.verdict == Validity.MISSING),
    "invalid-unexplained": ("小时数据无效且无标记说明", "hours are invalid and no mark says why", _is_unexplained),
    "exceedance": ("小时均值超标", "hourly means above the limit", lambda one: one.compliant is False),
    "exempt": ("工况标记豁免判定", "exempt from the limits by a condition mark", lambda one: one.exempt),
    "over-range": ("超测量上限", "above the measuring range", lambda one: one.verdict == Validity.OVER_RANGE),
    "device-mean-differs": (
        "平台重算值与设备上报值不一致", "own and the device's hourly mean differ by more than 5 %", _deviates,
    ),
    "corrected": ("人工修正", "corrected by a person", lambda one: bool(one.correction)),
}  # fmt: skip
