"""Rates of transmission told by day: severities of the warning levels, completeness as a rule of its own, each ended once."""

from datetime import datetime, timedelta

import pytest
from park_judging.testing import factor, point, readings
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_standards.transmission import HourCounts
from source_monitoring.domain.transmission_counts import completeness_severity, effective_severity, level_of
from source_monitoring.testing import DAY, HOUR, Laboratory

START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time


@pytest.mark.parametrize(
    ("valid", "received", "effective", "complete", "level"),
    [
        (1000, 1000, "", "", "ok"),
        (980, 995, "", "", "ok"),
        (980, 994, "", "warn", "warning"),
        (979, 1000, "warn", "", "warning"),
        (949, 1000, "alarm", "", "warning"),
        (899, 1000, "serious", "", "serious"),
    ],
)
def test_rates_have_the_severities_of_the_warning_levels(
    valid: int, received: int, effective: str, complete: str, level: str
) -> None:
    counts = HourCounts(1000, received, received, valid)
    assert (effective_severity(counts), completeness_severity(counts), level_of(counts)) == (effective, complete, level)


def test_a_day_of_which_nothing_was_expected_has_no_severity() -> None:
    counts = HourCounts(stopped=24)
    assert (effective_severity(counts), completeness_severity(counts), level_of(counts)) == (None, None, "none")


def test_instant_is_what_came_in_time_and_complete_what_came_at_all() -> None:
    counts = HourCounts(expected=100, received=99, in_time=90, valid=99)
    assert [f"{rate:.2f}" for rate in (counts.instant_rate or 0, counts.transmission_rate or 0)] == ["0.90", "0.99"]


@pytest.fixture
def outlet(laboratory: Laboratory) -> PointRecord:
    of = point(factors=[factor()])
    laboratory.registry.put(of)
    return of


async def a_day(laboratory: Laboratory, of: PointRecord, number: int, hours: int) -> None:
    """The first `hours` of a day, its other hours missing; computed."""
    start = START + number * DAY
    sent = [
        readings(of, start + timedelta(minutes=10 * step), {"w01018": "40"}, period=Period.MINUTE)
        for step in range(6 * hours)
    ]
    await laboratory.take(*sent)
    await laboratory.take(readings(of, start + DAY + 2 * HOUR, {"w01018": "40"}))
    await laboratory.close()
    await laboratory.calendar.mark(start + DAY)
    await laboratory.close()


async def told(laboratory: Laboratory, rule: str) -> list[tuple[str, str, str]]:
    found = await laboratory.published("supervision.findings.v1")
    return [
        (one["verdict"], one["severity"], str(at_park(datetime.fromisoformat(one["period_start"])).date()))
        for one in found
        if one["rule"] == rule
    ]


@pytest.mark.integration
async def test_a_low_day_is_told_by_both_rules_and_the_next_good_one_ends_it(
    laboratory: Laboratory, outlet: PointRecord
) -> None:
    await a_day(laboratory, outlet, 0, 20)
    assert await told(laboratory, "transmission") == [("violated", "serious", "2026-11-10")]
    assert await told(laboratory, "completeness") == [("violated", "warn", "2026-11-10")]
    body = next(one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "transmission")
    assert "化学需氧量" in body["explanation_zh"]
    assert "83.3 %" in body["explanation_en"]
    await a_day(laboratory, outlet, 1, 24)
    assert (await told(laboratory, "transmission"))[1:] == [("complied", "serious", "2026-11-11")]
    await a_day(laboratory, outlet, 2, 24)
    assert len(await told(laboratory, "transmission")) == 2  # ended once


@pytest.mark.integration
async def test_late_data_that_mend_the_day_itself_end_what_was_told_of_it(
    laboratory: Laboratory, outlet: PointRecord
) -> None:
    await a_day(laboratory, outlet, 0, 20)
    sent = [
        readings(outlet, START + 20 * HOUR + timedelta(minutes=10 * step), {"w01018": "40"}, period=Period.MINUTE)
        for step in range(24)
    ]
    await laboratory.take(*sent)
    await laboratory.close()
    for rule in ("transmission", "completeness"):
        verdicts = [(verdict, day) for verdict, _, day in await told(laboratory, rule)]
        assert (verdicts[0], verdicts[-1]) == (("violated", "2026-11-10"), ("complied", "2026-11-10"))


@pytest.mark.integration
async def test_computing_a_low_day_again_tells_it_no_second_time(laboratory: Laboratory, outlet: PointRecord) -> None:
    await a_day(laboratory, outlet, 0, 20)
    await laboratory.take(readings(outlet, START + HOUR, {"w01018": "44"}, period=Period.MINUTE))
    await laboratory.close()
    assert len(await told(laboratory, "transmission")) == 1


@pytest.mark.integration
async def test_a_low_day_that_a_good_one_ended_is_not_told_again_when_it_is_computed_anew(
    laboratory: Laboratory, outlet: PointRecord
) -> None:
    await a_day(laboratory, outlet, 0, 20)
    await a_day(laboratory, outlet, 1, 24)
    await laboratory.take(readings(outlet, START + HOUR, {"w01018": "44"}, period=Period.MINUTE))
    await laboratory.close()
    assert [verdict for verdict, _, _ in await told(laboratory, "transmission")] == ["violated", "complied"]
