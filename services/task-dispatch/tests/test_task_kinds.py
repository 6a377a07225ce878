"""Kinds of tasks: what contradicts itself is refused with what, where, why; versions are kept, and tasks keep theirs."""

from typing import Any

import httpx
import msgspec
import pytest
from park_chassis.chassis import Chassis
from park_schemas.codes import Role
from task_dispatch.domain.forms import form_errors, without_private
from task_dispatch.domain.kind_check import kind_errors
from task_dispatch.domain.kinds import Clock, FormField, Kind, clock_presets, shipped_kinds
from task_dispatch.domain.problem_catalogue import problem_catalogue, unknown_problem_items
from task_dispatch.testing import done, signed_in

KINDS = shipped_kinds()


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_shipped_kind_holds_together_and_says_where_its_numbers_come_from(kind: Kind) -> None:
    assert kind_errors(kind) == []
    assert kind.source


def test_the_seven_kinds_of_the_issue_are_shipped_and_the_1_2_1_preset_is_data() -> None:
    assert set(KINDS) == {
        "exceedance-check", "rectification", "inspection", "sampling", "equipment-repair", "complaint", "supervision",
    }  # fmt: skip
    (preset,) = [one for one in clock_presets() if one.preset == "1+2+1"]
    assert preset.clocks == [Clock("arrive", 1, "hours"), Clock("report", 2, "hours"), Clock("close", 7, "days")]


def test_the_problem_list_has_the_items_of_table_g_1() -> None:
    assert [len(one.items) for one in problem_catalogue().classes] == [10, 7, 8, 4, 3, 5, 3]
    rows = {"problem_list": [{"item": "2d", "found": "x"}, {"item": "9z", "found": "x"}]}
    (fault,) = unknown_problem_items(rows, where="fields")
    assert fault.where == "fields.problem_list.1.item"
    assert "9z" in fault.what


def kind(**changes: Any) -> Kind:
    body = {"kind": "trial", "name_zh": "试用", "name_en": "Trial", "source": "test", **changes}
    return msgspec.convert(body, Kind)


def field(**changes: Any) -> dict[str, Any]:
    return {"name": "a", "label_zh": "甲", "label_en": "A", **changes}


def clock(until: str, amount: float, unit: str = "hours", *levels: str) -> dict[str, Any]:
    return {"until": until, "amount": amount, "unit": unit, "levels": list(levels)}


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "a name that is no name": ({"kind": "Trial 1"}, "kind"),
    "no name to read": ({"name_zh": " "}, "name_zh"),
    "a field twice": ({"fields": [field(), field()]}, "fields.0.name"),
    "a field whose name is no name": ({"fields": [field(name="A b")]}, "fields.0.name"),
    "a field without an English label": ({"order_fields": [field(label_en="")]}, "order_fields.0.label_zh"),
    "a choice without choices": ({"fields": [field(type="choice")]}, "fields.0.choices"),
    "choices that are the same": ({"fields": [field(type="choice", choices=["x", "x"])]}, "fields.0.choices"),
    "a text with choices": ({"fields": [field(choices=["x", "y"])]}, "fields.0.choices"),
    "a name for a choice that is none": (
        {"fields": [field(type="choice", choices=["x", "y"], choice_names={"z": {"zh": "丙", "en": "Z"}})]},
        "fields.0.choice_names",
    ),
    "a unit on a text": ({"fields": [field(unit="mg/L")]}, "fields.0.unit"),
    "a number that nothing fits": ({"fields": [field(type="number", least=2, most=1)]}, "fields.0.least"),
    "a table without columns": ({"fields": [field(type="rows")]}, "fields.0.columns"),
    "columns without a table": ({"fields": [field(columns=[field(name="b")])]}, "fields.0.columns"),
    "a table in a table": (
        {"fields": [field(type="rows", columns=[field(type="rows", columns=[field()])])]},
        "fields.0.columns.0.type",
    ),
    "nobody to work on it": ({"work_by": []}, "work_by"),
    "work for those who cannot work": ({"work_by": ["officer"]}, "work_by.0"),
    "made by an alarm, verified by its maker": ({"from_alarms": True, "verified_by": "creator"}, "verified_by"),
    "made by an alarm, a form nobody fills in": (
        {"from_alarms": True, "order_fields": [field(required=True)]},
        "order_fields.0.required",
    ),
    "fewer photos for more urgency": ({"photos": {"yellow": 2, "red": 1}}, "photos.red"),
    "photos asked for twice": ({"photos": {"red": 1}, "evidence": {"photo": 1}}, "evidence.photo"),
    "no evidence asked for": ({"evidence": {"signature": 0}}, "evidence.signature"),
    "a step twice": ({"steps": [{"step": "arrive"}, {"step": "arrive"}]}, "steps.1"),
    "no time at all": ({"clocks": [clock("report", 0)]}, "clocks.0.amount"),
    "half a working day": ({"clocks": [clock("report", 1.5, "working-days")]}, "clocks.0.amount"),
    "two clocks for one step": ({"clocks": [clock("report", 1), clock("report", 2, "hours", "red")]}, "clocks"),
    "a report before the arrival": ({"clocks": [clock("arrive", 3), clock("report", 2)]}, "clocks.1.amount"),
    "closed before it is reported": ({"clocks": [clock("report", 2, "days"), clock("close", 24)]}, "clocks.1.amount"),
}


