"""Work of several: joint tasks, sub-tasks, deputies, batches, requests for time; on the real app and a real Postgres."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_schemas.codes import Role
from task_dispatch.testing import act, done, photo, signed_in, upload

pytestmark = pytest.mark.integration


async def order(officer: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    form = {"title_zh": "核查", "kind": "exceedance-check", "priority": "yellow", **changes}
    made = await officer.post("/tasks", json=form)
    assert made.status_code == 201, made.text
    task: dict[str, Any] = made.json()
    return task


async def test_a_joint_task_has_a_leader_who_reports_and_co_workers_who_help(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    task = await order(officer)
    given = await done(officer, task, "dispatch", assignee="li", co_workers=[{"username": "wang", "name": "王"}])
    assert (given["assignee"], given["co_assignees"]) == ("li", ["wang"])
    await done(inspector, task, "sign")
    async with signed_in(chassis, "wang", Role.INSPECTOR) as wang:
        assert (await wang.get("/tasks", params={"assignee": "me"})).json()["total"] == 1
        assert (await wang.get("/tasks/counts")).json()["mine"] == 1
        assert (await upload(wang, task, photo())).status_code == 201
        await done(wang, task, "contribute", text="已采样两瓶")
        refused = await act(wang, task, "report", findings_text="x", outcome="confirmed")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-the-owner")
    await done(inspector, task, "report", findings_text="x", outcome="confirmed")
    async with signed_in(chassis, "wang", Role.OFFICER) as promoted:
        refused = await act(promoted, task, "verify")
        assert (refused.status_code, refused.json()["code"]) == (403, "verifier-is-handler")
    page = (await officer.get(f"/tasks/{task['task_id']}")).json()
    assert [step["what"] for step in page["timeline"]] == [
        "created", "dispatched", "joined", "signed", "attached", "contributed", "reported",
    ]  # fmt: skip
    assert page["co_workers"] == [{"username": "wang", "name": "王"}]


@pytest.mark.parametrize("co_workers", [[{"username": "li"}], [{"username": "a"}, {"username": "a"}]])
async def test_the_leader_is_no_co_worker_and_nobody_stands_twice(
    officer: httpx.AsyncClient, co_workers: list[dict[str, str]]
) -> None:
    task = await order(officer, assignee="li")
    refused = await act(officer, task, "join", co_workers=co_workers)
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-co-workers")


async def test_a_parent_closes_only_when_all_its_parts_have_ended(
    officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    parent = await order(officer, assignee="li", enterprise_name_zh="东江化工")
    parts = [await order(officer, parent_id=parent["task_id"], assignee="li") for _ in range(2)]
    assert {part["source"] for part in parts} == {"sub-task"}
    assert parts[0]["enterprise_name_zh"] == "东江化工", "a part is about what the whole is about"
    deeper = await officer.post(
        "/tasks", json={"title_zh": "x", "kind": "sampling", "priority": "blue", "parent_id": parts[0]["task_id"]}
    )
    assert (deeper.status_code, deeper.json()["code"]) == (422, "sub-task-of-sub-task")

    async def report(task: dict[str, Any]) -> None:
        await done(inspector, task, "sign")
        await done(inspector, task, "report", findings_text="x", outcome="confirmed")
        await done(officer, task, "verify")

    await report(parent)
    for task, action in ((parts[0], "close"), (parts[1], "cancel")):
        refused = await act(officer, parent, "close")
        assert (refused.status_code, refused.json()["code"]) == (409, "sub-tasks-open")
        if action == "close":
            await report(task)
            await done(officer, task, "close")
        else:
            await done(officer, task, "cancel", reason="不再需要")
    late = await officer.post(
        "/tasks", json={"title_zh": "x", "kind": "sampling", "priority": "blue", "parent_id": parent["task_id"]}
    )
    assert (late.status_code, late.json()["code"]) == (409, "parent-has-ended")
    assert (await done(officer, parent, "close"))["state"] == "closed"
    page = (await officer.get(f"/tasks/{parent['task_id']}")).json()
    assert [child["state"] for child in page["children"]] == ["closed", "cancelled"]
    assert [step["what"] for step in page["timeline"]].count("sub-task-ended") == 2


async def test_a_part_that_is_made_while_its_parent_is_cancelled_is_never_left_alone(
    officer: httpx.AsyncClient, database: Database
) -> None:
    for _ in range(5):
        parent = await order(officer)
        form = {"title_zh": "x", "kind": "sampling", "priority": "blue", "parent_id": parent["task_id"]}
        answers = await asyncio.gather(officer.post("/tasks", json=form), act(officer, parent, "cancel", reason="误派"))
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [201, 409])
    async with database.reading() as connection:
        orphans = await connection.fetchval(
            """select count(*) from tasks c join tasks p on p.task_id = c.parent_id
               where p.state in ('closed', 'cancelled') and c.state not in ('closed', 'cancelled')"""
        )
    assert orphans == 0


def absence(hours: float = 8, **changes: Any) -> dict[str, Any]:
    starts = datetime.now(UTC) - timedelta(minutes=1)
    ends = starts + timedelta(hours=hours)
    return {
        "deputy": "wang", "deputy_name": "王", "starts_at": starts.isoformat(), "ends_at": ends.isoformat(), "reason": "休假",
        **changes,
    }  # fmt: skip


async def test_a_deputy_sees_and_works_on_the_tasks_of_the_absent_until_it_is_revoked(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    task = await order(officer, assignee="li")
    async with signed_in(chassis, "wang", Role.INSPECTOR) as wang:
        assert (await wang.get(f"/tasks/{task['task_id']}")).status_code == 404
        made = await inspector.post("/delegations", json=absence())
        assert made.status_code == 201, made.text
        assert (await wang.get("/tasks")).json()["total"] == 1
        assert "sign" in (await wang.get(f"/tasks/{task['task_id']}")).json()["allowed"]
        assert (await inspector.delete(f"/delegations/{made.json()['delegation_id']}")).status_code == 200
        assert (await act(wang, task, "sign")).status_code == 404
        assert (await inspector.post("/delegations", json=absence())).status_code == 201
        assert (await done(wang, task, "sign"))["assignee"] == "wang", "who signs is the owner"
    assert (await inspector.get("/delegations")).json()["total"] == 2


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"deputy": "li"}, "deputy"),
        ({"hours": -1}, "ends_at"),
        ({"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-01-02T00:00:00Z"}, "ends_at"),
        ({"deputy": "zhao"}, "starts_at"),
        ({"principal": "wang", "deputy": "li"}, "deputy"),
        ({"principal": "wang", "deputy": "zhao"}, "principal"),
    ],
    ids=["self", "reversed", "over", "second deputy", "deputy is absent", "the deputy goes away too"],
)
async def test_a_delegation_that_cannot_be_is_refused_saying_where(
    officer: httpx.AsyncClient, inspector: httpx.AsyncClient, changes: dict[str, Any], where: str
) -> None:
    assert (await inspector.post("/delegations", json=absence())).status_code == 201
    hours = changes.get("hours", 8)
    others = {name: value for name, value in changes.items() if name != "hours"}
    refused = await officer.post("/delegations", json=absence(hours, **{"principal": "li", **others}))
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-delegation"), refused.text
    assert where in {error["where"] for error in refused.json()["errors"]}


async def test_nobody_gives_away_the_tasks_of_others(inspector: httpx.AsyncClient) -> None:
    refused = await inspector.post("/delegations", json=absence(principal="zhao"))
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


async def test_a_batch_is_done_one_by_one_and_each_refusal_says_why(officer: httpx.AsyncClient) -> None:
    ready = [(await order(officer))["task_id"] for _ in range(3)]
    busy = (await order(officer, assignee="zhao"))["task_id"]
    unknown = str(uuid4())
    form = {"task_ids": [*ready, busy, unknown, ready[0]], "assignee": "li", "assignee_name": "李"}
    first = await officer.post("/tasks/batch-dispatch", json=form, headers={"Idempotency-Key": "b-1"})
    answer = first.json()
    assert (answer["done"], len(answer["items"])) == (3, 5)
    why = {item["task_id"]: item["error"]["code"] for item in answer["items"] if not item["done"]}
    assert why == {busy: "not-allowed-in-state", unknown: "not-found"}
    again = await officer.post("/tasks/batch-dispatch", json=form, headers={"Idempotency-Key": "b-1"})
    assert again.json() == answer
    assert (await officer.get("/tasks", params={"assignee": "li"})).json()["total"] == 3
    nothing = await officer.post("/tasks/batch-dispatch", json={**form, "task_ids": []})
    assert nothing.status_code == 422


async def test_more_time_is_asked_for_and_granted_by_another(
    officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    task = await order(officer, assignee="li")
    await done(inspector, task, "sign")
    until = (datetime.fromisoformat(task["due_at"]) + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    asked = await done(inspector, task, "request-extension", due_at=until, reason="等备件")
    assert asked["extension_until"] == until
    assert asked["due_at"] == task["due_at"]
    twice = await act(inspector, task, "request-extension", due_at=until, reason="等备件")
    assert (twice.status_code, twice.json()["code"]) == (409, "extension-pending")
    assert (await officer.get(f"/tasks/{task['task_id']}")).json()["extension"]["reason"] == "等备件"
    granted = await done(officer, task, "approve-extension", note="同意")
    assert granted["due_at"] == until
    assert granted.get("extension_until") is None
    nothing = await act(officer, task, "reject-extension", reason="x")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no-extension-request")


async def test_tasks_lie_in_the_cell_of_their_enterprise_or_place(officer: httpx.AsyncClient) -> None:
    enterprise = str(uuid4())
    north = {
        "name_zh": "北区",
        "leader": "li",
        "boundary": [[118.7, 32.1], [118.9, 32.1], [118.9, 32.3], [118.7, 32.3]],
    }
    assert (await officer.put("/cells/N", json=north)).status_code == 200
    assert (await officer.put("/cells/S", json={"name_zh": "南区", "enterprise_ids": [enterprise]})).status_code == 200
    assert (await order(officer, longitude=118.8, latitude=32.2))["cell"] == "N"
    assert (await order(officer, longitude=118.8, latitude=32.2, enterprise_id=enterprise))["cell"] == "S"
    assert "cell" not in await order(officer, longitude=100.0, latitude=32.2)
    assert (await officer.get("/tasks", params={"cell": "S"})).json()["total"] == 1
    taken = await officer.put("/cells/E", json={"name_zh": "东区", "enterprise_ids": [enterprise]})
    assert (taken.status_code, taken.json()["errors"][0]["where"]) == (422, "enterprise_ids.0")
    flat = await officer.put("/cells/E", json={"name_zh": "东区", "boundary": [[1, 1], [2, 2]]})
    assert flat.json()["errors"][0]["where"] == "boundary"
    assert (await officer.delete("/cells/S")).status_code == 204
    assert (await officer.delete("/cells/S")).status_code == 404
