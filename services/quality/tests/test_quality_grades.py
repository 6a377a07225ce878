"""AQI of air stations and class of surface water from valid means."""

from datetime import UTC, datetime, timedelta

import pytest
from park_judging.testing import factor, point
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium
from park_schemas.registry import PointRecord
from quality.domain.air_index import day_grade, hour_grade
from quality.domain.water_grade import water_grade

DAY = datetime(2026, 11, 19, 16, tzinfo=UTC)  # 2026-11-20 00:00 in the park
UNITS = {
    "a21026": "ug/m3",
    "a21004": "ug/m3",
    "a34002": "ug/m3",
    "a34004": "ug/m3",
    "a05024": "ug/m3",
    "a21005": "mg/m3",
}


def station(*codes: str) -> PointRecord:
    return point(factors=[factor(code, UNITS[code]) for code in codes or UNITS], medium=Medium.AMBIENT_AIR)


def means(values: dict[str, str], *, valid: bool = True) -> list[FactorAssessment]:
    return [
        FactorAssessment(
            factor=code, unit=UNITS.get(code, "mg/L"), valid=valid, valid_count=6, expected_count=6, mean=value
        )
        for code, value in values.items()
    ]


CLEAN = {"a21026": "10", "a21004": "20", "a34002": "40", "a34004": "20", "a05024": "60", "a21005": "0.5"}


def test_an_hour_of_clean_air_is_excellent_without_a_primary_pollutant() -> None:
    grade = hour_grade(station(), DAY, means(CLEAN), ())
    assert grade is not None
    assert (grade.kind, grade.level, grade.name_zh, grade.standard, grade.primary) == (
        "aqi",
        1,
        "优",
        "HJ 633-2026",
        [],
    )


def test_the_worst_pollutant_makes_the_hour_s_index_and_is_named() -> None:
    grade = hour_grade(station(), DAY, means(CLEAN | {"a34004": "61"}), ())
    assert grade is not None
    assert int(grade.value) > 100
    assert grade.primary == ["a34004"]


def test_units_are_those_of_the_point() -> None:
    milligrams = FactorAssessment(
        factor="a21026", unit="mg/m3", valid=True, valid_count=6, expected_count=6, mean="0.010"
    )
    micrograms = FactorAssessment(factor="a21026", unit="ug/m3", valid=True, valid_count=6, expected_count=6, mean="10")
    of = station("a21026")
    assert hour_grade(of, DAY, [milligrams], ()) == hour_grade(of, DAY, [micrograms], ())


def test_with_an_item_missing_nothing_is_published_up_to_100_but_above() -> None:
    assert hour_grade(station(), DAY, means({"a34004": "20"}), ()) is None
    over = hour_grade(station(), DAY, means({"a34004": "200"}), ())
    assert over is not None
    assert int(over.value) > 100


def test_a_station_without_some_instruments_is_graded_by_those_it_has() -> None:
    assert hour_grade(station("a34004"), DAY, means({"a34004": "20"}), ()) is not None


def test_means_that_are_not_valid_do_not_count() -> None:
    assert hour_grade(station("a34004"), DAY, means({"a34004": "20"}, valid=False), ()) is None


def test_the_edition_follows_the_day_of_the_data() -> None:
    before = hour_grade(station("a21026"), datetime(2026, 2, 27, 16, tzinfo=UTC), means({"a21026": "10"}), ())
    after = hour_grade(station("a21026"), datetime(2026, 2, 28, 16, tzinfo=UTC), means({"a21026": "10"}), ())
    assert before is not None
    assert after is not None
    assert (before.standard, after.standard) == ("HJ 633-2012", "HJ 633-2026")


def test_an_hour_of_the_old_edition_says_that_particles_are_missing_whose_moving_mean_it_asks_for() -> None:
    grade = hour_grade(station(), datetime(2026, 2, 27, 16, tzinfo=UTC), means(CLEAN), ())
    assert grade is not None
    assert (grade.standard, grade.missing) == ("HJ 633-2012", ["a05024", "a34002", "a34004"])


def test_ozone_that_ties_with_itself_by_hour_and_eight_hours_is_one_primary_pollutant() -> None:
    day = datetime(2026, 2, 26, 16, tzinfo=UTC)  # O3: (200 + 7 * 154.29) / 8 = 160 is IAQI 100, so is 1 h 200
    hours = [
        (day + timedelta(hours=number), means({"a05024": "200" if number == 10 else "154.28571"}))
        for number in range(24)
    ]
    grade = day_grade(station(), day, means(CLEAN), hours)
    assert grade is not None
    assert (grade.value, grade.primary) == ("100", ["a05024"])


def test_a_day_takes_ozone_from_its_best_eight_hours() -> None:
    hours = [
        (DAY + timedelta(hours=number), means({"a05024": "170" if 10 <= number < 18 else "40"})) for number in range(24)
    ]
    grade = day_grade(station(), DAY, means(CLEAN), hours)
    assert grade is not None
    assert grade.primary == ["a05024"]
    assert int(grade.value) > 100


def test_a_day_with_too_few_ozone_hours_publishes_nothing_below_100() -> None:
    hours = [(DAY + timedelta(hours=number), means({"a05024": "40"})) for number in range(5)]
    assert day_grade(station(), DAY, means(CLEAN), hours) is None


@pytest.mark.parametrize(
    ("cod", "value", "level"), [("14", "Ⅰ", 1), ("20", "Ⅲ", 3), ("30.1", "Ⅴ", 5), ("41", "劣Ⅴ", 6)]
)
def test_the_worst_item_makes_the_class_of_the_water(cod: str, value: str, level: int) -> None:
    grade = water_grade(point(medium=Medium.SURFACE_WATER), DAY, means({"w01018": cod}), ())
    assert grade is not None
    assert (grade.kind, grade.value, grade.level) == ("water-class", value, level)
    assert grade.primary == (["w01018"] if level > 3 else [])


def test_water_without_an_evaluated_item_has_no_class() -> None:
    assert water_grade(point(medium=Medium.SURFACE_WATER), DAY, means({"w01018": "10"}, valid=False), ()) is None
