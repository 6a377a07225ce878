from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.errors import BadValue
from park_standards.rounding import decimals_of, exact, round_gb8170, round_reported, round_significant

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e9", max_value="1e9", places=6)
places = st.integers(min_value=-3, max_value=6)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("60.5", 0, "60"),
        ("61.5", 0, "62"),
        ("0.125", 2, "0.12"),
        ("0.1250001", 2, "0.13"),
        ("-60.5", 0, "-60"),
        ("15.4546", 0, "15"),
        ("1150", -2, "1.2E+3"),
    ],
)
def test_half_goes_to_the_even_digit(value: str, digits: int, expected: str) -> None:
    assert round_gb8170(Decimal(value), digits) == Decimal(expected)


@given(numbers, places)
def test_rounding_twice_changes_nothing(value: Decimal, digits: int) -> None:
    once = round_gb8170(value, digits)
    assert round_gb8170(once, digits) == once


@given(numbers, numbers, places)
def test_rounding_keeps_the_order(one: Decimal, other: Decimal, digits: int) -> None:
    low, high = sorted((one, other))
    assert round_gb8170(low, digits) <= round_gb8170(high, digits)


@given(numbers, places)
def test_rounding_moves_a_value_by_at_most_half_a_step(value: Decimal, digits: int) -> None:
    assert abs(round_gb8170(value, digits) - value) <= Decimal(1).scaleb(-digits) / 2


def test_significant_digits_count_from_the_first_non_zero_digit() -> None:
    assert round_significant(Decimal("0.0012345"), 3) == Decimal("0.00123")
    assert round_significant(Decimal("98765"), 2) == Decimal("99000")
    assert round_significant(Decimal(0), 3) == 0
    with pytest.raises(BadValue):
        round_significant(Decimal(1), 0)


def test_decimals_are_counted_as_written() -> None:
    assert [decimals_of(Decimal(text)) for text in ("50", "0.10", "5E+2", "3e-05")] == [0, 2, 0, 5]


@pytest.mark.parametrize("bad", [0.15, True, "NaN", "Infinity", "abc", None])
def test_what_is_not_an_exact_number_is_refused(bad: object) -> None:
    with pytest.raises(BadValue):
        exact(bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("35.46", "35.46"), ("50.04", "50.04"), ("35.43", "35.4"), ("50", "50.0"), ("35.5", "35.5"), ("35.4996", "35.4996"),
        ("-35.46", "-35.46"), ("50.00000000000000000000000003", "50.0"), ("49.99999999", "50.0"), ("0.0004", "0.0004"),
        ("1.0000005", "1.0000005"),
    ],
)  # fmt: skip
def test_a_number_for_others_keeps_what_a_second_rounding_needs(value: str, expected: str) -> None:
    assert str(round_reported(Decimal(value), 1)) == expected
