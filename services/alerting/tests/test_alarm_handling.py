"""What people do with an alarm, and what the statistics say of it afterwards."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from alerting.consumers import Consumers
from alerting.notifier import Notifier
from alerting.settings import Settings
from alerting.testing import ENTERPRISE, NOON, finding, task
from park_chassis.chassis import Chassis
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_schemas.codes import Role, TaskState
from park_schemas.envelope import Event

pytestmark = pytest.mark.integration

ALL = ("alarm:read", "alarm:acknowledge", "alarm:close", "task:dispatch")


@pytest.fixture
async def officer(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with asgi_client(chassis, token(*ALL, username="zhang")) as client:
        yield client


async def only(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    (found,) = (await client.get("/alarms", params=params)).json()["items"]
    return dict(found)


async def steps(client: httpx.AsyncClient, alarm_id: str) -> list[str]:
    return [one["what"] for one in (await client.get(f"/alarms/{alarm_id}")).json()["timeline"]]


async def test_an_assigned_person_is_told_and_finds_it_as_his_own(
    officer: httpx.AsyncClient, chassis: Chassis, take_in: Any, settings: Settings, database: Database
) -> None:
    await take_in(finding(1.8))
    alarm_id = (await only(officer))["alarm_id"]
    answer = await officer.post(f"/alarms/{alarm_id}/assign", json={"to": "li", "note": "请核实"})
    assert (answer.status_code, answer.json()["assigned_to"]) == (200, "li")
    assert (await officer.post(f"/alarms/{alarm_id}/assign", json={"to": "李 四"})).status_code == 422
    await Notifier(database, settings).tell_due()
    async with asgi_client(chassis, token(*ALL, role=Role.INSPECTOR, username="li")) as li:
        assert (await only(li, assigned_to="me"))["alarm_id"] == alarm_id
        told = (await li.get("/notifications")).json()["items"]
        assert [one["step"] for one in told] == ["assigned"]
    assert await steps(officer, alarm_id) == ["raised", "assigned"]


async def test_a_suppressed_alarm_is_not_told_when_it_comes_back_and_the_record_says_who_and_why(
    officer: httpx.AsyncClient, take_in: Any, settings: Settings, database: Database
) -> None:
    await take_in(finding(1.2))
    await Notifier(database, settings).tell_due()
    alarm_id = (await only(officer))["alarm_id"]
    until = (now() + timedelta(hours=3)).isoformat()
    answer = await officer.post(f"/alarms/{alarm_id}/suppress", json={"reason": "检修", "until": until})
    assert answer.status_code == 200
    assert answer.json()["muted"].startswith("silence:")
    await take_in(finding(1.8, at=1))
    assert await Notifier(database, settings).tell_due() == 0
    detail = (await officer.get(f"/alarms/{alarm_id}")).json()
    assert [one["what"] for one in detail["timeline"]] == ["raised", "suppressed", "escalated"]
    assert "检修" in detail["timeline"][1]["detail_zh"]
    assert detail["timeline"][1]["who"] == "zhang"
    past = await officer.post(f"/alarms/{alarm_id}/suppress", json={"reason": "x", "until": NOON.isoformat()})
    assert (past.status_code, past.json()["errors"][0]["where"]) == (422, "until")


async def test_a_closed_alarm_is_opened_again_with_a_reason_unless_a_newer_one_is_open(
    officer: httpx.AsyncClient, take_in: Any
) -> None:
    await take_in(finding(1.8))
    alarm_id = (await only(officer))["alarm_id"]
    assert (await officer.post(f"/alarms/{alarm_id}/reopen", json={"reason": "x"})).status_code == 409
    await officer.post(f"/alarms/{alarm_id}/close", json={"reason": "false-alarm"})
    opened = await officer.post(f"/alarms/{alarm_id}/reopen", json={"reason": "复核属实"})
    assert (opened.status_code, opened.json()["state"]) == (200, "active")
    assert "close_reason" not in opened.json()
    assert (await officer.get(f"/alarms/{alarm_id}")).json()["timeline"][-1]["detail_zh"] == "人工重新打开: 复核属实"
    await officer.post(f"/alarms/{alarm_id}/close", json={"reason": "handled"})
    await take_in(finding(1.8, at=30))
    refused = await officer.post(f"/alarms/{alarm_id}/reopen", json={"reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "newer-alarm-open")
    assert await steps(officer, alarm_id) == ["raised", "closed", "reopened", "closed"]


async def test_the_resolved_are_counted_apart(officer: httpx.AsyncClient, take_in: Any) -> None:
    await take_in(finding(1.8), finding(0.5, at=1), finding(0.5, at=2), finding(2.5, subject=UUID(int=12)))
    counted = (await officer.get("/alarms/counts")).json()
    assert (counted["open"]["yellow"], counted["open"]["orange"], counted["resolved"]) == (1, 1, 1)
    assert counted["resolved_by_level"] == {"red": 0, "orange": 0, "yellow": 1, "blue": 0}


async def judged(database: Database, consumers: Consumers, alarm_id: str, outcome: str) -> None:
    done = task(UUID(alarm_id), state=TaskState.CLOSED, outcome=outcome, verified_by="zhang")
    event = Event(type="tasks.task.closed", source="test", subject=str(done.task_id), time=NOON, body=done)
    async with database.transaction() as tx:
        await consumers.on_task_closed(event, tx)


async def test_accuracy_is_confirmed_of_judged_by_the_outcome_of_closed_tasks(
    officer: httpx.AsyncClient, chassis: Chassis, take_in: Any, database: Database, consumers: Consumers
) -> None:
    other: dict[str, Any] = {"enterprise_id": UUID(int=8), "enterprise_name_zh": "西江化工"}
    for number in range(5):
        await take_in(finding(1.2 + number, subject=UUID(int=20 + number), **(other if number > 2 else {})))
    found = (await officer.get("/alarms")).json()["items"]
    for alarm, outcome in zip(found, ("confirmed", "false-alarm", "confirmed"), strict=False):
        await judged(database, consumers, alarm["alarm_id"], outcome)
    await officer.post(f"/alarms/{found[3]['alarm_id']}/close", json={"reason": "recovered"})
    whole = (await officer.get("/alarms/statistics", params={"by": "level"})).json()
    total = whole["total"]
    assert (total["alarms"], total["judged"], total["confirmed"], total["false_alarms"], total["recovered"]) == (
        5, 3, 2, 1, 1,
    )  # fmt: skip
    assert (total["accuracy"], total["share_confirmed"], total["open"]) == (0.6667, 0.4, 1)
    assert sum(one["alarms"] for one in whole["items"]) == 5
    for by in ("day", "week", "month", "rule", "enterprise"):
        lines = (await officer.get("/alarms/statistics", params={"by": by})).json()["items"]
        assert sum(one["alarms"] for one in lines) == 5, by
    names = {one["name_zh"]: one["alarms"] for one in lines}
    assert names == {"东江化工": 3, "西江化工": 2}
    text = (await officer.get("/alarms/statistics", params={"by": "enterprise", "format": "csv"})).text
    assert text.strip().split("\r\n")[-1].startswith("合计,5")
    assert "66.7%" in text
    async with asgi_client(chassis, token("alarm:read", role=Role.ENTERPRISE, enterprise_id=ENTERPRISE)) as enterprise:
        assert (await enterprise.get("/alarms/statistics")).json()["total"]["alarms"] == 3
    early = await officer.get(
        "/alarms/statistics", params={"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    )
    assert early.status_code == 422
