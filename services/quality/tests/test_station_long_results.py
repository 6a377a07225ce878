"""Months, quarters and years of stations are told once they are over, and again when late data changes them."""

from datetime import date, datetime

import pytest
from park_judging.testing import factor, readings
from park_schemas.codes import Medium, PointKind
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from quality.testing import DAY, HOUR, Park, station

pytestmark = pytest.mark.integration

LAST_DAY = at_park(datetime(2025, 12, 30))  # noqa: DTZ001 - read as park time


@pytest.fixture
async def lake(park: Park) -> PointRecord:
    of = station(
        factor("w01019"), factor("w21011", decimals=3), factor("w21001", decimals=2),
        medium=Medium.SURFACE_WATER, kind=PointKind.LAKE,
    )  # fmt: skip
    park.registry.put(of)
    await park.hours(of, LAST_DAY, [{"w01019": "5", "w21011": "0.06", "w21001": "1.2"}] * 24)
    await park.take(readings(of, LAST_DAY + DAY + 2 * HOUR, {"w01019": "5"}))
    await park.close()
    return of


async def told(park: Park) -> list[tuple[str, str, int]]:
    bodies = await park.published("quality.assessments.v1")
    return [(one["period"], one["first_day"], one["version"]) for one in bodies if "first_day" in one]


async def test_nothing_is_told_of_a_period_that_goes_on(park: Park, lake: PointRecord) -> None:
    assert await park.long_results.tell_due(date(2025, 12, 31)) == 0
    assert await park.long_results.tell_due(date(2026, 1, 2)) == 0
    assert await told(park) == []


async def test_december_ends_month_quarter_and_year_and_the_same_again_is_not_told(
    park: Park, lake: PointRecord
) -> None:
    for _ in range(2):
        while await park.long_results.tell_due(date(2026, 1, 3)):
            pass
    assert sorted(await told(park)) == [
        ("month", "2025-12-01", 1),
        ("quarter", "2025-10-01", 1),
        ("year", "2025-01-01", 1),
    ]
    month = next(one for one in await park.published("quality.assessments.v1") if one.get("first_day") == "2025-12-01")
    assert (month["last_day"], month["days"], month["final"]) == ("2025-12-31", 1, True)
    assert (month["grade"]["value"], month["grade"]["trophic"]["items"]) == ("Ⅳ", ["w21011", "w21001", "w01019"])
    assert {one["factor"]: one["valid"] for one in month["factors"]} == dict.fromkeys(
        ("w01019", "w21011", "w21001"), False
    )


async def test_late_data_tells_the_changed_periods_as_the_next_version(park: Park, lake: PointRecord) -> None:
    while await park.long_results.tell_due(date(2026, 1, 3)):
        pass
    await park.hours(lake, LAST_DAY - 60 * DAY, [{"w01019": "9", "w21011": "0.2", "w21001": "2"}] * 24)
    await park.take(readings(lake, LAST_DAY + DAY + 3 * HOUR, {"w01019": "5"}))
    await park.close()
    while await park.long_results.tell_due(date(2026, 1, 4)):
        pass
    assert sorted(await told(park))[-3:] == [
        ("quarter", "2025-10-01", 2), ("year", "2025-01-01", 1), ("year", "2025-01-01", 2),
    ]  # fmt: skip
    assert ("month", "2025-10-01", 1) in await told(park)
    assert ("month", "2025-12-01", 2) not in await told(park)
