"""Stations on a real Postgres: own media only, hours judged by statute, graded and announced."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from park_chassis.database import Database
from park_judging.closing import Closing
from park_judging.readings import ReadingsJudge
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, factor, limit, point, readings
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium, Period
from park_schemas.registry import PointRecord
from quality.app import GRADERS, build
from quality.settings import Settings
from quality.testing import Park

pytestmark = pytest.mark.integration

START = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def points(registry: PointsInMemory) -> Points:
    return Points(registry, ENVIRONMENT_MEDIA, wait_s=0.1)


async def hour_of_minutes(
    stations: Database, points: Points, settings: Settings, of: PointRecord, values: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Send an hour of ten-minute records and one value after it, close the hour; return what was published by topic."""
    judge = ReadingsJudge(points, settings)
    events = [readings(of, START + timedelta(minutes=10 * step), values, period=Period.MINUTE) for step in range(6)]
    async with stations.transaction() as tx:
        await judge.on_readings([*events, readings(of, START + timedelta(hours=2), {"a00000": "1"})], tx)
    closing = Closing(stations, points, settings, event_type="quality.assessment.made", graders=GRADERS)
    while await closing.close_due():
        pass
    async with stations.reading() as connection:
        rows = await connection.fetch("select topic, body from outbox order by id")
    published: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        published.setdefault(row["topic"], []).append(json.loads(row["body"]))
    return published


async def test_an_air_station_s_hour_is_graded_and_its_ozone_judged_by_statute(
    stations: Database, points: Points, registry: PointsInMemory, quality_settings: Settings
) -> None:
    of = point(
        limit("a05024", upper="200", unit="ug/m3", averaging="hour"),
        factors=[factor("a05024", "mg/m3", 3)],
        medium=Medium.AMBIENT_AIR,
        enterprise_id=None,
    )
    registry.put(of)
    published = await hour_of_minutes(stations, points, quality_settings, of, {"a05024": "0.250"})
    made = published["quality.assessments.v1"][0]
    assert (made["grade"]["kind"], made["grade"]["primary"]) == ("aqi", ["a05024"])
    assert made["factors"][0]["compliant"] is False
    statutory = [one for one in published["supervision.findings.v1"] if one.get("statutory")]
    assert [(one["observed"], one["unit"], one["ratio"], one["medium"]) for one in statutory] == [
        ("250", "ug/m3", 1.25, "ambient-air")
    ]


async def test_a_water_station_s_hour_has_its_class(
    stations: Database, points: Points, registry: PointsInMemory, quality_settings: Settings
) -> None:
    of = point(medium=Medium.SURFACE_WATER, enterprise_id=None)
    registry.put(of)
    published = await hour_of_minutes(stations, points, quality_settings, of, {"w01018": "25.0"})
    assert published["quality.assessments.v1"][0]["grade"]["value"] == "Ⅳ"


async def test_late_data_regrades_the_hour_as_a_higher_revision_and_the_same_again_does_not(
    stations: Database, points: Points, registry: PointsInMemory, quality_settings: Settings
) -> None:
    of = point(medium=Medium.SURFACE_WATER, enterprise_id=None)
    registry.put(of)
    await hour_of_minutes(stations, points, quality_settings, of, {"w01018": "25.0"})
    await hour_of_minutes(stations, points, quality_settings, of, {"w01018": "25.0"})
    published = await hour_of_minutes(stations, points, quality_settings, of, {"w01018": "50.0"})
    hours = [one for one in published["quality.assessments.v1"] if one["period"] == "hour" and "grade" in one]
    assert [(one["revision"], one["grade"]["value"]) for one in hours] == [(1, "Ⅳ"), (2, "劣Ⅴ")]


async def test_outlets_are_left_to_source_monitoring(
    stations: Database, points: Points, registry: PointsInMemory, quality_settings: Settings
) -> None:
    of = point(medium=Medium.WASTE_WATER)
    registry.put(of)
    assert await hour_of_minutes(stations, points, quality_settings, of, {"w01018": "900"}) == {}


def test_the_service_reads_readings_and_points_and_serves_the_shared_routes(quality_settings: Settings) -> None:
    chassis = build(quality_settings)
    assert chassis.subscriptions() == {"telemetry.readings.v1", "telemetry.sessions.v1", "registry.points.v1"}
    paths = set(chassis.http_app().openapi()["paths"])
    assert {
        "/latest",
        "/points/{point_id}/series",
        "/points/{point_id}/frames",
        "/points/{point_id}/assessments",
    } <= paths


@pytest.mark.parametrize(
    "days",
    [{"to": "9999-12-31"}, {"to": "0001-01-01"}, {"from": "9999-11-01", "to": "9999-12-31"}, {"from": "0001-01-01"}],
)
@pytest.mark.parametrize("span", ["day", "month", "quarter", "year"])
async def test_days_beyond_the_calendar_are_refused_in_words(
    park: Park, registry: PointsInMemory, span: str, days: dict[str, Any]
) -> None:
    of = point(medium=Medium.SURFACE_WATER, enterprise_id=None)
    registry.put(of)
    answer = await park.ask("GET", f"/points/{of.point_id}/statistics", span=span, **days)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-range")
    ranked = await park.ask("GET", "/stations/ranking", day="9999-12-31", span=span)
    assert (ranked.status_code, ranked.json()["code"]) == (422, "bad-range")