@pytest.mark.parametrize(("changes", "where"), CONTRADICTIONS.values(), ids=list(CONTRADICTIONS))
def test_a_kind_that_contradicts_itself_is_named_with_where_and_why(changes: dict[str, Any], where: str) -> None:
    faults = kind_errors(kind(**changes))
    assert where in {fault.where for fault in faults}
    assert all(fault.what and fault.what_zh for fault in faults)


def test_levels_that_do_not_meet_have_their_own_clocks() -> None:
    assert kind_errors(kind(clocks=[clock("report", 2, "hours", "red"), clock("report", 9, "hours", "blue")])) == []


FORM = [
    FormField("text", "文", "Text"),
    FormField("number", "数", "Number", "number", least=0, most=10, unit="h"),
    FormField("choice", "选", "Choice", "choice", choices=["a", "b"]),
    FormField("choices", "多选", "Choices", "choices", choices=["a", "b"]),
    FormField("date", "日", "Date", "date"),
    FormField("instant", "时", "Instant", "instant"),
    FormField("flag", "是否", "Flag", "yes-no"),
    FormField("rows", "表", "Rows", "rows", columns=[FormField("a", "甲", "A", required=True)]),
    FormField("secret", "密", "Secret", private=True),
]


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        ({"text": 1}, "fields.text"), ({"text": "x" * 501}, "fields.text"), ({"number": "1"}, "fields.number"),
        ({"number": True}, "fields.number"), ({"number": 11}, "fields.number"), ({"number": -1}, "fields.number"),
        ({"number": float("nan")}, "fields.number"), ({"choice": "c"}, "fields.choice"), ({"choice": ["a"]}, "fields.choice"),
        ({"choices": ["a", "c"]}, "fields.choices"), ({"date": "2026-13-01"}, "fields.date"), ({"date": 5}, "fields.date"),
        ({"instant": "2026-11-22T08:00:00"}, "fields.instant"), ({"flag": "yes"}, "fields.flag"),
        ({"rows": {"a": "x"}}, "fields.rows"), ({"rows": [{}]}, "fields.rows.0.a"),
        ({"rows": [{"a": "x", "b": 1}]}, "fields.rows.0.b"), ({"rows": [{"a": "x"}] * 101}, "fields.rows"),
        ({"unknown": "x"}, "fields.unknown"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_named_with_where(answers: dict[str, Any], where: str) -> None:
    (fault,) = form_errors(FORM, answers)
    assert fault.where == where
    assert fault.what_zh


def test_right_answers_are_taken_and_private_ones_kept_back() -> None:
    answers = {
        "text": "x", "number": 1.5, "choice": "a", "choices": ["a", "b"], "date": "2026-11-22", "flag": False,
        "instant": "2026-11-22T08:00:00+08:00", "rows": [{"a": "x"}], "secret": "13800000000",
    }  # fmt: skip
    assert form_errors(FORM, answers) == []
    assert "secret" not in without_private(FORM, answers)


@pytest.fixture
async def writer(chassis: Chassis) -> Any:
    async with signed_in(chassis, "admin", Role.ADMINISTRATOR, "task:read", "rule:write") as client:
        yield client


@pytest.mark.integration
async def test_a_kind_is_changed_while_running_and_tasks_keep_the_version_they_were_made_with(
    writer: httpx.AsyncClient, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    order = {"title_zh": "采样", "kind": "sampling", "priority": "blue", "assignee": "li"}
    old = (await officer.post("/tasks", json=order)).json()
    before = (await officer.get("/task-kinds/sampling")).json()
    ph = {"name": "ph", "label_zh": "pH", "label_en": "pH", "type": "number", "required": True, "least": 0, "most": 14}
    wanted = {**before, "fields": [*before["fields"], ph], "steps": [], "note": "加测 pH"}
    made = await writer.put("/task-kinds/sampling", json=wanted)
    assert (made.status_code, made.json()["version"]) == (200, 2), made.text
    new = (await officer.post("/tasks", json=order)).json()
    assert (old.get("kind_version", 1), new["kind_version"]) == (1, 2)
    report = {"findings_text": "x", "outcome": "confirmed", "fields": {"sample_number": "S-1"}}
    for task in (old, new):
        await done(inspector, task, "sign")
    early = await inspector.post(f"/tasks/{old['task_id']}/report", json=report)
    assert early.json()["code"] == "step-missing-arrive", "version 1 wants to be there"
    await done(inspector, old, "arrive")
    assert (await inspector.post(f"/tasks/{old['task_id']}/report", json=report)).status_code == 200
    refused = await inspector.post(f"/tasks/{new['task_id']}/report", json=report)
    assert [error["where"] for error in refused.json()["errors"]] == ["fields.ph"]
    versions = (await officer.get("/task-kinds/sampling")).json()["versions"]
    assert [(one["version"], one["made_by"]) for one in versions] == [(2, "admin"), (1, "system")]
    assert "ph" not in str((await officer.get("/task-kinds/sampling/versions/1")).json()["fields"])


@pytest.mark.integration
async def test_a_bad_kind_is_refused_and_the_one_in_force_stays(
    writer: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    before = (await officer.get("/task-kinds/inspection")).json()
    wrong = {**before, "work_by": []}
    refused = await writer.put("/task-kinds/inspection", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "kind-contradicts-itself")
    assert refused.json()["errors"][0]["where"] == "work_by"
    checked = (await writer.post("/task-kinds/check", json=wrong)).json()
    assert (checked["holds"], checked["errors"]) == (False, refused.json()["errors"])
    misshapen = await writer.put("/task-kinds/inspection", json={**before, "clocks": [{"until": "dance"}]})
    assert misshapen.json()["errors"][0]["where"].startswith("clocks[0]")
    other = await writer.put("/task-kinds/inspection", json={**before, "kind": "sampling"})
    assert other.json()["errors"][0]["where"] == "kind"
    late = await writer.put("/task-kinds/inspection", json={**before, "version": 7})
    assert (late.status_code, late.json()["code"]) == (409, "changed-meanwhile")
    after = (await officer.get("/task-kinds/inspection")).json()
    assert (after["version"], after["work_by"]) == (1, before["work_by"])


@pytest.mark.integration
async def test_a_new_kind_is_used_and_a_retired_one_is_not(
    writer: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    body = {"kind": "drill", "name_zh": "应急演练", "name_en": "Drill", "source": "test"}
    assert (await writer.put("/task-kinds/drill", json=body)).status_code == 200
    order = {"title_zh": "演练", "kind": "drill", "priority": "blue"}
    assert (await officer.post("/tasks", json=order)).status_code == 201
    assert (await writer.put("/task-kinds/drill", json={**body, "version": 1, "retired": True})).status_code == 200
    refused = await officer.post("/tasks", json=order)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-kind")
    assert "drill" not in {one["kind"] for one in (await officer.get("/task-kinds")).json()["items"]}
