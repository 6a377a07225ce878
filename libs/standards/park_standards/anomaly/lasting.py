"""The commonest shape of a rule: something holds without a break for a given time."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from park_standards.anomaly.result import Anomaly, Severity, found
from park_standards.anomaly.series import Sample, Series

T = TypeVar("T")


def lasting(
    rule_id: str,
    series: Series[T],
    holds: Callable[[Sample[T]], bool],
    at_least: timedelta,
    english: str,
    chinese: str,
    *,
    severity: Severity | None = None,
    **evidence: Decimal | int | str,
) -> tuple[Anomaly, ...]:
    """Return one anomaly for each run in which `holds` is true for `at_least`, with its minutes as evidence."""
    return tuple(
        found(
            rule_id,
            run.start,
            run.end,
            english,
            chinese,
            severity=severity,
            minutes=int(run.duration / timedelta(minutes=1)),
            **evidence,
        )
        for run in series.runs(holds, at_least)
    )
