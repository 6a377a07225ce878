"""Anomaly detection on a real Postgres: the schedule runs once, survives, judges late data; stream rules; the API."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_judging.readings import ReadingsJudge
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, factor, limit, point, readings
from park_schemas.codes import SOURCE_MEDIA, Medium, Period, Role
from park_schemas.envelope import Event
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_schemas.telemetry import DeviceInfoReported
from source_monitoring.anomaly import api, records_api, schedule, settings_api, try_api
from source_monitoring.anomaly.runner import AnomalyRunner
from source_monitoring.anomaly.stream import DeviceReports, PacketWatch
from source_monitoring.reductions import orders_api
from source_monitoring.settings import Settings

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)
NOW = at_park(datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
START = NOW - timedelta(hours=5)


@pytest.fixture
def points(registry: PointsInMemory) -> Points:
    return Points(registry, SOURCE_MEDIA, wait_s=0.1)


@pytest.fixture
def outlet(registry: PointsInMemory) -> PointRecord:
    of = point(
        limit("a21026", upper="50", unit="mg/m3"), medium=Medium.WASTE_GAS,
        factors=[factor("a21026", "mg/m3"), factor("a01011", "m/s", 2)],
    )  # fmt: skip
    registry.put(of)
    return of


@pytest.fixture
def judge(points: Points, source_settings: Settings) -> ReadingsJudge:
    judge = ReadingsJudge(points, source_settings)
    judge.observe(PacketWatch(points).on_batch)
    return judge


@pytest.fixture
def runner(sources: Database, points: Points, source_settings: Settings) -> AnomalyRunner:
    return AnomalyRunner(sources, points, source_settings)


@pytest.fixture
async def client(sources: Database, points: Points, source_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    chassis = Chassis(source_settings, title_zh="污染源监测", title_en="Source monitoring")
    for room in (api, settings_api, try_api, records_api, orders_api):
        chassis.router(room.router(sources, points))
    bearer = token("reading:read", "rule:write", "mark:write", "quota:write", "alarm:acknowledge", username="chen")
    async with asgi_client(chassis, bearer) as client:
        yield client


def blocked_pitot(of: PointRecord, *, hours: tuple[int, int] = (0, 5)) -> list[Any]:
    """Ten-minute records in which the velocity is 2 m/s from the third hour on."""
    return [
        readings(
            of, at, {"a21026": f"{20 + step % 7}", "a01011": "11.2" if at < START + timedelta(hours=2) else "2.1"},
            period=Period.MINUTE, received_at=at + 11 * MINUTE,
        )
        for step in range(hours[0] * 6, hours[1] * 6)
        for at in (START + step * 10 * MINUTE,)
    ]  # fmt: skip


async def take(sources: Database, judge: ReadingsJudge, events: list[Any]) -> None:
    async with sources.transaction() as tx:
        await judge.on_readings(events, tx)


async def settled(runner: AnomalyRunner, at: datetime) -> None:
    while await runner.work(at):
        pass


async def rows(sources: Database, query: str, *arguments: Any) -> list[dict[str, Any]]:
    async with sources.reading() as connection:
        return [dict(row) for row in await connection.fetch(query, *arguments)]


async def findings(sources: Database) -> int:
    return len(await rows(sources, "select from outbox where topic = 'supervision.findings.v1'"))


async def test_a_scheduled_rule_finds_it_once_although_two_processes_run_it_again_and_again(
    sources: Database, points: Points, outlet: PointRecord, judge: ReadingsJudge, source_settings: Settings
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    runners = [AnomalyRunner(sources, points, source_settings) for _ in range(2)]
    for round_at in (NOW, NOW + 11 * MINUTE, NOW + 22 * MINUTE):
        await asyncio.gather(*(settled(one, round_at) for one in runners))
    found = await rows(sources, "select * from anomalies where rule_id = 'AN15'")
    assert len(found) == 1
    assert (found[0]["state"], found[0]["factor"], found[0]["severity"]) == ("open", "a01011", "warn")
    assert found[0]["started_at"] == START + timedelta(hours=2)
    assert await findings(sources) == 1
    (row,) = await rows(sources, "select runs from anomaly_schedule where cadence = 'ten-minutes'")
    assert row["runs"] == 3


async def test_a_lease_that_was_left_behind_runs_out_and_the_row_is_run_by_another(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    await runner.plan(NOW)
    async with sources.transaction() as tx:
        dead = await schedule.claim(tx, NOW, limit=10)
    assert len(dead) == 3
    assert await runner.work(NOW + MINUTE) == 0
    await settled(runner, NOW + 3 * MINUTE)
    assert len(await rows(sources, "select from anomalies where rule_id = 'AN15'")) == 1
    async with sources.transaction() as tx:
        late = await schedule.finish(tx, dead[0], judged_until=NOW, redo_from=None, next_due=NOW, at=NOW)
    assert late is False


async def test_late_data_of_a_stretch_already_judged_is_judged_again(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner
) -> None:
    calm = blocked_pitot(outlet, hours=(0, 2))
    after = [readings(outlet, NOW - 10 * MINUTE, {"a01011": "11.0"}, period=Period.MINUTE, received_at=NOW)]
    await take(sources, judge, calm + after)
    await settled(runner, NOW)
    assert await rows(sources, "select from anomalies where rule_id = 'AN15'") == []
    late = blocked_pitot(outlet, hours=(2, 4))
    await take(sources, judge, [but(event, received_at=NOW + MINUTE) for event in late])
    await settled(runner, datetime.now(UTC) + timedelta(hours=2))
    (found,) = await rows(sources, "select * from anomalies where rule_id = 'AN15'")
    assert found["started_at"] == START + timedelta(hours=2)


async def test_a_rule_that_lacks_its_input_is_shown_as_not_applicable_and_after_filing_it_runs(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner, client: httpx.AsyncClient
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    await settled(runner, NOW)
    path = f"/points/{outlet.point_id}/anomaly-rules"
    shown = (await client.get(path)).json()
    rules = {rule["rule_id"]: rule for rule in shown["rules"]}
    assert len(rules) == 47
    assert rules["AN04"]["states"][0]["state"] == "not-applicable"
    assert rules["AN04"]["states"][0]["reason_zh"] == "未备案量程"
    changed = {"based_on": 0, "reason": "补充备案", "facts": {"range/a21026": "20"}}
    assert (await client.put(path, json=changed)).status_code == 200
    assert (await client.put(path, json=changed)).json()["code"] == "version-conflict"
    await settled(runner, datetime.now(UTC) + MINUTE)
    shown = (await client.get(path)).json()
    rules = {rule["rule_id"]: rule for rule in shown["rules"]}
    assert rules["AN04"]["states"][0]["state"] == "judged"
    assert shown["version"] == 1
    assert (shown["versions"][0]["author"], shown["versions"][0]["reason"]) == ("chen", "补充备案")


async def test_settings_with_mistakes_are_refused_with_every_place(
    outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    answer = await client.put(
        f"/points/{outlet.point_id}/anomaly-rules",
        json={
            "based_on": 0, "reason": "试验", "rules": {"AN02": {"enabled": False}}, "facts": {"range": "1"},
            "signals": {"load": [{"factor": "i33400", "point_id": str(uuid4())}]},
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert {error["where"] for error in answer.json()["errors"]} == {
        "rules.AN02.reason", "facts.range", "signals.load.0.point_id",
    }  # fmt: skip


def but(event: Any, **changed: Any) -> Any:
    """Return the event with other values in its body."""
    return replace(event, body=msgspec.structs.replace(event.body, **changed))


def said(of: PointRecord, at: datetime, value: str, qn: str, received: datetime) -> Any:
    event = readings(of, at, {"a21026": value}, received_at=received)
    return but(event, request_id=qn)


async def test_a_packet_replayed_under_a_new_qn_is_found_on_the_stream_and_a_plain_resend_is_not(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge
) -> None:
    at, qn = NOW - 30 * MINUTE, (NOW - 30 * MINUTE).strftime("%Y%m%d%H%M%S000")
    await take(sources, judge, [said(outlet, at, "21.5", qn, at)])
    await take(sources, judge, [said(outlet, at, "21.5", qn, at + timedelta(seconds=10))])
    await take(sources, judge, [said(outlet, at, "21.5", qn[:-1] + "7", at + timedelta(seconds=30))])
    assert await rows(sources, "select from anomalies") == []
    await take(sources, judge, [said(outlet, at, "21.5", qn[:-1] + "9", at + 20 * MINUTE)])
    (found,) = await rows(sources, "select * from anomalies")
    assert (found["rule_id"], found["severity"]) == ("AN45", "alarm")
    await take(sources, judge, [said(outlet, at, "21.5", qn[:-1] + "9", at + 20 * MINUTE)])
    assert await findings(sources) == 1


async def test_a_replay_in_the_very_batch_of_its_original_is_found(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge
) -> None:
    at, qn = NOW - 30 * MINUTE, (NOW - 30 * MINUTE).strftime("%Y%m%d%H%M%S000")
    same_time = readings(outlet, at, {"a21026": "20"}, period=Period.MINUTE, received_at=at + 20 * MINUTE)
    replay = said(outlet, at, "21.5", qn[:-1] + "9", at + 20 * MINUTE)
    await take(sources, judge, [said(outlet, at, "21.5", qn, at), same_time, replay])
    assert [one["rule_id"] for one in await rows(sources, "select rule_id from anomalies")] == ["AN45"]


async def test_a_clock_that_runs_ahead_is_found_after_five_packets_and_a_slow_line_is_not(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge
) -> None:
    for step in range(8):
        at = NOW - timedelta(seconds=30 * (20 - step))
        slow = timedelta(seconds=100 if step == 3 else 1)
        await take(sources, judge, [said(outlet, at, "20", at.strftime("%Y%m%d%H%M%S000"), at + slow)])
    assert await rows(sources, "select from anomalies") == []
    for step in range(6):
        at = NOW - timedelta(seconds=30 * (10 - step))
        device = at + 7 * MINUTE
        await take(sources, judge, [said(outlet, device, "20", device.strftime("%Y%m%d%H%M%S000"), at)])
    found = await rows(sources, "select * from anomalies where rule_id = 'AN11'")
    assert [one["severity"] for one in found] == ["alarm"]
    assert int(found[0]["evidence"]["seconds"]) == 420


async def test_a_parameter_changed_without_work_order_is_found_as_soon_as_the_device_reports_it(
    sources: Database, points: Points, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    await settled(runner, NOW)
    reports = DeviceReports(points)
    for hours, slope in ((4, "1.00"), (1, "0.72")):
        body = DeviceInfoReported(
            mn="MN1", point_id=outlet.point_id, command="3020", system_type="31", received_at=NOW,
            items=[{"PolId": "a21026"}, {"i13008-Info": slope}, {"i11001-Info": "//校准//"}],
            data_time=NOW - timedelta(hours=hours),
        )  # fmt: skip
        event = Event(type="telemetry.device-info.reported", source="hj212-gateway", subject="MN1", time=NOW, body=body)
        for _ in range(2):  # delivered twice
            async with sources.transaction() as tx:
                await reports.on_device_info(event, tx)
    assert len(await rows(sources, "select from outlet_records")) == 4
    await settled(runner, datetime.now(UTC) + MINUTE)
    (found,) = await rows(sources, "select * from anomalies where rule_id = 'AN29'")
    assert (found["severity"], found["evidence"]["new"]) == ("alarm", "0.72")


async def test_the_list_the_detail_the_table_and_the_feedback_of_an_anomaly(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner, client: httpx.AsyncClient
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    await settled(runner, NOW)
    answer = (
        await client.get("/anomalies", params={"rule": "AN15", "state": "open", "point_id": str(outlet.point_id)})
    ).json()
    assert answer["total"] == 1
    (item,) = answer["items"]
    assert item["rule_zh"] == "流速异常"
    assert item["frames"]["period"] == "minute"
    assert re.fullmatch(r"流速不在 5 至 30 m/s\([\d.–]+ m/s\),持续 \d+ 分钟", item["sentence_zh"])
    assert re.fullmatch(r"velocity outside 5 to 30 m/s \([\d.–]+ m/s\) for \d+ min", item["sentence_en"])
    for filters, field in (({"rule": "AN99"}, "rule"), ({"from": "2026-11-02", "to": "2026-11-01"}, "to")):
        refused = await client.get("/anomalies", params=filters)
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, f"query.{field}")
    detail = (await client.get(f"/anomalies/{item['anomaly_id']}")).json()
    (curve,) = [one for one in detail["evidence_series"]["series"] if one["factor"] == "a01011"]
    assert len(curve["values"]) > 10
    said_false = {"verdict": "false", "reason": "现场核查:设计流速即为 2 m/s"}
    answer = await client.post(f"/anomalies/{item['anomaly_id']}/feedback", json=said_false)
    assert (answer.json()["feedback"], answer.json()["feedback_by"]) == ("false", "chen")
    counted = (await client.get("/anomalies/precision", params={"rule": "AN15"})).json()["items"]
    assert [(one["false"], one["precision"]) for one in counted] == [(1, 0.0)]
    csv = (await client.get("/anomalies/export")).text
    assert "AN15" in csv
    assert "现场核查" in csv
    assert (await client.get(f"/anomalies/{uuid4()}")).status_code == 404


async def test_an_enterprise_sees_its_own_and_does_not_judge_clues(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner, client: httpx.AsyncClient
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    await settled(runner, NOW)
    own = token("reading:read", "alarm:acknowledge", role=Role.ENTERPRISE, enterprise_id=outlet.enterprise_id)
    other = token("reading:read", role=Role.ENTERPRISE, enterprise_id=uuid4())
    mine = (await client.get("/anomalies", headers={"Authorization": f"Bearer {own}"})).json()
    assert mine["total"] >= 1
    theirs = (await client.get("/anomalies", headers={"Authorization": f"Bearer {other}"})).json()
    assert theirs["items"] == []
    path = f"/anomalies/{mine['items'][0]['anomaly_id']}/feedback"
    answer = await client.post(
        path, json={"verdict": "false", "reason": "不属实"}, headers={"Authorization": f"Bearer {own}"}
    )
    assert answer.status_code == 403


async def test_an_ordered_reduction_that_is_not_kept_is_found(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner, client: httpx.AsyncClient
) -> None:
    begin = NOW - timedelta(hours=8)
    power = [
        readings(
            outlet, at, {"z00001": "300" if hour % 2 else "320"}, period=Period.MINUTE, received_at=at + 11 * MINUTE
        )
        for hour in range(-100, 8)
        for at in (begin + timedelta(hours=hour, minutes=m) for m in (0, 10, 20, 30, 40, 50))
    ]
    await take(sources, judge, power)
    order = {
        "title_zh": "橙色预警", "title_en": "Orange warning", "level": "orange", "starts_at": begin.isoformat(),
        "ends_at": (NOW + timedelta(days=1)).isoformat(), "reason": "市应急办第3号令",
        "measures": [
            {"point_id": str(outlet.point_id), "factor": "z00001", "allowed_share": "0.5", "measure_zh": "限产50%"}
        ],
    }  # fmt: skip
    assert (await client.post("/reduction-orders", json=order)).status_code == 201
    await settled(runner, NOW + 12 * MINUTE)
    await settled(runner, datetime.now(UTC) + timedelta(hours=2))
    found = await rows(sources, "select * from anomalies where rule_id = 'ORDER'")
    assert [one["severity"] for one in found] == ["alarm"]
    assert "限产50%" in found[0]["sentence_zh"]
    (item,) = (await client.get("/reduction-orders", params={"active": True})).json()["items"]
    assert item["measures"] == 1
    withdrawn = await client.post(f"/reduction-orders/{item['order_id']}/withdraw", json={"reason": "误发"})
    assert withdrawn.json()["state"] == "withdrawn"


async def test_a_check_recorded_for_validity_is_what_the_drift_rule_looks_at(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    async with sources.transaction() as tx:
        await tx.execute(
            "insert into control_checks values ($1, $2, 'a21026', $3, 'span drift', 'adjust', $4, '', '[]', $1, 'chen', $3)",
            uuid4(), outlet.point_id, NOW - timedelta(hours=30), {"monitor": "gas", "check": "span", "drift": "7.5"},
        )  # fmt: skip
    await settled(runner, NOW + 12 * MINUTE)
    (found,) = await rows(sources, "select * from anomalies where rule_id = 'AN33'")
    assert found["evidence"]["deviation_percent"] == "7.5"


async def test_a_record_with_mistakes_is_refused_and_a_good_one_is_listed(
    outlet: PointRecord, client: httpx.AsyncClient
) -> None:
    path = f"/points/{outlet.point_id}/equipment-records"
    bad = {"kind": "quality-check", "at": (NOW + timedelta(days=2)).isoformat(), "text": "nothing", "name": "x"}
    answer = await client.post(path, json=bad)
    assert {error["where"] for error in answer.json()["errors"]} == {"passed", "at", "text"}
    good = {"kind": "manual-result", "at": (NOW - timedelta(hours=1)).isoformat(), "factor": "a21026", "value": "23.5"}
    assert (await client.post(path, json=good)).status_code == 201
    enterprise = token("mark:write", role=Role.ENTERPRISE, enterprise_id=outlet.enterprise_id)
    order = {"kind": "work-order", "at": (NOW - timedelta(hours=1)).isoformat(), "work_order": "GD-1"}
    answer = await client.post(path, json=order, headers={"Authorization": f"Bearer {enterprise}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-yours-to-record")
    (item,) = (await client.get(path)).json()["items"]
    assert (item["kind"], item["source"], item["author"]) == ("manual-result", "person", "chen")


async def test_a_try_out_says_what_a_draft_would_find_and_neither_keeps_nor_tells_anything(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, client: httpx.AsyncClient
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    path = f"/points/{outlet.point_id}/anomaly-rules/try"
    answer = (await client.post(path, json={"days": 1})).json()
    (found,) = [one for one in answer["items"] if one["rule_id"] == "AN15"]
    assert (found["change"], found["factor"], found["told"]) == ("same", "a01011", True)
    tolerant = {"days": 1, "rules": {"AN15": {"parameters": {"lowest": "1"}}}}
    answer = (await client.post(path, json=tolerant)).json()
    assert [one["change"] for one in answer["items"] if one["rule_id"] == "AN15"] == ["gone"]
    assert answer["counts"]["gone"] == 1
    assert await rows(sources, "select from anomalies") == []
    assert await rows(sources, "select from anomaly_settings") == []
    assert await findings(sources) == 0
    wrong = await client.post(path, json={"rules": {"AN15": {"parameters": {"lowest": "-5"}}}})
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "rules.AN15.parameters.lowest")


async def test_rules_are_shown_with_their_words_their_parameters_bounds_and_what_they_lack(
    sources: Database, outlet: PointRecord, judge: ReadingsJudge, runner: AnomalyRunner, client: httpx.AsyncClient
) -> None:
    await take(sources, judge, blocked_pitot(outlet))
    await settled(runner, NOW)
    answer = (await client.get(f"/points/{outlet.point_id}/anomaly-rules")).json()
    by_id = {one["rule_id"]: one for one in answer["rules"]}
    (lowest,) = [one for one in by_id["AN15"]["parameters"] if one["name"] == "lowest"]
    assert (lowest["name_zh"], lowest["unit"], lowest["default"], lowest["highest"]) == ("流速下限", "m/s", "5", "100")
    assert by_id["AN24"]["states"][0]["needs"] == "signals.production"
    assert by_id["AN24"]["finds_zh"].startswith("生产设施运行")
