"""Marks over periods of a point: which there are, when they count, and the verdict they give to a single value. Pure.

Condition marks (工况标记) speak of the production facility and so of every factor; equipment marks (自动监测设备标记)
of the factors they name, none named meaning all. Keys and effects: park_standards.marks (2019 No.50, 2022 No.21),
official code numbers not known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from park_judging.domain.sample_verdicts import MarksInForce, PeriodLayers, by_device_mark
from park_schemas.park_time import at_park
from park_standards.marks import mark_rules
from park_standards.quality_control import Span
from park_standards.validity import (
    CONDITION_EXEMPT,
    CONDITION_STOPPED,
    EQUIPMENT_INVALID,
    PeriodFacts,
    ValidityVerdict,
    judge_validity,
)

from source_monitoring.domain.coverage import covered
from source_monitoring.domain.mark_states import MarkState
from source_monitoring.domain.mark_words import SCOPES_EN, TEXTS

CONDITION = "condition"
EQUIPMENT = "equipment"


@dataclass(frozen=True, slots=True)
class MarkType:
    """A type of mark that people can set. `effect` and `cap` are the words of the marking tables; the texts in both languages
    are those of mark_words."""

    key: str
    kind: str
    name_zh: str
    name_en: str
    scope: str
    scope_en: str
    effect: str
    effect_zh: str
    cap: str
    cap_zh: str
    source: str
    confidence: str


@lru_cache(maxsize=1)
def mark_types() -> Mapping[str, MarkType]:
    """Return the types by key: those of the marking tables whose effect on a value is settled."""
    settable = CONDITION_EXEMPT | {CONDITION_STOPPED} | set(EQUIPMENT_INVALID)
    found: dict[str, MarkType] = {}
    for rule in mark_rules():
        if rule.key in settable and rule.key not in found:
            kind = EQUIPMENT if rule.key in EQUIPMENT_INVALID else CONDITION
            name_en, effect_zh, cap_zh = TEXTS[rule.key]
            found[rule.key] = MarkType(
                rule.key, kind, rule.name_zh, name_en, rule.scope, SCOPES_EN[rule.scope], rule.effect, effect_zh, rule.cap,
                cap_zh, rule.source, rule.confidence.value,
            )  # fmt: skip
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class PointMark:
    """A mark on [start, end) of a point. `contradictions` are codes of mark_checks; `late` came after the deadline."""

    mark_id: UUID
    point_id: UUID
    key: str
    start: datetime
    end: datetime
    state: MarkState
    factors: tuple[str, ...] = ()
    late: bool = False
    held_back: bool = False
    """A contradiction stands against it that a person has to settle first."""

    @property
    def counts(self) -> bool:
        """A mark counts from the moment it is set; late and contradicted ones only once another person accepted them."""
        if self.state is MarkState.SUBMITTED:
            return not self.late and not self.held_back
        return self.state is MarkState.ACCEPTED

    def covers(self, factor: str) -> bool:
        return self.key not in EQUIPMENT_INVALID or not self.factors or factor in self.factors


def is_late(end: datetime, set_at: datetime, within: timedelta) -> bool:
    """Say whether a mark comes too late. Seen practice: within 10 days (secondary); the setting decides."""
    return set_at - end > within


def evidence_due(end: datetime, day_of_month: int) -> date:
    """Return the day by which vouchers are due: that day of the month after the mark's end (practice: the 10th; secondary)."""
    last = at_park(end)
    year, month = (last.year + 1, 1) if last.month == 12 else (last.year, last.month + 1)
    return date(year, month, day_of_month)


@dataclass(frozen=True, slots=True)
class MarkBook:
    """What people and checks say of one hour of a point: marks that count, factors out of control, and factors whose check
    is overdue, with their spans."""

    marks: Sequence[PointMark]
    out_of_control: Mapping[str, Sequence[Span]]
    overdue: Mapping[str, Sequence[Span]] = field(default_factory=lambda: MappingProxyType({}))

    def verdict_of(self, factor: str, at: datetime, mark: str | None) -> ValidityVerdict:
        """Return the verdict of one value, in the order of judge_validity."""
        return judge_validity(
            PeriodFacts(
                mark=mark,
                condition_mark=self._key_at(factor, at, equipment=False),
                equipment_mark=self._key_at(factor, at, equipment=True),
                out_of_control=any(_within(at, span) for span in self.out_of_control.get(factor, ())),
                check_overdue=any(_within(at, span) for span in self.overdue.get(factor, ())),
            )
        )

    def _key_at(self, factor: str, at: datetime, *, equipment: bool) -> str | None:
        """The mark over a time; of several the stop first, then the one set for the earliest start."""
        keys = [
            mark.key
            for mark in self.marks
            if mark.start <= at < mark.end and (mark.key in EQUIPMENT_INVALID) is equipment and mark.covers(factor)
        ]
        return CONDITION_STOPPED if CONDITION_STOPPED in keys else keys[0] if keys else None

    def layers(self, factors: Iterable[str], start: datetime, end: datetime, *, link_up: bool) -> PeriodLayers:
        """Return the layers of the hour [start, end)."""
        if not (self.marks or self.out_of_control or self.overdue):
            return PeriodLayers(by_device_mark, link_up)
        in_force = {factor: self._in_force(factor, start, end) for factor in factors}
        return PeriodLayers(self.verdict_of, link_up, in_force)

    def _in_force(self, factor: str, start: datetime, end: datetime) -> MarksInForce:
        touching = [mark for mark in self.marks if mark.start < end and mark.end > start and mark.covers(factor)]
        conditions = [mark for mark in touching if mark.key not in EQUIPMENT_INVALID]
        equipment = [mark for mark in touching if mark.key in EQUIPMENT_INVALID]
        return MarksInForce(
            _longest(conditions, start, end),
            _longest(equipment, start, end),
            covered([mark for mark in conditions if mark.key == CONDITION_STOPPED], start, end),
        )


def _within(at: datetime, span: Span) -> bool:
    return (span.start is None or span.start <= at) and (span.end is None or at < span.end)


def _longest(marks: Sequence[PointMark], start: datetime, end: datetime) -> str:
    return max(marks, key=lambda mark: min(mark.end, end) - max(mark.start, start)).key if marks else ""
