"""Manual results beside what the monitor measured in the same time, held against the accuracy tables (HJ 75, HJ 355).

The pairs of one factor on one day are one comparison. ASSUMPTIONS: both values are of the same state of the gas; the error is
that of the day's means (HJ 355 asks for each pair of at least three: to disprove, its text). Tables: from-memory
(park_standards.quality_control).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from msgspec import Struct
from park_schemas.codes import Medium
from park_standards.errors import StandardsError
from park_standards.quality_control import ErrorKind, accuracy_limits, judge_accuracy
from park_standards.units import convert

ComparisonOutcome = Literal["passed", "failed", "not-comparable"]
_WATER = frozenset({Medium.WASTE_WATER, Medium.RAIN_WATER})

MONITOR_OF: Mapping[str, str] = MappingProxyType(
    {
        "a34013": "particulate", "a21026": "SO2", "a21002": "NOx", "a19001": "O2", "a01011": "velocity",
        "a01012": "temperature", "a01014": "humidity",
        "w01018": "COD", "w21003": "NH3-N", "w21011": "TP", "w21001": "TN", "w01001": "pH", "w01010": "temperature",
    }
)  # fmt: skip
"""Factor -> monitor of the accuracy tables. Other gases (a05.. to a3....) are judged by its row "other gas"."""

_LEAST_PAIRS: Mapping[str, int] = MappingProxyType(
    {"particulate": 5, "velocity": 5, "temperature": 5, "humidity": 5, "SO2": 9, "NOx": 9, "O2": 9, "other gas": 9}
)
"""Pairs that a verification of a CEMS needs (HJ 75-2017 9.3.8, from memory): fewer are a sign, no check of the monitor."""

_KINDS_ZH = MappingProxyType(
    {
        ErrorKind.RELATIVE: "相对误差",
        ErrorKind.ABSOLUTE: "绝对误差",
        ErrorKind.RELATIVE_ACCURACY: "相对准确度",
    }
)


class Pair(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A manual value and the mean of the valid automatic values over [since, until), in `unit`; None with the reason."""

    result_id: str
    since: datetime
    until: datetime
    manual: Decimal
    unit: str
    automatic: Decimal | None = None
    values: int = 0
    why_zh: str = ""
    why_en: str = ""


class Comparison(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`error` and `tolerance` in % for relative kinds, else in `unit`."""

    outcome: ComparisonOutcome
    zh: str
    en: str
    pairs: list[Pair]
    monitor: str = ""
    kind: str = ""
    error: Decimal | None = None
    tolerance: Decimal | None = None
    unit: str = ""
    standard: str = ""
    confidence: str = ""


def monitor_of(factor: str, medium: Medium) -> str | None:
    """Return the monitor of the accuracy tables that measures a factor, None when they hold none."""
    if factor in MONITOR_OF:
        return MONITOR_OF[factor]
    return "other gas" if medium is Medium.WASTE_GAS and factor.startswith(("a05", "a2", "a3")) else None


def compared(factor: str, medium: Medium, pairs: Sequence[Pair]) -> Comparison:
    """Return the comparison of a day's pairs. What cannot be compared says why; it raises nothing."""
    monitor = monitor_of(factor, medium)
    if monitor is None:
        return _none(pairs, "准确度表中没有该因子", "the accuracy tables do not hold this factor")
    whole = [pair for pair in pairs if pair.automatic is not None]
    if not whole:
        first = pairs[0]
        return _none(pairs, first.why_zh or "没有有效的自动数据", first.why_en or "no valid automatic data", monitor)
    table = "water" if medium in _WATER else "gas"
    unit = next(row.unit for row in accuracy_limits() if (row.monitor, row.medium) == (monitor, table))
    try:
        automatic = [convert(pair.automatic, pair.unit, unit) for pair in whole if pair.automatic is not None]
        manual = [convert(pair.manual, pair.unit, unit) for pair in whole]
        held = judge_accuracy(monitor, table, automatic, manual)
    except StandardsError as error:
        return _none(pairs, f"不能按准确度表比对：{error}", f"the table does not apply: {error}", monitor)
    shown_unit = held.limit.unit if held.limit.kind is ErrorKind.ABSOLUTE else "%"
    size = round(held.error, 2)
    word_zh, word_en = ("合格", "passed") if held.passed else ("不合格", "failed")
    gap = "" if shown_unit == "1" else f" {shown_unit}"
    return Comparison(
        outcome="passed" if held.passed else "failed",
        zh=f"{len(whole)} 对数据{_KINDS_ZH[held.limit.kind]} {size}{gap}，允许 {held.limit.tolerance}{gap}，{word_zh}"
        f"（{held.limit.standard}）。",
        en=f"{held.limit.kind.value.replace('-', ' ')} of {len(whole)} pairs {size}{gap}, permitted {held.limit.tolerance}{gap}:"
        f" {word_en} ({held.limit.standard}).",
        pairs=list(pairs), monitor=monitor, kind=held.limit.kind, error=size, tolerance=held.limit.tolerance, unit=shown_unit,
        standard=held.limit.standard, confidence=held.limit.confidence.value,
    )  # fmt: skip


def _none(pairs: Sequence[Pair], zh: str, en: str, monitor: str = "") -> Comparison:
    return Comparison(outcome="not-comparable", zh=zh, en=en, pairs=list(pairs), monitor=monitor)


CheckOutcome = Literal["pass", "adjust", "out-of-control"]


@dataclass(frozen=True, slots=True)
class DayOfComparison:
    """A comparison whose results were all accepted, of a day; `at` is the time of its last sample."""

    day: date
    at: datetime
    comparison: Comparison


def check_outcomes(
    medium: Medium, comparisons: Iterable[DayOfComparison]
) -> Iterator[tuple[DayOfComparison, CheckOutcome]]:
    """Give what the comparisons of a factor, in order of time, say as checks of its monitor.

    Water (HJ 355-2019 real-sample comparison): one failure asks for adjustment, the next in a row puts the monitor out of
    control. Gas (HJ 75-2017 verification): a failure of enough pairs puts it out of control. Tables from-memory.
    """
    failed_before = False
    for one in comparisons:
        made = one.comparison
        whole = sum(pair.automatic is not None for pair in made.pairs)
        if made.outcome == "not-comparable" or (medium not in _WATER and whole < _LEAST_PAIRS.get(made.monitor, 9)):
            continue
        failed = made.outcome == "failed"
        if not failed:
            yield one, "pass"
        else:
            yield one, "out-of-control" if failed_before or medium not in _WATER else "adjust"
        failed_before = failed
