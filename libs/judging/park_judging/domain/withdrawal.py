"""An exceedance that was told, and what becomes of it when its hour or day is computed or judged anew. Pure.

| told by | its value now | it |
|---|---|---|
| either | a person or a check took it out of judgement | is withdrawn, with the reason |
| own mean | over the limit | stands |
| own mean | not judged: exempt, stopped, invalid, limit gone | is withdrawn, with the reason |
| own mean | within the limit (late data, correction, another limit) | is withdrawn |
| the device's record | within the limit as it is now, or that limit is gone | is withdrawn |
| the device's record | anything else | stands: own figures do not take back what the device itself sent |

What was withdrawn is told again when the reason is gone (a mark rejected, a correction withdrawn, a limit put back).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

import msgspec
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_schemas.identifiers import natural_id
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded

from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import EXCEEDANCE
from park_judging.domain.frame_judging import COMPUTED, REPORTED
from park_judging.domain.holding import Held, hold
from park_judging.domain.periods import LENGTH, park_date

Words: TypeAlias = tuple[str, str]
"""(Chinese, English)"""
Key: TypeAlias = tuple[UUID, Period, datetime, str, str, str]
"""(point, hour or day, start, factor, limit id, origin): the value and the limit that a finding speaks of."""


@dataclass(frozen=True, slots=True)
class Told:
    """A violated finding that was told of a value. `withdrawn`: it stands no more, at present."""

    finding: FindingRecorded
    origin: str
    withdrawn: bool = False


def key_of(finding: FindingRecorded, origin: str) -> Key:
    """Return what a finding speaks of."""
    return (
        finding.subject_id,
        finding.period,
        at_park(finding.period_start),
        finding.factor or "",
        finding.limit_id,
        origin,
    )


def is_told(finding: FindingRecorded) -> bool:
    """Say whether a finding may be withdrawn later: a verdict on an hour or a day, no early sign."""
    told = finding.rule == EXCEEDANCE and finding.verdict == "violated"
    return told and finding.statutory and finding.period in LENGTH


def held_now(told: FindingRecorded, limits: PointLimits) -> Held | None:
    """Hold the value of a told finding against its limit as it is now; None when that limit applies no more."""
    of_period = limits.of_period(told.factor or "", told.period, park_date(told.period_start))
    limit = next((one for one in of_period if one.row.limit_id == told.limit_id), None)
    return None if limit is None or told.observed is None else hold(told.observed, limit, unit=told.unit)


def why_withdrawn(
    told: Told, factor: FactorAssessment | None, held: Held | None, by_person: Words | None = None
) -> Words | None:
    """Return why a told finding stands no more, None when it stands.

    `held` is the comparison of its value with its limit, if one was made: of the own mean, or of what the device sent
    (`held_now`). `by_person` says what people or checks took out of judgement.
    """
    return by_person or _WITHOUT_PERSON[told.origin](factor, held)


def _own_value(factor: FactorAssessment | None, held: Held | None) -> Words | None:
    if factor is None:
        return "该因子已不再计算", "the factor is not computed any more"
    if held is not None:
        return None if held.violated else _kept("重新计算为", "computed anew it is", held)
    if not factor.valid:
        return f"重新计算后数据无效({factor.reason})", f"computed anew it is not valid ({factor.reason})"
    return _LIMIT_GONE


def _sent_value(_factor: FactorAssessment | None, held: Held | None) -> Words | None:
    if held is None:
        return _LIMIT_GONE
    return None if held.violated else _kept("设备上传值", "the device sent", held)


def _kept(zh: str, en: str, held: Held) -> Words:
    return f"{zh} {held.observed},符合限值 {held.bound}", f"{en} {held.observed}, within the limit {held.bound}"


_LIMIT_GONE = ("该限值已不再适用", "the limit applies no more")
_WITHOUT_PERSON: Mapping[str, Callable[[FactorAssessment | None, Held | None], Words | None]] = MappingProxyType(
    {COMPUTED: _own_value, REPORTED: _sent_value}
)


def withdrawn(before: FindingRecorded, why: Words, at: datetime) -> FindingRecorded:
    """Return the finding that a told one stands no more; the same told finding gives the same id."""
    zh, en = _WHAT.get(before.rule, ("结论", "finding"))
    of_factor = f" of {before.factor_name_en}" if before.factor_name_en else ""
    return msgspec.structs.replace(
        before,
        finding_id=natural_id("withdrawn", before.finding_id),
        verdict="complied",
        recorded_at=at,
        observed=None,
        ratio=None,
        withdraws=before.finding_id,
        reinstates=None,
        explanation_zh=f"{_span(before)}{before.factor_name_zh}{zh}撤销:{why[0]}。",
        explanation_en=f"The {en}{of_factor}, {_span(before)}, stands no more: {why[1]}.",
    )


_WHAT: Mapping[str, Words] = MappingProxyType({EXCEEDANCE: ("超标结论", "exceedance")})


def reinstated(before: FindingRecorded, at: datetime) -> FindingRecorded:
    """Return a withdrawn finding told again, because what withdrew it was taken back."""
    return msgspec.structs.replace(
        before,
        finding_id=natural_id("reinstated", before.finding_id),
        recorded_at=at,
        withdraws=None,
        reinstates=before.finding_id,
        explanation_zh=f"撤销的依据已不成立,超标结论恢复。{before.explanation_zh}",
        explanation_en=f"What had taken it out of judgement was taken back. {before.explanation_en}",
    )


def _span(finding: FindingRecorded) -> str:
    return f"{at_park(finding.period_start):%Y-%m-%d}" + (
        f" {at_park(finding.period_start):%H:%M}" if finding.period is Period.HOUR else ""
    )
