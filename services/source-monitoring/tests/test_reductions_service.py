"""The reduction list and orders on a real Postgres: forms, imports, judging by stored readings, summary, lifting."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_judging.readings import ReadingsJudge
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, factor, limit, point, readings
from park_schemas.codes import SOURCE_MEDIA, Medium, Period, Role
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.reductions.judging import MeasuresJudge
from source_monitoring.reductions.wiring import ROOMS
from source_monitoring.settings import Settings

pytestmark = pytest.mark.integration

NOW = at_park(datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
START = NOW - timedelta(hours=10)


@pytest.fixture
def outlet(registry: PointsInMemory) -> PointRecord:
    of = point(
        limit("a21026", upper="50", unit="mg/m3"), medium=Medium.WASTE_GAS,
        factors=[factor("a21026", "mg/m3"), factor("z00001", "kW")],
    )  # fmt: skip
    registry.put(of)
    return of


@pytest.fixture
def points(registry: PointsInMemory) -> Points:
    return Points(registry, SOURCE_MEDIA, wait_s=0.1)


@pytest.fixture
def chassis(sources: Database, points: Points, source_settings: Settings) -> Chassis:
    chassis = Chassis(source_settings, title_zh="污染源监测", title_en="Source monitoring")
    for room in ROOMS:
        chassis.router(room.router(sources, points))
    return chassis


@pytest.fixture
async def client(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with asgi_client(chassis, token("reading:read", "quota:write", username="chen")) as client:
        yield client


def line(of: PointRecord, name: str = "1 号炉", **more: Any) -> dict[str, Any]:
    return {
        "enterprise_id": str(of.enterprise_id), "line": name, "grade": "C", "point_id": str(of.point_id), "factor": "z00001",
        "measures": {"orange": {"measure_zh": "限产50%", "allowed_share": "0.5"}}, "emissions": {"SO2": "120"}, **more,
    }  # fmt: skip


def order(**more: Any) -> dict[str, Any]:
    return {
        "title_zh": "橙色预警", "title_en": "Orange warning", "level": "orange", "authority": "市重污染天气应急指挥部",
        "document": "第3号令", "area": "全园区", "starts_at": START.isoformat(), "ends_at": (NOW + timedelta(days=1)).isoformat(),
        "reason": "预测 AQI>200", **more,
    }  # fmt: skip


async def power(sources: Database, judge: ReadingsJudge, of: PointRecord, during: str) -> None:
    """Store 100 hours of 300 kW before the order, and `during` from two hours after its start on."""
    sent = [
        readings(of, at, {"z00001": "300" if hour < 2 else during}, period=Period.MINUTE, received_at=at + timedelta(minutes=11))
        for hour in range(-100, 10)
        for at in (START + timedelta(hours=hour, minutes=m) for m in (0, 10, 20, 30, 40, 50))
    ]  # fmt: skip
    async with sources.transaction() as tx:
        await judge.on_readings(sent, tx)


async def judged(sources: Database, at: datetime = NOW + timedelta(minutes=12)) -> None:
    judge = MeasuresJudge(sources, every_s=1)
    while await judge.judge_due(at):
        pass


@pytest.mark.parametrize(("during", "verdict"), [("140", "kept"), ("280", "not-kept")])
async def test_an_order_made_from_the_list_is_judged_by_the_power_that_came(
    sources: Database, points: Points, source_settings: Settings, outlet: PointRecord, client: httpx.AsyncClient, during: str,
    verdict: str,
) -> None:  # fmt: skip
    await power(sources, ReadingsJudge(points, source_settings), outlet, during)
    for body in (
        line(outlet), line(outlet, "2 号炉", grade="A", measures={}),
        line(outlet, "3 号炉", point_id=None, factor="", measures={"orange": {"measure_zh": "停止土方作业"}}),
        line(outlet, "4 号炉", measures={"red": {"measure_zh": "停产", "allowed_share": "0"}}),
    ):  # fmt: skip
        assert (await client.post("/reduction-list", json=body)).status_code == 201
    made = await client.post("/reduction-orders", json=order())
    assert (made.status_code, made.json()["measures"]) == (201, 3)
    await judged(sources)
    path = f"/reduction-orders/{made.json()['order_id']}"
    answer = (await client.get(path)).json()
    assert {one["line"]: one["verdict"] for one in answer["measures"]} == {
        "1 号炉": verdict, "2 号炉": "voluntary", "3 号炉": "not-provable",
    }  # fmt: skip
    assert answer["state"] == "in-force"
    assert answer["summary"]["measures"]["all"] == 3
    (first,) = [one for one in answer["measures"] if one["line"] == "1 号炉"]
    assert (first["keeping"]["usual"], first["keeping"]["allowed"], first["unit"]) == ("300", "150", "kW")
    detail = (await client.get(f"{path}/measures/{first['measure_id']}")).json()
    assert detail["keeping"]["verdict"] == verdict
    assert len(detail["curve"]) == 110
    table = (await client.get(f"{path}/export")).content.decode("utf-8-sig").splitlines()
    assert len(table) == 4
    (item,) = (await client.get("/reduction-orders", params={"active": True})).json()["items"]
    assert item[verdict.replace("-", "_")] == 1


async def test_an_order_that_is_lifted_is_judged_up_to_then_and_one_withdrawn_is_not_judged(
    sources: Database, points: Points, source_settings: Settings, outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    await power(sources, ReadingsJudge(points, source_settings), outlet, "280")
    await client.post("/reduction-list", json=line(outlet))
    first, second = [(await client.post("/reduction-orders", json=order())).json()["order_id"] for _ in range(2)]
    lifting = {"reason": "空气质量好转", "lifted_at": (START + timedelta(hours=3)).isoformat()}
    answer = await client.post(f"/reduction-orders/{first}/lift", json=lifting)
    assert (answer.status_code, answer.json()["state"]) == (200, "lifted")
    assert (await client.post(f"/reduction-orders/{first}/lift", json=lifting)).status_code == 409
    answer = await client.post(f"/reduction-orders/{second}/withdraw", json={"reason": "误发"})
    assert answer.json()["state"] == "withdrawn"
    await judged(sources)
    (lifted,) = (await client.get(f"/reduction-orders/{first}")).json()["measures"]
    assert lifted["keeping"]["expected_hours"] == 1
    (withdrawn,) = (await client.get(f"/reduction-orders/{second}")).json()["measures"]
    assert withdrawn["verdict"] == "pending"
    states = {one["order_id"]: one["state"] for one in (await client.get("/reduction-orders")).json()["items"]}
    assert states == {first: "lifted", second: "withdrawn"}


async def test_a_line_is_changed_only_from_the_version_that_was_read_and_with_a_reason(
    outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    made = (await client.post("/reduction-list", json=line(outlet))).json()
    path = f"/reduction-list/{made['line_id']}"
    assert (await client.post("/reduction-list", json=line(outlet))).status_code == 409
    changed = line(outlet, grade="D", based_on=1)
    refused = await client.put(path, json=changed)
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "reason")
    assert (await client.put(path, json=changed | {"reason": "复核评级"})).json()["version"] == 2
    assert (await client.put(path, json=changed | {"reason": "又一次"})).status_code == 409
    detail = (await client.get(path)).json()
    assert [(one["version"], one["body"]["grade"]) for one in detail["versions"]] == [(2, "D"), (1, "C")]
    assert (await client.post(f"{path}/retire", json={"based_on": 2, "reason": "拆除"})).status_code == 200
    assert (await client.get(path)).status_code == 404
    assert (await client.post("/reduction-list", json=line(outlet))).status_code == 201


async def test_a_line_with_mistakes_is_refused_with_all_of_them(outlet: PointRecord, client: httpx.AsyncClient) -> None:
    wrong = line(
        outlet, grade="Z", point_id=str(uuid4()), measures={"orange": {"measure_zh": "", "allowed_share": "2"}}
    )
    answer = await client.post("/reduction-list", json=wrong)
    assert answer.status_code == 422
    assert {one["where"] for one in answer.json()["errors"]} == {"grade", "point_id", "orange_measure", "orange_share"}


async def test_a_file_is_reported_row_by_row_and_bad_rows_keep_out_what_was_asked(
    outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    header = "企业名称,生产线,绩效分级,证明点位编码,证明因子,橙色预警措施,橙色预警允许比例"
    rows = (
        f"{outlet.enterprise_name_zh},甲线,C,DW001,z00001,限产,0.5",
        "没有的企业,乙线,X,,,,",
        f"{outlet.enterprise_name_zh},丙线,D,DW001,z9,停产,1.5",
    )
    files = {"file": ("list.csv", "\n".join((header, *rows)).encode(), "text/csv")}
    preview = (await client.post("/reduction-list/imports", files=files, data={"dry_run": "true"})).json()
    assert (preview["created"], preview["rejected"], preview["stored"]) == (1, 2, False)
    assert [[error["column"] for error in row["errors"]] for row in preview["rows"]] == [
        [], ["grade", "enterprise"], ["orange_share", "factor"],
    ]  # fmt: skip
    nothing = (await client.post("/reduction-list/imports", files=files, data={"all_or_nothing": "true"})).json()
    assert nothing["stored"] is False
    assert (await client.get("/reduction-list")).json()["total"] == 0
    stored = (await client.post("/reduction-list/imports", files=files)).json()
    assert (stored["stored"], stored["created"]) == (True, 1)
    again = (await client.post("/reduction-list/imports", files=files)).json()
    assert again["unchanged"] == 1
    exported = (await client.get("/reduction-list/export")).content
    files = {"file": ("list.csv", exported, "text/csv")}
    assert (await client.post("/reduction-list/imports", files=files)).json()["unchanged"] == 1
    bad = {"file": ("list.csv", "企业名称,颜色\n甲,红".encode(), "text/csv")}
    answer = await client.post("/reduction-list/imports", files=bad)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-form")
    assert (await client.get("/reduction-list/template.xlsx")).content[:2] == b"PK"


async def test_an_order_without_anything_listed_or_that_ends_before_it_begins_is_refused(
    outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    assert (await client.post("/reduction-orders", json=order())).json()["code"] == "nothing-listed"
    answer = await client.post("/reduction-orders", json=order(ends_at=START.isoformat()))
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "ends_at")


async def test_an_enterprise_sees_its_own_lines_and_measures_only(
    registry: PointsInMemory, outlet: PointRecord, chassis: Chassis, client: httpx.AsyncClient
) -> None:
    other = point(limit("a21026"), medium=Medium.WASTE_GAS, enterprise_id=uuid4())
    registry.put(other)
    await client.post("/reduction-list", json=line(outlet))
    await client.post("/reduction-list", json=line(other, factor="w01018"))
    made = (await client.post("/reduction-orders", json=order())).json()
    assert made["measures"] == 2
    stranger = token("reading:read", role=Role.ENTERPRISE, enterprise_id=uuid4())
    own = token("reading:read", role=Role.ENTERPRISE, enterprise_id=outlet.enterprise_id)
    async with asgi_client(chassis, own) as enterprise:
        assert (await enterprise.get("/reduction-list")).json()["total"] == 1
        answer = (await enterprise.get(f"/reduction-orders/{made['order_id']}")).json()
        assert [one["enterprise_id"] for one in answer["measures"]] == [str(outlet.enterprise_id)]
        (item,) = (await enterprise.get("/reduction-orders")).json()["items"]
        assert item["measures"] == 1
        assert (await enterprise.post("/reduction-orders", json=order())).status_code == 403
    async with asgi_client(chassis, stranger) as nobody:
        assert (await nobody.get(f"/reduction-orders/{made['order_id']}")).status_code == 404
        assert (await nobody.get("/reduction-orders")).json()["total"] == 0


async def test_lists_are_paged_and_filtered(outlet: PointRecord, client: httpx.AsyncClient) -> None:
    for number, grade in enumerate("CDC"):
        made = await client.post("/reduction-list", json=line(outlet, f"{number} 号炉", grade=grade))
        assert made.status_code == 201
    first = (await client.get("/reduction-list", params={"limit": 2, "grade": "C", "q": "号炉"})).json()
    assert (len(first["items"]), first["total"]) == (2, 2)
    first = (await client.get("/reduction-list", params={"limit": 2})).json()
    rest = (await client.get("/reduction-list", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [one["line"] for one in (*first["items"], *rest["items"])] == ["0 号炉", "1 号炉", "2 号炉"]
    for level in ("orange", "orange", "red"):
        asked = line(outlet, f"{level} {uuid4()}", measures={level: {"measure_zh": "限产"}})
        assert (await client.post("/reduction-list", json=asked)).status_code == 201
        assert (await client.post("/reduction-orders", json=order(level=level))).status_code == 201
    first = (await client.get("/reduction-orders", params={"limit": 2, "q": "第3号令"})).json()
    assert (len(first["items"]), first["total"]) == (2, 3)
    rest = (await client.get("/reduction-orders", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert len(rest["items"]) == 1
    assert (await client.get("/reduction-orders", params={"level": "red"})).json()["total"] == 1
    assert (await client.get("/reduction-orders", params={"cursor": "x"})).status_code == 422


async def test_a_meter_whose_hours_came_afterwards_is_judged_by_them_and_again_when_they_come(
    sources: Database, points: Points, source_settings: Settings, outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    """The line was down while the order stood: nothing can be shown until the device sends its hours."""
    await client.post("/reduction-list", json=line(outlet, usual_value="300"))
    begun, ended = NOW - timedelta(days=3), NOW - timedelta(days=2, hours=12)
    times = {"starts_at": begun.isoformat(), "ends_at": ended.isoformat()}
    made = (await client.post("/reduction-orders", json=order(**times))).json()
    path = f"/reduction-orders/{made['order_id']}"
    await judged(sources)
    assert [one["verdict"] for one in (await client.get(path)).json()["measures"]] == ["not-provable"]
    laboratory_judge = ReadingsJudge(points, source_settings)
    hours = [
        readings(outlet, begun + timedelta(hours=n), {"z00001": "140"}, period=Period.HOUR, received_at=NOW)
        for n in range(12)
    ]
    async with sources.transaction() as tx:
        await laboratory_judge.on_readings(hours, tx)
        await tx.executemany(
            "insert into assessments (point_id, period, period_start, revision, made_at, factors)"
            " values ($1, 'hour', $2, 1, $3, '[]')",
            [(outlet.point_id, begun + timedelta(hours=n), NOW + timedelta(minutes=20)) for n in range(12)],
        )
    await judged(sources, NOW + timedelta(minutes=30))
    (measure,) = (await client.get(path)).json()["measures"]
    assert (measure["verdict"], measure["keeping"]["mean"], measure["keeping"]["hours"]) == ("kept", "140", 10)
    shown = (await client.get(f"{path}/measures/{measure['measure_id']}")).json()
    assert shown["frames"]["period"] == "hour"


async def test_what_was_seen_on_the_spot_stands_beside_the_verdict_and_earlier_reports_stay(
    sources: Database, chassis: Chassis, outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    listed = line(outlet, point_id=None, factor="", measures={"orange": {"measure_zh": "停止土方作业"}})
    await client.post("/reduction-list", json=listed)
    order_id = (await client.post("/reduction-orders", json=order())).json()["order_id"]
    (measure,) = (await client.get(f"/reduction-orders/{order_id}")).json()["measures"]
    assert (measure["verdict"], measure["report"]) == ("not-provable", None)
    path = f"/reduction-orders/{order_id}/measures/{measure['measure_id']}"
    said = {"done": True, "note": "已停工", "evidence": [{"kind": "log", "reference": "停工台账 3 页"}]}
    assert (await client.post(f"{path}/reports", json=said)).status_code == 403
    works = token("reading:read", "mark:write", role=Role.ENTERPRISE, enterprise_id=outlet.enterprise_id)
    async with asgi_client(chassis, works) as enterprise:
        assert (await enterprise.post(f"{path}/reports", json=said)).status_code == 201
        refused = await enterprise.post(f"{path}/reports", json={**said, "evidence": []})
        early = await enterprise.post(f"{path}/reports", json={**said, "seen_at": "2020-01-01T00:00:00+08:00"})
    assert (refused.status_code, early.status_code) == (422, 422)
    assert early.json()["errors"][0]["where"] == "body.seen_at"
    async with asgi_client(chassis, token("reading:read", "data:review", username="wang")) as inspector:
        seen = await inspector.post(f"{path}/reports", json={**said, "done": False, "note": "仍有两台挖机作业"})
        other = await inspector.post(f"/reduction-orders/{uuid4()}/measures/{measure['measure_id']}/reports", json=said)
    assert [(one["done"], one["by_enterprise"]) for one in seen.json()["items"]] == [(False, False), (True, True)]
    assert other.status_code == 404
    (measure,) = (await client.get(f"/reduction-orders/{order_id}")).json()["measures"]
    assert (measure["verdict"], measure["report"]["done"], measure["report"]["evidence"]) == ("not-provable", False, 1)
    assert len((await client.get(path)).json()["reports"]) == 2
    table = (await client.get(f"/reduction-orders/{order_id}/export")).content.decode("utf-8-sig")
    assert "未执行 not done:仍有两台挖机作业" in table
    async with asgi_client(
        chassis, token("reading:read", "mark:write", role=Role.ENTERPRISE, enterprise_id=uuid4())
    ) as no:
        assert (await no.post(f"{path}/reports", json=said)).status_code == 404
