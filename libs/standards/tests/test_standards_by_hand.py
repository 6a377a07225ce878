"""Cases worked out by hand from the text of the standards, with the arithmetic beside them; not from the library's code."""

from datetime import date
from decimal import Decimal

import pytest
from park_standards.air_period import year_of
from park_standards.aqi import Edition, Item, Pollutant, daily_report, edition_at, realtime_report, sub_index
from park_standards.composite_index import composite_index
from park_standards.converted import converted_concentration
from park_standards.emissions import gas_mass, water_mass
from park_standards.errors import BadValue, UnitMismatch
from park_standards.gas_state import MolarMass, dry_standard_flow, nox_as_no2, ppm_to_mg_m3
from park_standards.groundwater_class import item_class
from park_standards.limit import Averaging
from park_standards.limits import limits_for
from park_standards.means import flow_weighted_mean
from park_standards.noise import day_night_level, judge_noise, noise_limit
from park_standards.rounding import round_gb8170, round_significant
from park_standards.soil import FarmUse, LandUse, SoilRisk, judge_farmland, judge_soil
from park_standards.stack_rate import interpolated_rate, rate_rows
from park_standards.transmission import capture_rate
from park_standards.trophic_state import TrophicItem, trophic_index
from park_standards.water_class import Reading, WaterBody, WaterClass, factor_class, site_class
from park_standards.water_index import water_quality_index

OLD, NEW = Edition.HJ_633_2012, Edition.HJ_633_2026


def D(text: str | int) -> Decimal:  # noqa: N802 - the sums below read like sums
    return Decimal(text)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [  # the examples of GB/T 8170-2008 3.2, and their negatives: the sign is put back after rounding
        ("12.1498", 1, "12.1"), ("12.1498", 0, "12"), ("1268", -2, "13E2"), ("1.050", 1, "1.0"), ("0.35", 1, "0.4"),
        ("2500", -3, "2E3"), ("3500", -3, "4E3"), ("-355", -1, "-36E1"), ("-325", -1, "-32E1"), ("-0.0365", 3, "-0.036"),
        ("10.5002", 0, "11"), ("15.4546", 0, "15"),
    ],
)  # fmt: skip
def test_examples_of_the_rounding_standard(value: str, places: int, expected: str) -> None:
    assert round_gb8170(D(value), places) == D(expected)


def test_a_carry_keeps_the_number_of_significant_digits() -> None:
    assert str(round_significant(D("9.995"), 3)) == "10.0"
    assert str(round_significant(D("0.09996"), 3)) == "0.100"
    assert round_significant(D("-0.0012355"), 4) == D("-0.001236")


def test_pm25_of_73_in_both_editions() -> None:
    # 2012: 50 + 50 * (73 - 35) / (75 - 35) = 97.5 -> 98; 2026: 100 + 50 * (73 - 60) / (115 - 60) = 111.8 -> 112
    assert (sub_index(Item.PM25_24H, D(73), OLD), sub_index(Item.PM25_24H, D(73), NEW)) == (98, 112)


def test_sub_indices_of_a_day_by_the_breakpoints() -> None:
    # PM10 2026: 100 + 50 * (185 - 120) / (250 - 120) = 125; O3 8h: 50 + 50 * (130 - 100) / (160 - 100) = 75
    # NO2 24h: 50 * 33 / 40 = 41.25 -> 42; CO 24h: 50 * 1.3 / 2 = 32.5 -> 33; SO2 24h: 50 * 12 / 50 = 12
    day = {
        Item.PM10_24H: D("185.4"), Item.O3_8H: D(130), Item.NO2_24H: D("33.2"), Item.CO_24H: D("1.34"),
        Item.SO2_24H: D(12), Item.PM25_24H: D(60),
    }  # fmt: skip
    report = daily_report(day, NEW)
    assert dict(report.sub_indices) == {
        Item.PM10_24H: 125, Item.O3_8H: 75, Item.NO2_24H: 42, Item.CO_24H: 33, Item.SO2_24H: 12, Item.PM25_24H: 100,
    }  # fmt: skip
    assert (report.aqi, report.primary) == (125, (Item.PM10_24H,))


def test_the_last_day_of_the_old_edition_and_the_first_of_the_new_one() -> None:
    # PM2.5 = 75: the limit of 2012 (IAQI 100), and 100 + 50 * 15 / 55 = 113.6 -> 114 from 2026-03-01
    hour = {Item.PM25_1H: D(75), Item.PM25_24H: D(75)}
    assert edition_at(date(2026, 2, 28)) is OLD
    assert realtime_report(hour, OLD, planned=[Item.PM25_24H]).aqi == 100
    assert realtime_report(hour, edition_at(date(2026, 3, 1)), planned=[Item.PM25_1H]).aqi == 114


