"""Means by factor: levels by energy, extremes, directions; and levels held against their limits."""

from decimal import Decimal

import pytest
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
