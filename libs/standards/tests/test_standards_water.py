"""GB 3838-2002, the evaluation method of 2011, CWQI and TLI."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.errors import BadValue, NotEnoughData, UnitMismatch
from park_standards.trophic_state import TrophicItem, TrophicState, trophic_index, trophic_state
from park_standards.water_class import (
    ALWAYS_NAMED,
    Reading,
    WaterBody,
    WaterClass,
    class_bounds,
    factor_class,
    river_quality,
    site_class,
)
from park_standards.water_index import city_index, item_index, water_quality_index

RIVER, LAKE = WaterBody.RIVER, WaterBody.LAKE
positive = st.decimals(allow_nan=False, allow_infinity=False, min_value="0.0001", max_value=100, places=4)


def readings(**values: str) -> dict[str, Reading]:
    return {code: Reading(Decimal(value)) for code, value in values.items()}


GOOD_RIVER = readings(w01001="7.5", w01009="6.2", w01019="3.1", w01018="14", w01017="2.0", w21003="0.3", w21011="0.08")


@pytest.mark.parametrize(("value", "expected"), [("15", 1), ("15.1", 3), ("20", 3), ("30", 4), ("40", 5), ("40.1", 6)])
def test_a_value_at_a_limit_belongs_to_the_better_class(value: str, expected: int) -> None:
    assert factor_class("w01018", Reading(Decimal(value)), RIVER) == expected


def test_oxygen_is_better_when_higher_and_saturation_makes_class_one() -> None:
    assert factor_class("w01009", Reading(Decimal("7.5")), RIVER) is WaterClass.I
    assert factor_class("w01009", Reading(Decimal("4.9")), RIVER) is WaterClass.IV
    assert factor_class("w01009", Reading(Decimal("1.9")), RIVER) is WaterClass.WORSE_THAN_V
    assert factor_class("w01009", Reading(Decimal("6.9")), RIVER, saturation_percent=Decimal(90)) is WaterClass.I


def test_ph_outside_six_to_nine_is_worse_than_five() -> None:
    assert factor_class("w01001", Reading(Decimal("5.9")), RIVER) is WaterClass.WORSE_THAN_V
    assert factor_class("w01001", Reading(Decimal(9)), RIVER) is WaterClass.I


def test_phosphorus_is_stricter_in_lakes_and_nitrogen_is_a_lake_item() -> None:
    assert factor_class("w21011", Reading(Decimal("0.08")), RIVER) is WaterClass.II
    assert factor_class("w21011", Reading(Decimal("0.08")), LAKE) is WaterClass.IV
    assert factor_class("w21001", Reading(Decimal("0.5")), LAKE) is WaterClass.II
    with pytest.raises(BadValue, match="w21001"):
        factor_class("w21001", Reading(Decimal("0.5")), RIVER)


def test_units_are_converted_and_foreign_ones_refused() -> None:
    assert factor_class("w20142", Reading(Decimal("0.06"), "ug/L"), RIVER) is WaterClass.III
    with pytest.raises(UnitMismatch):
        factor_class("w20142", Reading(Decimal("0.06"), "mg/m3"), RIVER)


def test_a_result_below_the_detection_limit_meets_class_one() -> None:
    assert factor_class("w01018", Reading(Decimal(25), detected=False), RIVER) is WaterClass.I


def test_the_worst_item_gives_the_class_of_the_site() -> None:
    report = site_class({**GOOD_RIVER, "w01018": Reading(Decimal(19))}, RIVER)
    assert (report.overall, report.deciding) == (WaterClass.III, ("w01018",))
    assert report.main_pollutants == ()
    assert report.overall.label_zh == "Ⅲ"


def test_nitrogen_coliform_and_temperature_do_not_decide() -> None:
    extra = readings(w21001="9", w02003="900000", w01010="30")
    report = site_class({**GOOD_RIVER, **extra}, LAKE)
    assert report.overall is WaterClass.IV
    assert report.reported_apart["w21001"] is WaterClass.WORSE_THAN_V
    assert report.reported_apart["w02003"] is WaterClass.WORSE_THAN_V
    assert report.not_evaluated == ("w01010",)
    with pytest.raises(NotEnoughData):
        site_class(extra, RIVER)


def test_main_pollutants_are_ordered_by_class_then_multiple_and_always_name_heavy_metals() -> None:
    polluted = readings(w01018="50", w21003="3", w21011="0.5", w01017="9", w20144="0.08")
    report = site_class(polluted, RIVER)
    assert [item.factor_code for item in report.main_pollutants] == ["w21003", "w01018", "w21011", "w20144"]
    assert report.main_pollutants[0].exceeding_multiple == 2
    assert site_class(readings(w01009="1"), RIVER).main_pollutants[0].exceeding_multiple is None


def test_every_item_of_table_one_has_five_classes_that_do_not_get_stricter() -> None:
    codes = ["w01001", "w01009", "w01018", "w01019", "w02003", *ALWAYS_NAMED]
    for code in codes:
        bounds = class_bounds(code, RIVER)
        assert bounds is not None
        assert len(bounds) == 5


@given(positive, positive)
def test_more_ammonia_never_means_a_better_class(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert factor_class("w21003", Reading(low), RIVER) <= factor_class("w21003", Reading(high), RIVER)


@pytest.mark.parametrize(
    ("good", "middle", "worst", "expected"),
    [
        (9, 1, 0, "优"),
        (8, 2, 0, "良好"),
        (7, 2, 1, "轻度污染"),
        (7, 1, 2, "中度污染"),
        (6, 0, 4, "中度污染"),
        (5, 1, 4, "重度污染"),
    ],
)
def test_shares_of_sections_give_the_quality_of_a_river(good: int, middle: int, worst: int, expected: str) -> None:
    classes = [WaterClass.II] * good + [WaterClass.IV] * middle + [WaterClass.WORSE_THAN_V] * worst
    assert river_quality(classes).name_zh == expected


def test_four_sections_are_too_few_for_a_river() -> None:
    with pytest.raises(NotEnoughData):
        river_quality([WaterClass.I] * 4)


def test_cwqi_of_water_at_class_three_counts_one_for_each_item() -> None:
    at_limit = readings(w01018="20", w21003="1", w21011="0.2", w01009="5", w01001="9", w21001="50")
    assert water_quality_index(at_limit, RIVER) == 5
    assert item_index("w01001", Reading(Decimal("6.5")), RIVER) == Decimal("0.5")
    assert item_index("w01018", Reading(Decimal(4), detected=False), RIVER) == Decimal("0.1")
    assert city_index(Decimal(4), 3, Decimal(8), 1) == 5


def test_cwqi_refuses_what_has_no_index() -> None:
    with pytest.raises(BadValue):
        item_index("w01009", Reading(Decimal(0)), RIVER)
    with pytest.raises(BadValue):
        item_index("w21001", Reading(Decimal(1)), RIVER)
    with pytest.raises(NotEnoughData):
        water_quality_index(readings(w21001="1"), RIVER)
    with pytest.raises(NotEnoughData):
        city_index(Decimal(1), 0, Decimal(1), 0)


def test_tli_needs_all_five_items_above_zero() -> None:
    values = dict(zip(TrophicItem, map(Decimal, ("10", "0.05", "1", "1", "4")), strict=True))
    assert round(trophic_index(values), 2) == Decimal("48.02")
    with pytest.raises(BadValue):
        trophic_index({**values, TrophicItem.SECCHI: Decimal(0)})
    with pytest.raises(NotEnoughData):
        trophic_index({TrophicItem.SECCHI: Decimal(1)})


def test_trophic_states_follow_the_index() -> None:
    states = [trophic_state(Decimal(text)) for text in ("29.9", "30", "50", "50.1", "60.1", "70.1")]
    assert states == [
        TrophicState.OLIGOTROPHIC, TrophicState.MESOTROPHIC, TrophicState.MESOTROPHIC, TrophicState.LIGHT,
        TrophicState.MODERATE, TrophicState.HEAVY,
    ]  # fmt: skip
