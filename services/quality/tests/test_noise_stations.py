"""Automatic noise stations: limits of the zone, hours by energy, day and night, verdicts, findings, months."""

from datetime import datetime
from decimal import Decimal

import pytest
from park_judging.testing import factor, readings
from park_schemas.codes import Medium, Period, PointKind
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_standards.noise import day_night_level, equivalent_level
from park_standards.rounding import round_reported
from quality.domain.noise_grade import levels_grade, noise_hour_grade
from quality.domain.noise_zones import completed
from quality.testing import DAY, HOUR, Park, station

START = at_park(datetime(2026, 10, 9))  # noqa: DTZ001 - read as park time


def noise(zone: str = "3", kind: PointKind | None = PointKind.ZONE_NOISE) -> PointRecord:
    factors = [factor("Leq", "dB(A)"), factor("LMx", "dB(A)"), factor("L90", "dB(A)")]
    return station(*factors, medium=Medium.NOISE, kind=kind, target_class=zone)


@pytest.mark.parametrize(
    ("zone", "kind", "day", "night", "standard"),
    [
        ("3", PointKind.ZONE_NOISE, "65", "55", "GB 3096-2008"),
        ("4a", PointKind.ZONE_NOISE, "70", "55", "GB 3096-2008"),
        ("1", None, "55", "45", "GB 3096-2008"),
        ("4", PointKind.BOUNDARY_NOISE, "70", "55", "GB 12348-2008"),
    ],
)
def test_the_limits_of_a_station_follow_from_its_zone_and_kind(
    zone: str, kind: PointKind | None, day: str, night: str, standard: str
) -> None:
    rows = {row.factor: row for row in completed(noise(zone, kind)).limits}
    assert (rows["Ld"].upper, rows["Ln"].upper, rows["LMx"].upper) == (day, night, str(int(night) + 15))
    assert {row.standard for row in rows.values()} == {standard}
    assert {row.averaging for row in rows.values()} == {"day"}


def test_a_zone_that_the_standard_does_not_have_gives_no_limit_and_no_verdict() -> None:
    of = noise("4a", PointKind.BOUNDARY_NOISE)
    assert completed(of).limits == []
    assert levels_grade(of, {"Ld": "90", "Ln": "90"}) is None


def test_other_media_are_left_as_they_are() -> None:
    of = station(factor("a34004", "ug/m3"), medium=Medium.AMBIENT_AIR)
    assert completed(of) is of


@pytest.mark.parametrize(
    ("levels", "level", "name", "primary"),
    [
        ({"Ld": "65.4", "Ln": "55.4"}, 1, "达标", []),
        ({"Ld": "65.6", "Ln": "50"}, 2, "昼间超标", ["Ld"]),
        ({"Ld": "60", "Ln": "55.6"}, 2, "夜间超标", ["Ln"]),
        ({"Ld": "70", "Ln": "60"}, 2, "昼夜均超标", ["Ld", "Ln"]),
        ({"Ld": "60", "Ln": "50", "LMx": "70.4"}, 1, "达标", []),
        ({"Ld": "60", "Ln": "50", "LMx": "70.6"}, 2, "夜间突发噪声超标", ["LMx"]),
        ({"Ld": "60"}, 1, "达标", []),
    ],
)
def test_day_and_night_are_judged_apart_by_rounded_levels(
    levels: dict[str, str], level: int, name: str, primary: list[str]
) -> None:
    grade = levels_grade(noise(), levels)
    assert grade is not None
    assert (grade.kind, grade.level, grade.name_zh, grade.primary) == ("noise", level, name, primary)
    assert grade.missing == [code for code in ("Ld", "Ln") if code not in levels]
    assert not grade.indicative


@pytest.mark.integration
async def test_an_hour_is_the_energy_mean_of_its_records_and_only_indicates(park: Park) -> None:
    of = noise()
    park.registry.put(of)
    levels = ["50", "60", "55", "50", "60", "55"]
    night = START + 23 * HOUR
    for step, level in enumerate(levels):
        at = night.replace(minute=10 * step)
        await park.take(readings(of, at, {"Leq": level, "LMx": str(60 + step)}, period=Period.MINUTE))
    await park.take(readings(of, night + 2 * HOUR, {"Leq": "50"}))
    await park.close()
    hour = await park.newest(of, night, Period.HOUR)
    by_code = {one.factor: one for one in hour.factors}
    assert (by_code["Leq"].mean, by_code["LMx"].mean) == ("56.74", "65.00")
    assert hour.grade is not None
    assert (hour.grade.value, hour.grade.level, hour.grade.indicative) == ("56.74", 2, True)
    by_day = noise_hour_grade(of, START + 12 * HOUR, hour.factors, ())
    assert by_day is not None
    assert by_day.level == 1


