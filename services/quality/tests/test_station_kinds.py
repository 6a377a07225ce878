"""What differs by the kind of a station: national, micro and weather stations of the air; lakes and hydrology."""

from datetime import datetime, timedelta

import pytest
from park_judging.testing import factor, limit, readings
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium, Period, PointKind
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from quality.domain.air_index import day_grade, hour_grade
from quality.domain.lake_trophic import trophic_grade
from quality.domain.result_spans import Span
from quality.domain.station_statistics import StationDay, statistics_of
from quality.domain.water_grade import water_grade
from quality.testing import Park, station

START = at_park(datetime(2026, 10, 9, 8))  # noqa: DTZ001 - read as park time
AIR = {"a21026": "10", "a21004": "20", "a34002": "40", "a34004": "20", "a05024": "60", "a21005": "0.5"}
LAKE = {"w01001": "7.8", "w01009": "8", "w01019": "5", "w21003": "0.3", "w21011": "0.06", "w21001": "1.5"}
"""Total phosphorus of 0.06 mg/L is class II in a river and IV in a lake."""


def air(kind: PointKind | None, *codes: str) -> PointRecord:
    factors = [factor(code, "mg/m3" if code == "a21005" else "ug/m3") for code in codes or AIR]
    return station(*factors, medium=Medium.AMBIENT_AIR, kind=kind)


def water(kind: PointKind | None) -> PointRecord:
    factors = [factor(code, "1" if code == "w01001" else "mg/L") for code in LAKE]
    return station(*factors, medium=Medium.SURFACE_WATER, kind=kind)


def means(of: PointRecord, values: dict[str, str]) -> list[FactorAssessment]:
    units = {one.factor: one.unit for one in of.factors}
    return [
        FactorAssessment(
            factor=code, unit=units.get(code, "mg/L"), valid=True, valid_count=6, expected_count=6, mean=value
        )
        for code, value in values.items()
    ]


def test_a_national_station_is_graded_by_all_six_items_whatever_is_registered() -> None:
    without_co = [code for code in AIR if code != "a21005"]
    values = {code: AIR[code] for code in without_co}
    park_station, national = air(PointKind.PARK_AIR, *without_co), air(PointKind.NATIONAL_AIR, *without_co)
    assert hour_grade(park_station, START, means(park_station, values), ()) is not None
    assert hour_grade(national, START, means(national, values), ()) is None
    assert day_grade(national, START, means(national, values), ()) is None
    polluted = hour_grade(national, START, means(national, values | {"a34004": "120"}), ())
    assert polluted is not None
    assert polluted.missing == ["a21005"]


def test_a_micro_station_s_index_only_indicates() -> None:
    micro, plain = air(PointKind.MICRO_AIR), air(None)
    grades = [hour_grade(of, START, means(of, AIR), ()) for of in (micro, plain)]
    assert [grade.indicative for grade in grades if grade is not None] == [True, False]
    assert {grade.value for grade in grades if grade is not None} == {grades[0].value if grades[0] else ""}


def test_a_weather_station_has_no_index() -> None:
    of = air(PointKind.WEATHER)
    assert hour_grade(of, START, means(of, AIR), ()) is None
    day = StationDay(START.date(), means(of, AIR), None)
    statistics = statistics_of(of, Span.MONTH, START.date().replace(day=1), [day])
    assert (statistics.index, statistics.index_note_en, statistics.grade) == (None, "", None)
    assert {one.factor for one in statistics.factors} == set(AIR)


def test_total_phosphorus_of_a_lake_is_judged_by_the_lake_column_and_its_trophic_state_stands_beside() -> None:
    river, lake = water(PointKind.RIVER), water(PointKind.LAKE)
    of_river, of_lake = (water_grade(of, START, means(of, LAKE), ()) for of in (river, lake))
    assert of_river is not None
    assert of_lake is not None
    assert (of_river.value, of_river.trophic) == ("Ⅲ", None)
    assert (of_lake.value, of_lake.primary) == ("Ⅳ", ["w21011"])
    assert of_lake.trophic is not None
    assert (of_lake.trophic.name_zh, of_lake.trophic.complete) == ("轻度富营养", False)
    assert of_lake.trophic.items == ["w21011", "w21001", "w01019"]


def test_a_lake_without_nitrogen_has_a_class_and_no_trophic_state() -> None:
    of = water(PointKind.LAKE)
    grade = water_grade(of, START, means(of, {code: value for code, value in LAKE.items() if code != "w21001"}), ())
    assert grade is not None
    assert grade.trophic is None
    assert trophic_grade({}) is None


def test_the_items_without_a_valid_value_are_told_with_the_class() -> None:
    of = water(PointKind.RIVER)
    grade = water_grade(of, START, means(of, {"w01019": "5"}), ())
    assert grade is not None
    assert grade.missing == ["w01001", "w01009", "w21003", "w21011"]


def test_a_hydrological_station_has_no_class() -> None:
    of = water(PointKind.HYDROLOGY)
    assert water_grade(of, START, means(of, LAKE), ()) is None


def test_the_month_of_a_lake_has_class_index_and_trophic_state_of_its_means() -> None:
    of = water(PointKind.LAKE)
    first = START.date().replace(day=1)
    days = [StationDay(first + timedelta(days=number), means(of, LAKE), None) for number in range(20)]
    month = statistics_of(of, Span.MONTH, first, days)
    assert month.grade is not None
    assert (month.grade.value, month.grade.trophic is not None) == ("Ⅳ", True)
    river = statistics_of(water(PointKind.RIVER), Span.MONTH, first, days)
    assert river.index is not None
    assert month.index is not None
    assert float(month.index) > float(river.index)


@pytest.mark.integration
@pytest.mark.parametrize(("kind", "statutory"), [(PointKind.PARK_AIR, True), (PointKind.MICRO_AIR, False)])
async def test_an_excess_of_a_micro_station_is_found_but_not_statutory(
    park: Park, kind: PointKind, statutory: bool
) -> None:
    rows = [limit("a05024", upper="200", unit="ug/m3", averaging="hour")]
    of = station(factor("a05024", "ug/m3"), medium=Medium.AMBIENT_AIR, kind=kind, limits=rows)
    park.registry.put(of)
    await park.hours(of, START, [{"a05024": "250"}])
    await park.take(readings(of, START + timedelta(hours=2), {"a05024": "100"}))
    await park.close()
    found = [one for one in await park.published("supervision.findings.v1") if one["period"] == Period.HOUR]
    assert [(one["rule"], one.get("statutory", False)) for one in found] == [("exceedance", statutory)]
    assert ("微型站" in found[0]["explanation_zh"]) is not statutory
