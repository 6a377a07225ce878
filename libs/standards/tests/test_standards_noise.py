"""GB 3096-2008, GB 12348-2008, GB 12523-2025."""

from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.errors import BadValue, NotEnoughData, UnknownStandard
from park_standards.limit import Averaging
from park_standards.noise import (
    background_corrected,
    day_night_level,
    equivalent_level,
    judge_noise,
    noise_limit,
    period_of_day,
)

levels = st.decimals(min_value=20, max_value=120, places=1)
NIGHT, DAYTIME = Averaging.NIGHT, Averaging.DAYTIME


def test_equal_durations_give_the_energy_mean() -> None:
    assert round(equivalent_level([Decimal(50), Decimal(60), Decimal(55)]), 2) == Decimal("56.74")


def test_durations_weigh_the_energy() -> None:
    assert round(equivalent_level([Decimal(60), Decimal(0)], [Decimal(1), Decimal(9)]), 1) == Decimal("50.0")
    with pytest.raises(BadValue):
        equivalent_level([Decimal(60)], [Decimal(0)])
    with pytest.raises(BadValue):
        equivalent_level([Decimal(60)], [])
    with pytest.raises(NotEnoughData):
        equivalent_level([])


@given(st.lists(levels, min_size=1, max_size=20))
def test_the_equivalent_level_lies_between_mean_and_maximum(values: list[Decimal]) -> None:
    slack = Decimal("1E-15")
    assert sum(values, Decimal(0)) / len(values) - slack <= equivalent_level(values) <= max(values) + slack


def test_a_night_ten_decibels_quieter_gives_the_level_of_the_day() -> None:
    assert round(day_night_level(Decimal(60), Decimal(50)), 6) == 60


def test_day_runs_from_six_to_twenty_two() -> None:
    assert [period_of_day(time(hour)) for hour in (5, 6, 21, 22)] == [NIGHT, DAYTIME, DAYTIME, NIGHT]


@pytest.mark.parametrize(
    ("background", "expected"),
    [("49", "60"), ("50", "59"), ("54", "59"), ("55", "58"), ("56", "58"), ("57", "57")],
)
def test_background_is_taken_off_by_the_table(background: str, expected: str) -> None:
    assert background_corrected(Decimal(60), Decimal(background)) == Decimal(expected)


def test_too_much_background_asks_for_a_new_measurement() -> None:
    with pytest.raises(BadValue, match="measure again"):
        background_corrected(Decimal(60), Decimal(58))


def test_limits_are_found_by_zone_and_time() -> None:
    assert noise_limit("GB 12348-2008", "3", DAYTIME).value == 65
    assert noise_limit("GB 12348-2008", "0", NIGHT, "room A").value == 30
    assert noise_limit("GB 3096-2008", "4a", NIGHT).value == 55
    with pytest.raises(UnknownStandard):
        noise_limit("GB 3096-2008", "9", NIGHT)
    with pytest.raises(UnknownStandard, match="3 noise limits"):
        noise_limit("GB 12348-2008", "0", NIGHT)


def test_levels_are_judged_rounded_and_peaks_only_at_night() -> None:
    night = noise_limit("GB 12348-2008", "3", NIGHT)
    assert not judge_noise(Decimal("55.4"), night).over
    assert judge_noise(Decimal("55.6"), night).over
    assert not judge_noise(Decimal(50), night, peak=Decimal(70)).over
    assert judge_noise(Decimal(50), night, peak=Decimal(71)).over
    assert judge_noise(Decimal(50), night, peak=Decimal(66), frequent_peaks=True).over
    day = noise_limit("GB 12348-2008", "3", DAYTIME)
    assert judge_noise(Decimal(60), day, peak=Decimal(120)).peak is None
