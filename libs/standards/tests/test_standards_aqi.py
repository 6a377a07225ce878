"""HJ 633-2012 and HJ 633-2026."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.air_statistics import day_mean, eight_hour_means, ozone_day_max_8h, percentile
from park_standards.aqi import (
    DAILY_ITEMS,
    REALTIME_ITEMS,
    Edition,
    Item,
    Pollutant,
    category_of,
    daily_report,
    edition_at,
    realtime_report,
    sub_index,
)
from park_standards.composite_index import class_2_limit, composite_index
from park_standards.errors import BadValue, NotEnoughData

OLD, NEW = Edition.HJ_633_2012, Edition.HJ_633_2026
VECTORS = list(csv.DictReader((Path(__file__).parent / "vectors/aqi_test_vectors.csv").read_text("utf-8").splitlines()))
concentrations = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=5000, places=2)
CLEAN_DAY = {
    Item.SO2_24H: Decimal(6), Item.NO2_24H: Decimal(20), Item.PM10_24H: Decimal(40), Item.PM25_24H: Decimal(20),
    Item.CO_24H: Decimal("0.6"), Item.O3_8H: Decimal(90),
}  # fmt: skip


@pytest.mark.parametrize(
    "vector", VECTORS, ids=lambda row: f"{row['pollutant']}-{row['averaging']}-{row['concentration']}"
)
def test_printed_vectors_give_their_sub_index(vector: dict[str, str]) -> None:
    item = Item(f"{vector['pollutant']} {vector['averaging']}")
    got = sub_index(item, Decimal(vector["concentration"]), Edition(vector["standard"]))
    assert got == int(vector["expected_iaqi"])


def test_the_edition_follows_the_monitoring_day() -> None:
    assert edition_at(date(2026, 2, 28)) is OLD
    assert edition_at(date(2026, 3, 1)) is NEW
    with pytest.raises(BadValue, match="2015-12-31"):
        edition_at(date(2015, 12, 31))


def test_pm25_of_75_was_100_and_is_114_since_2026() -> None:
    assert sub_index(Item.PM25_24H, Decimal(75), OLD) == 100
    assert sub_index(Item.PM25_24H, Decimal(75), NEW) == 114


def test_hourly_pm_has_an_index_only_in_2026() -> None:
    assert sub_index(Item.PM25_1H, Decimal(60), NEW) == 100
    with pytest.raises(BadValue, match="moving mean"):
        sub_index(Item.PM25_1H, Decimal(60), OLD)


def test_above_800_so2_and_ozone_have_no_index_in_2012_and_a_fixed_one_in_2026() -> None:
    assert sub_index(Item.SO2_1H, Decimal(801), OLD) is None
    assert sub_index(Item.O3_8H, Decimal(801), OLD) is None
    assert sub_index(Item.SO2_1H, Decimal("800.4"), OLD) == 200
    assert sub_index(Item.O3_8H, Decimal(801), NEW) == 300


@given(st.sampled_from([item for item in Item if item is not Item.SO2_1H]), concentrations, concentrations)
def test_a_higher_concentration_never_has_a_lower_sub_index(item: Item, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    first, second = sub_index(item, low, NEW), sub_index(item, high, NEW)
    assert first is not None
    assert second is not None
    assert 0 <= first <= second <= 500


def test_a_negative_concentration_is_refused() -> None:
    with pytest.raises(BadValue, match="negative"):
        sub_index(Item.CO_1H, Decimal("-0.1"), NEW)


def test_the_worst_item_makes_the_index_and_the_primary_pollutant() -> None:
    report = daily_report({**CLEAN_DAY, Item.O3_8H: Decimal(161)}, NEW)
    assert (report.aqi, report.primary) == (101, (Item.O3_8H,))
    assert report.category is not None
    assert (report.category.name_zh, report.category.level) == ("轻度污染", 3)
    assert report.exceeding == ()


def test_ties_are_all_primary_and_clean_air_has_none() -> None:
    tied = daily_report({**CLEAN_DAY, Item.PM25_24H: Decimal(60), Item.PM10_24H: Decimal(120)}, NEW)
    assert set(tied.primary) == {Item.PM25_24H, Item.PM10_24H}
    clean = daily_report(CLEAN_DAY, NEW)
    assert clean.aqi is not None
    assert clean.aqi <= 50
    assert clean.primary == ()


def test_with_an_item_missing_2026_publishes_only_above_100() -> None:
    without_ozone = {**CLEAN_DAY, Item.O3_8H: None}
    assert daily_report(without_ozone, NEW).aqi is None
    assert daily_report(without_ozone, NEW).missing == (Item.O3_8H,)
    dusty = {**without_ozone, Item.PM10_24H: Decimal(200)}
    assert daily_report(dusty, NEW).aqi == 131
    assert daily_report({**without_ozone, Item.O3_1H: Decimal(90)}, OLD).aqi == 40


def test_an_item_outside_the_plan_of_the_station_is_not_missing() -> None:
    plan = [item for item in DAILY_ITEMS[NEW] if item is not Item.CO_24H]
    values: dict[Item, Decimal | None] = {item: CLEAN_DAY[item] for item in plan}
    report = daily_report(values, NEW, planned=plan)
    assert report.missing == ()
    assert report.aqi == 45


def test_no_value_at_all_gives_no_index() -> None:
    assert realtime_report({}, NEW).aqi is None
    assert realtime_report({}, OLD).aqi is None


def test_spotless_air_is_published_as_1_in_2026_and_as_0_before() -> None:
    zero = dict.fromkeys(REALTIME_ITEMS[NEW], Decimal(0))
    assert realtime_report(zero, NEW).aqi == 1
    assert realtime_report(dict.fromkeys(REALTIME_ITEMS[OLD], Decimal(0)), OLD).aqi == 0


def test_2012_uses_the_daily_so2_index_and_the_hourly_ozone_index_above_800() -> None:
    values: dict[Item, Decimal | None] = dict.fromkeys(REALTIME_ITEMS[OLD], Decimal(10))
    report = realtime_report({**values, Item.SO2_1H: Decimal(900), Item.SO2_24H: Decimal(475)}, OLD)
    assert report.sub_indices[Item.SO2_1H] == 150
    ozone = realtime_report({**values, Item.O3_8H: Decimal(850), Item.O3_1H: Decimal(900)}, OLD)
    assert ozone.aqi == 350
    assert Item.O3_8H in ozone.exceeding


def test_levels_cover_0_to_500() -> None:
    assert [category_of(aqi).level for aqi in (0, 50, 51, 100, 101, 150, 151, 200, 201, 300, 301, 500)] == [
        1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6,
    ]  # fmt: skip
    with pytest.raises(BadValue):
        category_of(501)


def hours(value: str, missing: int = 0) -> list[Decimal | None]:
    return [None] * missing + [Decimal(value)] * (24 - missing)


def test_a_day_mean_needs_twenty_hours() -> None:
    assert day_mean(hours("80", missing=4)) == 80
    with pytest.raises(NotEnoughData, match="19 valid values, 20 needed"):
        day_mean(hours("80", missing=5))
    with pytest.raises(BadValue):
        day_mean([Decimal(1)] * 23)


def test_ozone_of_a_day_is_the_largest_of_seventeen_moving_means() -> None:
    rising = [Decimal(hour) for hour in range(1, 25)]
    means = eight_hour_means(rising)
    assert (len(means), means[0], means[-1]) == (17, Decimal("4.5"), Decimal("20.5"))
    assert ozone_day_max_8h(rising) == Decimal("20.5")


def test_ozone_with_too_few_means_counts_only_above_160() -> None:
    assert ozone_day_max_8h(hours("200", missing=10)) == 200
    with pytest.raises(NotEnoughData):
        ozone_day_max_8h(hours("160", missing=10))
    with pytest.raises(NotEnoughData):
        ozone_day_max_8h([None] * 24)


def test_percentiles_interpolate_between_ranks() -> None:
    ten = [Decimal(number) for number in range(10, 0, -1)]
    assert percentile(ten, Decimal("0.9")) == Decimal("9.1")
    assert percentile(ten, Decimal(0)) == 1
    assert percentile(ten, Decimal(1)) == 10
    with pytest.raises(BadValue):
        percentile(ten, Decimal(90))
    with pytest.raises(NotEnoughData):
        percentile([], Decimal("0.5"))


@given(st.lists(concentrations, min_size=1, max_size=50), st.decimals(min_value=0, max_value=1, places=3))
def test_a_percentile_lies_within_the_values(values: list[Decimal], share: Decimal) -> None:
    assert min(values) <= percentile(values, share) <= max(values)


def test_the_composite_index_of_air_at_its_limits_is_six() -> None:
    day = date(2026, 12, 31)
    at_limits = {pollutant: class_2_limit(pollutant, day).bounds.upper or Decimal(0) for pollutant in Pollutant}
    result = composite_index(at_limits, day)
    assert result.index == 6
    assert set(result.largest) == set(Pollutant)
    half = composite_index({**at_limits, Pollutant.PM25: at_limits[Pollutant.PM25] / 2}, day)
    assert half.index == Decimal("5.5")
    with pytest.raises(NotEnoughData):
        composite_index({Pollutant.SO2: Decimal(1)}, day)