def test_composite_index_of_a_year() -> None:
    # 2012 class 2: SO2 12/60 + NO2 32/40 + PM10 77/70 + PM2.5 42/35 + CO 1.2/4 + O3 152/160 = 0.2+0.8+1.1+1.2+0.3+0.95
    values = {
        Pollutant.SO2: D(12), Pollutant.NO2: D(32), Pollutant.PM10: D(77), Pollutant.PM25: D(42),
        Pollutant.CO: D("1.2"), Pollutant.O3: D(152),
    }  # fmt: skip
    result = composite_index(values, date(2025, 12, 31))
    assert result.index == D("4.55")
    assert result.largest == (Pollutant.PM25,)


def test_a_leap_year_has_29_days_of_february_to_fill() -> None:
    # 366 days in all; a P95 of equal values is the value; February 2028 needs 25 valid days
    start = date(2028, 1, 1).toordinal()
    days = {date.fromordinal(start + number): D(28) for number in range(366)}
    for number in range(26, 30):
        days.pop(date(2028, 2, number), None)
    found = year_of(Pollutant.PM25, days, 2028)
    assert (found.valid_days, found.mean, found.percentile) == (362, D(28), D(28))
    assert found.complies


def test_river_with_total_nitrogen_and_a_value_below_detection() -> None:
    # ammonia 1.5 is class IV (limit IV), COD 20 class III, volatile phenol not detected class I, TN is not looked at
    readings = {
        "w21003": Reading(D("1.5")), "w01018": Reading(D(20)), "w23002": Reading(D("0.0003"), detected=False),
        "w21001": Reading(D(30)),
    }  # fmt: skip
    report = site_class(readings, WaterBody.RIVER)
    assert (report.overall, report.deciding) == (WaterClass.IV, ("w21003",))
    assert report.not_evaluated == ("w21001",)
    assert report.main_pollutants[0].exceeding_multiple == D("0.5")


def test_oxygen_that_is_not_there_is_the_worst_water() -> None:
    assert factor_class("w01009", Reading(D("0.2"), detected=False), WaterBody.RIVER) is WaterClass.WORSE_THAN_V


def test_ph_cannot_be_below_a_detection_limit() -> None:
    with pytest.raises(BadValue, match="detection limit"):
        factor_class("w01001", Reading(D(1), detected=False), WaterBody.RIVER)
    with pytest.raises(BadValue, match="detection limit"):
        item_class("w01001", Reading(D(1), detected=False))


def test_city_index_of_one_section() -> None:
    # CODMn 4.5/6 = 0.75; DO 5/8 = 0.625; pH 8.2: 1.2/2 = 0.6; cyanide < 0.004: 0.002/0.2 = 0.01; TP 0.1/0.2 = 0.5
    readings = {
        "w01019": Reading(D("4.5")), "w01009": Reading(D(8)), "w01001": Reading(D("8.2")),
        "w21016": Reading(D("0.004"), detected=False), "w21011": Reading(D("0.1")),
    }  # fmt: skip
    assert water_quality_index(readings, WaterBody.RIVER) == D("2.485")


def test_trophic_index_of_ones_is_the_weighted_mean_of_the_intercepts() -> None:
    # ln 1 = 0: 10 * (2.5*1 + 9.436*0.7056 + 5.453*0.6724 + 5.118*0.6889 + 0.109*0.6889) / 3.7558
    #         = 10 * (2.5 + 6.6580416 + 3.6665972 + 3.5257902 + 0.0750901) / 3.7558 = 10 * 16.4255191 / 3.7558 = 43.73374...
    index = trophic_index(dict.fromkeys(TrophicItem, D(1)))
    assert round_gb8170(index, 4) == D("43.7337")


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [("w21003", "0.50", WaterClass.III), ("w21003", "0.501", WaterClass.IV), ("w21003", "1.51", WaterClass.V)],
)
def test_ammonia_of_groundwater(item: str, value: str, expected: WaterClass) -> None:
    # GB/T 14848-2017: 0.02, 0.10, 0.50, 1.50
    assert item_class(item, Reading(D(value))) is expected


def test_soil_of_a_factory_and_of_a_school() -> None:
    # lead: screening 400 and 800, control 800 and 2500
    risks = [judge_soil("铅", D(801), land).risk for land in (LandUse.CLASS_1, LandUse.CLASS_2)]
    assert risks == [SoilRisk.UNACCEPTABLE, SoilRisk.SURVEY]
    assert judge_soil("铅", D(400000), LandUse.CLASS_1, unit="ug/kg").risk is SoilRisk.NEGLIGIBLE
    assert judge_farmland("镉", D(300), D("5.5"), FarmUse.PADDY, unit="ug/kg").risk is SoilRisk.NEGLIGIBLE
    with pytest.raises(UnitMismatch, match="mg/L"):
        judge_soil("铅", D(1), LandUse.CLASS_1, unit="mg/L")
    with pytest.raises(BadValue, match="below zero"):
        judge_soil("铅", D(-1), LandUse.CLASS_1)


