"""Anomaly rules AN01 to AN10, AN27, AN28, AN43 and the rule table."""

import math
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.anomaly.against_limit import (
    calibration_covers_exceedance,
    drop_at_exceedance,
    flat_top,
    marks_cover_exceedances,
)
from park_standards.anomaly.catalogue import RULES
from park_standards.anomaly.result import Severity, rule, rules
from park_standards.anomaly.series import Sample, Series, correlation, joined, spread
from park_standards.anomaly.single_series import (
    constant_gas,
    constant_water,
    jump,
    negative_value,
    over_range,
    periodic,
    range_too_wide,
    similar_days,
    too_low_for_history,
    zero_value,
)
from park_standards.errors import BadValue, UnknownStandard

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LIMIT = Decimal(50)


def series(*values: object, step: timedelta = HOUR, start: datetime = START, mark: str = "N") -> Series[Decimal]:
    return Series(
        tuple(Sample(start + place * step, Decimal(str(value)), mark) for place, value in enumerate(values)), step
    )


def wavy(count: int, seed: int = 1) -> list[str]:
    dice = random.Random(seed)
    return [f"{dice.uniform(10, 40):.2f}" for _ in range(count)]


def test_every_rule_of_the_table_has_its_function() -> None:
    assert list(RULES) == list(rules())
    assert len(RULES) == 46
    assert rule("AN12").name_zh == "含氧量偏高"
    with pytest.raises(UnknownStandard, match="AN99"):
        rule("AN99")


def test_runs_end_at_a_gap_of_more_than_two_steps() -> None:
    samples = tuple(Sample(START + hours * HOUR, Decimal(1)) for hours in (0, 1, 3, 6, 7))
    stretches = list(Series(samples, HOUR).runs(lambda sample: sample.value == 1, HOUR))
    assert [len(stretch.samples) for stretch in stretches] == [3, 2]
    assert stretches[0].duration == 4 * HOUR


def test_a_series_must_rise_in_time_and_have_a_step() -> None:
    with pytest.raises(BadValue, match="rise"):
        Series((Sample(START, 1), Sample(START, 2)), HOUR)
    with pytest.raises(BadValue, match="step"):
        Series((Sample(START, 1),), timedelta(0))
    with pytest.raises(BadValue, match="empty"):
        _ = Series[int]((), HOUR).start


def test_series_join_at_common_times() -> None:
    pairs = joined(series(1, 2, 3), series(7, 8, start=START + HOUR))
    assert pairs.values == ((Decimal(2), Decimal(7)), (Decimal(3), Decimal(8)))


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=2, max_size=30))
def test_correlation_of_a_series_with_itself_is_one(values: list[Decimal]) -> None:
    r = correlation(tuple(values), tuple(values))
    assert r is None if spread(tuple(values)) == 0 else r is not None and abs(r - 1) < Decimal("1E-20")


def test_four_hours_without_movement_are_constant() -> None:
    flat = ["20.00", "20.05", "20.02", "20.01"]
    (anomaly,) = constant_gas(series(*flat), span=Decimal(100))
    assert (anomaly.rule_id, anomaly.severity, anomaly.end - anomaly.start) == ("AN01", Severity.WARN, 4 * HOUR)
    assert constant_gas(series(*flat[:3]), span=Decimal(100)) == ()
    assert constant_gas(series(*wavy(4)), span=Decimal(100)) == ()


def test_a_clean_source_near_the_detection_limit_is_only_noted() -> None:
    (anomaly,) = constant_gas(series(2, 2, 2, 2), detection_limit=Decimal(1))
    assert anomaly.severity is Severity.INFO
    assert len(constant_gas(series(100, 104, 100, 104), span=Decimal(10), resolution=Decimal(1))) == 1


