"""The HTTP API on the real app and a real Postgres: shapes, permission, scope, bounds."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_judging import api
from park_judging.closing import Closing
from park_judging.readings import ReadingsJudge
from park_judging.registry import Points
from park_judging.testing import ENTERPRISE_ID, PointsInMemory, factor, limit, point, readings
from park_schemas.codes import SOURCE_MEDIA, Medium, Period, Role
from park_schemas.registry import PointRecord
from source_monitoring.settings import Settings

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW.replace(minute=0, second=0) - timedelta(hours=3)


@pytest.fixture
def points(registry: PointsInMemory) -> Points:
    return Points(registry, SOURCE_MEDIA, wait_s=0.1)


@pytest.fixture
def outlet(registry: PointsInMemory) -> PointRecord:
    of = point(limit(upper="50", averaging="day"), factors=[factor(), factor("w01001", "1", 2)])
    registry.put(of)
    return of


@pytest.fixture
async def judge(points: Points, source_settings: Settings) -> ReadingsJudge:
    return ReadingsJudge(points, source_settings)


@pytest.fixture
def chassis(sources: Database, points: Points, source_settings: Settings) -> Chassis:
    chassis = Chassis(source_settings, title_zh="污染源监测", title_en="Source monitoring")
    chassis.router(api.router(sources, points))
    assert isinstance(chassis.app, FastAPI)
    return chassis


@pytest.fixture
async def client(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with asgi_client(chassis, token("reading:read")) as client:
        yield client


async def take(sources: Database, judge: ReadingsJudge, *events: Any) -> None:
    async with sources.transaction() as tx:
        await judge.on_readings(list(events), tx)


async def test_latest_shows_the_value_as_sent_with_the_limit_it_is_closest_to(
    sources: Database, judge: ReadingsJudge, outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    await take(sources, judge, readings(outlet, NOW, {"w01018": "91.50", "w01001": "7.10"}))
    answer = await client.get("/latest", params={"point_id": str(outlet.point_id)})
    (item,) = answer.json()["items"]
    assert item["point_id"] == str(outlet.point_id)
    assert datetime.fromisoformat(item["data_time"]) == NOW
    cod, ph = item["factors"]
    assert (cod["factor"], cod["value"], cod["unit"], cod["mark"], cod["attribute"], cod["ratio"]) == (
        "w01018", "91.50", "mg/L", "N", "Rtd", 1.83,
    )  # fmt: skip
    assert (cod["limit"]["upper"], cod["limit"]["standard"], cod["limit"]["clause"], cod["limit"]["averaging"]) == (
        "50", "GB 31571-2015", "表1", "day",
    )  # fmt: skip
    assert (ph["value"], ph["limit"], ph["ratio"]) == ("7.10", None, None)


async def test_latest_of_a_point_fills_slow_factors_from_its_hour_records(
    sources: Database, judge: ReadingsJudge, outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    await take(
        sources,
        judge,
        readings(outlet, NOW, {"w01001": "7.10"}),
        readings(outlet, START, {"w01018": "33"}, period=Period.HOUR),
    )
    (item,) = (await client.get("/latest")).json()["items"]
    assert [(line["factor"], line["value"], line["attribute"]) for line in item["factors"]] == [
        ("w01018", "33", "Avg"),
        ("w01001", "7.10", "Rtd"),
    ]


async def test_a_series_is_reduced_but_keeps_its_peak_its_limits_and_its_gaps(
    sources: Database, judge: ReadingsJudge, outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    times = [START + timedelta(seconds=30 * step) for step in range(300) if not 100 <= step < 140]
    peak = times[200]
    await take(sources, judge, *(readings(outlet, at, {"w01018": "95.5" if at == peak else "30"}) for at in times))
    answer = await client.get(
        f"/points/{outlet.point_id}/series",
        params={
            "factor": "w01018",
            "period": "realtime",
            "from": START.isoformat(),
            "to": times[-1].isoformat(),
            "points": 20,
        },
    )
    body = answer.json()
    (curve,) = body["series"]
    assert body["reduced"] > 5
    assert [int(peak.timestamp() * 1000), 95.5, "N"] in curve["values"]
    assert (curve["unit"], curve["name_zh"], curve["name_en"]) == ("mg/L", "化学需氧量", "COD")
    assert [(line["upper"], line["averaging"]) for line in curve["limits"]] == [("50", "day")]
    assert body["gaps"] == [[int(times[99].timestamp() * 1000), int(times[100].timestamp() * 1000), "missing"]]


async def test_frames_show_where_a_number_comes_from_with_every_revision(
    sources: Database, judge: ReadingsJudge, outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    first = readings(outlet, START, {"w01018": "30.0"})
    await take(sources, judge, first, readings(outlet, START, {"w01018": "31.0"}))
    path = f"/points/{outlet.point_id}/frames"
    page = (await client.get(path, params={"limit": 1})).json()
    rest = (await client.get(path, params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert [(item["revision"], item["entries"][0]["value"]) for item in page["items"] + rest["items"]] == [
        (2, "31.0"),
        (1, "30.0"),
    ]
    assert rest["items"][0]["event_id"] == str(first.id)


async def test_assessments_and_hourly_curves_show_the_computed_hour(
    sources: Database,
    judge: ReadingsJudge,
    points: Points,
    outlet: PointRecord,
    client: httpx.AsyncClient,
    source_settings: Settings,
) -> None:
    minutes = [
        readings(outlet, START + timedelta(minutes=10 * step), {"w01018": "40"}, period=Period.MINUTE)
        for step in range(6)
    ]
    await take(sources, judge, *minutes, readings(outlet, NOW))
    closing = Closing(sources, points, source_settings, event_type="source.assessment.made")
    while await closing.close_due():
        pass
    hours = (await client.get(f"/points/{outlet.point_id}/assessments", params={"period": "hour"})).json()["items"]
    assert [(hour["revision"], hour["factors"][0]["mean"]) for hour in hours][:1] == [(1, "40.00")]
    series = (
        await client.get(f"/points/{outlet.point_id}/series", params={"factor": "w01018", "period": "hour"})
    ).json()
    assert [int(START.timestamp() * 1000), 40.0, None] in series["series"][0]["values"]


async def test_an_enterprise_sees_its_own_points_only_and_others_do_not_exist_for_it(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory, outlet: PointRecord, chassis: Chassis
) -> None:
    foreign = point(enterprise_id=uuid4())
    registry.put(foreign)
    await take(sources, judge, readings(outlet, NOW), readings(foreign, NOW))
    bearer = token("reading:read", role=Role.ENTERPRISE, enterprise_id=ENTERPRISE_ID)
    async with asgi_client(chassis, bearer) as client:
        items = (await client.get("/latest")).json()["items"]
        assert [item["point_id"] for item in items] == [str(outlet.point_id)]
        assert (await client.get("/latest", params={"point_id": str(foreign.point_id)})).json()["items"] == []
        for room in ("series", "frames", "assessments"):
            answer = await client.get(f"/points/{foreign.point_id}/{room}", params={"period": "hour"})
            assert answer.status_code == 404


async def test_nobody_reads_without_the_permission_and_points_of_other_media_are_not_here(
    registry: PointsInMemory, outlet: PointRecord, chassis: Chassis
) -> None:
    station = point(medium=Medium.AMBIENT_AIR)
    registry.put(station)
    async with asgi_client(chassis) as nobody, asgi_client(chassis, token("task:read")) as other:
        assert (await nobody.get("/latest")).status_code == 401
        assert (await other.get("/latest")).status_code == 403
    async with asgi_client(chassis, token("reading:read")) as reader:
        assert (await reader.get(f"/points/{station.point_id}/series")).status_code == 404


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"from": "2020-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "range-too-long"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "bad-range"),
    ],
)
async def test_a_range_that_cannot_be_answered_is_refused_with_what_to_do(
    outlet: PointRecord, client: httpx.AsyncClient, params: dict[str, str], code: str
) -> None:
    answer = await client.get(f"/points/{outlet.point_id}/series", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_bad_cursor_and_a_bad_period_are_refused(outlet: PointRecord, client: httpx.AsyncClient) -> None:
    frames = await client.get(f"/points/{outlet.point_id}/frames", params={"cursor": "WyJ4Il0"})
    assert (frames.status_code, frames.json()["code"]) == (422, "bad-cursor")
    hours = await client.get(f"/points/{outlet.point_id}/assessments", params={"period": "minute"})
    assert (hours.status_code, hours.json()["code"]) == (422, "bad-period")