def test_arsenic_above_control_but_natural_is_not_contaminated() -> None:
    assert judge_soil("砷", D(125), LandUse.CLASS_1, background=D(130)).risk is SoilRisk.WITHIN_BACKGROUND
    assert judge_soil("砷", D(125), LandUse.CLASS_1, background=D("124.9")).risk is SoilRisk.UNACCEPTABLE


def test_noise_of_a_factory_measured_in_a_bedroom() -> None:
    # zone 2 night 50 dB(A), indoors 40; 40.4 rounds to 40, 40.5 to even 40, 40.6 to 41
    limit = noise_limit("GB 12348-2008", "2", Averaging.NIGHT, "factory boundary")
    over = [judge_noise(D(level), limit, indoors=True).over for level in ("40.4", "40.5", "40.6")]
    assert over == [False, False, True]
    peak = judge_noise(D(40), limit, peak=D(56), indoors=True).peak
    assert peak is not None
    assert peak.over


def test_shops_have_the_limits_of_factories_in_zones_1_to_4() -> None:
    for zone in "1234":
        for period in (Averaging.DAYTIME, Averaging.NIGHT):
            factory = noise_limit("GB 12348-2008", zone, period, "factory boundary")
            assert noise_limit("GB 22337-2008", zone, period).value == factory.value


def test_day_and_night_level() -> None:
    # 10 lg((16 * 10^6 + 8 * 10^(4.5 + 1)) / 24) = 10 lg(772075.9...) = 58.8766
    assert round_gb8170(day_night_level(D(60), D(45)), 4) == D("58.8766")


def test_a_gas_boiler_from_ppm_to_kilograms() -> None:
    # NO 45 ppm * 30 / 22.4 = 60.26786 mg/m3; NOx = 60.26786 * 46 / 30 = 92.41071; O2 5.2 %, base 3.5 %:
    # * (21 - 3.5) / (21 - 5.2) = 102.3536 mg/m3
    nox = nox_as_no2(ppm_to_mg_m3(D(45), MolarMass.NO), D(0))
    assert round_gb8170(converted_concentration(nox, D("5.2"), D("3.5")), 4) == D("102.3536")
    # 20000 m3/h wet at 91 degC (273/364 = 0.75), 101325 Pa, 10 % water: 20000 * 0.75 * 0.9 = 13500 m3/h dry standard
    flow = dry_standard_flow(D(20000), D(91), D(101325), D(0), D("0.1"))
    assert round_gb8170(flow, 6) == 13500
    # emitted with the measured value: 92.41071 * 13500 / 1e6 = 1.247545 kg/h
    assert round_gb8170(gas_mass(nox, D(13500)), 6) == D("1.247545")


def test_a_day_of_waste_water() -> None:
    # (30 * 200 + 45 * 100 + 90 * 0) / 300 = 35 mg/L; 35 mg/L * 300 m3 = 10.5 kg
    mean = flow_weighted_mean([D(30), D(45), D(90)], [D(200), D(100), D(0)])
    assert mean == 35
    assert water_mass(mean, D(300)) == D("10.5")


def test_rate_of_a_low_stack_among_high_buildings() -> None:
    # NMHC, 15 m: 10 kg/h. 9 m: 10 * (9/15)^2 * 0.5 = 1.8, and half again below the roofs: 0.9
    rows = rate_rows("a24088", "GB 16297-1996", "new level2")
    assert interpolated_rate(rows, D(9)) == D("1.8")
    assert interpolated_rate(rows, D(9), above_buildings=False) == D("0.9")


def test_capture_rate_of_a_quarter_with_a_stop() -> None:
    # 2160 h, stopped 160, invalid 100: (2160 - 100 - 160) / (2160 - 160) = 1900 / 2000
    assert capture_rate(2160, 100, 160) == D("0.95")
    assert capture_rate(2160, 0, 2160) is None


def test_the_year_may_be_left_out_where_the_day_chooses_the_edition() -> None:
    def on(day: date) -> list[tuple[str, Decimal | None]]:
        rows = limits_for("a34004", at=day, standard="GB3095-2", averaging=Averaging.DAY)
        return [(row.standard, row.value) for row in rows]

    assert on(date(2026, 2, 28)) == [("GB 3095-2012", D(75))]
    assert on(date(2026, 3, 1)) == [("GB 3095-2026", D(60))]
    assert on(date(2031, 1, 1)) == [("GB 3095-2026", D(50))]