def test_six_identical_results_of_water_are_constant_but_no_flow_is_not() -> None:
    (anomaly,) = constant_water(series(7, *[31] * 6, 30))
    assert anomaly.evidence["results"] == "6"
    assert constant_water(series(*[31] * 5)) == ()
    assert constant_water(series(*[0] * 9), is_flow=True) == ()
    assert constant_water(series(*[1] * 6), detection_limit=Decimal(4))[0].severity is Severity.INFO


def test_zero_for_two_hours_or_sixty_minutes() -> None:
    assert len(zero_value(series(5, 0, 0, 5))) == 1
    assert zero_value(series(5, 0, 5)) == ()
    assert len(zero_value(series(*[0] * 60, step=MINUTE))) == 1
    assert zero_value(series(*[0] * 59, step=MINUTE)) == ()
    assert len(zero_value(series(3, 3), detection_limit=Decimal(4))) == 1


def test_only_negatives_beyond_the_drift_limit_count() -> None:
    (anomaly,) = negative_value(series(5, "-2.6", 5), span=Decimal(100))
    assert anomaly.evidence == {"lowest": "-2.6", "edge": "-2.5"}
    assert negative_value(series("-2.5"), span=Decimal(100)) == ()


def test_ten_minutes_at_the_end_of_the_range() -> None:
    assert len(over_range(series(*[98] * 10, step=MINUTE), upper_range=Decimal(100))) == 1
    assert over_range(series(*[98] * 9, step=MINUTE), upper_range=Decimal(100)) == ()
    assert len(over_range(series(*[5] * 10, step=MINUTE, mark="T"), upper_range=Decimal(100))) == 1


def test_a_range_should_be_between_1_2_and_3_limits() -> None:
    assert range_too_wide(START, Decimal(150), LIMIT) == ()
    assert "wider" in range_too_wide(START, Decimal(151), LIMIT)[0].sentence_en
    assert "narrower" in range_too_wide(START, Decimal(59), LIMIT)[0].sentence_en


def test_a_jump_leaves_three_sigma_and_a_fifth_of_the_limit() -> None:
    calm = ["20", "21"] * 15
    (anomaly,) = jump(series(*calm, 60), limit=LIMIT)
    assert anomaly.evidence["value"] == "60"
    assert jump(series(*calm, 29), limit=LIMIT) == ()
    assert jump(series(*calm[:29], 60), limit=LIMIT) == ()


def test_across_a_gap_a_jump_is_found_only_where_the_gap_is_short_enough_for_it() -> None:
    calm = series(*["20", "21"] * 15)
    later = Sample(calm.end + 3 * HOUR, Decimal(60))
    broken = Series((*calm.samples, later), HOUR)
    assert jump(broken, limit=LIMIT) == ()
    (anomaly,) = jump(broken, limit=LIMIT, longest_gap=4 * HOUR)
    assert (anomaly.start, anomaly.end) == (calm.end, later.at + HOUR)


def test_what_lies_behind_a_gap_did_not_fall_at_once() -> None:
    high, low = Sample(START, Decimal(46)), Sample(START + 5 * HOUR, Decimal(20))
    assert drop_at_exceedance(Series((high, low), HOUR), limit=LIMIT) == ()
    assert len(drop_at_exceedance(Series((high, Sample(START + 2 * HOUR, Decimal(20))), HOUR), limit=LIMIT)) == 1


def test_a_drop_near_the_limit_counts_unless_the_load_fell() -> None:
    falling = series(30, 46, 20, 20)
    (anomaly,) = drop_at_exceedance(falling, limit=LIMIT)
    assert (anomaly.severity, anomaly.evidence["before"]) == (Severity.ALARM, "46")
    assert drop_at_exceedance(falling, limit=LIMIT, load=series(100, 100, 70, 70)) == ()
    assert len(drop_at_exceedance(falling, limit=LIMIT, load=series(100, 100, 95, 95))) == 1
    assert drop_at_exceedance(series(46, 40, 35, 20), limit=LIMIT) == ()
    assert drop_at_exceedance(series(44, 20), limit=LIMIT) == ()


