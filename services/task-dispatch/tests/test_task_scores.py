"""Scores: points by the rules, each deduction named, whose row a task goes to, and who may see which row."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_schemas.codes import Role
from task_dispatch.domain.kinds import CLOCKED_STEPS
from task_dispatch.domain.scores import TaskFacts, of_owner, score_rows, shipped_rules, task_score
from task_dispatch.domain.work import CoWorker, TaskClock
from task_dispatch.testing import ENTERPRISE, NOON, done, signed_in

RULES = shipped_rules()


def facts(number: int = 1, **changes: Any) -> TaskFacts:
    values: dict[str, Any] = {
        "task_id": UUID(int=number), "number": f"TK-{number}", "kind": "inspection", "title_zh": "x", "state": "closed",
        "assignee": "li", "assignee_name": "李", "co_workers": [], "cell": "N", "enterprise_id": ENTERPRISE,
        "enterprise_name_zh": "东江化工", "clocks": [], "returned": 0, "urged": 0, "created_at": NOON, "closed_at": NOON,
    }  # fmt: skip
    return TaskFacts(**{**values, **changes})


def late(*steps: Any) -> list[TaskClock]:
    return [TaskClock(until=step, due_at=NOON, missed_at=NOON + timedelta(hours=1)) for step in steps]


def test_a_task_without_fault_has_all_points_and_each_fault_takes_its_own() -> None:
    assert task_score(facts(), RULES).score == 100
    scored = task_score(facts(clocks=late("arrive", "report"), returned=1, urged=2), RULES)
    assert (scored.timeliness, scored.quality) == (100 - 20 - 40 - 10, 75)
    assert scored.score == round(0.6 * 30 + 0.4 * 75, 2)
    assert [one.what_zh for one in scored.deductions] == ["到场超时", "反馈超时", "被催办 2 次", "被退回 1 次"]
    assert sum(one.points for one in scored.deductions) == 95


def test_the_verifiers_delay_is_not_the_workers() -> None:
    assert task_score(facts(clocks=late("verify")), RULES).score == 100


def test_a_joint_task_counts_for_its_leader_and_each_co_worker() -> None:
    rows = score_rows([facts(co_workers=[CoWorker("wang", "王")]), facts(2, returned=1)], "person", RULES)
    assert [(row.key, row.tasks, row.score) for row in rows] == [("wang", 1, 100), ("li", 2, 95)]
    assert [one.number for one in of_owner([facts(), facts(2, assignee="wang")], "person", "wang")] == ["TK-2"]


@given(
    st.lists(
        st.builds(
            facts,
            st.integers(1, 99),
            clocks=st.lists(st.sampled_from(CLOCKED_STEPS), unique=True).map(lambda steps: late(*steps)),
            returned=st.integers(0, 9),
            urged=st.integers(0, 9),
            assignee=st.sampled_from(["li", "wang", None]),
        ),
        max_size=12,
    )
)
def test_every_score_is_between_0_and_100_and_is_explained_by_its_deductions(tasks: list[TaskFacts]) -> None:
    for task in tasks:
        scored = task_score(task, RULES)
        for of in ("timeliness", "quality"):
            taken = sum(one.points for one in scored.deductions if one.of == of)
            assert getattr(scored, of) == max(0, 100 - taken)
        assert 0 <= scored.score <= 100
    for row in score_rows(tasks, "person", RULES):
        mine = of_owner(tasks, "person", row.key)
        assert row.tasks == len(mine)
        assert row.score == round(sum(task_score(task, RULES).score for task in mine) / len(mine), 2)


async def closed_task(officer: httpx.AsyncClient, inspector: httpx.AsyncClient, *, returned: bool) -> dict[str, Any]:
    form = {
        "title_zh": "核查", "kind": "exceedance-check", "priority": "yellow", "assignee": "li",
        "enterprise_id": str(ENTERPRISE), "enterprise_name_zh": "东江化工",
    }  # fmt: skip
    task: dict[str, Any] = (await officer.post("/tasks", json=form)).json()
    await done(inspector, task, "sign")
    for attempt in range(1 + returned):
        await done(inspector, task, "report", findings_text="x", outcome="false-alarm")
        if returned and attempt == 0:
            await done(officer, task, "return", reason="缺数据")
    await done(officer, task, "verify")
    return await done(officer, task, "close")


@pytest.mark.integration
async def test_scores_are_listed_explained_down_to_the_tasks_and_exported(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient, database: Database
) -> None:
    good = await closed_task(officer, inspector, returned=False)
    bad = await closed_task(officer, inspector, returned=True)
    async with signed_in(chassis, "wang", Role.INSPECTOR) as wang:
        form = {"title_zh": "x", "kind": "sampling", "priority": "blue", "assignee": "wang"}
        open_late = (await officer.post("/tasks", json=form)).json()
        await done(wang, open_late, "sign")
    answer = (await officer.get("/tasks/scores")).json()
    assert answer["rules"]["source"].startswith("design-default")
    (row,) = answer["items"]
    assert (row["key"], row["name"], row["tasks"], row["on_time"], row["score"]) == ("li", "li", 2, 2, 95)
    (enterprise,) = (await officer.get("/tasks/scores", params={"by": "enterprise"})).json()["items"]
    assert (enterprise["key"], enterprise["name"]) == (str(ENTERPRISE), "东江化工")
    behind = (await officer.get("/tasks/scores/tasks", params={"key": "li"})).json()["items"]
    assert {one["number"]: one["score"] for one in behind} == {good["number"]: 100, bad["number"]: 90}
    assert [one["what_zh"] for task in behind for one in task["deductions"]] == ["被退回 1 次"]
    csv = await officer.get("/tasks/scores/export", params={"by": "person", "format": "csv"})
    assert "li,2,2,2,1,0" in csv.text
    past = (await officer.get("/tasks/scores", params={"to": "2020-01-31T00:00:00Z"})).json()
    assert past["items"] == []


@pytest.mark.integration
async def test_an_open_task_whose_clock_ran_out_counts_against_its_owner(
    officer: httpx.AsyncClient, database: Database
) -> None:
    from park_chassis.working_calendar import WorkingCalendar
    from task_dispatch.recording import Recorder
    from task_dispatch.timers import Deadlines

    form = {"title_zh": "x", "kind": "exceedance-check", "priority": "red", "assignee": "wang"}
    task = (await officer.post("/tasks", json=form)).json()
    async with database.reading() as connection:
        await connection.execute("update clock_timers set due_at = now() - interval '1 minute' where step = 'arrive'")
    deadlines = Deadlines(database, Recorder(WorkingCalendar()), poll_s=0.05)
    assert await deadlines.fire_due() == 1
    assert await deadlines.fire_due() == 0
    page = (await officer.get(f"/tasks/{task['task_id']}")).json()
    assert (page["missed"], page["timeline"][-1]["what"]) == (["arrive"], "late")
    (row,) = (await officer.get("/tasks/scores")).json()["items"]
    assert (row["key"], row["closed"], row["on_time"], row["timeliness"]) == ("wang", 0, 0, 80)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "from"),
        ({"from": "2020-01-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "from"),
        ({"from": "2026-11-01"}, "query.from"),
        ({"by": "colour"}, "query.by"),
    ],
)
async def test_a_wrong_period_is_refused_saying_where(
    officer: httpx.AsyncClient, params: dict[str, str], where: str
) -> None:
    refused = await officer.get("/tasks/scores", params=params)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"] == where


@pytest.mark.integration
async def test_people_and_enterprises_see_their_own_row_only(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    await closed_task(officer, inspector, returned=False)
    assert [row["key"] for row in (await inspector.get("/tasks/scores")).json()["items"]] == ["li"]
    assert (await inspector.get("/tasks/scores", params={"by": "enterprise"})).status_code == 403
    async with signed_in(chassis, "wang", Role.INSPECTOR) as wang:
        assert (await wang.get("/tasks/scores")).json()["items"] == []
        assert (await wang.get("/tasks/scores/tasks", params={"key": "li"})).json()["items"] == []
    async with signed_in(chassis, "plant", Role.ENTERPRISE, enterprise=ENTERPRISE) as plant:
        assert (await plant.get("/tasks/scores")).status_code == 403
        (row,) = (await plant.get("/tasks/scores", params={"by": "enterprise"})).json()["items"]
        assert row["key"] == str(ENTERPRISE)
