"""An exceedance that was told, and what becomes of it when its hour or day is computed anew. Pure.

| told by | its value now | it |
|---|---|---|
| own mean | over the limit | stands |
| own mean | not judged: exempt, stopped, invalid, limit gone | is withdrawn, with the reason |
| own mean | within the limit (late data, correction) | is withdrawn |
| the device's record | a person or a check took it out of judgement | is withdrawn |
| the device's record | anything else | stands: own figures do not take back what the device itself sent |

What was withdrawn is told again when the reason is gone (a mark rejected, a correction withdrawn).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

import msgspec
from park_judging.domain.frame_judging import COMPUTED, REPORTED
from park_judging.domain.holding import Held
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_schemas.identifiers import natural_id
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded
from park_standards.validity import Reason, Validity

from source_monitoring.domain.marks import PointMark, mark_types

Words: TypeAlias = tuple[str, str]
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


def _ruled_out_by_correction(factor: FactorAssessment) -> bool:
    return bool(factor.correction) and not factor.valid


def _stopped_by_mark(factor: FactorAssessment) -> bool:
    return factor.verdict == Validity.STOPPED and bool(factor.condition_mark)


def _equipment_marked(factor: FactorAssessment) -> bool:
    return not factor.valid and bool(factor.equipment_mark)


def _out_of_control(factor: FactorAssessment) -> bool:
    return not factor.valid and factor.reason in {Reason.OUT_OF_CONTROL, Reason.CHECK_OVERDUE}


_BY_PERSON: Sequence[tuple[Callable[[FactorAssessment], bool], str, str]] = (
    (_ruled_out_by_correction, "人工修正判为无效", "a person's correction ruled it invalid"),
    (lambda one: one.exempt, "工况标记{marks}豁免判定", "the condition mark {marks} exempts it from the limit"),
    (_stopped_by_mark, "工况标记{marks}:停运,不判定", "the condition mark {marks} says that the source stood still"),
    (_equipment_marked, "设备标记{marks},数据无效", "the equipment mark {marks} makes it invalid"),
    (_out_of_control, "仪器失控或质控逾期,数据无效", "the monitor was out of control or its check overdue"),
)  # fmt: skip


def ruled_out(factor: FactorAssessment | None, marks: Iterable[PointMark] = ()) -> Words | None:
    """Return by what people or checks took a period out of judgement, as (Chinese, English); None when nothing did."""
    if factor is None:
        return None
    for holds, zh, en in _BY_PERSON:
        if holds(factor):
            keys = {*factor.condition_mark.split(","), *factor.equipment_mark.split(",")} - {""}
            named = [mark for mark in marks if mark.key in keys]
            return zh.format(marks=_named(named, keys, 0)), en.format(marks=_named(named, keys, 1))
    return None


def _named(marks: Iterable[PointMark], keys: Iterable[str], language: int) -> str:
    """The marks by name with their time; by name alone where they are not at hand."""
    quotes = ("“{}”", "{!r}")[language]
    names: Mapping[str, Words] = {key: (kind.name_zh, kind.name_en) for key, kind in mark_types().items()}
    found = [
        f"{quotes.format(names[mark.key][language])} ({at_park(mark.start):%m-%d %H:%M}–{at_park(mark.end):%m-%d %H:%M})"
        for mark in marks
        if mark.key in names
    ]
    return ", ".join(found or [quotes.format(names[key][language]) for key in sorted(keys) if key in names])


def _of_data(factor: FactorAssessment | None, held: Held | None) -> Words:
    if factor is None:
        return "该因子已不再计算", "the factor is not computed any more"
    if held is not None:
        return f"重新计算为 {held.observed},符合限值", f"computed anew it is {held.observed}, within the limit"
    if not factor.valid:
        return f"重新计算后数据无效({factor.reason})", f"computed anew it is not valid ({factor.reason})"
    return "该限值已不再适用", "the limit applies no more"


def why_withdrawn(
    told: Told, factor: FactorAssessment | None, held: Held | None, marks: Iterable[PointMark] = ()
) -> Words | None:
    """Return why a told finding stands no more, None when it stands. `held` is the comparison with its limit, if one was made."""
    by_person = ruled_out(factor, marks)
    return by_person or _WITHOUT_PERSON[told.origin](factor, held)


def _own_value(factor: FactorAssessment | None, held: Held | None) -> Words | None:
    return None if held is not None and held.violated else _of_data(factor, held)


def _sent_value(_factor: FactorAssessment | None, _held: Held | None) -> Words | None:
    return None


_WITHOUT_PERSON: Mapping[str, Callable[[FactorAssessment | None, Held | None], Words | None]] = MappingProxyType(
    {COMPUTED: _own_value, REPORTED: _sent_value}
)


def withdrawn(told: Told, why: Words, at: datetime) -> FindingRecorded:
    """Return the finding that a told one stands no more; the same told finding gives the same id."""
    before = told.finding
    return msgspec.structs.replace(
        before,
        finding_id=natural_id("withdrawn", before.finding_id),
        verdict="complied",
        recorded_at=at,
        observed=None,
        ratio=None,
        withdraws=before.finding_id,
        reinstates=None,
        explanation_zh=f"{_span(before)}{before.factor_name_zh}超标结论撤销:{why[0]}。",
        explanation_en=f"The exceedance of {before.factor_name_en}, {_span(before)}, stands no more: {why[1]}.",
    )


def reinstated(told: Told, at: datetime) -> FindingRecorded:
    """Return a withdrawn finding told again, because what withdrew it was taken back."""
    before = told.finding
    return msgspec.structs.replace(
        before,
        finding_id=natural_id("reinstated", before.finding_id),
        recorded_at=at,
        withdraws=None,
        reinstates=before.finding_id,
        explanation_zh=f"豁免或无效的依据已撤销,超标结论恢复。{before.explanation_zh}",
        explanation_en=f"What had taken it out of judgement was taken back. {before.explanation_en}",
    )


def _span(finding: FindingRecorded) -> str:
    return f"{at_park(finding.period_start):%Y-%m-%d}" + (
        f" {at_park(finding.period_start):%H:%M}" if finding.period is Period.HOUR else ""
    )
