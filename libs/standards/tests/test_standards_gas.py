"""HJ 212-2017 appendix D, HJ 75-2017, GB 16297-1996 appendix B, GB 14554-1993. Check numbers: EMISSION_CALC section 6."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.converted import (
    baseline_oxygen,
    conversion_agrees,
    converted_by_excess_air,
    converted_concentration,
    excess_air,
    oxygen_is_plausible,
)
from park_standards.emissions import gas_mass, mean_flow, total_mass, water_mass, water_volume
from park_standards.errors import BadValue, UnknownStandard
from park_standards.gas_state import (
    MolarMass,
    dry_concentration,
    dry_standard_flow,
    nox_as_no2,
    ppm_to_mg_m3,
    standard_concentration,
    wet_flow,
)
from park_standards.stack_rate import interpolated_rate, nearest_rate, rate_rows

oxygen = st.decimals(min_value=0, max_value="20.5", places=2)
amount = st.decimals(min_value=0, max_value=1000, places=3)


def near(value: Decimal, expected: str) -> bool:
    return value.quantize(Decimal(expected)) == Decimal(expected)


def test_converted_concentration_matches_the_check_numbers() -> None:
    assert converted_concentration(Decimal(50), Decimal(9), Decimal(6)) == Decimal("62.5")
    assert converted_concentration(Decimal(50), Decimal(11), Decimal(11)) == 50
    assert excess_air(Decimal(11)) == Decimal("2.1")
    assert near(converted_by_excess_air(Decimal(40), Decimal(11), Decimal("1.7")), "49.4118")


@pytest.mark.parametrize("percent", ["21", "21.5", "-0.1"])
def test_oxygen_that_cannot_be_is_refused_not_divided_by(percent: str) -> None:
    with pytest.raises(BadValue, match="oxygen"):
        converted_concentration(Decimal(40), Decimal(percent), Decimal(6))
    with pytest.raises(BadValue, match="oxygen"):
        excess_air(Decimal(percent))


def test_oxygen_near_air_is_not_judged() -> None:
    assert oxygen_is_plausible(Decimal("20.5"))
    assert not oxygen_is_plausible(Decimal("20.51"))
    assert not oxygen_is_plausible(Decimal(-1))


@given(amount, oxygen, oxygen)
def test_more_oxygen_never_lowers_the_converted_value(measured: Decimal, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    base = Decimal(6)
    assert converted_concentration(measured, low, base) <= converted_concentration(measured, high, base)


def test_a_reported_conversion_may_differ_by_two_percent() -> None:
    arguments = (Decimal(50), Decimal(9))
    assert conversion_agrees(*arguments, Decimal("63.7"), Decimal(6))
    assert not conversion_agrees(*arguments, Decimal("63.8"), Decimal(6))


def test_baseline_oxygen_is_found_by_industry_and_source() -> None:
    (row,) = baseline_oxygen("锅炉", "燃气")
    assert (row.percent, row.standard) == (Decimal("3.5"), "GB 13271-2014")
    assert baseline_oxygen("工业炉窑")[0].wording == "excess-air 1.7"
    assert baseline_oxygen("面包房") == ()


def test_states_of_gas_match_the_check_numbers() -> None:
    temperature, ambient, static = Decimal(120), Decimal(101325), Decimal(-500)
    assert near(standard_concentration(Decimal(100), temperature, ambient, static), "144.6699")
    assert near(dry_concentration(Decimal(80), Decimal("0.12")), "90.9091")
    assert near(ppm_to_mg_m3(Decimal(10), MolarMass.SO2), "28.5714")
    assert near(ppm_to_mg_m3(Decimal(21), MolarMass.NO2), "43.1250")
    assert near(nox_as_no2(Decimal(30), Decimal(2)), "48.0000")
    wet = wet_flow(Decimal(12), Decimal("3.14"))
    assert wet == Decimal(135648)
    dry = dry_standard_flow(wet, temperature, ambient, static, Decimal("0.12"))
    assert near(dry, "82512.1")
    assert near(gas_mass(Decimal(35), dry), "2.8879")


def test_impossible_states_are_refused() -> None:
    with pytest.raises(BadValue, match="check units"):
        standard_concentration(Decimal(1), Decimal(-300), Decimal(101325), Decimal(0))
    with pytest.raises(BadValue, match="check units"):
        dry_standard_flow(Decimal(1), Decimal(20), Decimal(100), Decimal(-500), Decimal("0.1"))
    with pytest.raises(BadValue, match="fraction"):
        dry_concentration(Decimal(1), Decimal(12))
    with pytest.raises(BadValue, match="duct area"):
        wet_flow(Decimal(10), Decimal(0))


def test_waste_water_slices_sum_to_the_hour() -> None:
    volume = water_volume(Decimal(10), Decimal(5))
    mass = water_mass(Decimal(50), volume)
    assert (volume, mass) == (Decimal("0.05"), Decimal("0.0025"))
    assert volume * 720 == 36
    assert mass * 720 == Decimal("1.8")
    assert mean_flow(Decimal(36), Decimal(3600)) == 10


def test_emission_uses_the_measured_value_and_counts_small_negatives_as_nothing() -> None:
    assert gas_mass(Decimal(28), Decimal(480000)) == Decimal("13.44")
    assert gas_mass(Decimal(-1), Decimal(480000)) == 0
    assert water_mass(Decimal("-0.2"), Decimal(5)) == 0
    with pytest.raises(BadValue):
        gas_mass(Decimal(1), Decimal(-1))
    with pytest.raises(BadValue):
        water_volume(Decimal(-1), Decimal(5))
    with pytest.raises(BadValue):
        mean_flow(Decimal(1), Decimal(0))


def test_a_total_says_how_many_periods_it_lacks() -> None:
    total = total_mass([Decimal(1), None, Decimal("2.5")])
    assert (total.mass, total.counted, total.absent) == (Decimal("3.5"), 2, 1)


def test_rates_follow_the_height_of_the_stack() -> None:
    rows = rate_rows("a24088", "GB 16297-1996", "new level2")
    expected = {"12": "3.2", "15": "10", "18": "14.2", "25": "35", "40": "100", "50": "156.25"}
    assert {height: interpolated_rate(rows, Decimal(height)) for height in expected} == {
        height: Decimal(rate) for height, rate in expected.items()
    }
    assert interpolated_rate(rows, Decimal(18), above_buildings=False) == Decimal("7.1")
    with pytest.raises(BadValue):
        interpolated_rate(rows, Decimal(0))


@given(st.decimals(min_value=1, max_value=200, places=1), st.decimals(min_value=1, max_value=200, places=1))
def test_a_higher_stack_never_has_a_lower_rate(one: Decimal, other: Decimal) -> None:
    rows = rate_rows("a24088", "GB 16297-1996", "new level2")
    low, high = sorted((one, other))
    assert interpolated_rate(rows, low) <= interpolated_rate(rows, high)


def test_a_rate_that_is_not_listed_is_refused() -> None:
    with pytest.raises(UnknownStandard, match="w01018"):
        rate_rows("w01018", "GB 16297-1996", "new level2")
    with pytest.raises(BadValue, match="scope"):
        rate_rows("a21026", "GB 16297-1996", "new")


def test_odour_rates_take_the_nearest_listed_height() -> None:
    rows = rate_rows("臭气浓度", "GB 14554-1993", "all")
    assert nearest_rate(rows, Decimal(19)).value == 2000
    assert nearest_rate(rows, Decimal(20)).value == 2000
    assert nearest_rate(rows, Decimal(21)).value == 6000
    assert nearest_rate(rows, Decimal(200)).value == 60000
    with pytest.raises(BadValue, match="15 m"):
        nearest_rate(rows, Decimal(14))
