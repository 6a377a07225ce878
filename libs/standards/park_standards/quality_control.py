"""Quality control of automatic monitors: drift, accuracy, intervals, time out of control (质控, 失控时段).

Tables: `drift_limits.csv` and `accuracy_limits.csv` are the criteria of `qaqc_intervals.csv` written as numbers, each
with the line it was read from. HJ 75-2017 mostly secondary, accuracy and HJ 355-2019 from-memory: verify before use.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from park_standards.errors import BadValue, UnknownStandard
from park_standards.limit import Confidence
from park_standards.rounding import exact
from park_standards.tables import Row, decimal_cell, rows_of

_DRIFT = "drift_limits.csv"
_ACCURACY = "accuracy_limits.csv"
_INTERVALS = "qaqc_intervals.csv"


class DriftVerdict(StrEnum):
    """ADJUST: beyond the tolerance, calibrate, data stay valid. OUT_OF_CONTROL: data invalid back to the last pass."""

    PASS = "pass"  # noqa: S105
    ADJUST = "adjust"
    OUT_OF_CONTROL = "out-of-control"


@dataclass(frozen=True, slots=True)
class DriftLimit:
    """Tolerance and out-of-control limit in `unit` (% FS), for flow also absolute ones in m/s."""

    standard: str
    monitor: str
    check: str
    tolerance: Decimal
    out_of_control: Decimal
    unit: str
    absolute_tolerance: Decimal | None
    absolute_out_of_control: Decimal | None
    confidence: Confidence


class ErrorKind(StrEnum):
    RELATIVE = "relative-error"
    ABSOLUTE = "absolute-error"
    RELATIVE_ACCURACY = "relative-accuracy"


@dataclass(frozen=True, slots=True)
class AccuracyLimit:
    """Permitted error for reference means in a range; `tolerance` is % for relative kinds, else in `unit`."""

    standard: str
    medium: str
    monitor: str
    reference_from: Decimal | None
    from_inclusive: bool
    reference_to: Decimal | None
    to_inclusive: bool
    kind: ErrorKind
    tolerance: Decimal
    unit: str
    confidence: Confidence

    def covers(self, reference: Decimal) -> bool:
        """Say whether a reference value belongs to this row."""
        start, end = self.reference_from, self.reference_to
        begun = start is None or reference > start or (self.from_inclusive and reference == start)
        return begun and (end is None or reference < end or (self.to_inclusive and reference == end))


@dataclass(frozen=True, slots=True)
class CheckInterval:
    """How often a check is due: `count` of `unit` (h, d, month), with the criteria as the table words them."""

    standard: str
    medium: str
    monitor: str
    check: str
    count: int
    unit: str
    pass_criterion: str
    out_of_control: str
    confidence: Confidence


def _optional(name: str, line: int, column: str, row: Row) -> Decimal | None:
    return decimal_cell(name, line, column, row[column]) if row[column] else None


@lru_cache(maxsize=1)
def drift_limits() -> tuple[DriftLimit, ...]:
    """Return the drift criteria."""
    return tuple(
        DriftLimit(
            row["standard"], row["object"], row["check"], decimal_cell(_DRIFT, line, "tolerance", row["tolerance"]),
            decimal_cell(_DRIFT, line, "out_of_control", row["out_of_control"]), row["unit"],
            _optional(_DRIFT, line, "absolute_tolerance", row),
            _optional(_DRIFT, line, "absolute_out_of_control", row), Confidence(row["confidence"]),
        )
        for line, row in rows_of(_DRIFT)
    )  # fmt: skip


@lru_cache(maxsize=1)
def accuracy_limits() -> tuple[AccuracyLimit, ...]:
    """Return the criteria of verification and real-sample comparison."""
    return tuple(
        AccuracyLimit(
            row["standard"], row["medium"], row["object"], _optional(_ACCURACY, line, "reference_from", row),
            row["from_inclusive"] == "yes", _optional(_ACCURACY, line, "reference_to", row),
            row["to_inclusive"] == "yes", ErrorKind(row["kind"]),
            decimal_cell(_ACCURACY, line, "tolerance", row["tolerance"]), row["unit"], Confidence(row["confidence"]),
        )
        for line, row in rows_of(_ACCURACY)
    )  # fmt: skip


@lru_cache(maxsize=1)
def check_intervals() -> tuple[CheckInterval, ...]:
    """Return the checks that have an interval."""
    return tuple(
        CheckInterval(
            row["standard"], row["medium"], row["object"], row["check"], int(row["interval"]), row["interval_unit"],
            row["pass_criterion"], row["out_of_control"], Confidence(row["confidence"]),
        )
        for _, row in rows_of(_INTERVALS)
        if row["interval"]
    )  # fmt: skip


def judge_drift(monitor: str, check: str, drift: Decimal, *, absolute: Decimal | None = None) -> DriftVerdict:
    """Judge a drift (signed, % of full scale; of the standard for water) of "gas", "particulate", "flow", "water analyser".

    `check` is zero, span or "standard sample". Flow: within 3 % or 0.9 m/s passes; out of control only beyond both 8 %
    and 1.8 m/s, so `absolute` (m/s) should be given. Raises UnknownStandard for a pair the table does not hold.
    """
    limit = next((row for row in drift_limits() if (row.monitor, row.check) == (monitor, check)), None)
    if limit is None:
        raise UnknownStandard(f"no drift limit for check {check!r} of {monitor!r}")
    size = abs(exact(drift))
    beyond, out = size > limit.tolerance, size > limit.out_of_control
    if limit.absolute_tolerance is not None and limit.absolute_out_of_control is not None and absolute is not None:
        beyond = beyond and abs(exact(absolute)) > limit.absolute_tolerance
        out = out and abs(absolute) > limit.absolute_out_of_control
    if out:
        return DriftVerdict.OUT_OF_CONTROL
    return DriftVerdict.ADJUST if beyond else DriftVerdict.PASS


@dataclass(frozen=True, slots=True)
class AccuracyVerdict:
    """`error` in the kind of the row: % for relative kinds, else absolute in the row's unit."""

    passed: bool
    error: Decimal
    limit: AccuracyLimit


