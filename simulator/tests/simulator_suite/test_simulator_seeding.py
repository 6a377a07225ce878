"""Seeding against the real archive on a real Postgres: the whole invented park is accepted, twice, and its limits come back."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from archive.app import build
from archive.settings import Settings
from fastapi import APIRouter
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET, service_database, token
from pydantic import SecretStr
from simulator.park_api import ApiRefused, ParkApi
from simulator.park_plan import enterprises, points
from simulator.registered_park import NotSeeded, RegisteredPark
from simulator.seeding import seed

pytestmark = pytest.mark.integration

ADMINISTRATOR = (
    "map:read", "point:read", "archive:read", "archive:write", "archive:import", "device:read", "device:write",
)  # fmt: skip


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "archive") as opened:
        yield opened


@pytest.fixture
async def api(database: Database) -> AsyncIterator[ParkApi]:
    settings = Settings(
        database_url=SecretStr(database.url), kafka_bootstrap_servers="unused:1", auth_secret=SecretStr(TEST_SECRET)
    )
    chassis = build(settings)
    chassis.database._pool = database.pool
    door = APIRouter()

    @door.post("/auth/sign-in")
    async def sign_in() -> dict[str, str]:
        return {"access_token": token(*ADMINISTRATOR)}

    chassis.router(door)
    transport = httpx.ASGITransport(app=chassis.http_app())
    async with ParkApi("http://archive", "admin", "any", transport=transport) as person:
        yield person


async def test_the_whole_park_is_registered_and_a_second_time_changes_nothing(
    api: ParkApi, database: Database, tmp_path: Path
) -> None:
    first = await seed(api, tmp_path)
    assert first["enterprises"] == {"created": 40}
    assert first["points"] == {"created": 135}
    assert first["devices"] == {"created": 135}
    assert set(first["limits"]) == {"created"}
    park = RegisteredPark.load(tmp_path)
    await database.pool.execute("delete from outbox")
    again = await seed(api, tmp_path)
    assert [set(counts) for counts in again.values()] == [{"unchanged"}] * 4
    stated = await database.pool.fetch("select topic, count(*) as records from outbox group by topic")
    assert {row["topic"]: row["records"] for row in stated} == {
        "registry.enterprises.v1": 40,
        "registry.points.v1": 135,
        "registry.devices.v1": 135,
    }, "a broker that lost its topics hears of the register again, each record once"
    assert RegisteredPark.load(tmp_path) == park


async def test_every_limit_comes_from_the_standards_library_with_its_clause(api: ParkApi, tmp_path: Path) -> None:
    await seed(api, tmp_path)
    park = RegisteredPark.load(tmp_path)
    for site in points():
        rows = (await api.get("/points", {"q": site.code}))["items"]
        point = await api.get(f"/points/{rows[0]['point_id']}")
        assert all(limit["standard"] and limit["clause"] and limit["standard_limit_id"] for limit in point["limits"])
        limited = {limit["factor"] for limit in point["limits"]}
        assert (
            limited == {plan.code for plan in site.plan.factors if plan.limits} == set(park.limits.get(site.code, {}))
        )
        for plan in site.plan.factors:
            assert not plan.share or park.limits[site.code][plan.code].upper is not None


async def test_a_lost_data_directory_gets_the_same_passwords_back(api: ParkApi, tmp_path: Path) -> None:
    await seed(api, tmp_path / "first", extra_devices=3)
    await seed(api, tmp_path / "second", extra_devices=3)
    first, second = RegisteredPark.load(tmp_path / "first"), RegisteredPark.load(tmp_path / "second")
    assert first == second
    assert len(set(first.passwords.values())) > 100
    assert len(first.extra_devices) == 3
    assert (tmp_path / "first" / "park.json").stat().st_mode & 0o077 == 0


async def test_points_stand_on_the_plots_of_their_enterprises(api: ParkApi, tmp_path: Path) -> None:
    await seed(api, tmp_path)
    plots = {
        feature["properties"]["plot"]: feature["geometry"]["coordinates"][0]
        for feature in (await api.get("/park/map"))["features"]
        if feature["properties"]["kind"] == "plot"
    }
    owners = {enterprise.credit_code: enterprise for enterprise in enterprises()}
    for site in points():
        if not site.credit_code:
            continue
        ring = plots[owners[site.credit_code].plot]
        west, east = min(place[0] for place in ring), max(place[0] for place in ring)
        south, north = min(place[1] for place in ring), max(place[1] for place in ring)
        assert west < site.longitude < east
        assert south < site.latitude < north


async def test_what_the_server_refuses_is_told_with_its_words(api: ParkApi) -> None:
    with pytest.raises(ApiRefused, match="PUT /park: 422"):
        await api.request("PUT", "/park", json={"code": ""})


def test_running_before_seeding_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotSeeded, match="simulator seed"):
        RegisteredPark.load(tmp_path)
