"""The archive's HTTP API on a real Postgres: forms, lists, imports, history, and what goes to the registry topics."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import msgspec
import openpyxl
import pytest
from archive.app import build
from archive.domain.credit_code import check_character
from archive.settings import Settings
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET, asgi_client, service_database, token
from park_schemas.registry import DeviceRecord, EnterpriseRecord, PointRecord
from pydantic import SecretStr

pytestmark = pytest.mark.integration

EVERYTHING = (
    "map:read", "point:read", "archive:read", "archive:write", "archive:import", "device:read", "device:write",
)  # fmt: skip
PARK = {"code": "TEST", "name_zh": "测试园区", "centre": [118.9, 32.28]}
MAP = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"kind": "road", "name_zh": "纬一路"},
            "geometry": {"type": "LineString", "coordinates": [[118.9, 32.28], [118.91, 32.28]]},
        }
    ],
}


def code_number(number: int) -> str:
    body = f"91990001MA{number:07d}"
    return body + check_character(body)


@dataclass
class Archive:
    """The running archive: a client with every permission, and its database."""

    client: httpx.AsyncClient
    database: Database

    async def sent(self) -> list[tuple[str, str, Any]]:
        """Return what waits in the outbox: topic, key, body; and forget it."""
        rows = await self.database.pool.fetch(
            "with gone as (delete from outbox returning *) select * from gone order by id"
        )
        bodies = {
            "registry.points.v1": PointRecord,
            "registry.devices.v1": DeviceRecord,
            "registry.enterprises.v1": EnterpriseRecord,
        }
        return [
            (row["topic"], bytes(row["key"]).decode(), msgspec.json.decode(row["body"], type=bodies[row["topic"]]))
            for row in rows
        ]

    async def enterprise(self, number: int, **changed: Any) -> Any:
        body = {
            "credit_code": code_number(number), "name_zh": f"第{number}化工厂", "industry": "有机化学原料制造",
            "longitude": 118.91, "latitude": 32.27,
        } | changed  # fmt: skip
        return (await self.client.post("/enterprises", json=body)).raise_for_status().json()

    async def outlet(self, code: str, owner: str | None, **changed: Any) -> Any:
        body = {
            "code": code, "name_zh": f"{code} 排口", "medium": "waste-water", "enterprise_id": owner,
            "longitude": 118.911, "latitude": 32.271,
            "factors": [{"factor": "w01018"}, {"factor": "w21003", "unit": "mg/L", "decimals": 3}],
        } | changed  # fmt: skip
        return (await self.client.post("/points", json=body)).raise_for_status().json()

    async def device(self, mn: str, point_id: str, **changed: Any) -> Any:
        body = {"mn": mn, "password": "123456", "point_id": point_id, "edition": "2017"} | changed
        return (await self.client.post("/devices", json=body)).raise_for_status().json()

    async def import_rows(self, kind: str, rows: list[list[str]], **fields: str) -> Any:
        content = "\r\n".join(",".join(row) for row in rows).encode("utf-8-sig")
        answer = await self.client.post("/imports", files={"file": ("表.csv", content)}, data={"kind": kind, **fields})
        return answer.raise_for_status().json()


@pytest.fixture
async def archive(postgres_url: str) -> AsyncIterator[Archive]:
    async with service_database(postgres_url, "archive") as database:
        settings = Settings(
            database_url=SecretStr(database.url),
            kafka_bootstrap_servers="unused:1",
            auth_secret=SecretStr(TEST_SECRET),
        )
        chassis = build(settings)
        chassis.database._pool = database.pool
        async with asgi_client(chassis, token(*EVERYTHING)) as client:
            (await client.put("/park", json=PARK | {"map": MAP})).raise_for_status()
            yield Archive(client, database)


async def test_park_and_map_are_stored_and_read_back(archive: Archive) -> None:
    park = (await archive.client.get("/park")).json()
    assert (park["name_zh"], park["centre"], park["version"]) == ("测试园区", [118.9, 32.28], 1)
    assert (await archive.client.get("/park/map")).json() == MAP
    again = (await archive.client.put("/park", json=PARK | {"map": MAP})).json()
    assert again["version"] == 1
    renamed = (await archive.client.put("/park", json=PARK | {"name_en": "Test park"})).json()
    assert (renamed["version"], renamed["park_id"]) == (2, park["park_id"])
    assert (await archive.client.get("/park/map")).json() == MAP


async def test_a_broken_map_is_refused_with_the_place_of_each_error(archive: Archive) -> None:
    broken = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"kind": "castle"}, "geometry": {"type": "Point", "coordinates": [0, 0]}},
            {"type": "Feature", "properties": {"kind": "road"}, "geometry": {"type": "Point", "coordinates": ["x", 1]}},
        ],
    }
    answer = await archive.client.put("/park", json=PARK | {"map": broken})
    assert answer.status_code == 422
    assert [error["where"] for error in answer.json()["errors"]] == [
        "map.features[0].properties.kind",
        "map.features[0].geometry.coordinates",
        "map.features[1].geometry.coordinates",
    ]


async def test_what_is_registered_is_stated_complete_on_the_registry_topics(archive: Archive) -> None:
    owner = await archive.enterprise(1, name_en="Works 1")
    point = await archive.outlet("P1", owner["enterprise_id"])
    await archive.device("MN0001", point["point_id"])
    standards = (
        await archive.client.get("/standards/limits", params={"factor": "w01018", "standard": "GB18918-1A"})
    ).json()
    limit_id = standards["items"][0]["standard_limit_id"]
    limits = [{"factor": "w01018", "standard_limit_id": limit_id, "valid_from": "2024-01-01"}]
    (await archive.client.put(f"/points/{point['point_id']}/limits", json=limits)).raise_for_status()
    sent = await archive.sent()
    assert [topic for topic, _, _ in sent] == [
        "registry.enterprises.v1", "registry.points.v1", "registry.devices.v1", "registry.points.v1",
    ]  # fmt: skip
    _, key, record = sent[3]
    assert key == point["point_id"]
    assert (record.enterprise_name_en, record.enterprise_id) == ("Works 1", UUID(owner["enterprise_id"]))
    assert [(one.factor, one.unit, one.decimals) for one in record.factors][1] == ("w21003", "mg/L", 3)
    (limit,) = record.limits
    assert (limit.upper, limit.averaging, limit.standard, limit.limit_id) == (
        "50", "day", "GB 18918-2002", "P1:w01018:day:2024-01-01",
    )  # fmt: skip
    device = sent[2][2]
    assert (device.mn, device.point_id, device.enterprise_id, device.active) == (
        "MN0001", UUID(point["point_id"]), UUID(owner["enterprise_id"]), True,
    )  # fmt: skip


async def test_a_new_name_of_an_enterprise_states_its_points_anew(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    await archive.outlet("P1", owner["enterprise_id"])
    await archive.sent()
    body = {
        "credit_code": code_number(1), "name_zh": "新名", "industry": "有机化学原料制造", "longitude": 118.91,
        "latitude": 32.27, "version": 1,
    }  # fmt: skip
    changed = (await archive.client.put(f"/enterprises/{owner['enterprise_id']}", json=body)).json()
    assert (changed["name_zh"], changed["version"]) == ("新名", 2)
    sent = await archive.sent()
    assert [
        (topic, record.enterprise_name_zh if topic == "registry.points.v1" else record.name_zh)
        for topic, _, record in sent
    ] == [
        ("registry.enterprises.v1", "新名"),
        ("registry.points.v1", "新名"),
    ]
    stale = await archive.client.put(f"/enterprises/{owner['enterprise_id']}", json=body)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


async def test_a_corrected_credit_code_keeps_the_enterprise_and_its_points(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    await archive.outlet("P1", owner["enterprise_id"])
    body = {"credit_code": code_number(2), "name_zh": "甲", "industry": "x", "longitude": 118.91, "latitude": 32.27}
    changed = (await archive.client.put(f"/enterprises/{owner['enterprise_id']}", json=body)).json()
    assert (changed["enterprise_id"], changed["credit_code"]) == (owner["enterprise_id"], code_number(2))
    points = (await archive.client.get("/points", params={"enterprise_id": owner["enterprise_id"]})).json()
    assert [point["code"] for point in points["items"]] == ["P1"]


async def test_storing_the_same_again_changes_nothing_and_says_nothing(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    point = await archive.outlet("P1", owner["enterprise_id"])
    await archive.sent()
    body = {
        "code": "P1", "name_zh": "P1 排口", "medium": "waste-water", "enterprise_id": owner["enterprise_id"],
        "longitude": 118.911, "latitude": 32.271,
        "factors": [{"factor": "w01018"}, {"factor": "w21003", "unit": "mg/L", "decimals": 3}],
    }  # fmt: skip
    again = (await archive.client.put(f"/points/{point['point_id']}", json=body)).raise_for_status().json()
    assert again["version"] == 1
    assert await archive.sent() == []


async def test_a_deactivated_point_takes_its_device_off_the_air(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    point = await archive.outlet("P1", owner["enterprise_id"])
    await archive.device("MN0001", point["point_id"])
    await archive.sent()
    body = {
        "code": "P1", "name_zh": "P1", "medium": "waste-water", "enterprise_id": owner["enterprise_id"],
        "longitude": 118.911, "latitude": 32.271, "active": False,
    }  # fmt: skip
    (await archive.client.put(f"/points/{point['point_id']}", json=body)).raise_for_status()
    assert [(topic, record.active) for topic, _, record in await archive.sent()] == [
        ("registry.points.v1", False),
        ("registry.devices.v1", False),
    ]


async def test_every_error_of_a_form_comes_back_with_its_field(archive: Archive) -> None:
    body = {"credit_code": "1", "name_zh": " ", "industry": "x", "longitude": 32.2, "latitude": 118.9}
    answer = await archive.client.post("/enterprises", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["where"] for error in answer.json()["errors"]} == {"credit_code", "name_zh", "longitude", "latitude"}
    unknown = await archive.client.post("/enterprises", json=body | {"colour": "red"})
    assert unknown.json()["errors"][0]["where"] == "body.colour"


async def test_a_key_that_exists_is_not_registered_twice(archive: Archive) -> None:
    await archive.enterprise(1)
    body = {"credit_code": code_number(1), "name_zh": "乙", "industry": "x", "longitude": 118.91, "latitude": 32.27}
    answer = await archive.client.post("/enterprises", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "key-taken")


async def test_overlapping_limits_are_refused_and_the_old_ones_stay(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    point = await archive.outlet("P1", owner["enterprise_id"])
    own = {"factor": "w01018", "averaging": "day", "upper": "50", "unit": "mg/L", "standard": "X", "clause": "1"}
    first = [
        own | {"valid_from": "2024-01-01", "valid_to": "2024-12-31"},
        own | {"valid_from": "2025-01-01", "upper": "40.0"},
    ]
    path = f"/points/{point['point_id']}/limits"
    stored = (await archive.client.put(path, json=first)).raise_for_status().json()
    assert [(limit["upper"], limit["valid_from"]) for limit in stored["items"]] == [
        ("50", "2024-01-01"),
        ("40.0", "2025-01-01"),
    ]
    refused = await archive.client.put(path, json=[*first, own | {"valid_from": "2025-06-01"}])
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"] == "limits[2].valid_from"
    assert (await archive.client.get(path, params={"on": "2024-06-01"})).json()["items"][0]["upper"] == "50"
    (await archive.client.put(path, json=first[1:])).raise_for_status()
    history = (await archive.client.get("/revisions", params={"kind": "limits"})).json()["items"]
    assert history[0]["changes"] == {"removed": [None, True]}


async def test_history_tells_who_changed_what_and_hides_passwords(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    point = await archive.outlet("P1", owner["enterprise_id"])
    await archive.device("MN0001", point["point_id"])
    body = {"mn": "MN0001", "password": "secret", "point_code": "P1", "edition": "2017", "realtime_interval_s": 60}
    (await archive.client.put("/devices/MN0001", json=body)).raise_for_status()
    newest, oldest = (await archive.client.get("/revisions", params={"kind": "devices", "key": "MN0001"})).json()[
        "items"
    ]
    assert (newest["version"], newest["changed_by"], newest["origin"]) == (2, "tester", "form")
    assert newest["changes"]["realtime_interval_s"] == [30, 60]
    assert newest["changes"]["password"] == ["••••••", "••••••"]
    assert "secret" not in str((newest, oldest))


async def test_passwords_are_shown_only_to_those_who_may_change_devices(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    point = await archive.outlet("P1", owner["enterprise_id"])
    await archive.device("MN0001", point["point_id"])
    assert (await archive.client.get("/devices/MN0001")).json()["password"] == "123456"
    reader = {"Authorization": f"Bearer {token('device:read', 'point:read')}"}
    for path in ("/devices/MN0001", "/devices", f"/points/{point['point_id']}"):
        assert "123456" not in (await archive.client.get(path, headers=reader)).text


async def test_an_enterprise_user_sees_only_the_own_enterprise(archive: Archive) -> None:
    mine, other = await archive.enterprise(1), await archive.enterprise(2)
    own, foreign = await archive.outlet("P1", mine["enterprise_id"]), await archive.outlet("P2", other["enterprise_id"])
    permissions = ("point:read", "archive:read", "device:read")
    user = {"Authorization": f"Bearer {token(*permissions, enterprise_id=UUID(mine['enterprise_id']))}"}
    seen = (await archive.client.get("/points", headers=user)).json()
    assert [point["code"] for point in seen["items"]] == ["P1"]
    asked = {"enterprise_id": other["enterprise_id"]}
    assert [
        point["code"] for point in (await archive.client.get("/points", headers=user, params=asked)).json()["items"]
    ] == ["P1"]
    assert (await archive.client.get(f"/points/{own['point_id']}", headers=user)).status_code == 200
    assert (await archive.client.get(f"/points/{foreign['point_id']}", headers=user)).status_code == 404
    assert (await archive.client.get(f"/points/{foreign['point_id']}/limits", headers=user)).status_code == 404
    assert len((await archive.client.get("/enterprises", headers=user)).json()["items"]) == 1


async def test_without_permission_nothing_is_read_or_written(archive: Archive) -> None:
    nobody = {"Authorization": f"Bearer {token('point:read')}"}
    assert (await archive.client.get("/enterprises", headers=nobody)).status_code == 403
    assert (await archive.client.put("/park", json=PARK, headers=nobody)).status_code == 403
    assert (await archive.client.get("/points", headers={"Authorization": ""})).status_code == 401


async def test_lists_are_paged_searched_and_counted(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    for number in range(5):
        await archive.outlet(f"P{number}", owner["enterprise_id"], name_zh=f"100%_{number}")
    first = (await archive.client.get("/points", params={"limit": 2})).json()
    assert ([point["code"] for point in first["items"]], first["total"]) == (["P0", "P1"], 5)
    second = (await archive.client.get("/points", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [point["code"] for point in second["items"]] == ["P2", "P3", "P4"]
    assert second["next_cursor"] is None
    found = (await archive.client.get("/points", params={"q": "%_3"})).json()
    assert [point["code"] for point in found["items"]] == ["P3"]
    assert (await archive.client.get("/points", params={"medium": "waste-gas"})).json()["total"] == 0
    assert (await archive.client.get("/points", params={"cursor": "junk"})).status_code == 422


HEADER = ["统一社会信用代码", "企业名称", "行业", "经度", "纬度"]


async def test_an_import_stores_good_rows_and_reports_every_error_of_bad_ones(archive: Archive) -> None:
    rows = [
        HEADER,
        [code_number(1), "甲", "化工", "118.91", "32.27"],
        ["12", "", "化工", "32.27", "x"],
        [code_number(2), "乙", "化工", "118.92", "32.28"],
    ]
    report = await archive.import_rows("enterprises", rows)
    assert (report["total"], report["accepted"], report["rejected"]) == (3, 2, 1)
    assert [row["status"] for row in report["rows"]] == ["created", "rejected", "created"]
    assert {error["column"] for error in report["rows"][1]["errors"]} == {
        "credit_code",
        "name_zh",
        "longitude",
        "latitude",
    }
    assert report["rows"][1]["row"] == 3
    assert (await archive.client.get("/enterprises")).json()["total"] == 2
    assert len(await archive.sent()) == 2
    kept = (await archive.client.get(f"/imports/{report['import_id']}")).json()
    assert kept["rows"] == report["rows"]
    history = (await archive.client.get("/revisions", params={"key": code_number(1)})).json()["items"]
    assert history[0]["origin"] == f"import:{report['import_id']}"
    again = await archive.import_rows("enterprises", rows)
    assert [row["status"] for row in again["rows"]] == ["unchanged", "rejected", "unchanged"]
    assert await archive.sent() == []


async def test_a_dry_run_reports_the_same_and_stores_nothing(archive: Archive) -> None:
    rows = [HEADER, [code_number(1), "甲", "化工", "118.91", "32.27"], ["12", "", "化工", "1", "x"]]
    report = await archive.import_rows("enterprises", rows, dry_run="true")
    assert [row["status"] for row in report["rows"]] == ["created", "rejected"]
    assert (await archive.client.get("/enterprises")).json()["total"] == 0
    assert await archive.sent() == []


async def test_a_whole_park_can_be_imported_sheet_by_sheet(archive: Archive) -> None:
    await archive.import_rows("enterprises", [HEADER, [code_number(1), "甲", "化工", "118.91", "32.27"]])
    points = [
        ["code", "name_zh", "medium", "enterprise", "longitude", "latitude", "factors"],
        ["P1", "总排口", "废水", code_number(1), "118.91", "32.27", "w01018:mg/L:1;w01001"],
    ]
    assert (await archive.import_rows("points", points))["accepted"] == 1
    devices = [["mn", "password", "point_code", "edition"], ["MN0001", "123456", "P1", "2017"]]
    assert (await archive.import_rows("devices", devices))["accepted"] == 1
    limits = [
        ["point_code", "factor", "averaging", "upper", "unit", "standard", "clause", "valid_from", "valid_to"],
        ["P1", "w01018", "日", "50", "mg/L", "X", "1", "2025-01-01", ""],
    ]
    assert (await archive.import_rows("limits", limits))["accepted"] == 1
    await archive.sent()
    change = [limits[0], ["P1", "w01018", "日", "40", "mg/L", "X", "1", "2026-01-01", ""]]
    (row,) = (await archive.import_rows("limits", change))["rows"]
    assert "overlaps the limit 2025-01-01 to ∞" in row["errors"][0]["what_en"]
    change = [limits[0], ["P1", "w01018", "日", "50", "mg/L", "X", "1", "2025-01-01", "2025-12-31"], change[1]]
    report = await archive.import_rows("limits", change)
    assert [row["status"] for row in report["rows"]] == ["updated", "created"]
    ((topic, _, point),) = await archive.sent()
    assert topic == "registry.points.v1"
    assert [limit.upper for limit in point.limits] == ["50", "40"]


async def test_template_and_report_are_workbooks(archive: Archive) -> None:
    for kind in ("enterprises", "points", "devices", "limits"):
        content = (await archive.client.get("/imports/template.xlsx", params={"kind": kind})).raise_for_status().content
        assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].max_row == 2
    report = await archive.import_rows("enterprises", [HEADER, ["=1+1", "", "化工", "1", "x"]])
    content = (await archive.client.get(f"/imports/{report['import_id']}/report.xlsx")).raise_for_status().content
    lines = list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert len(lines) == 1 + 4
    assert {line[0] for line in lines[1:]} == {2}
    assert any(line[4] == "=1+1" for line in lines)


async def test_a_file_that_is_not_a_table_is_refused_as_a_whole(archive: Archive) -> None:
    async def refused(content: bytes, kind: str = "enterprises") -> tuple[int, str]:
        answer = await archive.client.post("/imports", files={"file": ("x", content)}, data={"kind": kind})
        return answer.status_code, answer.json()["code"]

    assert await refused(b"\x00\x01") == (422, "unreadable-file")
    assert await refused("列一,列二\n1,2".encode()) == (422, "invalid-form")
    assert await refused(b"x" * 5_000_001) == (413, "file-too-large")
    assert await refused(b"x", "park") == (422, "kind-not-importable")


async def test_everything_can_be_stated_again_for_topics_that_were_lost(archive: Archive) -> None:
    owner = await archive.enterprise(1)
    point = await archive.outlet("P1", owner["enterprise_id"])
    await archive.device("MN0001", point["point_id"])
    first = {(topic, key): record for topic, key, record in await archive.sent()}
    assert (await archive.client.post("/registry/republish")).json() == {"stated": 3}
    assert {(topic, key): record for topic, key, record in await archive.sent()} == first


async def test_two_writers_at_once_register_a_key_once(archive: Archive) -> None:
    import asyncio

    body = {"credit_code": code_number(1), "name_zh": "乙", "industry": "x", "longitude": 118.91, "latitude": 32.27}
    answers = await asyncio.gather(*(archive.client.post("/enterprises", json=body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_what_cannot_be_announced_is_not_stored(archive: Archive) -> None:
    await archive.database.pool.execute("alter table outbox rename to outbox_away")
    body = {"credit_code": code_number(1), "name_zh": "乙", "industry": "x", "longitude": 118.91, "latitude": 32.27}
    assert (await archive.client.post("/enterprises", json=body)).status_code == 500
    await archive.database.pool.execute("alter table outbox_away rename to outbox")
    assert (await archive.client.get("/enterprises")).json()["total"] == 0
    assert (await archive.client.get("/revisions", params={"kind": "enterprises"})).json()["items"] == []
    assert (await archive.client.post("/enterprises", json=body)).status_code == 201
