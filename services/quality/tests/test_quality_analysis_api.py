"""The analysis of stations over HTTP, on a real Postgres."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_judging import store
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, factor, point
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium, Period
from park_schemas.registry import PointRecord
from quality import ranking_api, statistics_api, targets_api, wind_api
from quality.settings import Settings

pytestmark = pytest.mark.integration

OCTOBER = datetime(2026, 9, 30, 16, tzinfo=UTC)  # 2026-10-01 00:00 in the park
FACTORS = [factor("a34004", "ug/m3", 0), factor("a01007", "m/s", 1), factor("a01008", "degree(angle)", 0)]


def station(name: str) -> PointRecord:
    made = point(factors=FACTORS, medium=Medium.AMBIENT_AIR, enterprise_id=None)
    return PointRecord(**{one: getattr(made, one) for one in made.__struct_fields__} | {"name_zh": name})


def assessed(of: PointRecord, period: Period, start: datetime, **values: str) -> store.Assessment:
    factors = [
        FactorAssessment(factor=code, unit="ug/m3", valid=True, valid_count=20, expected_count=24, mean=value)
        for code, value in values.items()
    ]
    return store.Assessment(of.point_id, period, start, 1, start, factors)


@pytest.fixture
async def reader(
    stations: Database, registry: PointsInMemory, quality_settings: Settings
) -> AsyncIterator[httpx.AsyncClient]:
    chassis = Chassis(quality_settings, title_zh="环境质量", title_en="quality")
    points = Points(registry, ENVIRONMENT_MEDIA, wait_s=0.1)
    for api in (statistics_api, ranking_api, wind_api, targets_api):
        chassis.router(api.router(stations, points))
    assert isinstance(chassis.app, FastAPI)
    async with asgi_client(chassis, token("reading:read", "archive:write", username="officer")) as client:
        yield client


async def days(stations: Database, of: PointRecord, first: datetime, *values: str) -> None:
    async with stations.transaction() as tx:
        await store.add_assessments(
            tx, [assessed(of, Period.DAY, first + timedelta(days=n), a34004=value) for n, value in enumerate(values)]
        )


async def test_a_station_s_months_come_with_the_month_before_the_year_before_and_their_targets(
    stations: Database, registry: PointsInMemory, reader: httpx.AsyncClient
) -> None:
    of = station("园区站")
    registry.put(of)
    await days(stations, of, OCTOBER, "30", "50")
    await days(stations, of, OCTOBER - timedelta(days=2), "20", "20")
    await days(stations, of, OCTOBER.replace(year=2025), "80")
    path = f"/points/{of.point_id}"
    put = {"year": 2026, "based_on": 0, "reason": "年度目标", "bounds": {"a34004": "35"}}
    assert (await reader.put(f"{path}/targets", json=put)).status_code == 200
    answer = await reader.get(f"{path}/statistics", params={"from": "2026-09-15", "to": "2026-10-31"})
    september, october = answer.json()["items"]
    assert [one["statistics"]["start"] for one in (september, october)] == ["2026-09-01", "2026-10-01"]
    assert october["statistics"]["factors"][0]["mean"] == "40.0"
    assert [(one["name"], one["percent"]) for one in october["against_period_before"]] == [("a34004", "100.0")]
    assert [(one["name"], one["percent"]) for one in october["against_year_before"]] == [("a34004", "-50.0")]
    assert [(one["measure"], one["kept"]) for one in october["targets"]] == [("a34004", False)]
    file = await reader.get(f"{path}/statistics", params={"from": "2026-09-15", "to": "2026-10-31", "format": "csv"})
    assert "40.0" in file.text


async def test_targets_are_versions_and_a_stale_change_is_refused(
    registry: PointsInMemory, reader: httpx.AsyncClient
) -> None:
    of = station("甲")
    registry.put(of)
    path = f"/points/{of.point_id}/targets"
    put = {"year": 2026, "based_on": 0, "reason": "首次", "bounds": {"index": "4.2"}}
    assert (await reader.put(path, json=put)).json()["version"] == 1
    assert (await reader.put(path, json=put)).status_code == 409
    wrong = await reader.put(path, json=put | {"based_on": 1, "bounds": {"w01018": "1", "index": "low"}})
    assert wrong.status_code == 422
    assert {one["where"] for one in wrong.json()["errors"]} == {"bounds.w01018", "bounds.index"}
    shown = (await reader.get(path, params={"year": 2026})).json()
    assert (shown["version"], shown["bounds"], len(shown["versions"])) == (1, {"index": "4.2"}, 1)


@pytest.mark.parametrize(
    ("measure", "bound"),
    [("class", "9"), ("class", "2.5"), ("class", "Ⅱ"), ("index", "0"), ("index", "1e400"), ("good_share", "85"),
     ("w01018", "NaN"), ("w21003", "1")],
)  # fmt: skip
async def test_a_target_that_cannot_be_is_refused_with_its_place_and_value(
    registry: PointsInMemory, reader: httpx.AsyncClient, measure: str, bound: str
) -> None:
    of = point(medium=Medium.SURFACE_WATER, enterprise_id=None)
    registry.put(of)
    put = {"year": 2026, "based_on": 0, "reason": "年度目标", "bounds": {measure: bound}}
    answer = await reader.put(f"/points/{of.point_id}/targets", json=put)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["where"], error["value"]) == (f"bounds.{measure}", bound)
    assert error["what_zh"]


async def test_a_water_section_takes_every_class_as_its_target(
    registry: PointsInMemory, reader: httpx.AsyncClient
) -> None:
    of = point(medium=Medium.SURFACE_WATER, enterprise_id=None)
    registry.put(of)
    for based_on, bound in enumerate("123456"):
        put = {"year": 2026, "based_on": based_on, "reason": "年度目标", "bounds": {"class": bound}}
        answer = await reader.put(f"/points/{of.point_id}/targets", json=put)
        assert answer.json().get("version") == based_on + 1, answer.text


async def test_stations_are_ranked_with_their_place_before(
    stations: Database, registry: PointsInMemory, reader: httpx.AsyncClient
) -> None:
    clean, dirty, mute = station("清"), station("浊"), station("默")
    for of in (clean, dirty, mute):
        registry.put(of)
    await days(stations, clean, OCTOBER - timedelta(days=1), "90", "10")
    await days(stations, dirty, OCTOBER - timedelta(days=1), "50", "60")
    answer = await reader.get("/stations/ranking", params={"by": "a34004", "day": "2026-10-15"})
    assert [(one["name_zh"], one["place"], one["place_before"]) for one in answer.json()["items"]] == [
        ("清", 1, 2), ("浊", 2, 1), ("默", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("params", "where"),
    [({"by": "nonsense"}, "query.by"), ({"by": "class"}, "query.by"), ({"medium": "waste-water"}, "query.medium"),
     ({"day": "1999-01-01"}, "query.day")],
)  # fmt: skip
async def test_a_ranking_that_cannot_be_says_why(
    registry: PointsInMemory, reader: httpx.AsyncClient, params: dict[str, str], where: str
) -> None:
    registry.put(station("甲"))
    answer = await reader.get("/stations/ranking", params=params)
    assert (answer.status_code, [one["where"] for one in answer.json()["errors"]]) == (422, [where])


async def test_a_stretch_of_time_that_cannot_be_is_refused_with_the_parameter_named(
    registry: PointsInMemory, reader: httpx.AsyncClient
) -> None:
    of = station("甲")
    registry.put(of)
    path = f"/points/{of.point_id}"
    back = {"from": "2026-10-02", "to": "2026-10-01"}
    for asked, params in (
        ("statistics", back), ("statistics", {"span": "day", "from": "2000-01-01"}), ("correlation", back),
        ("rose", {"factor": "a34004", **back}),
    ):  # fmt: skip
        answer = await reader.get(f"{path}/{asked}", params=params)
        assert (answer.status_code, [one["where"] for one in answer.json()["errors"]]) == (422, ["query.from"]), asked


async def test_the_rose_and_the_correlation_are_of_hourly_means(
    stations: Database, registry: PointsInMemory, reader: httpx.AsyncClient
) -> None:
    of = station("乙")
    registry.put(of)
    async with stations.transaction() as tx:
        await store.add_assessments(
            tx,
            [
                assessed(
                    of, Period.HOUR, OCTOBER + timedelta(hours=n), a34004=str(10 + n), a01007=str(1 + n), a01008="90"
                )
                for n in range(4)
            ],
        )
    span = {"from": "2026-10-01T00:00", "to": "2026-10-02T00:00"}
    rose = (await reader.get(f"/points/{of.point_id}/rose", params={"factor": "a34004", **span})).json()["rose"]
    assert [(one["direction"], one["hours"], one["mean"]) for one in rose["sectors"] if one["hours"]] == [
        ("E", 4, 11.5)
    ]
    pairs = (await reader.get(f"/points/{of.point_id}/correlation", params=span)).json()["items"]
    assert [(one["first"], one["second"], one["r"]) for one in pairs] == [("a34004", "a01007", pytest.approx(1))]
    unknown = await reader.get(f"/points/{of.point_id}/rose", params={"factor": "w01018", **span})
    assert unknown.status_code == 422
    assert [unknown.json()["errors"][0][name] for name in ("where", "value")] == ["query.factor", "w01018"]
    twice = await reader.get(f"/points/{of.point_id}/correlation", params={"factor": "a34004,a34004", **span})
    assert twice.json()["errors"][0]["where"] == "query.factor"


async def test_a_station_that_is_not_there_has_no_results(reader: httpx.AsyncClient) -> None:
    for path in ("statistics", "rose?factor=x", "correlation", "targets?year=2026"):
        assert (await reader.get(f"/points/{uuid4()}/{path}")).status_code == 404
