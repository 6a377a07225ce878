"""Kinds of points, noise stations and the first day of monitoring: checked, stored, told to the registry topic."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from archive.app import build
from archive.domain.credit_code import check_character
from archive.domain.import_plan import record_of
from archive.domain.records import Kind, Point
from archive.domain.row_rules import Surroundings
from archive.settings import Settings
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET, asgi_client, service_database, token
from park_schemas.codes import Medium, PointKind
from park_schemas.registry import PointRecord
from pydantic import SecretStr

OWNER = "91990001MA0000001" + check_character("91990001MA0000001")
AROUND = Surroundings(centre=(118.9, 32.28), enterprises=frozenset({OWNER}))
STATION = {"code": "S-1", "name_zh": "站", "longitude": "118.91", "latitude": "32.27"}


@pytest.mark.parametrize(
    ("medium", "kind", "zone", "factors"),
    [
        ("环境空气", "微型站", "2", "a34004:ug/m3:0"),
        ("环境空气", "气象站", "", "a01007;a01008"),
        ("环境空气", "national-air", "", "a34004"),
        ("地表水", "湖库", "Ⅲ", "w21011"),
        ("地表水", "水文站", "", "w00000:m3/s:2"),
        ("噪声", "功能区噪声", "4a类", "Leq;LMx;a01007"),
        ("噪声", "厂界噪声", "4", "Leq"),
        ("噪声", "", "3类", "Leq"),
    ],
)
def test_every_kind_of_station_can_be_registered(medium: str, kind: str, zone: str, factors: str) -> None:
    texts = STATION | {"medium": medium, "point_kind": kind, "target_class": zone, "factors": factors}
    record, problems = record_of(Kind.POINTS, texts, AROUND)
    assert (problems, isinstance(record, Point)) == ([], True)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"medium": "地表水", "point_kind": "微型站"}, "point_kind"),
        ({"medium": "噪声", "point_kind": "有组织"}, "point_kind"),
        ({"medium": "废水", "enterprise": OWNER, "point_kind": "无组织"}, "point_kind"),
        ({"medium": "噪声", "point_kind": "厂界噪声", "target_class": "4a"}, "target_class"),
        ({"medium": "噪声", "target_class": "4"}, "target_class"),
        ({"medium": "噪声", "target_class": "Ⅲ"}, "target_class"),
        ({"medium": "噪声", "enterprise": OWNER}, "enterprise"),
        ({"medium": "噪声", "factors": "w01018"}, "factors"),
        ({"medium": "环境空气", "in_service_from": "昨天"}, "in_service_from"),
    ],
)
def test_what_does_not_fit_the_medium_is_refused_with_its_column(changed: dict[str, str], column: str) -> None:
    record, problems = record_of(Kind.POINTS, STATION | changed, AROUND)
    assert record is None
    assert [problem.column for problem in problems] == [column]
    assert all(problem.what_zh and problem.what_en for problem in problems)


def test_noise_at_a_boundary_may_belong_to_an_enterprise() -> None:
    texts = STATION | {"medium": "噪声", "point_kind": "厂界噪声", "enterprise": OWNER}
    assert record_of(Kind.POINTS, texts, AROUND)[1] == []


@pytest.fixture
async def archive(postgres_url: str) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    async with service_database(postgres_url, "archive") as database:
        settings = Settings(
            database_url=SecretStr(database.url),
            kafka_bootstrap_servers="unused:1",
            auth_secret=SecretStr(TEST_SECRET),
        )
        chassis = build(settings)
        chassis.database._pool = database.pool
        async with asgi_client(
            chassis, token("point:read", "archive:write", "archive:import", "archive:read")
        ) as client:
            park = {"code": "T", "name_zh": "测试园区", "centre": [118.9, 32.28]}
            (await client.put("/park", json=park)).raise_for_status()
            yield client, database


@pytest.mark.integration
async def test_a_noise_station_is_stored_shown_and_stated_with_its_kind_zone_and_first_day(
    archive: tuple[httpx.AsyncClient, Database],
) -> None:
    client, database = archive
    form = {
        "code": "NS-1", "name_zh": "南界噪声站", "medium": "noise", "longitude": 118.91, "latitude": 32.27,
        "factors": [{"factor": "Leq"}], "target_class": "3", "point_kind": "zone-noise", "in_service_from": "2025-06-01",
    }  # fmt: skip
    made = await client.post("/points", json=form)
    assert made.status_code == 201, made.text
    shown = (await client.get(f"/points/{made.json()['point_id']}")).json()
    assert (shown["point_kind"], shown["in_service_from"], shown["target_class"]) == ("zone-noise", "2025-06-01", "3")
    body = await database.pool.fetchval(
        "select body from outbox where topic = 'registry.points.v1' order by id desc limit 1"
    )
    stated = msgspec.json.decode(body, type=PointRecord)
    assert (stated.medium, stated.point_kind, stated.target_class) == (Medium.NOISE, PointKind.ZONE_NOISE, "3")
    assert str(stated.in_service_from) == "2025-06-01"
    again = await client.put(f"/points/{shown['point_id']}", json=form)
    assert again.json()["version"] == 1, "the same again changes nothing"


@pytest.mark.integration
async def test_a_noise_station_takes_no_limits_of_its_own(archive: tuple[httpx.AsyncClient, Database]) -> None:
    client, _ = archive
    form = {
        "code": "NS-1", "name_zh": "南界噪声站", "medium": "noise", "longitude": 118.91, "latitude": 32.27,
        "factors": [{"factor": "Leq"}], "target_class": "3",
    }  # fmt: skip
    point = (await client.post("/points", json=form)).raise_for_status().json()
    row = {"factor": "Leq", "averaging": "hour", "upper": "60", "unit": "dB(A)", "standard": "许可", "clause": "1",
           "valid_from": "2025-01-01"}  # fmt: skip
    refused = await client.put(f"/points/{point['point_id']}/limits", json=[row])
    assert refused.status_code == 422, refused.text
    assert "功能区类别" in refused.text


@pytest.mark.integration
async def test_kinds_and_first_days_come_by_import_and_go_when_the_cell_is_emptied(
    archive: tuple[httpx.AsyncClient, Database],
) -> None:
    client, _ = archive
    titles = "点位编码,点位名称,类型,经度,纬度,监测因子,点位类别,监测起始日期"

    async def put(kind: str, day: str) -> dict[str, str | None]:
        sheet = f"{titles}\r\nAQ-9,微站,环境空气,118.91,32.27,a34004:ug/m3:0,{kind},{day}\r\n"
        answer = await client.post(
            "/imports", files={"file": ("点位.csv", sheet.encode("utf-8-sig"))}, data={"kind": "points"}
        )
        assert answer.json()["rejected"] == 0, answer.text
        (point,) = (await client.get("/points")).json()["items"]
        return {name: point[name] for name in ("point_kind", "in_service_from")}

    assert await put("微型站", "2025/3/1") == {"point_kind": "micro-air", "in_service_from": "2025-03-01"}
    assert await put("", "") == {"point_kind": None, "in_service_from": None}
