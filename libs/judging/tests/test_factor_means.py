"""Means by factor: levels by energy, extremes, directions; and levels held against their limits."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_judging.domain.applied_limits import compile_limits
from park_judging.domain.factor_means import mean_of
from park_judging.domain.holding import hold
from park_judging.testing import factor, limit, point
from park_schemas.codes import Medium, Period


@pytest.mark.parametrize(
    ("code", "values", "expected"),
    [
        ("Leq", ["50", "60", "55"], "56.74"),
        ("LA", ["40", "40"], "40.00"),
        ("LMx", ["61.2", "78.4", "70"], "78.40"),
        ("LMn", ["41.2", "38.4"], "38.40"),
        ("L90", ["40", "44"], "42.00"),
        ("a01008", ["350", "10"], "0.00"),
        ("w01018", ["10", "20"], "15.00"),
    ],
)
def test_each_factor_has_the_mean_of_its_kind(code: str, values: list[str], expected: str) -> None:
    assert mean_of(factor(code), [Decimal(value) for value in values]) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["50", "50", "50.1"], "50.03"),  # passed on as 50.0 it would keep a limit of 50
        (["55.42", "55.5"], "55.46"),  # passed on as 55.5 it would be rounded to 56 afterwards
        (["10", "20"], "15.0"),
        (["35.4", "35.46"], "35.4"),
    ],
)
def test_a_mean_keeps_the_digits_that_a_limit_or_a_second_rounding_needs(values: list[str], expected: str) -> None:
    assert mean_of(factor(decimals=0), [Decimal(value) for value in values]) == expected


@given(
    st.lists(st.decimals(min_value=45, max_value=55, places=1), min_size=1, max_size=12),
    st.decimals(min_value=45, max_value=55, places=1),
)
def test_a_mean_breaks_a_limit_exactly_when_the_true_mean_does(values: list[Decimal], bound: Decimal) -> None:
    compiled = compile_limits(point(limit(upper=f"{bound}", averaging="hour")))
    assert hold(mean_of(factor(), values) or "", compiled.limits[0]).violated == (sum(values) > bound * len(values))


def test_nothing_has_no_mean() -> None:
    assert mean_of(factor("Leq"), []) is None


@pytest.mark.parametrize(("level", "violated"), [("55.4", False), ("55.50", True), ("54.9", False), ("56", True)])
def test_a_level_is_rounded_to_the_integers_of_its_limit_first(level: str, violated: bool) -> None:
    compiled = compile_limits(
        point(
            limit("Ln", upper="55", unit="dB(A)", averaging="day"), factors=[factor("Ln", "dB(A)")], medium=Medium.NOISE
        )
    )
    assert hold(level, compiled.limits[0]).violated is violated


def test_a_limit_of_our_own_computation_is_held_against_no_value_of_a_device() -> None:
    compiled = compile_limits(
        point(
            limit("Ln", upper="55", unit="dB(A)", averaging="day", basis="computed"),
            factors=[factor("Ln", "dB(A)")],
            medium=Medium.NOISE,
        )
    )
    assert [limit.row.basis for limit in compiled.limits] == ["computed"]
    assert not any(compiled.by_entry[period] for period in Period)


def test_a_unit_that_cannot_be_that_of_its_factor_is_listed_and_a_limit_that_does_not_fit_makes_the_factor_unfit() -> (
    None
):
    compiled = compile_limits(point(limit(unit="mg/m3"), factors=[factor(), factor("a05024", "mg/L")]))
    assert compiled.unfit == {"w01018"}
    assert {(one.limit_id, one.factor) for one in compiled.not_applied} == {
        ("TEST/w01018/hour/measured", "w01018"), ("", "a05024"),
    }  # fmt: skip
    assert all(one.reason and one.reason_zh for one in compiled.not_applied)
