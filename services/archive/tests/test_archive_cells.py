"""Single values: what is read, and what is said about what cannot be."""

from datetime import date
from decimal import Decimal

import pytest
from archive.domain import cells as register_cells
from archive.domain.coordinates import Datum, distance_km, to_cgcs2000, to_gcj02
from archive.domain.credit_code import ALPHABET, check_character, flaw_of_credit_code
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.sheets import cells
from park_chassis.sheets.cells import Reader
from park_chassis.sheets.problems import BadCell

# A code whose check character was worked out by hand after GB 32100-2015 appendix A: 9*1 + 1*3 = 12, 31 - 12 = 19 = "K".
SEVENTEEN = "91" + "0" * 15


def test_check_character_follows_the_worked_example() -> None:
    assert check_character(SEVENTEEN) == "K"
    assert flaw_of_credit_code(SEVENTEEN + "K") is None


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_any_single_wrong_character_of_a_credit_code_is_noticed(body: str, place: int, shift: int) -> None:
    code = body + check_character(body)
    changed = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]
    assert flaw_of_credit_code(code) is None
    assert flaw_of_credit_code(code[:place] + changed + code[place + 1 :]) is not None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (SEVENTEEN, "18 characters, has 17"),
        (SEVENTEEN[:-1] + "IK", "not allowed: I"),
        (SEVENTEEN + "3", "check character must be K"),
    ],
)
def test_a_bad_credit_code_says_what_is_wrong(code: str, said: str) -> None:
    flaw = flaw_of_credit_code(code)
    assert flaw is not None
    assert said in flaw[1]


@pytest.mark.parametrize("cell", ["2026-01-31", "2026/1/31", "20260131", "2026年1月31日", "2026-01-31 00:00:00"])
def test_the_usual_spellings_of_a_day_are_read(cell: str) -> None:
    assert cells.day(cell) == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("read", "cell", "said"),
    [
        (cells.day, "2026-02-30", "is not a date"),
        (cells.number(), "12.3.4", "is not a number"),
        (cells.number(), "NaN", "not a finite number"),
        (cells.number(0, 10), "11", "between 0 and 10"),
        (cells.whole(1, 99), "2.5", "whole number"),
        (cells.one_of_numbers((1, 2, 10)), "7", "one of 1, 2, 10"),
        (cells.yes_or_no, "maybe", "yes or no"),
        (cells.longitude, "32.28", "swapped"),
        (cells.latitude, "118.9", "swapped"),
        (cells.latitude, "60", "between 3.0 and 54.0"),
        (register_cells.factor_code, "w99999", "not in the HJ 212 code tables"),
        (register_cells.unit, "furlong", "unknown unit"),
        (register_cells.factor_list, "w01018;w01018", "twice"),
        (register_cells.factor_list, "w01018:mg/L:x", "not a number"),
        (cells.text(3), "abcd", "at most 3"),
        (cells.text(3), "a\x00", "control"),
    ],
)
def test_a_bad_cell_says_what_is_wrong_in_both_languages(read: Reader, cell: str, said: str) -> None:
    with pytest.raises(BadCell) as caught:
        read(cell)
    assert said in caught.value.what_en
    assert caught.value.what_zh


def test_numbers_keep_their_digits() -> None:
    assert str(cells.number()("0.50")) == "0.50"
    assert cells.number()("1,000.5") == Decimal("1000.5")


def test_factors_take_unit_and_decimals_from_the_code_tables_unless_given() -> None:
    cod, ph = register_cells.factor_list("w01018:ug/L:3；w01001")
    assert (cod.factor, cod.unit, cod.decimals, cod.name_zh) == ("w01018", "ug/L", 3, "化学需氧量")
    assert (ph.factor, ph.unit, ph.decimals) == ("w01001", "1", 2)


@given(st.floats(75, 130), st.floats(18, 50))
def test_gcj02_is_undone_to_the_centimetre(longitude: float, latitude: float) -> None:
    shifted = to_gcj02(longitude, latitude)
    back = to_cgcs2000(*shifted, Datum.GCJ02)
    assert distance_km(longitude, latitude, *back) < 0.0001
    assert 0.02 < distance_km(longitude, latitude, *shifted) < 1.5


def test_wgs84_is_taken_as_it_is() -> None:
    assert to_cgcs2000(118.9, 32.2, Datum.WGS84) == (118.9, 32.2)
