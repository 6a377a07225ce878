"""Limits of a point: which entries they are held against, when, in which unit, and why some are not."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_judging.domain.applied_limits import compile_limits
from park_judging.domain.holding import RATIO_CAP, hold
from park_judging.testing import factor, limit, point
from park_schemas.codes import Period


def test_a_value_is_held_against_limits_of_its_own_and_of_longer_periods() -> None:
    compiled = compile_limits(point(limit(averaging="hour"), limit(averaging="day")))
    held = {
        period: [one.averaging for one in compiled.by_entry[period][("w01018", name)].limits]
        for period, name in (
            (Period.REALTIME, "Rtd"),
            (Period.MINUTE, "Avg"),
            (Period.HOUR, "Avg"),
            (Period.DAY, "Avg"),
        )
    }
    assert held == {
        Period.REALTIME: [Period.HOUR, Period.DAY],
        Period.MINUTE: [Period.HOUR, Period.DAY],
        Period.HOUR: [Period.HOUR, Period.DAY],
        Period.DAY: [Period.DAY],
    }


def test_a_converted_limit_is_held_against_converted_values_only() -> None:
    compiled = compile_limits(point(limit(basis="converted")))
    assert set(compiled.by_entry[Period.REALTIME]) == {("w01018", "ZsRtd")}


def test_both_ends_of_the_days_in_force_are_inclusive() -> None:
    (applied,) = compile_limits(point(limit(valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 31)))).limits
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)]
    assert [applied.in_force(day) for day in days] == [False, True, True, False]


def test_a_limit_that_cannot_be_applied_is_listed_with_its_reason_and_the_others_stand() -> None:
    compiled = compile_limits(
        point(
            limit(limit_id="good"),
            limit("w99999", limit_id="not reported"),
            limit(unit="times", limit_id="other quantity"),
            limit(averaging="year", limit_id="no such period"),
            limit(upper="fifty", limit_id="no number"),
            limit(upper=None, limit_id="nothing"),
        )
    )
    assert [one.row.limit_id for one in compiled.limits] == ["good"]
    reasons = {one.limit_id: one.reason for one in compiled.not_applied}
    assert set(reasons) == {"not reported", "other quantity", "no such period", "no number", "nothing"}
    assert "does not report" in reasons["not reported"]
    assert "times" in reasons["other quantity"]


numbers = st.decimals(min_value="0", max_value="1000000", places=3, allow_nan=False, allow_infinity=False)


@given(numbers, numbers)
def test_a_value_in_the_calm_band_complies_and_one_that_breaks_the_limit_is_outside_of_it(
    value: Decimal, upper: Decimal
) -> None:
    compiled = compile_limits(point(limit(upper=f"{upper:f}"), factors=[factor(unit="ug/L")]))
    (applied,) = compiled.limits
    held = hold(f"{value:f}", applied)
    assert held.violated == (value / 1000 > upper)
    if applied.safe_low < float(value) < applied.safe_high:
        assert not held.violated


@pytest.mark.parametrize(
    ("value", "upper", "lower", "violated", "ratio"),
    [
        ("50", "50", None, False, 1.0),
        ("50.1", "50", None, True, 1.002),
        ("90", "50", None, True, 1.8),
        ("5", None, "5", False, 1.0),
        ("4", None, "5", True, 1.25),
        ("0", None, "5", True, RATIO_CAP),
        ("7.5", "9", "6", False, 0.0),
        ("9", "9", "6", False, 1.0),
        ("10.5", "9", "6", True, 2.0),
        ("0.1", "0", None, True, RATIO_CAP),
        ("-1", "50", None, False, -0.02),
    ],
)
def test_ratio_is_above_one_exactly_when_the_limit_is_broken(
    value: str, upper: str | None, lower: str | None, violated: bool, ratio: float
) -> None:
    (applied,) = compile_limits(point(limit(upper=upper, lower=lower))).limits
    held = hold(value, applied)
    assert (held.violated, held.ratio) == (violated, ratio)
