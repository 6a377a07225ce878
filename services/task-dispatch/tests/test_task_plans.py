"""Plans: rounds by class, days that do not creep, each round one task, whatever replicas, restarts and clocks do."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.park_time import PARK_TIME_ZONE, at_park
from task_dispatch.domain.kinds import shipped_kinds
from task_dispatch.domain.plans import (
    MONTHS,
    Cycle,
    Plan,
    coming,
    deadline,
    due_on,
    fires_at,
    first_round,
    plan_errors,
    round_of,
)
from task_dispatch.domain.policy import shipped_policy
from task_dispatch.kind_book import KindBook
from task_dispatch.making import TaskMaker
from task_dispatch.recording import Recorder
from task_dispatch.store import plans as stored
from task_dispatch.testing import ENTERPRISE, NOON, PARK
from task_dispatch.timers import PlanRounds

CALENDAR = WorkingCalendar()
INSPECTION = shipped_kinds()["inspection"]


def plan(**changes: Any) -> Plan:
    values: dict[str, Any] = {
        "plan_id": UUID(int=90), "version": 1, "name_zh": "东江化工季度检查", "name_en": "Quarterly check", "kind": "inspection",
        "cycle": "quarter", "first_due": date(2026, 1, 31), "round": 0, "lead_days": 7, "park_id": PARK, "created_by": "zhang",
        "changed_at": NOON, "enterprise_class": "A", "enterprise_id": ENTERPRISE, "enterprise_name_zh": "东江化工",
        "assignee_role": "inspector",
    }  # fmt: skip
    return Plan(**{**values, **changes})


def test_a_quarterly_plan_on_the_31st_stays_at_the_end_of_the_month() -> None:
    assert [due_on(plan(), number) for number in range(5)] == [
        date(2026, 1, 31), date(2026, 4, 30), date(2026, 7, 31), date(2026, 10, 31), date(2027, 1, 31),
    ]  # fmt: skip


def test_a_round_on_a_holiday_is_due_at_the_end_of_the_next_working_day_and_made_a_week_before_at_six() -> None:
    national_day = round_of(plan(first_due=date(2026, 10, 1)), 0, CALENDAR)
    assert national_day.due_at == datetime(2026, 10, 8, 17, 30, tzinfo=PARK_TIME_ZONE)
    assert national_day.fires_at == datetime(2026, 9, 24, 6, 0, tzinfo=PARK_TIME_ZONE)
    working_day = round_of(plan(first_due=date(2026, 11, 20)), 0, CALENDAR)
    assert working_day.due_at == datetime(2026, 11, 20, 17, 30, tzinfo=PARK_TIME_ZONE)


def test_a_round_made_too_late_has_a_working_day_of_grace() -> None:
    made = round_of(plan(first_due=date(2026, 11, 20)), 0, CALENDAR)
    sunday = datetime(2026, 11, 22, 9, 0, tzinfo=PARK_TIME_ZONE)
    assert deadline(made, sunday, CALENDAR) == datetime(2026, 11, 23, 17, 30, tzinfo=PARK_TIME_ZONE)


@given(
    first=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    cycle=st.sampled_from(list(MONTHS)),
    start=st.integers(0, 40),
    days=st.integers(1, 2000),
)
def test_what_is_coming_is_every_round_in_order_once_and_nothing_behind_the_horizon(
    first: date, cycle: Cycle, start: int, days: int
) -> None:
    one = plan(first_due=first, cycle=cycle, round=start, enterprise_class=None)
    until = fires_at(one, start) + timedelta(days=days)
    found = coming(one, until, CALENDAR)
    assert [each.round for each in found] == list(range(start, start + len(found)))
    assert all(each.fires_at < until for each in found)
    assert fires_at(one, start + len(found)) >= until or len(found) == 200
    days_due = [each.due_on for each in found]
    assert days_due == sorted(set(days_due))
    assert all(at_park(each.due_at).date() >= each.due_on for each in found)
    assert coming(replace(one, active=False), until, CALENDAR) == []


def test_a_plan_written_late_begins_with_the_round_that_is_not_over() -> None:
    assert first_round(plan(), date(2026, 8, 1)) == 3
    assert first_round(plan(), date(2026, 7, 31)) == 2


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"enterprise_class": "B"}, "cycle"),
        ({"kind": "dance"}, "kind"),
        ({"kind": "supervision"}, "kind"),
        ({"kind": "complaint"}, "details.what"),
        ({"details": {"colour": 1}}, "details.colour"),
        ({"lead_days": 100}, "lead_days"),
        ({"assignee_role": None}, "assignee"),
    ],
)
def test_a_plan_that_contradicts_itself_is_named_with_where(changes: dict[str, Any], where: str) -> None:
    wrong = plan(**changes)
    faults = plan_errors(wrong, shipped_kinds().get(wrong.kind))
    assert where in {fault.where for fault in faults}
    assert plan_errors(plan(), INSPECTION) == []


def rounds(database: Database) -> PlanRounds:
    recorder = Recorder(CALENDAR)
    maker = TaskMaker(shipped_policy(), recorder)
    return PlanRounds(database, KindBook(shipped_kinds()), maker, recorder, poll_s=0.05)


async def store(database: Database, *written: Plan) -> None:
    async with database.transaction() as tx:
        for one in written:
            await stored.insert_plan(tx, one)


async def made(database: Database) -> list[tuple[str, int]]:
    async with database.reading() as connection:
        found = await connection.fetch(
            """select plan_id::text, round from plan_rounds join tasks using (task_id)
               where origin = 'plan' and state = 'dispatched' order by 1, 2"""
        )
        assert await connection.fetchval("select count(*) from tasks") == len(found)
    return [tuple(row) for row in found]


@pytest.mark.integration
async def test_each_round_becomes_one_task_whoever_looks_and_however_often(database: Database) -> None:
    overdue = at_park(now()).date() - timedelta(days=200)  # two quarters and some days: three rounds are to be made
    written = [plan(plan_id=UUID(int=900 + number), first_due=overdue) for number in range(4)]
    await store(database, *written)
    replicas = [rounds(database) for _ in range(4)]
    while sum(await asyncio.gather(*(replica.fire_due() for replica in replicas))):
        pass
    assert await made(database) == [(str(one.plan_id), number) for one in written for number in range(3)]
    assert await rounds(database).fire_due() == 0


@pytest.mark.integration
async def test_an_ended_plan_makes_nothing(database: Database) -> None:
    await store(database, plan(first_due=at_park(now()).date(), active=False))
    assert await rounds(database).fire_due() == 0


def form(**changes: Any) -> dict[str, Any]:
    today = at_park(now()).date()
    return {
        "name_zh": "东江化工季度检查", "kind": "inspection", "enterprise_class": "A", "lead_days": 3,
        "first_due": (today + timedelta(days=2)).isoformat(), "enterprise_id": str(ENTERPRISE),
        "enterprise_name_zh": "东江化工", "assignee": "li", "assignee_name": "李", "details": {"scope": "危废"}, **changes,
    }  # fmt: skip


@pytest.mark.integration
async def test_a_plan_is_written_previewed_made_and_changed_without_making_a_round_twice(
    database: Database, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    answer = await officer.post("/plans", json=form())
    assert answer.status_code == 201, answer.text
    written = answer.json()
    assert (written["cycle"], written["next_due"]) == ("quarter", form()["first_due"])
    preview = (await officer.get("/plans/preview")).json()
    assert preview["total"] == 5
    assert preview["items"][0]["due_on"] == form()["first_due"]
    assert await rounds(database).fire_due() == 1
    (task,) = (await inspector.get("/tasks", params={"source": "plan"})).json()["items"]
    assert (task["state"], task["assignee"], task["enterprise_name_zh"]) == ("dispatched", "li", "东江化工")
    detail = (await officer.get(f"/tasks/{task['task_id']}")).json()
    assert detail["details"] == {"scope": "危废"}
    assert "计划「东江化工季度检查」" in detail["timeline"][0]["detail_zh"]
    page = (await officer.get(f"/plans/{written['plan_id']}")).json()
    assert [(one["round"], one["number"]) for one in page["rounds"]] == [(0, task["number"])]
    changed = await officer.put(f"/plans/{written['plan_id']}", json=form(lead_days=5, version=page["version"]))
    assert changed.status_code == 200, changed.text
    assert changed.json()["round"] == 1
    assert await rounds(database).fire_due() == 0
    moved = await officer.put(
        f"/plans/{written['plan_id']}", json=form(first_due=(at_park(now()).date() + timedelta(days=40)).isoformat())
    )
    assert (moved.status_code, moved.json()["errors"][0]["where"]) == (422, "first_due")
    stale = await officer.put(f"/plans/{written['plan_id']}", json=form(version=1))
    assert (stale.status_code, stale.json()["code"]) == (409, "changed-meanwhile")
    ended = await officer.put(f"/plans/{written['plan_id']}", json=form(active=False))
    assert ended.json()["active"] is False
    assert (await officer.get("/plans/preview")).json()["total"] == 0


@pytest.mark.integration
async def test_plans_are_listed_filtered_paged_and_exported(officer: httpx.AsyncClient) -> None:
    for number in range(5):
        assert (await officer.post("/plans", json=form(name_zh=f"计划{number}"))).status_code == 201
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = (await officer.get("/plans", params=params)).json()
        seen += [one["plan_id"] for one in answer["items"]]
        if (cursor := answer["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen)) == answer["total"] == 5
    assert (await officer.get("/plans", params={"q": "计划3"})).json()["total"] == 1
    assert (await officer.get("/plans", params={"kind": "sampling"})).json()["total"] == 0
    assert (await officer.get("/plans/export")).text.count("东江化工") == 5


@pytest.mark.integration
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"enterprise_class": None}, "cycle"),
        ({"enterprise_class": "C", "cycle": "quarter"}, "cycle"),
        ({"first_due": "2199-01-01"}, "first_due"),
        ({"kind": "supervision"}, "kind"),
        ({"assignee": None}, "assignee"),
        ({"details": {"scope": 5}}, "details.scope"),
    ],
)
async def test_a_bad_plan_is_refused_saying_where(
    officer: httpx.AsyncClient, changes: dict[str, Any], where: str
) -> None:
    refused = await officer.post("/plans", json=form(**changes))
    assert refused.status_code == 422, refused.text
    assert where in {error["where"] for error in refused.json()["errors"]}
    assert (await officer.get("/plans")).json()["total"] == 0
