from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.errors import UnitMismatch
from park_standards.units import canonical_unit, convert, quantity_of

CONCENTRATIONS = ["g/m3", "mg/m3", "ug/m3", "ng/m3"]
values = st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e6", max_value="1e6", places=6)


@given(values, st.sampled_from(CONCENTRATIONS), st.sampled_from(CONCENTRATIONS))
def test_there_and_back_gives_the_same_value(value: Decimal, unit: str, other: str) -> None:
    assert convert(convert(value, unit, other), other, unit) == value


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "expected"),
    [
        ("1", "mg/m3", "ug/m3", "1000"),
        ("250", "ng/m3", "ug/m3", "0.25"),
        ("50", "ug/L", "mg/L", "0.05"),
        ("3", "L/s", "m3/h", "10.8"),
        ("2", "m3/s", "m3/h", "7200"),
        ("-0.5", "kPa", "Pa", "-500"),
        ("30", "MPN/100mL or CFU/100mL", "count/L", "300"),
        ("35", "μg/m³", "ug/m3", "35"),
        ("7.2", "无量纲", "1", "7.2"),
    ],
)
def test_units_of_one_quantity_convert(value: str, unit: str, wanted: str, expected: str) -> None:
    assert convert(Decimal(value), unit, wanted) == Decimal(expected)


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        ("mg/L", "mg/m3"),
        ("degree(colour)", "times"),
        ("umol/mol", "mg/m3"),
        ("kg/h", "mg/m3"),
        ("furlong", "m"),
        ("dB", "dB(A)"),
    ],
)
def test_what_does_not_convert_is_refused_naming_both_units(unit: str, wanted: str) -> None:
    with pytest.raises(UnitMismatch) as caught:
        convert(Decimal(1), unit, wanted)
    assert unit in str(caught.value)
    assert wanted in str(caught.value)


def test_field_spellings_come_to_one_name() -> None:
    assert canonical_unit(" mg/Nm³ ") == "mg/m3"
    assert canonical_unit("℃") == "degC"
    assert quantity_of("倍") == "dilution"
    assert quantity_of("furlong") is None
