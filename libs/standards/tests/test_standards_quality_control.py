"""HJ 75-2017 and HJ 355-2019: drift, accuracy, intervals."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.errors import BadValue, UnknownStandard
from park_standards.quality_control import (
    Check,
    DriftVerdict,
    Span,
    accuracy_limits,
    check_intervals,
    due_at,
    judge_accuracy,
    judge_drift,
    out_of_control_spans,
    overdue_spans,
)
from park_standards.tables import rows_of

START = datetime(2026, 11, 1, tzinfo=UTC)


def at(hours: int, *, passed: bool = True) -> Check:
    return Check(START + timedelta(hours=hours), passed)


@pytest.mark.parametrize(
    ("monitor", "check", "drift", "verdict"),
    [
        ("gas", "zero", "2.5", DriftVerdict.PASS),
        ("gas", "zero", "-2.6", DriftVerdict.ADJUST),
        ("gas", "zero", "5.1", DriftVerdict.OUT_OF_CONTROL),
        ("gas", "span", "5.1", DriftVerdict.ADJUST),
        ("gas", "span", "-10.1", DriftVerdict.OUT_OF_CONTROL),
        ("particulate", "zero", "8", DriftVerdict.ADJUST),
        ("water analyser", "standard sample", "10.1", DriftVerdict.OUT_OF_CONTROL),
    ],
)
def test_drift_is_judged_by_its_size(monitor: str, check: str, drift: str, verdict: DriftVerdict) -> None:
    assert judge_drift(monitor, check, Decimal(drift)) is verdict


def test_flow_is_out_of_control_only_beyond_both_limits() -> None:
    assert judge_drift("flow", "zero", Decimal(9), absolute=Decimal("0.5")) is DriftVerdict.PASS
    assert judge_drift("flow", "zero", Decimal(9), absolute=Decimal("1.5")) is DriftVerdict.ADJUST
    assert judge_drift("flow", "zero", Decimal(9), absolute=Decimal("-1.9")) is DriftVerdict.OUT_OF_CONTROL
    with pytest.raises(UnknownStandard, match="sundial"):
        judge_drift("sundial", "zero", Decimal(1))


def test_the_numbers_stand_in_the_wording_of_the_interval_table() -> None:
    wording = {line: " ".join(row.values()) for line, row in rows_of("qaqc_intervals.csv")}
    for name in ("drift_limits.csv", "accuracy_limits.csv"):
        for _, row in rows_of(name):
            lines = re.split(";", row.get("source_lines") or row["source_line"])
            for column in ("tolerance", "out_of_control", "absolute_tolerance", "reference_from", "reference_to"):
                if row.get(column):
                    assert all(row[column] in wording[int(line)] for line in lines), (name, row, column)
            assert all(row["confidence"] in wording[int(line)] for line in lines)


@given(
    st.sampled_from(sorted({(row.monitor, row.medium) for row in accuracy_limits()})), st.decimals(0, 2000, places=1)
)
def test_every_reference_value_is_covered_by_exactly_one_row(monitor: tuple[str, str], reference: Decimal) -> None:
    rows = [row for row in accuracy_limits() if (row.monitor, row.medium) == monitor and row.covers(reference)]
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("monitor", "medium", "measured", "reference", "passed"),
    [
        ("particulate", "gas", "15", "10", True),
        ("particulate", "gas", "15.1", "10", False),
        ("particulate", "gas", "16.1", "10.1", True),
        ("COD", "water", "35", "30", True),
        ("COD", "water", "40", "30", False),
        ("COD", "water", "34.9", "29.9", True),
        ("NH3-N", "water", "2.3", "2", True),
        ("pH", "water", "7.6", "7", False),
        ("O2", "gas", "4", "5.0", True),
    ],
)
def test_accuracy_uses_the_row_of_the_reference_mean(
    monitor: str, medium: str, measured: str, reference: str, passed: bool
) -> None:
    assert judge_accuracy(monitor, medium, [Decimal(measured)], [Decimal(reference)]).passed is passed


def test_relative_accuracy_adds_the_confidence_of_nine_pairs() -> None:
    reference = [Decimal(1000)] * 9
    measured = [Decimal(1100)] * 9
    assert judge_accuracy("SO2", "gas", measured, reference).error == 10
    spread = [Decimal(1000 + 50 * (place - 4)) for place in range(9)]
    verdict = judge_accuracy("SO2", "gas", spread, reference)
    assert round(verdict.error, 3) == Decimal("10.525")
    assert verdict.passed
    with pytest.raises(BadValue, match="9 to 16"):
        judge_accuracy("SO2", "gas", measured[:3], reference[:3])


def test_unpaired_values_and_unknown_monitors_are_refused() -> None:
    with pytest.raises(BadValue):
        judge_accuracy("SO2", "gas", [Decimal(1)], [])
    with pytest.raises(UnknownStandard):
        judge_accuracy("sundial", "gas", [Decimal(1)], [Decimal(1)])
    with pytest.raises(BadValue, match="zero"):
        judge_accuracy("velocity", "gas", [Decimal(1)], [Decimal(0)])


def test_a_failed_check_spoils_the_time_back_to_the_last_pass() -> None:
    checks = [at(0), at(24, passed=False), at(26, passed=False), at(28), at(52), at(76, passed=False)]
    assert out_of_control_spans(reversed(checks)) == (
        Span(at(0).at, at(28).at),
        Span(at(52).at, None),
    )
    assert out_of_control_spans([at(5, passed=False)]) == (Span(None, None),)
    assert out_of_control_spans([at(0), at(24)]) == ()


def test_an_overdue_check_spoils_the_time_from_its_due_hour() -> None:
    daily = check_intervals()[0]
    assert (daily.count, daily.unit) == (24, "h")
    spans = overdue_spans([at(0), at(24), at(60)], daily, at(100).at)
    assert spans == (Span(at(48).at, at(60).at), Span(at(84).at, None))
    assert overdue_spans([at(0)], daily, at(24).at) == ()


def test_months_are_calendar_months() -> None:
    monthly = next(row for row in check_intervals() if (row.count, row.unit) == (1, "month"))
    assert due_at(datetime(2026, 1, 31, 8, tzinfo=UTC), monthly) == datetime(2026, 2, 28, 8, tzinfo=UTC)
    assert due_at(datetime(2026, 12, 5, tzinfo=UTC), monthly) == datetime(2027, 1, 5, tzinfo=UTC)
    weekly = next(row for row in check_intervals() if (row.count, row.unit) == (7, "d"))
    assert due_at(START, weekly) == START + timedelta(days=7)