@pytest.mark.integration
async def test_a_night_belongs_to_the_day_it_begins_in_and_an_excess_is_found_by_day_or_night(park: Park) -> None:
    of = noise()
    park.registry.put(of)
    day = [{"Leq": "60", "LMx": "95"}] * 16
    night = [{"Leq": "50", "LMx": "64"}] * 2 + [{"Leq": "58", "LMx": "71"}] * 6
    await park.hours(of, START + 6 * HOUR, [*day, *night])
    await park.take(readings(of, START + DAY + 6 * HOUR, {"Leq": "60"}, period=Period.MINUTE))
    await park.close()
    async with park.database.reading() as connection:
        early = await connection.fetchval("select count(*) from assessments where period = 'day'")
    assert early == 0, "the day waits for its night"
    await park.take(readings(of, START + DAY + 8 * HOUR, {"Leq": "60"}))
    await park.close()
    made = await park.newest(of, START, Period.DAY)
    factors = {one.factor: one for one in made.factors}
    expected = equivalent_level([Decimal(50)] * 2 + [Decimal(58)] * 6)
    assert factors["Ld"].mean == "60.0"
    assert factors["Ln"].mean == f"{round_reported(expected, 1):f}" == "56.97"
    assert (
        factors["Ldn"].mean == f"{round_reported(day_night_level(Decimal(60), Decimal(factors['Ln'].mean or '')), 1):f}"
    )
    assert (factors["Ln"].limit, factors["Ln"].compliant, factors["Ld"].compliant) == ("55", False, True)
    assert (factors["LMx"].mean, factors["LMx"].maximum, factors["LMx"].limit) == ("71", "95", "70")
    assert made.grade is not None
    assert (made.grade.value, made.grade.name_zh, made.grade.primary) == ("60.0/56.97", "夜间超标", ["Ln", "LMx"])
    found = [one for one in await park.published("supervision.findings.v1") if one["rule"] == "exceedance"]
    assert {(one["factor"], one["verdict"], one["statutory"], one["limit"]) for one in found} == {
        ("Ln", "violated", True, "55"), ("LMx", "violated", True, "70"),
    }  # fmt: skip
    assert "夜间等效声级当日值 56.97 dB(A)" in next(one["explanation_zh"] for one in found if one["factor"] == "Ln")


@pytest.mark.integration
async def test_too_few_hours_make_no_level_and_the_grade_says_which_is_missing(park: Park) -> None:
    of = noise()
    park.registry.put(of)
    await park.hours(of, START + 6 * HOUR, [{"Leq": "60"}] * 21)
    await park.take(readings(of, START + DAY + 8 * HOUR, {"Leq": "60"}))
    await park.close()
    made = await park.newest(of, START, Period.DAY)
    night = next(one for one in made.factors if one.factor == "Ln")
    assert (night.valid, night.valid_count, night.expected_count, night.reason) == (False, 5, 8, "too-few-values")
    assert made.grade is not None
    assert (made.grade.value, made.grade.missing) == ("60.0/—", ["Ln"])


@pytest.mark.integration
async def test_a_month_counts_the_days_that_kept_their_limits(park: Park) -> None:
    of = noise()
    park.registry.put(of)
    for number, night in enumerate(("50", "50", "60")):
        await park.hours(of, START + number * DAY + 6 * HOUR, [{"Leq": "60"}] * 16 + [{"Leq": night}] * 8)
    await park.take(readings(of, START + 4 * DAY, {"Leq": "60"}))
    await park.close()
    answer = await park.ask("GET", f"/points/{of.point_id}/statistics", span="month", to="2026-10-31")
    (month,) = [one["statistics"] for one in answer.json()["items"]]
    assert (month["good_days"], month["graded_days"], month["good_share"]) == (2, 3, "0.6667")
    by_code = {one["factor"]: one for one in month["factors"]}
    assert (by_code["Ln"]["over_days"], by_code["Ln"]["mean"], by_code["Ln"]["complete"]) == (1, "56.02", False)
    assert (month["grade"]["kind"], month["grade"]["name_zh"], month["index"]) == ("noise", "夜间超标", None)