def test_a_day_pressed_under_the_limit_has_a_flat_top() -> None:
    free = wavy(20)
    assert flat_top(series(*free, 30, 31, 32, 33), limit=LIMIT) == ()
    assert len(flat_top(series(*free, 48, 49, "49.5", "49.9"), limit=LIMIT)) == 1
    assert flat_top(series(*free, 48, 49, "49.5", 51), limit=LIMIT) == ()
    assert flat_top(series(*free, 45, 45, 45, 45), limit=LIMIT)[0].evidence["capped"] == "4"
    assert flat_top(series(*[49] * 24), limit=LIMIT) == ()


def test_two_days_with_one_curve_are_similar() -> None:
    first, tomorrow = wavy(24), START + timedelta(days=1)
    copied = series(*(Decimal(value) + Decimal("0.1") for value in first), start=tomorrow)
    (anomaly,) = similar_days(copied, series(*first), limit=LIMIT)
    assert anomaly.evidence["difference"] == "0.1"
    assert similar_days(series(*wavy(24, seed=2), start=tomorrow), series(*first), limit=LIMIT) == ()
    assert similar_days(series(*first[:19], start=tomorrow), series(*first), limit=LIMIT) == ()
    assert similar_days(series(*[5] * 24, start=tomorrow), series(*[5] * 24), limit=LIMIT) == ()


def test_one_value_of_a_calibration_does_not_hide_a_copied_day_but_three_tenths_of_it_do() -> None:
    first, tomorrow, step = wavy(144), START + timedelta(days=1), timedelta(minutes=10)
    spoilt = [*first[:20], "0", *first[21:]]
    assert len(similar_days(series(*spoilt, step=step, start=tomorrow), series(*first, step=step), limit=LIMIT)) == 1
    other = [*wavy(40, seed=2), *first[40:]]
    assert similar_days(series(*other, step=step, start=tomorrow), series(*first, step=step), limit=LIMIT) == ()


def test_a_repeated_pattern_is_periodic_unless_the_process_repeats() -> None:
    wave = [20 + round(10 * math.sin(2 * math.pi * hour / 6), 3) for hour in range(168)]
    (anomaly,) = periodic(series(*wave))
    assert anomaly.evidence["period_hours"] == "6"
    assert periodic(series(*wave), process_cycle=timedelta(hours=6)) == ()
    assert periodic(series(*wavy(168))) == ()
    assert periodic(series(*[5] * 168)) == ()


def test_a_day_far_below_its_history_is_too_low() -> None:
    history = tuple(Decimal(20 + day % 5) for day in range(30))
    assert len(too_low_for_history(START, Decimal("9.9"), history, normal_load=True)) == 1
    assert too_low_for_history(START, Decimal(10), history, normal_load=True) == ()
    assert too_low_for_history(START, Decimal(1), history, normal_load=False) == ()
    assert too_low_for_history(START, Decimal(1), history[:29], normal_load=True) == ()


def test_marks_that_cover_the_exceedances_of_a_month() -> None:
    hours = [START + place * HOUR for place in range(5)]
    assert len(marks_cover_exceedances(START, START + 720 * HOUR, hours, set(hours[:4]))) == 1
    assert marks_cover_exceedances(START, START + 720 * HOUR, hours, set(hours[:3])) == ()
    assert marks_cover_exceedances(START, START + 720 * HOUR, hours[:4], set(hours)) == ()


def test_three_calibrations_right_after_high_values() -> None:
    values = series(*[46, 20, 20, 20] * 3)
    starts = [START + timedelta(hours=hours, minutes=30) for hours in (0, 4, 8)]
    assert calibration_covers_exceedance(values, starts, limit=LIMIT)[0].evidence["calibrations"] == "3"
    assert calibration_covers_exceedance(values, starts[:2], limit=LIMIT) == ()
    late = [start + 2 * HOUR for start in starts]
    assert calibration_covers_exceedance(values, late, limit=LIMIT) == ()
