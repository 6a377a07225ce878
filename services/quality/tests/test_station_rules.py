"""Hours held against target class, hour before and neighbours: what is told, once, and when it is over."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from park_chassis.database import Database
from park_judging import store
from park_judging.domain.applied_limits import compile_limits
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, factor, limit, point
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium, Period
from park_schemas.registry import PointRecord
from quality import target_store
from quality.domain.station_rules import (
    held_against_hour_before,
    held_against_neighbours,
    held_against_possible,
    held_against_target,
)
from quality.settings import Settings
from quality.station_watch import StationWatch

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
COD = factor("w01018")


def water_class(level: int) -> QualityGrade:
    value = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")[level - 1]
    return QualityGrade(
        kind="water-class", value=value, level=level, name_zh="", name_en="", colour="", standard="GB 3838-2002"
    )


def cod(value: str | None, *, compliant: bool | None = None) -> list[FactorAssessment]:
    return [
        FactorAssessment(
            factor="w01018",
            unit="mg/L",
            valid=value is not None,
            valid_count=6,
            expected_count=6,
            mean=value,
            compliant=compliant,
        )
    ]


@pytest.mark.parametrize(
    ("level", "violated", "ratio"), [(2, False, 0.5), (3, False, 0.5), (4, True, 2.0), (6, True, 4.0)]
)
def test_a_class_worse_than_the_target_is_broken_by_as_many_classes(level: int, violated: bool, ratio: float) -> None:
    held = held_against_target(water_class(level), 3)
    assert held is not None
    assert (held.violated, held.ratio) == (violated, ratio)


@pytest.mark.parametrize(
    ("code", "unit", "mean", "violated"),
    [
        ("w01001", "1", "14.2", True),
        ("w01001", "1", "14", False),
        ("a01008", "degree(angle)", "361", True),
        ("a01002", "%", "100.5", True),
        ("a01007", "m/s", "-0.1", True),
        ("w01018", "mg/L", "-0.4", False),
        ("w01018", "mg/L", "-0.6", True),
        ("w21003", "mg/L", "-0.01", True),
    ],
)
def test_a_mean_that_cannot_be_is_told(code: str, unit: str, mean: str, violated: bool) -> None:
    limits = compile_limits(point(limit(upper="20"), factors=[factor(code, unit)]))
    hour = [FactorAssessment(factor=code, unit=unit, valid=True, valid_count=6, expected_count=6, mean=mean)]
    assert [one.violated for one in held_against_possible(limits, hour)] == [violated]


@pytest.mark.parametrize(
    ("code", "unit", "mean", "low", "high", "told"),
    [
        ("a01008", "degree(angle)", "30", "10", "512", "512"),
        ("w01001", "1", "7.1", "-0.5", "9", "-0.5"),
        ("a01002", "%", "60", "20", "99", None),
        ("w01018", "mg/L", "12", "-3", "30", None),
    ],
)
def test_one_value_that_cannot_be_by_definition_is_told_though_the_mean_can(
    code: str, unit: str, mean: str, low: str, high: str, told: str | None
) -> None:
    limits = compile_limits(point(limit(upper="20"), factors=[factor(code, unit)]))
    hour = FactorAssessment(
        factor=code, unit=unit, valid=True, valid_count=6, expected_count=6, mean=mean, minimum=low, maximum=high
    )
    (held,) = held_against_possible(limits, [hour])
    assert held.violated is (told is not None)
    assert held.observed == (told or mean)
    assert ("within the hour" in held.en) is (told is not None)


def test_a_temperature_or_a_factor_without_a_mean_is_held_against_nothing() -> None:
    limits = compile_limits(point(factors=[factor("w01010", "degC"), COD]))
    cold = FactorAssessment(factor="w01010", unit="degC", valid=True, valid_count=6, expected_count=6, mean="-40")
    assert held_against_possible(limits, [cold, *cod(None)]) == []


def test_without_a_target_or_a_class_nothing_is_held() -> None:
    assert held_against_target(water_class(6), None) is None
    assert held_against_target(None, 3) is None


@pytest.mark.parametrize(
    ("before", "now", "violated"),
    [
        ("20", "30.1", True),
        ("20", "30", False),
        ("20", "9", True),
        ("2", "4", False),
        ("20", None, None),
        (None, "20", None),
        ("0", "20", None),
    ],
)
def test_a_change_by_more_than_half_counts_when_it_is_a_fifth_of_the_limit(
    before: str | None, now: str | None, violated: bool | None
) -> None:
    limits = compile_limits(point(limit(upper="40"), factors=[COD], medium=Medium.SURFACE_WATER))
    found = held_against_hour_before(limits, cod(now), cod(before))
    assert [one.violated for one in found] == ([] if violated is None else [violated])


def test_only_concentrations_can_change_by_a_share() -> None:
    limits = compile_limits(point(factors=[factor("w01001", "1")], medium=Medium.SURFACE_WATER))
    acid = [
        FactorAssessment(factor="w01001", unit="1", valid=True, valid_count=6, expected_count=6, mean=one)
        for one in ("3", "9")
    ]
    assert held_against_hour_before(limits, acid[1:], acid[:1]) == []


def test_an_event_takes_as_many_stations_as_are_set() -> None:
    names = [("甲", "A"), ("乙", "B")]
    assert not held_against_neighbours(COD, names, 3).violated
    event = held_against_neighbours(COD, [*names, ("丙", "C")], 3)
    assert event.violated
    assert "甲、乙、丙" in event.zh


class Hours:
    """Stores hours of stations as closing does, and looks at them."""

    def __init__(self, database: Database, registry: PointsInMemory, settings: Settings) -> None:
        self.database, self.registry = database, registry
        self.points = Points(registry, ENVIRONMENT_MEDIA, wait_s=0.1)
        self.watch = StationWatch(self.points, settings)

    def station(self) -> PointRecord:
        made = point(limit(upper="40"), factors=[COD], medium=Medium.SURFACE_WATER, enterprise_id=None)
        self.registry.put(made)
        return made

    async def hour(
        self, of: PointRecord, number: int, factors: list[FactorAssessment], level: int | None = None
    ) -> list[tuple[str, str]]:
        """Make one hour; return the (rule, verdict) that are newly told."""
        made = store.Assessment(
            of.point_id, Period.HOUR, START + number * HOUR, 1, START, factors, water_class(level) if level else None
        )
        limits = self.points.get(of.point_id)
        assert limits is not None
        async with self.database.transaction() as tx:
            await tx.execute("delete from outbox")
            await store.add_assessments(tx, [made])
            await self.watch.look(tx, [(limits, made)])
            rows: list[Any] = await tx.fetch("select body from outbox order by id")
        told = [json.loads(row["body"]) for row in rows]
        return [(one["rule"], one["verdict"]) for one in told]


@pytest.fixture
def hours(stations: Database, registry: PointsInMemory, quality_settings: Settings) -> Hours:
    return Hours(stations, registry, quality_settings)


pytestmark = pytest.mark.integration


async def test_a_missed_target_is_told_until_five_hours_kept_it(hours: Hours) -> None:
    of = hours.station()
    async with hours.database.transaction() as tx:
        await target_store.add(tx, of.point_id, 2026, {"class": "3"}, based_on=0, author="a", reason="r", at=START)
    told = [await hours.hour(of, n, cod("10"), level) for n, level in enumerate([3, 4, *[3] * 6])]
    verdicts = [[verdict for rule, verdict in one if rule == "water-class"] for one in told]
    assert verdicts == [[], ["violated"], *[["complied"]] * 5, []]


async def test_a_jump_is_told_and_a_late_hour_moves_nothing(hours: Hours) -> None:
    of = hours.station()
    assert await hours.hour(of, 1, cod("10")) == []
    assert await hours.hour(of, 2, cod("25")) == [("sudden-change", "violated")]
    assert await hours.hour(of, 3, cod("25")) == [("sudden-change", "complied")]
    assert await hours.hour(of, 0, cod("11")) == []


async def test_three_stations_over_the_limit_in_one_hour_are_one_event_that_ends_with_them(hours: Hours) -> None:
    three = [hours.station() for _ in range(3)]
    told = [await hours.hour(of, 0, cod("50", compliant=False)) for of in three]
    assert told == [[], [], [("regional-event", "violated")]]
    over = [await hours.hour(of, 1, cod("50", compliant=False)) for of in three]
    assert over == [[], [], [("regional-event", "violated")]], "stations that are still to come do not end it"
    calm = [await hours.hour(of, number, cod("30", compliant=True)) for number in (2, 3) for of in three]
    assert [one for one in calm if ("regional-event", "complied") in one], "the hour without it says so"
    assert not [one for one in calm if ("regional-event", "violated") in one]
