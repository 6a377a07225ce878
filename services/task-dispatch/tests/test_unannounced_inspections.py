"""Unannounced inspections: the enterprise learns of one when somebody is there, wherever it looks; the park always."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_schemas.codes import Role
from task_dispatch.domain import life
from task_dispatch.testing import ENTERPRISE, NOON, act, done, signed_in, work

pytestmark = pytest.mark.integration


@pytest.fixture
async def inspected(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    """A person of the enterprise."""
    async with signed_in(chassis, "chen", Role.ENTERPRISE, enterprise=ENTERPRISE) as client:
        yield client


async def order(officer: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    form = {
        "title_zh": "现场检查", "kind": "inspection", "priority": "yellow", "enterprise_id": str(ENTERPRISE),
        "enterprise_name_zh": "东江化工", **changes,
    }  # fmt: skip
    made = await officer.post("/tasks", json=form)
    assert made.status_code == 201, made.text
    task: dict[str, Any] = made.json()
    return task


async def shown(client: httpx.AsyncClient, task: dict[str, Any]) -> set[str]:
    """Return where a person sees a task."""
    found = set()
    if task["task_id"] in {one["task_id"] for one in (await client.get("/tasks")).json()["items"]}:
        found.add("list")
    if (await client.get(f"/tasks/{task['task_id']}")).status_code == 200:
        found.add("detail")
    if task["number"] in (await client.get("/tasks/export")).text:
        found.add("export")
    if (await client.get("/tasks/counts")).json()["open"]:
        found.add("counts")
    if (await client.get("/tasks", params={"q": task["number"]})).json()["total"]:
        found.add("search")
    return found


EVERYWHERE = {"list", "detail", "export", "counts", "search"}


async def test_the_enterprise_sees_it_when_somebody_is_there_and_the_park_from_the_beginning(
    officer: httpx.AsyncClient, inspector: httpx.AsyncClient, inspected: httpx.AsyncClient, database: Database
) -> None:
    task = await order(officer, assignee="li")
    assert task["withheld"]
    assert await shown(officer, task) == EVERYWHERE
    for step in (None, "sign"):
        if step:
            await done(inspector, task, step)
        assert await shown(inspected, task) == set(), step
        assert (await act(inspected, task, "sign")).status_code == 404
    there = await done(inspector, task, "arrive")
    assert "withheld" not in there
    assert await shown(inspected, task) == EVERYWHERE
    async with database.reading() as connection:
        events = await connection.fetch("select body from outbox where topic = 'tasks.tasks.v1' order by id")
    said = [bool(msgspec.json.decode(row["body"]).get("withheld")) for row in events]
    assert said == [True, True, True, False]


async def test_a_cancelled_one_is_never_told(officer: httpx.AsyncClient, inspected: httpx.AsyncClient) -> None:
    task = await order(officer, assignee="li")
    await done(officer, task, "cancel", reason="另行安排")
    assert await shown(inspected, task) == set()


@pytest.mark.parametrize(
    "given", [{"assignee_role": "enterprise"}, {"assignee": "chen"}], ids=["to the role", "to the person"]
)
async def test_what_is_given_to_the_enterprise_itself_is_shown_to_it(
    officer: httpx.AsyncClient, inspected: httpx.AsyncClient, given: dict[str, str]
) -> None:
    assert await shown(inspected, await order(officer, **given)) == EVERYWHERE


async def test_a_check_of_an_alarm_the_enterprise_knows_is_shown_at_once(
    officer: httpx.AsyncClient, inspected: httpx.AsyncClient
) -> None:
    assert await shown(inspected, await order(officer, kind="exceedance-check")) == EVERYWHERE


async def test_a_withheld_part_of_a_shown_task_is_not_among_its_parts(
    officer: httpx.AsyncClient, inspected: httpx.AsyncClient
) -> None:
    parent = await order(officer, kind="exceedance-check")
    part = await order(officer, parent_id=parent["task_id"], assignee="li")
    for client, parts in ((officer, [part["task_id"]]), (inspected, [])):
        page = (await client.get(f"/tasks/{parent['task_id']}")).json()
        assert [child["task_id"] for child in page["children"]] == parts


async def test_a_late_one_is_not_in_the_score_of_the_enterprise(
    officer: httpx.AsyncClient, inspected: httpx.AsyncClient, database: Database
) -> None:
    await order(officer, assignee="li")
    async with database.transaction() as tx:
        await tx.execute("update tasks set missed = true")
    query = {"by": "enterprise", "key": str(ENTERPRISE)}
    assert (await officer.get("/tasks/scores/tasks", params=query)).json()["total"] == 1
    assert (await inspected.get("/tasks/scores/tasks", params=query)).json()["total"] == 0


async def test_an_enterprise_sees_no_other_enterprises_inspection_before_or_after(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    task = await order(officer, assignee="li")
    await done(inspector, task, "sign")
    await done(inspector, task, "arrive")
    async with signed_in(chassis, "qian", Role.ENTERPRISE, enterprise=UUID(int=8)) as other:
        assert await shown(other, task) == set()


def test_a_report_without_an_arrival_ends_the_withholding_too() -> None:
    kept = msgspec.structs.replace(work(unannounced=True), handlers=[])
    given = life.dispatched(kept, assignee="li", name="李", role=None, due_at=None, note="", by="zhang", now=NOON)
    taken = life.signed(given.work, by="li", name="李", now=NOON)
    assert taken.work.task.withheld
    assert not life.reported(taken.work, by="li", outcome="confirmed", note="", now=NOON).work.task.withheld
