"""Does a mark contradict the data? Marks that do are shown to the reviewer, and some do not count before he has accepted them.

Source: validity rules section 4 (contradiction checks). False marking is treated as data fraud (Monitoring Regulation, 2026).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from park_schemas.assessments import FactorAssessment
from park_schemas.park_time import at_park
from park_standards.validity import CONDITION_STOPPED

from source_monitoring.domain.mark_scope import foreign_scopes
from source_monitoring.domain.mark_words import SCOPES_EN
from source_monitoring.domain.marks import PointMark

OXYGEN, TEMPERATURE = "a19001", "a01012"
FLOWS = ("a00000", "w00000")
_RUNNING_OXYGEN = Decimal(18)
_RUNNING_TEMPERATURE = Decimal(80)
_RUNNING_FLOW_SHARE = Decimal("0.1")
_HOUR = timedelta(hours=1)


class Contradiction(StrEnum):
    RUNNING = "running-while-stopped"
    COVERS_EXCEEDANCE = "covers-exactly-the-exceedance"
    REPEATED = "repeated-after-expiry"
    TOO_MANY = "too-many-in-month"
    OUT_OF_SCOPE = "out-of-scope"


HOLDS_BACK = frozenset({Contradiction.RUNNING, Contradiction.COVERS_EXCEEDANCE, Contradiction.OUT_OF_SCOPE})
"""Marks with these do not count until another person has accepted them."""

WORDS: Mapping[Contradiction, tuple[str, str]] = {
    Contradiction.RUNNING: ("标记停运期间数据显示仍在运行", "the data show a running source during the marked stop"),
    Contradiction.COVERS_EXCEEDANCE: ("标记时段恰好覆盖超标时段", "the mark covers exactly the exceedance"),
    Contradiction.REPEATED: ("同类标记到期后立即重复", "the same mark again right after the one before ended"),
    Contradiction.TOO_MANY: ("当月标记次数过多", "too many marks in this month"),
    Contradiction.OUT_OF_SCOPE: (
        "排口没有该类标记所适用行业的限值",
        "the outlet has no limit of the industry this mark is for",
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A contradiction with the sentence that says what was seen."""

    code: Contradiction
    zh: str
    en: str


Hour = tuple[datetime, Sequence[FactorAssessment]]
"""(start, factors)"""


def contradictions(
    mark: PointMark,
    means: Mapping[str, Decimal],
    usual_flow: Mapping[str, Decimal],
    hours: Sequence[Hour],
    others: Sequence[PointMark],
    *,
    standards: Collection[str],
    most_in_month: int,
) -> tuple[Found, ...]:
    """Return what speaks against a mark.

    `means` are plain means of the values sent during the mark, whatever their marks, in the units of the point;
    `usual_flow` the highest hourly mean of each flow factor in the weeks before (ASSUMPTION: it stands for the design
    flow, which the registry does not know); `hours` those from one before to one after the mark, as judged without
    it; `others` the point's other marks; `standards` those of the point's limits.
    """
    return tuple(
        found
        for found in (
            _out_of_scope(mark, standards),
            _running(mark, means, usual_flow),
            _covers_exceedance(mark, hours),
            _repeated(mark, others),
            _too_many(mark, others, most_in_month),
        )
        if found is not None
    )


def _found(code: Contradiction, seen: str = "") -> Found:
    zh, en = WORDS[code]
    return Found(code, f"{zh}({seen})" if seen else zh, f"{en} ({seen})" if seen else en)


def _out_of_scope(mark: PointMark, standards: Collection[str]) -> Found | None:
    scopes = foreign_scopes(mark.key, standards)
    if not scopes:
        return None
    zh, en = WORDS[Contradiction.OUT_OF_SCOPE]
    names = ", ".join(SCOPES_EN[scope] for scope in scopes)
    return Found(Contradiction.OUT_OF_SCOPE, f"{zh}({'、'.join(scopes)})", f"{en} ({names})")


def _running(mark: PointMark, means: Mapping[str, Decimal], usual_flow: Mapping[str, Decimal]) -> Found | None:
    if mark.key != CONDITION_STOPPED:
        return None
    signs = []
    if OXYGEN in means and means[OXYGEN] < _RUNNING_OXYGEN:
        signs.append(f"O2 {means[OXYGEN]:.1f} % < 18 %")
    if TEMPERATURE in means and means[TEMPERATURE] > _RUNNING_TEMPERATURE:
        signs.append(f"t {means[TEMPERATURE]:.0f} degC > 80 degC")
    for flow in FLOWS:
        usual = usual_flow.get(flow)
        if usual and flow in means and means[flow] > _RUNNING_FLOW_SHARE * usual:
            signs.append(f"{flow} {means[flow]:.1f} > 10 % x {usual:.1f}")
    return _found(Contradiction.RUNNING, "; ".join(signs)) if signs else None


def _covers_exceedance(mark: PointMark, hours: Sequence[Hour]) -> Found | None:
    """All judged hours in the mark are over, those beside it are not: one exceedance, cut out to the hour."""
    inside = [_over(factors) for start, factors in hours if start < mark.end and start + _HOUR > mark.start]
    beside = [_over(factors) for start, factors in hours if start >= mark.end or start + _HOUR <= mark.start]
    judged = [over for over in inside if over is not None]
    if judged and all(judged) and False in beside and True not in beside:
        return _found(Contradiction.COVERS_EXCEEDANCE, f"{len(judged)} h")
    return None


def _over(factors: Iterable[FactorAssessment]) -> bool | None:
    verdicts = [factor.compliant for factor in factors if factor.compliant is not None]
    return None if not verdicts else not all(verdicts)


def _repeated(mark: PointMark, others: Sequence[PointMark]) -> Found | None:
    again = [
        other
        for other in others
        if other.key == mark.key and timedelta(0) <= mark.start - other.end <= _HOUR and other.mark_id != mark.mark_id
    ]
    return _found(Contradiction.REPEATED, f"{at_park(again[0].end):%m-%d %H:%M}") if again else None


def _too_many(mark: PointMark, others: Sequence[PointMark], most: int) -> Found | None:
    month = at_park(mark.start).strftime("%Y-%m")
    count = 1 + sum(
        at_park(other.start).strftime("%Y-%m") == month for other in others if other.mark_id != mark.mark_id
    )
    return _found(Contradiction.TOO_MANY, f"{count} > {most}") if count > most else None
