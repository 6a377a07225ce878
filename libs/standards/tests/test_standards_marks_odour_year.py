"""Marking rules of 2019 and 2022, GB 14554-1993, HJ 663."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.air_period import good_days, year_of
from park_standards.aqi import Pollutant
from park_standards.errors import BadValue, NotEnoughData, UnknownStandard
from park_standards.marks import INCINERATION_CAPS, Mark, Period, cap_use, mark_rules, period_bounds
from park_standards.odour import ODOUR_CONCENTRATION, boundary_limit, judge_boundary, judge_stack

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
STARTS, DRYING, MAINTENANCE = INCINERATION_CAPS
HOUR = timedelta(hours=1)


def mark(key: str, hours: float, length: float) -> Mark:
    return Mark(key, NOON + hours * HOUR, NOON + (hours + length) * HOUR)


def test_every_mark_names_effect_and_source() -> None:
    assert len(mark_rules()) == 30
    assert all(rule.key and rule.effect and rule.source for rule in mark_rules())


def test_hours_under_marks_count_against_their_cap() -> None:
    use = cap_use([mark("startup", 0, 40), mark("fault", 100, 4), mark("furnace_drying", 200, 99)], STARTS, NOON)
    assert (use.used, use.near, use.exceeded) == (44 * HOUR, False, False)
    assert cap_use([mark("startup", 0, 48)], STARTS, NOON).near
    assert cap_use([mark("startup", 0, 60.5)], STARTS, NOON).exceeded


def test_overlapping_marks_count_once_and_a_long_fault_breaks_its_own_cap() -> None:
    assert cap_use([mark("startup", 0, 10), mark("accident", 5, 10)], STARTS, NOON).used == 15 * HOUR
    use = cap_use([mark("fault", 0, 4.5)], STARTS, NOON)
    assert use.exceeded
    assert len(use.too_long) == 1
    assert not cap_use([mark("accident", 0, 4.5)], STARTS, NOON).exceeded


def test_marks_are_cut_at_the_ends_of_the_period() -> None:
    over_new_year = Mark("startup", datetime(2026, 12, 31, 20, tzinfo=UTC), datetime(2027, 1, 1, 6, tzinfo=UTC))
    assert cap_use([over_new_year], STARTS, NOON).used == 4 * HOUR
    assert cap_use([over_new_year], STARTS, datetime(2027, 5, 1, tzinfo=UTC)).used == 6 * HOUR
    assert cap_use([mark("cems_maintenance", 0, 30)], MAINTENANCE, datetime(2026, 9, 30, tzinfo=UTC)).used == timedelta(
        0
    )
    assert DRYING.hours == 700 * HOUR


def test_quarters_and_years_follow_the_calendar() -> None:
    assert period_bounds(NOON, Period.QUARTER) == (datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    may = datetime(2026, 5, 31, 23, tzinfo=UTC)
    assert period_bounds(may, Period.QUARTER) == (datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
    assert period_bounds(may, Period.YEAR) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 50)), max_size=8))
def test_used_hours_never_exceed_the_sum_nor_fall_below_the_longest(spans: list[tuple[int, int]]) -> None:
    marks = [mark("startup", start, length) for start, length in spans]
    used = cap_use(marks, STARTS, NOON).used
    lengths = [one.end - one.start for one in marks]
    assert max(lengths, default=timedelta(0)) <= used <= sum(lengths, timedelta(0))


def test_a_mark_must_last() -> None:
    with pytest.raises(BadValue, match="startup"):
        mark("startup", 0, 0)


def test_the_highest_sample_at_the_boundary_counts() -> None:
    samples = [Decimal(10), Decimal(21), Decimal(15)]
    assert judge_boundary(ODOUR_CONCENTRATION, samples, "level2 new").over
    assert not judge_boundary(ODOUR_CONCENTRATION, samples[::2], "level2 new").over
    assert boundary_limit(ODOUR_CONCENTRATION, "level2 new").value == 20
    with pytest.raises(NotEnoughData):
        judge_boundary(ODOUR_CONCENTRATION, [], "level2 new")
    with pytest.raises(UnknownStandard):
        boundary_limit(ODOUR_CONCENTRATION, "level9")


def test_a_stack_has_the_odour_limit_of_the_nearest_height() -> None:
    assert judge_stack(ODOUR_CONCENTRATION, Decimal(2001), Decimal(15)).over
    assert not judge_stack(ODOUR_CONCENTRATION, Decimal(2001), Decimal(30)).over


def year(value: str) -> dict[date, Decimal]:
    return {date(2026, 1, 1) + timedelta(days=place): Decimal(value) for place in range(365)}


def test_a_year_complies_by_its_mean_and_its_percentile() -> None:
    clean = year_of(Pollutant.PM25, year("30"), 2026)
    assert (clean.valid_days, clean.mean, clean.percentile, clean.complies) == (365, Decimal(30), Decimal(30), True)
    assert not year_of(Pollutant.PM25, year("30.1"), 2026).complies
    peaks = {**year("20"), **{date(2026, 1, day): Decimal(90) for day in range(1, 29)}}
    assert year_of(Pollutant.PM25, peaks, 2026).percentile_verdict.over
    ozone = year_of(Pollutant.O3, year("160"), 2026)
    assert (ozone.mean, ozone.complies) == (None, True)


def test_a_year_with_too_few_days_is_not_evaluated() -> None:
    three_missing_a_month = {day: value for day, value in year("10").items() if day.day % 10}
    assert year_of(Pollutant.SO2, three_missing_a_month, 2026).valid_days == 330
    with pytest.raises(NotEnoughData, match="324"):
        year_of(Pollutant.SO2, {day: v for day, v in year("10").items() if day < date(2026, 11, 1)}, 2026)
    gap = {day: value for day, value in year("10").items() if not (day.month == 6 and day.day > 26)}
    with pytest.raises(NotEnoughData, match="2026-06"):
        year_of(Pollutant.SO2, gap, 2026)
    with pytest.raises(UnknownStandard):
        year_of(Pollutant.SO2, year("10"), 2026, area_class="7")


def test_good_days_are_counted_among_the_valid_ones() -> None:
    days = good_days([50, 100, 101, None])
    assert (days.good, days.valid) == (2, 3)
    assert good_days([None]).share is None
