"""GB/T 14848-2017, GB 36600-2018, GB 15618-2018."""

from decimal import Decimal

import pytest
from park_standards.errors import BadValue, NotEnoughData, UnitMismatch, UnknownStandard
from park_standards.groundwater_class import item_class, well_class
from park_standards.limit import Subject
from park_standards.limits import all_limits
from park_standards.soil import FarmUse, LandUse, SoilRisk, judge_farmland, judge_soil
from park_standards.water_class import Reading, WaterClass


def reading(value: str, unit: str | None = None) -> Reading:
    return Reading(Decimal(value), unit)


@pytest.mark.parametrize(
    ("value", "expected"), [("7.0", 1), ("6.5", 1), ("6.0", 4), ("9.0", 4), ("5.4", 5), ("9.1", 5)]
)
def test_ph_has_class_four_on_both_sides(value: str, expected: int) -> None:
    assert item_class("w01001", reading(value)) == expected


@pytest.mark.parametrize(("value", "expected"), [("150", 1), ("450", 3), ("451", 4), ("651", 5)])
def test_hardness_goes_through_the_classes(value: str, expected: int) -> None:
    assert item_class("总硬度", reading(value)) == expected


def test_smell_must_be_absent() -> None:
    assert item_class("嗅和味", Reading(Decimal(0), detected=False)) is WaterClass.I
    assert item_class("嗅和味", Reading(Decimal(1))) is WaterClass.V


def test_radioactivity_over_class_three_counts_as_four() -> None:
    assert item_class("w03001", reading("0.5")) is WaterClass.III
    assert item_class("w03001", reading("0.6")) is WaterClass.IV


def test_class_one_of_surfactants_means_not_detected() -> None:
    assert item_class("w19002", Reading(Decimal("0.05"), detected=False)) is WaterClass.I
    assert item_class("w19002", reading("0.05")) is WaterClass.II


def test_a_well_has_the_class_of_its_worst_item() -> None:
    report = well_class({"w01001": reading("7"), "w21038": reading("260"), "w20125": reading("0.2")})
    assert report.overall == max(report.by_item.values())
    assert report.by_item["w01001"] is WaterClass.I
    assert set(report.deciding) == {item for item, found in report.by_item.items() if found == report.overall}


def test_what_groundwater_does_not_list_is_refused() -> None:
    with pytest.raises(BadValue, match="w99999"):
        item_class("w99999", reading("1"))
    with pytest.raises(NotEnoughData):
        well_class({})
    with pytest.raises(UnitMismatch):
        item_class("w21038", reading("1", "mg/m3"))


@pytest.mark.parametrize(
    ("value", "land", "risk"),
    [
        ("20", LandUse.CLASS_1, SoilRisk.NEGLIGIBLE),
        ("20.1", LandUse.CLASS_1, SoilRisk.SURVEY),
        ("20.1", LandUse.CLASS_2, SoilRisk.NEGLIGIBLE),
        ("120", LandUse.CLASS_1, SoilRisk.SURVEY),
        ("140.1", LandUse.CLASS_2, SoilRisk.UNACCEPTABLE),
    ],
)
def test_arsenic_on_construction_land(value: str, land: LandUse, risk: SoilRisk) -> None:
    assert judge_soil("砷", Decimal(value), land).risk is risk


def test_natural_background_excuses_arsenic_but_not_lead() -> None:
    assert judge_soil("砷", Decimal(30), LandUse.CLASS_1, background=Decimal(35)).risk is SoilRisk.WITHIN_BACKGROUND
    assert judge_soil("砷", Decimal(30), LandUse.CLASS_1, background=Decimal(29)).risk is SoilRisk.SURVEY
    assert judge_soil("铅", Decimal(500), LandUse.CLASS_1, background=Decimal(600)).risk is SoilRisk.SURVEY


def test_farmland_depends_on_ph_and_use() -> None:
    assert judge_farmland("镉", Decimal("0.35"), Decimal("6.0"), FarmUse.PADDY).risk is SoilRisk.NEGLIGIBLE
    assert judge_farmland("镉", Decimal("0.35"), Decimal("6.0"), FarmUse.OTHER).risk is SoilRisk.SURVEY
    assert judge_farmland("镉", Decimal(10), Decimal("6.0"), FarmUse.OTHER).risk is SoilRisk.UNACCEPTABLE
    assert judge_farmland("镉", Decimal("0.35"), Decimal("7.6"), FarmUse.ORCHARD).screening.scope == "other"
    assert judge_farmland("铜", Decimal(100), Decimal("6.0"), FarmUse.ORCHARD).control is None
    assert judge_farmland("苯并[a]芘", Decimal("0.55"), Decimal(7), FarmUse.PADDY).risk is SoilRisk.NEGLIGIBLE


def test_unlisted_items_and_impossible_ph_are_refused() -> None:
    with pytest.raises(UnknownStandard, match="金"):
        judge_soil("金", Decimal(1), LandUse.CLASS_1)
    with pytest.raises(BadValue, match="pH"):
        judge_farmland("镉", Decimal(1), Decimal(15), FarmUse.PADDY)


def test_every_listed_soil_item_can_be_judged_on_both_classes_of_land() -> None:
    items = {row.name_zh for row in all_limits() if row.subject is Subject.SOIL}
    assert len(items) == 85
    for item in items:
        for land in LandUse:
            assert judge_soil(item, Decimal(0), land).risk is SoilRisk.NEGLIGIBLE
