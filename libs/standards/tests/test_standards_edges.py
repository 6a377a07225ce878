"""Values exactly at a threshold: which side of it they belong to, over all rules."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from park_standards.air_statistics import ozone_day_max_8h
from park_standards.anomaly.against_limit import calibration_covers_exceedance, drop_at_exceedance, flat_top
from park_standards.anomaly.chemistry import ph_abnormal, sample_line, velocity_abnormal
from park_standards.anomaly.data_link import total_inconsistent
from park_standards.anomaly.series import Sample, Series
from park_standards.anomaly.single_series import constant_water, similar_days, too_low_for_history
from park_standards.aqi import REALTIME_ITEMS, Edition, Item, daily_report, realtime_report
from park_standards.bounds import Bounds
from park_standards.completeness import needed_in_day, needed_in_month
from park_standards.converted import converted_concentration, excess_air
from park_standards.emissions import gas_mass, water_volume
from park_standards.errors import BadValue, NotEnoughData
from park_standards.exceedance import Outcome, judge_not_detected
from park_standards.factors import factor
from park_standards.limit import Subject
from park_standards.limits import in_force, limit_by_id, limits_for
from park_standards.marks import Period, period_bounds
from park_standards.soil import FarmUse, judge_farmland
from park_standards.substitution import gas_substitute
from park_standards.water_class import WaterClass, river_quality

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIMIT = Decimal(50)


def series(*values: object, step: timedelta = HOUR, start: datetime = START) -> Series[Decimal]:
    return Series(tuple(Sample(start + place * step, Decimal(str(value))) for place, value in enumerate(values)), step)


@pytest.mark.parametrize(
    ("limit_id", "first_day"),
    [
        ("GB3838-2002/t1/III/w01018", date(2002, 6, 1)),
        ("GBT14848-2017/t1/III/w01001", date(2018, 5, 1)),
        ("GB36600-2018/t1/screening/class-1/砷", date(2018, 8, 1)),
        ("GB15618-2018/screening/paddy/pH>7.5/镉", date(2018, 8, 1)),
        ("GB3096-2008/ambient/zone-3/outdoor/night", date(2008, 10, 1)),
        ("GB12523-2025/construction-site-boundary/zone-all/boundary/night", date(2026, 1, 1)),
        ("GB18918-2002/t1/1A/w01018", date(2003, 7, 1)),
    ],
)
def test_a_limit_is_in_force_from_its_first_day(limit_id: str, first_day: date) -> None:
    row = limit_by_id(limit_id)
    assert in_force([row], first_day) == (row,)
    assert in_force([row], first_day - DAY) == ()


def test_zero_flow_and_zero_oxygen_are_possible() -> None:
    assert gas_mass(Decimal(10), Decimal(0)) == 0
    assert water_volume(Decimal(0), Decimal(5)) == 0
    assert converted_concentration(Decimal(10), Decimal(0), Decimal(0)) == 10
    assert excess_air(Decimal(0)) == 1


def test_fourteen_means_of_ozone_are_enough_and_thirteen_are_not() -> None:
    fourteen: list[Decimal | None] = [None] * 5 + [Decimal(100)] * 19
    assert ozone_day_max_8h(fourteen) == 100
    with pytest.raises(NotEnoughData, match="13 valid"):
        ozone_day_max_8h([None, *fourteen[:-1]])


def test_not_detected_at_a_lower_limit_is_below_it() -> None:
    oxygen = limit_by_id("GB3838-2002/t1/III/w01009")
    assert judge_not_detected(Decimal(5), oxygen).outcome is Outcome.OVER
    assert judge_not_detected(Decimal("5.1"), oxygen).outcome is Outcome.UNDECIDED
    assert judge_not_detected(Decimal(50), limit_by_id("GB18918-2002/t1/1A/w01018")).outcome is Outcome.COMPLIANT


def test_capture_of_nothing_is_a_rate() -> None:
    assert gas_substitute(Decimal(0), 1, []).mass is None


def test_ph_of_soil_runs_from_0_to_14() -> None:
    assert judge_farmland("镉", Decimal("0.3"), Decimal("5.5"), FarmUse.PADDY).screening.level == "pH<=5.5"
    assert judge_farmland("镉", Decimal(1), Decimal(0), FarmUse.PADDY).screening.level == "pH<=5.5"
    assert judge_farmland("镉", Decimal(1), Decimal(14), FarmUse.PADDY).screening.level == "pH>7.5"
    with pytest.raises(BadValue):
        judge_farmland("镉", Decimal(1), Decimal("-0.1"), FarmUse.PADDY)


def test_class_three_counts_as_good_water() -> None:
    assert river_quality([WaterClass.III] * 9 + [WaterClass.IV]).name_zh == "优"
    assert river_quality([WaterClass.III] * 3 + [WaterClass.IV] * 2).name_zh == "轻度污染"
    assert river_quality([WaterClass.III] * 3 + [WaterClass.IV] + [WaterClass.WORSE_THAN_V]).name_zh == "中度污染"


def test_ozone_of_2012_above_800_without_its_hour_has_no_index() -> None:
    values: dict[Item, Decimal | None] = {item: Decimal(10) for item in REALTIME_ITEMS[Edition.HJ_633_2012]}
    report = realtime_report({**values, Item.O3_8H: Decimal(801), Item.O3_1H: None}, Edition.HJ_633_2012)
    assert report.sub_indices[Item.O3_8H] is None
    assert report.missing == (Item.O3_1H,)


def test_quarters_begin_in_january_april_july_october() -> None:
    starts = [period_bounds(datetime(2026, month, 15, tzinfo=UTC), Period.QUARTER)[0].month for month in range(1, 13)]
    assert starts == [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10]


def test_formats_without_decimals_have_none() -> None:
    assert (factor("a34013").decimals, factor("w00000").decimals) == (0, 2)


def test_thresholds_of_chemistry_belong_to_the_good_side() -> None:
    assert velocity_abnormal(series(5, 30)) == ()
    assert sample_line(series(120, 120), series(4, 4)) == ()
    assert ph_abnormal(series(2, step=DAY)) == ()
    assert ph_abnormal(series(12, step=DAY)) == ()
    assert "outside" in ph_abnormal(series("12.1", step=DAY))[0].sentence_en
    assert ph_abnormal(series(7, 9)) == ()
    assert len(ph_abnormal(series(7, "9.1"))) == 1
    assert ph_abnormal(series(7, "9.1", step=2 * HOUR)) == ()


def test_thresholds_of_the_limit_rules() -> None:
    assert len(drop_at_exceedance(series(45, 22), limit=LIMIT)) == 1
    assert drop_at_exceedance(series(46, 23), limit=LIMIT) == ()
    load = series(100, 80)
    assert len(drop_at_exceedance(series(46, 20), limit=LIMIT, load=load)) == 1
    crowded = [10, 20, 30, 40] * 4 + [12]
    assert flat_top(series(*crowded, "47.5", 48, 49), limit=LIMIT) == ()
    assert len(flat_top(series(*crowded, "47.5", 48, 49, 49), limit=LIMIT)) == 1
    capped = [10, 11, 12, 13, 14, 15]
    assert len(flat_top(series(*capped, 25, 25), limit=LIMIT)) == 1
    assert flat_top(series(*capped, 24, 24), limit=LIMIT) == ()
    starts = [START + hours * HOUR for hours in (1, 3, 5)]
    assert calibration_covers_exceedance(series(45, 45, 45, 45, 45), starts, limit=LIMIT) == ()
    assert len(calibration_covers_exceedance(series(46, 20, 46, 20, 46), starts, limit=LIMIT)) == 1


def test_twenty_hours_make_two_days_similar() -> None:
    hours = [10, 13, 17, 12, 30] * 4
    copy = series(*hours, start=START + DAY)
    assert len(similar_days(copy, series(*hours), limit=LIMIT)) == 1
    far = series(*(hour + 1 for hour in hours), start=START + DAY)
    assert similar_days(far, series(*hours), limit=LIMIT) == ()


def test_an_anomaly_ends_when_the_last_value_ends() -> None:
    (constant,) = constant_water(series(*[31] * 6))
    assert (constant.start, constant.end) == (START, START + 6 * HOUR)
    (total,) = total_inconsistent(START, Decimal(2), Decimal(1))
    (low,) = too_low_for_history(START, Decimal(1), tuple([Decimal(10)] * 30), normal_load=True)
    assert total.end == low.end == START + DAY


def test_scope_and_kind_of_discharge_narrow_the_rows() -> None:
    assert {row.discharge for row in limits_for("w20117", standard="GB8978", discharge="direct")} == {"all"}
    assert limits_for("w01018", standard="GB8978", scope="石油化工")[0].scope.startswith("石油化工")


def test_an_index_of_50_has_no_primary_pollutant_and_51_has() -> None:
    only = [Item.PM25_24H]
    assert daily_report({Item.PM25_24H: Decimal(35)}, Edition.HJ_633_2026, planned=only).primary == ()
    report = daily_report({Item.PM25_24H: Decimal("35.6")}, Edition.HJ_633_2026, planned=only)
    assert (report.aqi, report.primary) == (52, (Item.PM25_24H,))
    ozone = daily_report({Item.O3_8H: Decimal(101)}, Edition.HJ_633_2026, planned=[Item.O3_8H])
    assert (ozone.aqi, ozone.primary) == (51, (Item.O3_8H,))


def test_stations_with_hourly_values_need_the_same_share_as_with_four_hourly_ones() -> None:
    assert [needed_in_day(Subject.SURFACE_WATER, expected) for expected in (6, 12, 24)] == [4, 8, 16]
    assert needed_in_month(Subject.SURFACE_WATER, 30) == 18
    assert [needed_in_day(Subject.WASTE_GAS, expected) for expected in (12, 24, 48)] == [10, 20, 40]


def test_a_range_may_be_a_single_value() -> None:
    assert Bounds.of(unit="1", lower="7", upper="7").contain(Decimal(7))
