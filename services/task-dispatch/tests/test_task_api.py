"""The HTTP API on the real app and a real Postgres: the whole work of a task, scope, repeats, evidence, refusals."""

import asyncio
import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import openpyxl
import pytest
from park_chassis.chassis import Chassis
from park_chassis.testing import asgi_client
from park_schemas.codes import AlarmLevel, Role
from PIL import Image
from task_dispatch.settings import Settings
from task_dispatch.testing import (
    ALARM,
    ENTERPRISE,
    OFFICER_PERMISSIONS,
    WORKER_PERMISSIONS,
    act,
    alarm,
    done,
    photo,
    signed_in,
    task_of,
    upload,
)

pytestmark = pytest.mark.integration


@pytest.fixture
async def task(hear: Any, officer: httpx.AsyncClient) -> dict[str, Any]:
    """A task made for a yellow alarm, waiting for an inspector."""
    await hear("raised", alarm())
    return await task_of(officer, ALARM)


async def test_a_task_is_worked_from_signing_to_closing_and_its_page_tells_the_story(
    officer: httpx.AsyncClient, inspector: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    assert task["allowed"] == ["transfer", "join", "extend", "urge", "cancel"]
    assert (await inspector.get(f"/tasks/{task['task_id']}")).json()["allowed"] == ["sign"]
    await done(officer, task, "urge", note="请尽快")
    signed = await done(inspector, task, "sign")
    assert (signed["assignee"], signed.get("assignee_role")) == ("li", None)
    await done(inspector, task, "arrive", longitude=118.8, latitude=32.2)
    assert (await upload(inspector, task, photo())).status_code == 201
    await done(
        inspector, task, "report", findings_text="曝气停运", measures="恢复", outcome="confirmed", measured_value="41.0"
    )
    await done(officer, task, "return", reason="缺少复测数据")
    await done(inspector, task, "report", findings_text="复测达标", outcome="confirmed", fields={"cause": "treatment"})
    await done(officer, task, "verify", note="属实")
    closed = await done(officer, task, "close", note="办结")
    assert (closed["state"], closed["outcome"], closed["verified_by"]) == ("closed", "confirmed", "zhang")
    detail = (await officer.get(f"/tasks/{task['task_id']}")).json()
    assert [step["what"] for step in detail["timeline"]] == [
        "created", "dispatched", "urged", "signed", "arrived", "attached", "reported", "returned", "reported", "verified",
        "closed"]  # fmt: skip
    assert [report["findings_text"] for report in detail["reports"]] == ["曝气停运", "复测达标"]
    assert detail["reports"][0]["measured_value"] == "41.0"
    assert detail["allowed"] == []


async def test_the_handler_cannot_verify_the_own_work(
    chassis: Chassis, inspector: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    await done(inspector, task, "sign")
    await done(inspector, task, "report", findings_text="x", outcome="false-alarm")
    async with signed_in(chassis, "li", Role.OFFICER, *OFFICER_PERMISSIONS, *WORKER_PERMISSIONS) as promoted:
        refused = await act(promoted, task, "verify")
    assert (refused.status_code, refused.json()["code"]) == (403, "verifier-is-handler")


async def test_what_the_state_does_not_allow_is_refused_naming_both(
    officer: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    refused = await act(officer, task, "close")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-allowed-in-state")
    assert (refused.json()["state"], refused.json()["action"]) == ("dispatched", "close")


async def test_a_change_on_an_old_view_is_refused(officer: httpx.AsyncClient, task: dict[str, Any]) -> None:
    await done(officer, task, "urge", version=2)
    refused = await act(officer, task, "urge", version=2)
    assert (refused.status_code, refused.json()["code"], refused.json()["version"]) == (409, "changed-meanwhile", 3)


async def test_of_two_inspectors_who_sign_at_once_one_gets_it(chassis: Chassis, task: dict[str, Any]) -> None:
    async with (
        signed_in(chassis, "li", Role.INSPECTOR) as li,
        signed_in(chassis, "wang", Role.INSPECTOR) as wang,
    ):
        answers = await asyncio.gather(act(li, task, "sign"), act(wang, task, "sign"))
    assert sorted(answer.status_code for answer in answers) == [200, 404], "the other does not see it any more"


@pytest.mark.parametrize(
    ("action", "body", "where"),
    [
        ("transfer", {"assignee": "li"}, "body.reason"),
        ("extend", {"reason": "x"}, "body.due_at"),
        ("extend", {"reason": "x", "due_at": "2020-01-01T00:00:00Z"}, "due_at"),
        ("extend", {"reason": "x", "due_at": "2099-01-01T00:00:00"}, "body.due_at"),
        ("urge", {"note": "x", "loud": True}, "body.loud"),
        ("cancel", {"reason": ""}, "body.reason"),
    ],
    ids=["no reason", "no deadline", "deadline passed", "no time zone", "unknown field", "empty reason"],
)
async def test_a_bad_form_is_refused_saying_where(
    officer: httpx.AsyncClient, task: dict[str, Any], action: str, body: dict[str, Any], where: str
) -> None:
    answer = await act(officer, task, action, **body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["where"] == where


async def test_an_unknown_action_is_invalid(officer: httpx.AsyncClient, task: dict[str, Any]) -> None:
    assert (await act(officer, task, "explode")).status_code == 422


async def test_a_repeated_request_is_done_once_and_answered_alike(
    officer: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    path, key = f"/tasks/{task['task_id']}/urge", {"Idempotency-Key": "k-1"}
    answers = await asyncio.gather(*(officer.post(path, json={"note": "快"}, headers=key) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 3
    other = await officer.post(path, json={"note": "慢"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    detail = (await officer.get(f"/tasks/{task['task_id']}")).json()
    assert [step["what"] for step in detail["timeline"]].count("urged") == 1


async def test_a_refused_request_keeps_no_key_and_may_be_tried_again(
    officer: httpx.AsyncClient, inspector: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    key = {"Idempotency-Key": "k-2"}
    body = {"findings_text": "x", "outcome": "confirmed"}
    path = f"/tasks/{task['task_id']}/report"
    assert (await inspector.post(path, json=body, headers=key)).status_code == 409
    await done(inspector, task, "sign")
    assert (await inspector.post(path, json=body, headers=key)).status_code == 200


async def test_an_urgent_report_needs_its_photos(
    hear: Any, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    await hear("raised", alarm(AlarmLevel.RED))
    task = await task_of(officer, ALARM)
    await done(inspector, task, "sign")
    early = await act(inspector, task, "report", findings_text="x", outcome="confirmed")
    assert (early.status_code, early.json()["code"]) == (409, "step-missing-arrive")
    await done(inspector, task, "arrive", longitude=118.8, latitude=32.2)
    refused = await act(inspector, task, "report", findings_text="x", outcome="confirmed", fields={"colour": 1})
    assert (refused.status_code, refused.json()["code"]) == (422, "report-incomplete")
    assert {error["where"] for error in refused.json()["errors"]} == {"fields.colour", "evidence"}
    for colour in ((1, 2, 3), (4, 5, 6)):
        assert (await upload(inspector, task, photo(colour))).status_code == 201
    await done(inspector, task, "report", findings_text="x", outcome="confirmed")


async def test_a_photo_is_kept_as_it_came_with_place_and_time_of_its_exif_and_a_thumbnail(
    inspector: httpx.AsyncClient, task: dict[str, Any], settings: Settings
) -> None:
    await done(inspector, task, "sign")
    content = photo(exif=True)
    kept = (await upload(inspector, task, content)).json()
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    assert (round(kept["longitude"], 4), round(kept["latitude"], 4)) == (118.8, 32.21)
    assert kept["taken_at"].startswith("2026-11-22T04:30:00")
    assert kept["exif"]["Make"] == "Huawei"
    back = await inspector.get(f"/evidence/{kept['sha256']}")
    assert (back.content, back.headers["content-type"]) == (content, "image/jpeg")
    small = Image.open(io.BytesIO((await inspector.get(f"/evidence/{kept['sha256']}/thumbnail")).content))
    assert max(small.size) == 320
    files = [path for path in evidence_dir(settings).rglob("*") if path.is_file()]
    assert len(files) == 2
    again = await upload(inspector, task, content)
    assert (again.status_code, again.json()["evidence_id"]) == (200, kept["evidence_id"])


async def test_a_photo_written_before_a_crash_is_taken_as_it_is_when_sent_again(
    inspector: httpx.AsyncClient, task: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await done(inspector, task, "sign")

    async def crash(*_: Any, **__: Any) -> None:
        raise ConnectionError("killed before the row")

    with monkeypatch.context() as patched:
        patched.setattr("task_dispatch.api.evidence._attach", crash)
        assert (await upload(inspector, task, photo())).status_code == 503
    (written,) = [path for path in evidence_dir(settings).rglob("*") if path.is_file() and "." not in path.name]
    before = written.stat().st_mtime_ns
    kept = (await upload(inspector, task, photo())).json()
    assert (kept["sha256"], written.stat().st_mtime_ns) == (written.name, before)


def evidence_dir(settings: Settings) -> Path:
    assert settings.evidence_dir is not None
    return settings.evidence_dir


def giant() -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (3000, 2000)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bad-photo-empty"),
        (b"<svg onload='alert(1)'></svg>", "bad-photo-type"),
        (b"\xff\xd8\xff" + b"0" * 300_000, "bad-photo-too-large"),
        (photo()[:400], "bad-photo-not-an-image"),
        (giant(), "bad-photo-too-many-pixels"),
        (photo(kind="GIF"), "bad-photo-type"),
    ],
    ids=["empty", "not a photo", "too large", "cut short", "too many pixels", "a type we do not take"],
)
async def test_a_bad_photo_is_refused_with_its_reason_and_leaves_nothing(
    inspector: httpx.AsyncClient, task: dict[str, Any], settings: Settings, content: bytes, code: str
) -> None:
    await done(inspector, task, "sign")
    refused = await upload(inspector, task, content)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["errors"][0]["where"] == "photo"
    assert [path for path in evidence_dir(settings).rglob("*") if path.is_file()] == []


async def test_only_the_owner_adds_evidence_and_only_who_sees_the_task_sees_it(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    assert (await upload(inspector, task, photo())).status_code == 409
    await done(inspector, task, "sign")
    assert (await upload(officer, task, photo())).status_code == 403
    kept = (await upload(inspector, task, photo())).json()
    for name, role, enterprise, status in (
        ("zhang", Role.OFFICER, None, 200),
        ("plant", Role.ENTERPRISE, ENTERPRISE, 200),
        ("other", Role.ENTERPRISE, UUID(int=8), 404),
        ("wang", Role.INSPECTOR, None, 404),
    ):
        async with signed_in(chassis, name, role, enterprise=enterprise) as client:
            for path in (f"/evidence/{kept['sha256']}", f"/evidence/{kept['sha256']}/thumbnail"):
                assert (await client.get(path)).status_code == status, (name, path)
    assert (await officer.get(f"/evidence/{'0' * 64}")).status_code == 404
    assert (await officer.get("/evidence/..%2F..%2Fetc%2Fpasswd")).status_code in {404, 422}


async def test_enterprises_and_inspectors_see_what_is_theirs(
    chassis: Chassis, hear: Any, officer: httpx.AsyncClient, inspector: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    await hear("raised", alarm(alarm_id=UUID(int=50), enterprise_id=UUID(int=8)))
    assert (await officer.get("/tasks")).json()["total"] == 2
    async with signed_in(chassis, "plant", Role.ENTERPRISE, enterprise=ENTERPRISE) as plant:
        assert [one["task_id"] for one in (await plant.get("/tasks")).json()["items"]] == [task["task_id"]]
        assert "exceedance" in (await plant.get("/tasks/export")).text
        other = await task_of(officer, UUID(int=50))
        assert (await plant.get(f"/tasks/{other['task_id']}")).status_code == 404
        assert (await act(plant, other, "sign")).status_code == 404
    async with signed_in(chassis, "nobody", Role.ENTERPRISE) as nobody:
        assert (await nobody.get("/tasks")).json()["total"] == 0
    assert (await inspector.get("/tasks")).json()["total"] == 2
    async with signed_in(chassis, "wang", Role.INSPECTOR) as wang:
        await done(wang, task, "sign")
        assert (await wang.get("/tasks", params={"assignee": "me"})).json()["total"] == 1
        assert (await wang.get("/tasks/counts")).json() == {"open": 2, "overdue": 0, "mine": 1}
    assert (await inspector.get("/tasks")).json()["total"] == 1


async def test_lists_are_filtered_paged_and_exported(
    hear: Any, officer: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    for number in range(4):
        await hear("raised", alarm(alarm_id=UUID(int=60 + number), rule="offline"))
    for params, count in (
        ({}, 5), ({"kind": "equipment-repair"}, 4), ({"state": "dispatched"}, 5), ({"state": ["signed", "closed"]}, 0),
        ({"overdue": "true"}, 0), ({"q": "东江"}, 5), ({"q": "没有"}, 0), ({"open": "true"}, 5), ({"assignee": "li"}, 0),
        ({"point_id": str(UUID(int=11))}, 5), ({"point_id": str(uuid4())}, 0),
    ):  # fmt: skip
        assert (await officer.get("/tasks", params=params)).json()["total"] == count, params
    seen, cursor = [], None
    while True:
        answer = (await officer.get("/tasks", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [one["task_id"] for one in answer["items"]]
        if (cursor := answer["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen)) == 5
    book = openpyxl.load_workbook(io.BytesIO((await officer.get("/tasks/export", params={"format": "xlsx"})).content))
    assert len(list(book.worksheets[0].rows)) == 6


async def test_a_person_makes_a_task_of_their_own_or_for_an_alarm_that_has_none(
    hear: Any, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    due_at = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    form = {"title_zh": "季度检查", "kind": "inspection", "priority": "blue", "assignee": "li", "due_at": due_at}
    made = await officer.post("/tasks", json=form, headers={"Idempotency-Key": "new-1"})
    again = await officer.post("/tasks", json=form, headers={"Idempotency-Key": "new-1"})
    assert (made.status_code, made.json()["state"]) == (201, "dispatched")
    assert again.json()["task_id"] == made.json()["task_id"]
    assert (await inspector.get("/tasks", params={"assignee": "me"})).json()["total"] == 1
    await hear("raised", alarm(AlarmLevel.BLUE))
    of_alarm = {"title_zh": "核查", "kind": "exceedance-check", "priority": "blue", "alarm_id": str(ALARM)}
    first = await officer.post("/tasks", json=of_alarm)
    assert (first.status_code, first.json()["enterprise_name_zh"], first.json()["state"]) == (
        201,
        "东江化工",
        "created",
    )
    second = await officer.post("/tasks", json=of_alarm)
    assert (second.status_code, second.json()["code"]) == (409, "alarm-has-task")
    unknown = await officer.post("/tasks", json={**of_alarm, "alarm_id": str(uuid4())})
    assert unknown.status_code == 404
    kind = await officer.post("/tasks", json={**form, "kind": "dance"})
    assert (kind.status_code, kind.json()["errors"][0]["where"]) == (422, "kind")


async def test_an_alarm_whose_task_was_cancelled_gets_no_second_one_by_policy_but_by_hand(
    hear: Any, officer: httpx.AsyncClient, task: dict[str, Any]
) -> None:
    await done(officer, task, "cancel", reason="误派")
    await hear("escalated", alarm(AlarmLevel.RED, version=2))
    assert (await officer.get("/tasks", params={"alarm_id": str(ALARM)})).json()["total"] == 1
    again = {"title_zh": "核查", "kind": "exceedance-check", "priority": "red", "alarm_id": str(ALARM)}
    assert (await officer.post("/tasks", json=again)).status_code == 201


ROUTES = [
    ("GET", "/tasks", "task:read"),
    ("GET", "/tasks/counts", "task:read"),
    ("GET", "/tasks/export", "task:read"),
    ("GET", "/tasks/scores", "task:read"),
    ("GET", "/tasks/scores/export", "task:read"),
    ("GET", "/tasks/scores/tasks", "task:read"),
    ("POST", "/tasks/batch-dispatch", "task:dispatch"),
    ("GET", "/task-kinds", "task:read"),
    ("GET", "/task-kinds/clock-presets", "task:read"),
    ("GET", "/task-kinds/problem-catalogue", "task:read"),
    ("GET", "/task-kinds/inspection", "task:read"),
    ("GET", "/task-kinds/inspection/versions/1", "task:read"),
    ("POST", "/task-kinds/check", "rule:write"),
    ("PUT", "/task-kinds/inspection", "rule:write"),
    ("GET", f"/tasks/{uuid4()}", "task:read"),
    ("POST", "/tasks", "task:create"),
    ("POST", "/complaints", "task:create"),
    ("POST", "/supervision-orders", "task:create"),
    ("POST", f"/tasks/{uuid4()}/sign", "task:read"),
    ("POST", f"/tasks/{uuid4()}/evidence", "task:work"),
    ("GET", f"/tasks/{uuid4()}/documents/task-record.pdf", "task:read"),
    ("GET", "/documents/RW-20261122-0001-1", "task:read"),
    ("GET", f"/evidence/{'0' * 64}", "task:read"),
    ("GET", f"/evidence/{'0' * 64}/thumbnail", "task:read"),
    ("GET", "/plans", "task:dispatch"),
    ("POST", "/plans", "task:dispatch"),
    ("GET", "/plans/export", "task:dispatch"),
    ("GET", "/plans/preview", "task:dispatch"),
    ("GET", f"/plans/{uuid4()}", "task:dispatch"),
    ("PUT", f"/plans/{uuid4()}", "task:dispatch"),
    ("GET", "/delegations", "task:read"),
    ("POST", "/delegations", "task:read"),
    ("DELETE", f"/delegations/{uuid4()}", "task:read"),
    ("GET", "/cells", "task:read"),
    ("PUT", "/cells/A-01", "task:dispatch"),
    ("DELETE", "/cells/A-01", "task:dispatch"),
]


async def test_every_route_wants_its_permission(chassis: Chassis) -> None:
    every = {*OFFICER_PERMISSIONS, *WORKER_PERMISSIONS, "rule:write"}
    async with asgi_client(chassis) as nobody:
        for method, path, _ in ROUTES:
            assert (await nobody.request(method, path, json={})).status_code == 401, path
    for method, path, permission in ROUTES:
        async with signed_in(chassis, "x", Role.INSPECTOR, *(every - {permission})) as client:
            assert (await client.request(method, path, json={})).status_code == 403, path
    assert len(ROUTES) == sum(len(methods) for methods in chassis.http_app().openapi()["paths"].values())


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("dispatch", {"assignee": "li"}), ("transfer", {"assignee": "li", "reason": "x"}), ("urge", {}), ("verify", {}),
        ("extend", {"reason": "x", "due_at": "2099-01-01T00:00:00Z"}), ("return", {"reason": "x"}),
        ("refuse", {"reason": "x"}), ("close", {}), ("cancel", {"reason": "x"}), ("sign", {}), ("arrive", {}),
        ("report", {"findings_text": "x", "outcome": "other"}), ("handle", {"measures": "x"}), ("contribute", {"text": "x"}),
        ("join", {"co_workers": []}), ("request-extension", {"reason": "x", "due_at": "2099-01-01T00:00:00Z"}),
        ("approve-extension", {}), ("reject-extension", {"reason": "x"}),
    ],
)  # fmt: skip
async def test_every_action_wants_its_permission(
    chassis: Chassis, task: dict[str, Any], action: str, body: dict[str, Any]
) -> None:
    async with signed_in(chassis, "zhang", Role.OFFICER, "task:read") as reader:
        refused = await act(reader, task, action, **body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