def judge_accuracy(
    monitor: str, medium: str, measured: Sequence[Decimal], reference: Sequence[Decimal]
) -> AccuracyVerdict:
    """Judge paired results of the monitor and the reference method (or laboratory), in the unit of the table.

    Relative and absolute error compare the means; relative accuracy is (|mean difference| + confidence coefficient) /
    reference mean and needs 9 pairs or more. Raises BadValue for unpaired or too few data or a reference mean of 0,
    UnknownStandard when no row covers the monitor.
    """
    if len(measured) != len(reference) or not measured:
        raise BadValue(f"{len(measured)} measured and {len(reference)} reference values are no pairs")
    mean = sum(map(exact, reference), Decimal(0)) / len(reference)
    row = next(
        (row for row in accuracy_limits() if (row.monitor, row.medium) == (monitor, medium) and row.covers(mean)), None
    )
    if row is None:
        raise UnknownStandard(f"no accuracy limit for {monitor!r} in {medium!r} at a reference mean of {mean}")
    differences = [exact(one) - exact(other) for one, other in zip(measured, reference, strict=True)]
    error = _error(row.kind, differences, mean)
    return AccuracyVerdict(error <= row.tolerance, error, row)


# Two-sided 95 % quantiles of Student's t for n - 1 degrees of freedom, n = 9 to 16.
_STUDENT = {
    9: Decimal("2.306"), 10: Decimal("2.262"), 11: Decimal("2.228"), 12: Decimal("2.201"),
    13: Decimal("2.179"), 14: Decimal("2.160"), 15: Decimal("2.145"), 16: Decimal("2.131"),
}  # fmt: skip


def _error(kind: ErrorKind, differences: Sequence[Decimal], reference: Decimal) -> Decimal:
    count = len(differences)
    mean = sum(differences, Decimal(0)) / count
    if kind is ErrorKind.ABSOLUTE:
        return abs(mean)
    if not reference:
        raise BadValue("a reference mean of zero gives no relative error")
    if kind is ErrorKind.RELATIVE:
        return abs(mean) / abs(reference) * 100
    if count not in _STUDENT:
        raise BadValue(f"relative accuracy needs 9 to 16 pairs, {count} were given")
    variance = sum(((one - mean) ** 2 for one in differences), Decimal(0)) / (count - 1)
    confidence = _STUDENT[count] * variance.sqrt() / Decimal(count).sqrt()
    return (abs(mean) + confidence) / abs(reference) * 100


def due_at(last_pass: datetime, interval: CheckInterval) -> datetime:
    """Return when the next check is due; months are calendar months, the day cut to the month's end."""
    if interval.unit == "month":
        month = last_pass.month - 1 + interval.count
        year, month = last_pass.year + month // 12, month % 12 + 1
        return last_pass.replace(year=year, month=month, day=min(last_pass.day, monthrange(year, month)[1]))
    steps = {"h": timedelta(hours=1), "d": timedelta(days=1)}
    return last_pass + interval.count * steps[interval.unit]


@dataclass(frozen=True, slots=True)
class Check:
    """One performed check."""

    at: datetime
    passed: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open time [start, end); `end` None means until now, `start` None since ever."""

    start: datetime | None
    end: datetime | None


def out_of_control_spans(checks: Iterable[Check]) -> tuple[Span, ...]:
    """Return the times whose data are invalid because a check failed: from the last passed check to the next passed one.

    Checks in any order. Without an earlier pass the span has no start. HJ 75-2017; HJ 355-2019.
    """
    spans: list[Span] = []
    last_pass: datetime | None = None
    failing = False
    for check in sorted(checks, key=lambda check: check.at):
        if check.passed and failing:
            spans.append(Span(last_pass, check.at))
        failing = not check.passed
        last_pass = check.at if check.passed else last_pass
    return (*spans, Span(last_pass, None)) if failing else tuple(spans)


def overdue_spans(checks: Iterable[Check], interval: CheckInterval, now: datetime) -> tuple[Span, ...]:
    """Return the times whose data are invalid because a check was overdue: from the due time to the next passed one."""
    passes = sorted(check.at for check in checks if check.passed)
    spans = []
    for place, last in enumerate(passes):
        due = due_at(last, interval)
        following = passes[place + 1] if place + 1 < len(passes) else None
        if due < (following or now):
            spans.append(Span(due, following))
    return tuple(spans)
