"""By what people or checks took an hour or a day out of judgement: an exceedance told of it is withdrawn. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from park_judging.domain.withdrawal import Words
from park_schemas.assessments import FactorAssessment
from park_schemas.park_time import at_park
from park_standards.validity import Reason, Validity

from source_monitoring.domain.marks import PointMark, mark_types


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
