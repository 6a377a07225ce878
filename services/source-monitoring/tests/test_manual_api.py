"""Manual monitoring over HTTP on a real Postgres: plans, dues, results, decisions, imports, comparison, what is told."""

import asyncio
import csv
import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import openpyxl
import pytest
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.testing import asgi_client
from park_judging.testing import ENTERPRISE_ID, factor, limit, point, readings
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.manual.comparing import LateData
from source_monitoring.manual.watch import OverdueWatch
from source_monitoring.settings import Settings
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, OFFICER, Laboratory, Person

pytestmark = pytest.mark.integration

HERE = at_park(now()).replace(minute=0, second=0, microsecond=0) - 12 * HOUR
ROOT = "/self-monitoring"


@pytest.fixture
def works() -> Person:
    return Person(*ENTERPRISE, name="works", enterprise_id=ENTERPRISE_ID)


@pytest.fixture
def stranger() -> Person:
    return Person(*ENTERPRISE, name="stranger", enterprise_id=uuid4())


@pytest.fixture
def officer() -> Person:
    return Person(*OFFICER, name="officer")


@pytest.fixture
def outlet(laboratory: Laboratory) -> PointRecord:
    of = point(limit(upper="50", averaging="realtime"), factors=[factor(), factor("w21003", decimals=2)])
    laboratory.registry.put(of)
    return of


def plan_form(of: PointRecord, **fields: Any) -> dict[str, Any]:
    return {
        "point_id": str(of.point_id), "name_zh": "废水每日监测", "factors": ["w01018"], "frequency": "day",
        "basis": "排污许可证 91320000-1", "valid_from": (at_park(now()) - 3 * DAY).date().isoformat(), **fields,
    }  # fmt: skip


def result_form(at: datetime, **fields: Any) -> dict[str, Any]:
    sampled = f"{at_park(at):%Y-%m-%d %H:%M}"
    return {"point": "DW001", "factor": "w01018", "sampled_at": sampled, "value": "42.5", "unit": "mg/L", **fields}


