"""A manual result held against the limits in force at its outlet on the park date of sampling: permit and standard alike.

ASSUMPTION: a limit is broken for good only by a result of its own averaging period; a shorter one (an instantaneous sample
against a daily mean) is an early sign, as it is in the stream. To disprove: the standard's own words, as in limits whose
averaging is given as realtime ("any sample"); for inspections of the authority see SEPA notice 2007 No.16 (from memory).
A longer mean says nothing of a limit of a shorter period.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct
from park_judging.domain.applied_limits import CONVERTED
from park_judging.domain.holding import bound_text, ratio_of
from park_judging.domain.periods import PERIOD_EN, PERIOD_ZH, RANK, park_date
from park_schemas.codes import Period
from park_schemas.registry import LimitInForce, PointRecord
from park_standards.bounds import Bounds
from park_standards.errors import StandardsError
from park_standards.exceedance import Outcome as LimitOutcome
from park_standards.exceedance import judge, judge_not_detected
from park_standards.units import convert

from source_monitoring.domain.manual.results import ManualResult

PERIOD_OF: Mapping[str, Period] = MappingProxyType({"instant": Period.REALTIME, "hour": Period.HOUR, "day": Period.DAY})
SAMPLE_ZH = MappingProxyType({"instant": "瞬时样", "hour": "小时均值", "day": "日均值"})
SAMPLE_EN = MappingProxyType({"instant": "an instantaneous sample", "hour": "an hourly mean", "day": "a daily mean"})


class ManualOutcome(StrEnum):
    """EARLY_SIGN: over a limit that is judged by a longer mean. UNDECIDED: the method is not sensitive enough."""

    COMPLIANT = "compliant"
    UNDECIDED = "undecided"
    EARLY_SIGN = "early-sign"
    OVER = "over"
    NOT_JUDGED = "not-judged"


OVER = frozenset({ManualOutcome.OVER, ManualOutcome.EARLY_SIGN})
_GRAVITY = {outcome: place for place, outcome in enumerate(ManualOutcome)}


class ManualVerdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on the limit that decides: the most broken one, else the nearest. `source` is standard, permit or agreement."""

    outcome: ManualOutcome
    zh: str
    en: str
    limit: str = ""
    unit: str = ""
    ratio: float | None = None
    limit_id: str = ""
    standard: str = ""
    clause: str = ""
    source: str = ""
    confidence: str = ""
    statutory: bool = False


def verdict_of(point: PointRecord, result: ManualResult) -> ManualVerdict:
    """Return the verdict of a result. What cannot be judged says why; it raises nothing."""
    held = [
        found for row in _in_force(point.limits, result.factor, park_date(result.sampled_at))
        if (found := _held(result, row)) is not None
    ]  # fmt: skip
    judged = [one for one in held if one.outcome is not ManualOutcome.NOT_JUDGED]
    if judged:
        return max(judged, key=lambda one: (_GRAVITY[one.outcome], one.statutory, one.ratio or 0.0))
    if held:
        return held[0]
    zh, en = "采样当日没有可对照的限值", "no limit in force on the day of sampling can be held against it"
    return ManualVerdict(outcome=ManualOutcome.NOT_JUDGED, zh=zh, en=en)


def _in_force(rows: Iterable[LimitInForce], factor: str, day: date) -> list[LimitInForce]:
    return [
        row
        for row in rows
        if row.factor == factor and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
    ]


def _held(result: ManualResult, row: LimitInForce) -> ManualVerdict | None:
    period, averaging = PERIOD_OF[result.averaging], Period(row.averaging)
    if RANK[period] > RANK[averaging]:
        return None
    if row.basis == CONVERTED and result.detected and result.converted is None:
        zh, en = "该限值按折算浓度考核，结果未填折算值", "the limit is of converted values; none was given"
        return ManualVerdict(outcome=ManualOutcome.NOT_JUDGED, zh=zh, en=en, limit_id=row.limit_id)
    try:
        return _compared(result, row, statutory=period is averaging)
    except StandardsError as error:
        zh, en = f"限值 {row.limit_id} 不能对照：{error}", f"limit {row.limit_id} cannot be compared: {error}"
        return ManualVerdict(outcome=ManualOutcome.NOT_JUDGED, zh=zh, en=en, limit_id=row.limit_id)


def _compared(result: ManualResult, row: LimitInForce, *, statutory: bool) -> ManualVerdict:
    bounds = Bounds.of(unit=row.unit, lower=row.lower, upper=row.upper)
    value = result.converted if row.basis == CONVERTED and result.detected else result.value
    ratio = None
    if value is not None:
        outcome = judge(value, bounds, unit=result.unit).outcome
        ratio = ratio_of(convert(value, result.unit, bounds.unit), bounds)
    else:
        outcome = judge_not_detected(result.detection_limit or Decimal(0), bounds, unit=result.unit).outcome
    found = _OUTCOMES[outcome]
    if found is ManualOutcome.OVER and not statutory:
        found = ManualOutcome.EARLY_SIGN
    zh, en = _sentences(result, row, bound_text(bounds), found)
    return ManualVerdict(
        outcome=found, zh=zh, en=en, limit=bound_text(bounds), unit=row.unit, ratio=ratio, limit_id=row.limit_id,
        standard=row.standard, clause=row.clause, source=row.source, confidence=row.confidence, statutory=statutory,
    )  # fmt: skip


_OUTCOMES = MappingProxyType(
    {
        LimitOutcome.COMPLIANT: ManualOutcome.COMPLIANT,
        LimitOutcome.OVER: ManualOutcome.OVER,
        LimitOutcome.UNDECIDED: ManualOutcome.UNDECIDED,
    }
)
_WORDS = MappingProxyType(
    {
        ManualOutcome.OVER: ("不符合", "breaks"),
        ManualOutcome.EARLY_SIGN: ("不符合", "lies beyond"),
        ManualOutcome.COMPLIANT: ("符合", "keeps"),
        ManualOutcome.UNDECIDED: ("检出限高于限值，不能判定是否符合", "cannot be told from (detection limit above it)"),
    }
)


def _sentences(result: ManualResult, row: LimitInForce, bound: str, outcome: ManualOutcome) -> tuple[str, str]:
    zh_word, en_word = _WORDS[outcome]
    unit = "" if result.unit == "1" else f" {result.unit}"
    limit_unit = "" if row.unit == "1" else f" {row.unit}"
    converted = row.basis == CONVERTED and result.converted is not None
    shown = f"{result.converted}" if converted else result.text
    zh = (
        f"手工监测{result.factor_name_zh}{'折算' if converted else ''}{SAMPLE_ZH[result.averaging]} {shown}{unit}，"
        f"{zh_word}限值 {bound}{limit_unit}，依据 {row.standard} {row.clause}"
    )
    en = (
        f"Manual monitoring: {'converted ' if converted else ''}{result.factor_name_en} {shown}{unit}"
        f" ({SAMPLE_EN[result.averaging]}) {en_word} the limit {bound}{limit_unit}; {row.standard}, {row.clause}"
    )
    if outcome is ManualOutcome.EARLY_SIGN:
        averaging = Period(row.averaging)
        zh += f"。该限值按{PERIOD_ZH[averaging]}考核，此为预警"
        en += f". The limit is judged by the {PERIOD_EN[averaging]}: this is an early sign"
    return zh + "。", en + "."
