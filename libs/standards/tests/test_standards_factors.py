import pytest
from park_standards.errors import UnknownFactor
from park_standards.factors import factor, factor_rows, factors, modern_code
from park_standards.limits import all_limits
from park_standards.units import quantity_of


def test_cod_is_known_with_names_unit_and_format() -> None:
    cod = factor("w01018")
    assert (cod.name_zh, cod.unit, cod.medium, cod.decimals) == ("化学需氧量", "mg/L", "water", 1)


def test_codes_of_2005_lead_to_those_of_2017() -> None:
    assert modern_code("011") == "w01018"
    assert modern_code("02") == "a21026"
    assert modern_code("w01018") is None


def test_the_2017_row_speaks_for_a_code_printed_in_several_editions() -> None:
    assert factor("a34013").edition == "2017"
    assert factor("Ld").name_zh == "昼间等效声级"


def test_sound_levels_are_a_weighted() -> None:
    assert factor("Leq").unit == "dB(A)"


def test_an_unknown_code_is_refused_by_name() -> None:
    with pytest.raises(UnknownFactor, match="w99999"):
        factor("w99999")


def test_every_code_of_the_limit_tables_is_in_the_dictionary() -> None:
    assert {row.factor_code for row in all_limits() if row.factor_code} <= set(factors())


def test_every_unit_of_the_dictionary_is_a_known_one() -> None:
    assert [row.code for row in factor_rows() if row.unit and quantity_of(row.unit) is None] == []