async def stated(laboratory: Laboratory, officer: Person, of: PointRecord, **fields: Any) -> dict[str, Any]:
    answer = await laboratory.ask(officer, "POST", f"{ROOT}/plans", plan_form(of, **fields))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def entered(laboratory: Laboratory, who: Person, at: datetime, **fields: Any) -> dict[str, Any]:
    body = {"results": [result_form(at, **fields)]}
    answer = await laboratory.ask(who, "POST", f"{ROOT}/results", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["items"][0]
    return made


async def dues(laboratory: Laboratory, who: Person, **params: Any) -> dict[str, Any]:
    since = (at_park(now()) - 5 * DAY).date().isoformat()
    until = (at_park(now()) + DAY).date().isoformat()
    answer = await laboratory.ask(who, "GET", f"{ROOT}/dues", **{"from": since, "to": until, **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def told(laboratory: Laboratory, rule: str) -> list[dict[str, Any]]:
    bodies = await laboratory.published("supervision.findings.v1")
    return [body.get("data", body) for body in bodies if rule in str(body)]


async def test_a_plan_is_stated_by_officers_seen_by_its_enterprise_and_corrected_with_a_reason(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, works: Person, stranger: Person
) -> None:
    refused = await laboratory.ask(works, "POST", f"{ROOT}/plans", plan_form(outlet))
    assert refused.status_code == 403
    wrong = await laboratory.ask(officer, "POST", f"{ROOT}/plans", plan_form(outlet, factors=["none"]))
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "factors")
    made = await stated(laboratory, officer, outlet)
    assert (made["version"], made["frequency_zh"], made["point_name_zh"]) == (1, "每日一次", "总排口")
    path = f"{ROOT}/plans/{made['plan_id']}"
    without = await laboratory.ask(officer, "PUT", path, plan_form(outlet, frequency="week", based_on=1))
    assert without.json()["code"] == "reason-missing"
    change = plan_form(outlet, frequency="week", based_on=1, reason="许可证变更")
    assert (await laboratory.ask(officer, "PUT", path, change)).json()["version"] == 2
    assert (await laboratory.ask(officer, "PUT", path, change)).json()["code"] == "version-conflict"
    seen = (await laboratory.ask(works, "GET", path)).json()
    assert [one["body"]["frequency"] for one in seen["versions"]] == ["week", "day"]
    assert (await laboratory.ask(stranger, "GET", path)).status_code == 404
    assert (await laboratory.ask(stranger, "GET", f"{ROOT}/plans")).json()["items"] == []
    table = await laboratory.ask(works, "GET", f"{ROOT}/plans", format="csv")
    assert "排污许可证 91320000-1" in table.text


async def test_what_is_due_follows_results_and_pages_and_is_counted(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, works: Person
) -> None:
    made = await stated(laboratory, officer, outlet)
    before = await dues(laboratory, works)
    assert before["counts"] == {"upcoming": 0, "due": 1, "overdue": 3, "done": 0, "exempt": 0}
    yesterday = at_park(now()).replace(hour=10, minute=0, second=0, microsecond=0) - DAY
    await entered(laboratory, works, yesterday)
    after = await dues(laboratory, works)
    assert after["counts"]["done"] == 1
    done = next(one for one in after["items"] if one["state"] == "done")
    assert (done["late"], done["samples"], done["plan_id"]) == (True, 1, made["plan_id"])
    first = await dues(laboratory, works, limit=2)
    second = await dues(laboratory, works, limit=2, cursor=first["next_cursor"])
    assert [one["start"] for one in first["items"] + second["items"]] == [one["start"] for one in after["items"]]
    since, until = yesterday.replace(day=1).date(), (yesterday + 40 * DAY).replace(day=1).date()
    answer = await laboratory.ask(
        works,
        "GET",
        f"{ROOT}/statistics",
        None,
        by="enterprise",
        **{"from": since.isoformat(), "to": until.isoformat()},
    )
    assert sum(one["late"] for one in answer.json()["items"]) == 1
    assert {one["enterprise_name_zh"] for one in answer.json()["items"]} == {"甲化工"}


async def test_a_stopped_outlet_owes_nothing(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, works: Person
) -> None:
    await stated(laboratory, officer, outlet)
    midnight = at_park(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    mark = {
        "type": "stopped", "start": (midnight - 2 * DAY).isoformat(), "end": (midnight - DAY).isoformat(), "reason": "检修停产",
    }  # fmt: skip
    types = await laboratory.ask(works, "GET", "/mark-types")
    mark["type"] = next(one["key"] for one in types.json()["items"] if "stop" in one["key"])
    answer = await laboratory.ask(works, "POST", f"/points/{outlet.point_id}/marks", mark)
    assert answer.status_code == 201, answer.text
    exempt = [one for one in (await dues(laboratory, works))["items"] if one["state"] == "exempt"]
    assert [one["exempt_because"] for one in exempt] == (["stopped"] if answer.json()["counts"] else [])


async def test_an_explanation_counts_once_another_person_accepted_it(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, works: Person
) -> None:
    await stated(laboratory, officer, outlet)
    late = next(one for one in (await dues(laboratory, works))["items"] if one["state"] == "overdue")
    body = {
        "plan_id": late["plan_id"], "period_start": late["start"], "reason": "采样设备故障",
        "evidence": [{"kind": "document", "reference": "维修单 12"}],
    }  # fmt: skip
    answer = await laboratory.ask(works, "POST", f"{ROOT}/explanations", body)
    assert answer.status_code == 201, answer.text
    again = await laboratory.ask(works, "POST", f"{ROOT}/explanations", body)
    assert again.json()["code"] == "explained-already"
    assert (await dues(laboratory, works, state="exempt"))["items"] == []
    path = f"{ROOT}/explanations/{answer.json()['explanation_id']}"
    assert (await laboratory.ask(works, "POST", f"{path}/accept", {})).status_code == 403
    assert (await laboratory.ask(officer, "POST", f"{path}/reject", {})).json()["code"] == "reason-missing"
    assert (await laboratory.ask(officer, "POST", f"{path}/accept", {})).json()["state"] == "accepted"
    (exempt,) = (await dues(laboratory, works, state="exempt"))["items"]
    assert (exempt["exempt_because"], exempt["explanation"]["reason"]) == ("explained", "采样设备故障")
    nowhen = await laboratory.ask(
        works, "POST", f"{ROOT}/explanations", body | {"period_start": (HERE + timedelta(minutes=1)).isoformat()}
    )
    assert nowhen.json()["code"] == "no-such-period"


async def test_a_result_is_judged_told_corrected_and_returned_in_versions(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, works: Person, stranger: Person
) -> None:
    made = await entered(laboratory, works, HERE, value="61")
    assert (made["verdict"]["outcome"], made["verdict"]["ratio"], made["state"]) == ("over", 1.22, "submitted")
    path = f"{ROOT}/results/{made['result_id']}"
    assert (await laboratory.ask(stranger, "GET", path)).status_code == 404
    again = await laboratory.ask(works, "POST", f"{ROOT}/results", {"results": [result_form(HERE, value="61")]})
    assert (again.status_code, again.json()["code"]) == (409, "result-is-known")
    own = await laboratory.ask(works, "POST", f"{path}/accept", {"version": 1})
    assert own.status_code == 403
    accepted = await laboratory.ask(officer, "POST", f"{path}/accept", {"version": 1})
    assert (accepted.json()["state"], accepted.json()["decided_by"]) == ("accepted", "officer")
    change = result_form(HERE, value="16", based_on=1, reason="录入颠倒")
    assert (await laboratory.ask(works, "PUT", path, change)).json()["code"] == "accepted-already"
    corrected = (await laboratory.ask(officer, "PUT", path, change)).json()
    assert (corrected["version"], corrected["state"], corrected["allowed"]) == (2, "submitted", [])
    seen = (await laboratory.ask(works, "GET", path)).json()
    assert [one["body"]["text"] for one in seen["versions"]] == ["16", "61"]
    verdicts = [one["verdict"] for one in await told(laboratory, "exceedance")]
    assert verdicts == ["violated", "complied"]
    other = Person(*OFFICER, name="second")
    returned = await laboratory.ask(other, "POST", f"{path}/reject", {"version": 2, "reason": "缺报告"})
    assert returned.json()["state"] == "rejected"
    withdrawn = await laboratory.ask(works, "POST", f"{path}/withdraw", {"based_on": 2, "reason": "重复录入"})
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    listed = await laboratory.ask(works, "GET", f"{ROOT}/results", state="withdrawn")
    assert [one["result_id"] for one in listed.json()["items"]] == [made["result_id"]]
    table = await laboratory.ask(works, "GET", f"{ROOT}/results", format="csv")
    assert len(list(csv.reader(io.StringIO(table.text)))) == 2


async def test_overdue_is_told_once_by_any_number_of_watchers_and_ended_by_the_late_result(
    laboratory: Laboratory,
    sources: Database,
    source_settings: Settings,
    outlet: PointRecord,
    officer: Person,
    works: Person,
) -> None:
    today = at_park(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    await stated(laboratory, officer, outlet)
    at = today + 2 * DAY + timedelta(minutes=1)
    watches = [OverdueWatch(sources, laboratory.points, source_settings) for _ in range(3)]
    await asyncio.gather(*(watch.look(at) for watch in watches))
    found = await told(laboratory, "manual-overdue")
    days = {one["period_start"]: one["limit_id"] for one in found}
    assert len(found) == len(days) == 2  # today and tomorrow; the days before the plan was stated are not told
    await watches[0].look(at)
    assert len(await told(laboratory, "manual-overdue")) == 2
    await entered(laboratory, works, today)
    await watches[1].look(at)
    await watches[2].look(at)
    after = await told(laboratory, "manual-overdue")
    assert [one["verdict"] for one in after] == ["violated", "violated", "complied"]
    assert days[after[2]["period_start"]] == after[2]["limit_id"]


async def compared(laboratory: Laboratory, who: Person) -> list[dict[str, Any]]:
    answer = await laboratory.ask(who, "GET", f"{ROOT}/comparisons")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_result_is_compared_with_the_monitor_and_two_failures_in_a_row_put_it_out_of_control(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, works: Person
) -> None:
    await laboratory.minutes(outlet, HERE - 3 * DAY, 4, {"w01018": "40", "w21003": "2.5"})
    await laboratory.minutes(outlet, HERE - 2 * DAY, 4, {"w01018": "40", "w21003": "2.5"})
    await laboratory.take(readings(outlet, HERE, {"w01018": "40"}))
    await laboratory.close()
    for days_ago, value in ((3, "41"), (2, "80")):
        await entered(laboratory, works, HERE - days_ago * DAY + HOUR, value=value)
    failed, passed = await compared(laboratory, works)
    assert (passed["outcome"], failed["outcome"]) == ("passed", "failed")
    assert (failed["pairs"][0]["automatic"], failed["error"], failed["tolerance"]) == ("40.0000", "50.00", "20")
    assert (await laboratory.ask(works, "GET", f"/points/{outlet.point_id}/checks")).json()["items"] == []
    await _accept_all(laboratory, officer)
    checks = (await laboratory.ask(works, "GET", f"/points/{outlet.point_id}/checks")).json()
    assert [one["outcome"] for one in checks["items"]] == ["adjust", "pass"]
    await entered(laboratory, works, HERE - 2 * DAY + 2 * HOUR, factor="w21003", value="2.4")
    await entered(laboratory, works, HERE - 2 * DAY + 27 * HOUR, value="90")
    no_data = (await compared(laboratory, works))[0]
    assert (no_data["outcome"], no_data["zh"]) == ("not-comparable", "采样时段没有有效的自动数据")
    await laboratory.minutes(outlet, HERE - DAY, 6, {"w01018": "40"})
    await laboratory.close()
    await LateData(laboratory.database, laboratory.points, laboratory.settings).look(now())
    await _accept_all(laboratory, officer)
    assert (await compared(laboratory, works))[0]["outcome"] == "failed"
    checks = (await laboratory.ask(works, "GET", f"/points/{outlet.point_id}/checks")).json()
    outcomes = [one["outcome"] for one in checks["items"] if one["factor"] == "w01018"]
    assert outcomes == ["out-of-control", "adjust", "pass"]
    assert "w01018" in checks["out_of_control"]
    await laboratory.close()
    hour = await laboratory.newest(outlet, HERE - DAY + 2 * HOUR)
    assert (hour.verdict, hour.reason) == ("invalid", "out-of-control")
    await LateData(laboratory.database, laboratory.points, laboratory.settings).look(now())
    assert (await compared(laboratory, works))[0]["outcome"] == "failed"  # what it made invalid does not undo it


async def _accept_all(laboratory: Laboratory, officer: Person) -> None:
    listed = await laboratory.ask(officer, "GET", f"{ROOT}/results", state="submitted")
    for one in listed.json()["items"]:
        body = {"version": one["version"]}
        answer = await laboratory.ask(officer, "POST", f"{ROOT}/results/{one['result_id']}/accept", body)
        assert answer.status_code == 200, answer.text


async def test_a_result_is_on_record_for_the_anomaly_rule_until_it_counts_no_more(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    made = await entered(laboratory, works, HERE, value="61000", unit="ug/L")

    async def kept() -> list[Any]:
        async with laboratory.database.reading() as connection:
            return list(await connection.fetch("select kind, factor, value from outlet_records"))

    assert [(row["kind"], row["factor"], row["value"]) for row in await kept()] == [("manual-result", "w01018", 61)]
    path = f"{ROOT}/results/{made['result_id']}/withdraw"
    await laboratory.ask(works, "POST", path, {"based_on": 1, "reason": "录错"})
    assert await kept() == []


def sheet(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["排口编码", "监测因子", "采样时间", "结果", "单位"])
    for row in rows:
        page.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


async def imported(laboratory: Laboratory, who: Person, content: bytes, **fields: str) -> httpx.Response:
    async with asgi_client(laboratory.chassis, who.bearer) as client:
        return await client.post(f"{ROOT}/imports", files={"file": ("结果.xlsx", content)}, data=fields)


async def test_a_sheet_is_previewed_imported_and_its_bad_rows_mended(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, works: Person, stranger: Person
) -> None:
    sampled = f"{HERE:%Y-%m-%d %H:%M}"
    content = sheet(
        ["DW001", "化学需氧量", sampled, "<4", "mg/L"], ["DW001", "氨氮", sampled, "ND", "mg/L"],
        ["DW001", "化学需氧量", sampled, "5", "mg/L"],
    )  # fmt: skip
    preview = (await imported(laboratory, works, content, dry_run="true")).json()
    assert [row["status"] for row in preview["rows"]] == ["created", "rejected", "rejected"]
    none = (await imported(laboratory, works, content, all_or_nothing="true")).json()
    assert (none["stored"], none["rejected"]) == (False, 2)
    done = (await imported(laboratory, works, content)).json()
    assert (done["stored"], done["accepted"], done["enterprise_id"]) == (True, 1, str(ENTERPRISE_ID))
    assert (await laboratory.ask(works, "GET", f"{ROOT}/results")).json()["total"] == 1
    aside = (await laboratory.ask(works, "GET", f"{ROOT}/set-aside")).json()
    assert [one["row"] for one in aside["items"]] == [3, 4]
    assert (await laboratory.ask(stranger, "GET", f"{ROOT}/set-aside")).json()["items"] == []
    path = f"{ROOT}/set-aside/{aside['items'][0]['set_aside_id']}"
    assert (await laboratory.ask(stranger, "POST", f"{path}/mend", {"texts": {"value": "1"}})).status_code == 404
    still = await laboratory.ask(works, "POST", f"{path}/mend", {"texts": {"value": "nothing"}})
    assert (still.status_code, still.json()["errors"][0]["where"]) == (422, "value")
    mended = await laboratory.ask(works, "POST", f"{path}/mend", {"texts": {"value": "0.025L"}})
    assert (mended.status_code, mended.json()["state"]) == (200, "mended"), mended.text
    second = f"{ROOT}/set-aside/{aside['items'][1]['set_aside_id']}/dismiss"
    assert (await laboratory.ask(works, "POST", second, {"reason": "重复行"})).json()["state"] == "dismissed"
    assert (await laboratory.ask(officer, "GET", f"{ROOT}/results")).json()["total"] == 2
    unchanged = (await imported(laboratory, works, sheet(["DW001", "化学需氧量", sampled, "<4", "mg/L"]))).json()
    assert unchanged["rows"][0]["status"] == "unchanged"
    report = await laboratory.ask(works, "GET", f"{ROOT}/imports/{UUID(done['import_id'])}/report.xlsx")
    assert report.content[:2] == b"PK"
    template = await laboratory.ask(works, "GET", f"{ROOT}/imports/template.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(template.content)).sheetnames[0] == "自行监测结果"


async def test_a_crash_while_a_result_is_stored_leaves_nothing_of_it(
    laboratory: Laboratory, outlet: PointRecord, works: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr("source_monitoring.manual.comparing.refresh", crash)
        answer = await laboratory.ask(works, "POST", f"{ROOT}/results", {"results": [result_form(HERE, value="61")]})
    assert answer.status_code == 500
    assert await told(laboratory, "exceedance") == []
    async with laboratory.database.reading() as connection:
        assert await connection.fetchval("select count(*) from manual_results") == 0
        assert await connection.fetchval("select count(*) from outlet_records") == 0
    await entered(laboratory, works, HERE, value="61")
    assert [one["verdict"] for one in await told(laboratory, "exceedance")] == ["violated"]
