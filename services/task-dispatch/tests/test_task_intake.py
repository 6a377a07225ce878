"""Complaints and orders from above become tasks; what contradicts itself is refused; who complained stays private."""

from typing import Any

import httpx
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_schemas.codes import Role
from task_dispatch.testing import ENTERPRISE, done, signed_in

pytestmark = pytest.mark.integration

COMPLAINT = {
    "what": "夜间有刺鼻异味, 疑似东江化工排放", "where": "东江路 12 号小区", "category": "odour", "channel": "12345",
    "happened_at": "2026-11-21T23:10:00+08:00", "who": "赵女士", "phone": "13800000000", "wants_answer": True,
    "enterprise_id": str(ENTERPRISE), "enterprise_name_zh": "东江化工", "assignee": "li",
}  # fmt: skip
ORDER = {
    "title_zh": "督办: 东江化工异味扰民", "issued_by": "市生态环境局", "document_number": "环督〔2026〕17号",
    "requirement": "限期查明并整改",
    "issued_on": "2026-11-20",
}  # fmt: skip


async def test_a_complaint_becomes_a_task_and_its_complainant_is_seen_by_officers_only(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient, database: Database
) -> None:
    made = await officer.post("/complaints", json=COMPLAINT, headers={"Idempotency-Key": "c-1"})
    assert made.status_code == 201, made.text
    task = made.json()
    assert (task["kind"], task["source"], task["state"], task["assignee"]) == (
        "complaint",
        "complaint",
        "dispatched",
        "li",
    )
    assert task["title_zh"].startswith("投诉: 夜间有刺鼻异味")
    again = await officer.post("/complaints", json=COMPLAINT, headers={"Idempotency-Key": "c-1"})
    assert again.json()["task_id"] == task["task_id"]
    seen = (await officer.get(f"/tasks/{task['task_id']}")).json()["details"]
    assert (seen["who"], seen["phone"], seen["where"]) == ("赵女士", "13800000000", "东江路 12 号小区")
    async with signed_in(chassis, "plant", Role.ENTERPRISE, enterprise=ENTERPRISE) as plant:
        assert (await plant.get(f"/tasks/{task['task_id']}")).status_code == 404, "nobody was there yet"
        await done(inspector, task, "sign")
        await done(inspector, task, "arrive")
        for client in (inspector, plant):
            details = (await client.get(f"/tasks/{task['task_id']}")).json()["details"]
            assert details["where"] == "东江路 12 号小区"
            assert not {"who", "phone"} & set(details)
    async with database.reading() as connection:
        said = await connection.fetchval("select string_agg(convert_from(body, 'utf8'), '') from outbox")
    assert "赵女士" not in said, "who complained never leaves the service"
    assert "13800000000" not in said


async def test_an_anonymous_complaint_is_taken(officer: httpx.AsyncClient) -> None:
    form = {"what": "异味", "where": "东门", "anonymous": True, "category": "odour"}
    made = await officer.post("/complaints", json=form)
    assert (made.status_code, made.json()["state"]) == (201, "created")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"anonymous": True}, "who"),
        ({"who": ""}, "who"),
        ({"phone": ""}, "phone"),
        ({"what": ""}, "body.what"),
        ({"where": ""}, "body.where"),
        ({"category": "dance"}, "body.category"),
        ({"happened_at": "yesterday"}, "body.happened_at"),
        ({"longitude": 500}, "body.longitude"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at"),
    ],
)
async def test_a_complaint_that_contradicts_itself_is_refused_saying_where(
    officer: httpx.AsyncClient, changes: dict[str, Any], where: str
) -> None:
    refused = await officer.post("/complaints", json={**COMPLAINT, **changes})
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["where"] == where
    assert (await officer.get("/tasks")).json()["total"] == 0


async def test_an_order_from_above_becomes_one_task_that_its_maker_verifies(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    made = await officer.post("/supervision-orders", json={**ORDER, "assignee": "li", "priority": "yellow"})
    assert made.status_code == 201, made.text
    task = made.json()
    assert (task["source"], task["source_reference"]) == ("supervision", "环督〔2026〕17号")
    twice = await officer.post("/supervision-orders", json=ORDER)
    assert (twice.status_code, twice.json()["code"]) == (409, "order-is-known")
    assert twice.json()["task_id"] == task["task_id"]
    await done(inspector, task, "sign")
    await done(inspector, task, "report", findings_text="已查明", outcome="confirmed")
    async with signed_in(chassis, "another") as another:
        refused = await another.post(f"/tasks/{task['task_id']}/verify", json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "verified-by-creator")
    await done(officer, task, "verify")
    assert (await done(officer, task, "close"))["state"] == "closed"


async def test_intake_without_the_right_to_dispatch_waits_to_be_dispatched(chassis: Chassis) -> None:
    async with signed_in(chassis, "desk", Role.OFFICER, "task:read", "task:create") as desk:
        refused = await desk.post("/complaints", json=COMPLAINT)
        assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
        taken = await desk.post("/complaints", json={**COMPLAINT, "assignee": None})
        assert (taken.status_code, taken.json()["state"]) == (201, "created")


async def test_the_order_form_of_a_kind_is_asked_for_whoever_makes_the_task(officer: httpx.AsyncClient) -> None:
    refused = await officer.post("/tasks", json={"title_zh": "投诉", "kind": "complaint", "priority": "blue"})
    assert (refused.status_code, refused.json()["code"]) == (422, "order-incomplete")
    assert {"details.what", "details.where"} <= {error["where"] for error in refused.json()["errors"]}
    problems = {"problem_list": [{"item": "2d", "found": "防渗层开裂"}, {"item": "8a", "found": "x"}]}
    form = {"title_zh": "整改", "kind": "rectification", "priority": "blue", "details": problems}
    unknown = await officer.post("/tasks", json=form)
    assert [error["where"] for error in unknown.json()["errors"]] == ["details.problem_list.1.item"]
    role = await officer.post("/tasks", json={**form, "details": {}, "assignee_role": "officer"})
    assert (role.status_code, role.json()["errors"][0]["where"]) == (422, "assignee_role")


@pytest.mark.parametrize(
    ("path", "form", "code", "where"),
    [
        ("/complaints", {**COMPLAINT, "what": "异味\x00"}, "text-not-storable", "body"),
        ("/supervision-orders", {**ORDER, "document_number": "\x00"}, "text-not-storable", "body"),
        ("/complaints", {**COMPLAINT, "happened_at": "9999-12-31T23:59:59Z"}, "invalid-request", "body.happened_at"),
        ("/complaints", {**COMPLAINT, "due_at": "0001-01-01T00:00:00+09:20"}, "invalid-request", "body.due_at"),
    ],
)
async def test_a_character_or_a_time_that_cannot_be_kept_is_the_callers_mistake(
    officer: httpx.AsyncClient, path: str, form: dict[str, Any], code: str, where: str
) -> None:
    refused = await officer.post(path, json=form)
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    assert refused.json()["errors"][0]["where"] == where
