"""The commonest shape of a rule: something holds without a break for a given time."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from park_standards.anomaly.result import Anomaly, Severity, found
from park_standards.anomaly.series import Sample, Series
from park_standards.rounding import plain

T = TypeVar("T")
Seen = Callable[[tuple[T, ...]], str]


def lasting(
    rule_id: str,
    series: Series[T],
    holds: Callable[[Sample[T]], bool],
    at_least: timedelta,
    english: str,
    chinese: str,
    *,
    seen: Seen[T] | None = None,
    severity: Severity | None = None,
    **evidence: Decimal | int | str,
) -> tuple[Anomaly, ...]:
    """Return one anomaly for each run in which `holds` is true for `at_least`, with its minutes as evidence.

    Each sentence goes on with what was seen of the values of the run (figures with units, the same in both languages), and
    with how long it lasted.
    """
    return tuple(
        _told(rule_id, run, english, chinese, seen(run.values) if seen else "", severity, evidence)
        for run in series.runs(holds, at_least)
    )


def _told(
    rule_id: str, run: Series[T], english: str, chinese: str, seen: str, severity: Severity | None,
    evidence: dict[str, Decimal | int | str],
) -> Anomaly:  # fmt: skip
    minutes = int(run.duration / timedelta(minutes=1))
    more_en, more_zh = (f" ({seen})", f"({seen})") if seen else ("", "")
    lasted_en, lasted_zh = (f" for {minutes} min", f",持续 {minutes} 分钟") if minutes else ("", "")
    figures = {**evidence, "seen": seen} if seen else evidence
    return found(
        rule_id, run.start, run.end, f"{english}{more_en}{lasted_en}", f"{chinese}{more_zh}{lasted_zh}",
        severity=severity, minutes=minutes, **figures,
    )  # fmt: skip


def between(values: Iterable[Decimal], unit: str = "") -> str:
    """Return the least and the largest of some values as text, `7.2–7.5 %`; three decimals at most."""
    found_values = [round(value, 3) for value in values]
    low, high = plain(min(found_values)), plain(max(found_values))
    return f"{low if low == high else f'{low}–{high}'}{f' {unit}' if unit else ''}"
