from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.bounds import Bounds
from park_standards.errors import BadValue, NotComparable, UnitMismatch
from park_standards.exceedance import Comparison, Outcome, judge, judge_not_detected
from park_standards.limits import limit_by_id

COD_1A = limit_by_id("GB18918-2002/t1/1A/w01018")
PH = limit_by_id("GB18918-2002/t1/1A/w01001")
values = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value="1e6", places=4)


def test_a_value_equal_to_the_limit_complies() -> None:
    verdict = judge(Decimal("50.0"), COD_1A)
    assert not verdict.over
    assert verdict.ratio == 1
    assert verdict.exceeding_multiple is None


def test_one_and_eight_tenths_of_the_limit_is_eight_tenths_over() -> None:
    verdict = judge(Decimal(90), COD_1A, unit="mg/L")
    assert verdict.over
    assert verdict.ratio == Decimal("1.8")
    assert verdict.exceeding_multiple == Decimal("0.8")
    assert verdict.bound == 50


def test_the_value_is_converted_to_the_unit_of_the_limit_first() -> None:
    verdict = judge(Decimal(50001), COD_1A, unit="ug/L")
    assert verdict.over
    assert verdict.value == Decimal("50.001")


def test_a_foreign_unit_is_refused() -> None:
    with pytest.raises(UnitMismatch):
        judge(Decimal(50), COD_1A, unit="mg/m3")


def test_all_digits_are_compared_unless_rounding_is_asked_for() -> None:
    assert judge(Decimal("50.4"), COD_1A).over
    assert not judge(Decimal("50.4"), COD_1A, comparison=Comparison.ROUNDED).over
    assert judge(Decimal("50.6"), COD_1A, comparison=Comparison.ROUNDED).over


@pytest.mark.parametrize(("ph", "over"), [("5.9", True), ("6", False), ("7.1", False), ("9", False), ("9.01", True)])
def test_ph_must_lie_within_its_range_and_has_no_multiple(ph: str, over: bool) -> None:
    verdict = judge(Decimal(ph), PH)
    assert verdict.over is over
    assert verdict.ratio is None
    assert verdict.exceeding_multiple is None
    assert verdict.bound == (6 if ph == "5.9" else 9)


def test_a_lower_limit_is_broken_from_below() -> None:
    oxygen = limit_by_id("GB3838-2002/t1/III/w01009")
    assert judge(Decimal("4.9"), oxygen).over
    assert not judge(Decimal(5), oxygen).over
    assert judge(Decimal("4.9"), oxygen).ratio is None


def test_not_detectable_means_any_detected_amount_is_over() -> None:
    forbidden = Bounds(unit="mg/L", detectable=False)
    assert judge(Decimal("0.00001"), forbidden).over
    assert judge_not_detected(Decimal("0.00001"), forbidden).outcome is Outcome.COMPLIANT


def test_not_detected_by_a_coarse_method_proves_nothing() -> None:
    assert judge_not_detected(Decimal(4), COD_1A).outcome is Outcome.COMPLIANT
    assert judge_not_detected(Decimal(60), COD_1A).outcome is Outcome.UNDECIDED
    with pytest.raises(BadValue):
        judge_not_detected(Decimal(0), COD_1A)


def test_a_limit_in_words_cannot_be_compared() -> None:
    words = limit_by_id("GB3838-2002/t1/w01010")
    with pytest.raises(NotComparable):
        judge(Decimal(20), words)


def test_bounds_of_a_permit_are_judged_the_same_way() -> None:
    permit = Bounds.of(unit="mg/m3", upper="35")
    assert judge(Decimal("0.036"), permit, unit="g/m3").ratio == Decimal(36) / Decimal(35)
    assert permit.in_unit("ug/m3").upper == 35000
    with pytest.raises(BadValue):
        Bounds.of(unit="1", lower="9", upper="6")
    with pytest.raises(BadValue):
        Bounds.of(unit="1")


@given(values, values)
def test_a_larger_value_is_never_judged_milder(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert judge(low, COD_1A).over <= judge(high, COD_1A).over


@given(values)
def test_the_verdict_does_not_depend_on_the_unit_it_came_in(value: Decimal) -> None:
    assert judge(value, COD_1A) == judge(value * 1000, COD_1A, unit="ug/L")
