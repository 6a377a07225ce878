"""The HTTP API on the real app and a real Postgres: lists, detail, actions, scope, permissions, webhooks, rules."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import openpyxl
import pytest
from alerting.notifier import Notifier
from alerting.settings import Settings
from alerting.testing import ENTERPRISE, finding
from park_chassis.chassis import Chassis
from park_chassis.testing import asgi_client, token
from park_schemas.codes import Role

pytestmark = pytest.mark.integration

ALL = ("alarm:read", "alarm:acknowledge", "alarm:close", "rule:write", "webhook:write", "task:dispatch")
OTHER_ENTERPRISE = UUID(int=8)


@asynccontextmanager
async def signed_in(
    chassis: Chassis, *permissions: str, role: Role = Role.OFFICER, name: str = "zhang", enterprise: UUID | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    bearer = token(*(permissions or ALL), role=role, username=name, enterprise_id=enterprise)
    async with asgi_client(chassis, bearer) as client:
        yield client


@pytest.fixture
async def officer(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(chassis) as client:
        yield client


@pytest.fixture
async def some(take_in: Any) -> None:
    """Four open alarms: yellow and red of ENTERPRISE, blue of another, orange of a station without one."""
    await take_in(
        finding(1.8),
        finding(3.5, subject=UUID(int=12)),
        finding(1.2, subject=UUID(int=13), enterprise_id=OTHER_ENTERPRISE, enterprise_name_zh="西江化工"),
        finding(2.5, subject=UUID(int=14), enterprise_id=None, enterprise_name_zh=""),
    )


async def items(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get("/alarms", params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.usefixtures("some")
@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 4),
        ({"open": "true"}, 4),
        ({"open": "false"}, 0),
        ({"level": "red"}, 1),
        ({"level": ["red", "blue"]}, 2),
        ({"state": "active"}, 4),
        ({"state": ["acknowledged", "closed"]}, 0),
        ({"enterprise_id": str(ENTERPRISE)}, 2),
        ({"point_id": str(UUID(int=12))}, 1),
        ({"rule": "offline"}, 0),
        ({"q": "西江"}, 1),
        ({"q": "SO2"}, 4),
        ({"q": "100%_"}, 0),
        ({"from": "2000-01-01T00:00:00+08:00", "to": "2100-01-01T00:00:00Z"}, 4),
        ({"to": "2000-01-01T00:00:00Z"}, 0),
    ],
    ids=str,
)
async def test_lists_are_filtered(officer: httpx.AsyncClient, params: dict[str, Any], count: int) -> None:
    assert len(await items(officer, **params)) == count


@pytest.mark.usefixtures("some")
async def test_pages_join_without_gap_or_repeat(officer: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        answer = (await officer.get("/alarms", params={"limit": 1, **({"cursor": cursor} if cursor else {})})).json()
        assert answer["total"] == 4
        seen += [item["alarm_id"] for item in answer["items"]]
        if (cursor := answer["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen)) == 4


@pytest.mark.usefixtures("some")
async def test_counts_tell_the_open_by_level_and_the_unacknowledged(officer: httpx.AsyncClient) -> None:
    assert (await officer.get("/alarms/counts")).json() == {
        "open": {"red": 1, "orange": 1, "yellow": 1, "blue": 1}, "unacknowledged": 4, "resolved": 0,
        "resolved_by_level": {"red": 0, "orange": 0, "yellow": 0, "blue": 0}}  # fmt: skip
    first = (await items(officer))[0]["alarm_id"]
    await officer.post(f"/alarms/{first}/acknowledge", json={"note": ""})
    assert (await officer.get("/alarms/counts")).json()["unacknowledged"] == 3


@pytest.mark.usefixtures("some")
async def test_an_alarm_is_acknowledged_and_closed_by_people_with_their_reasons(officer: httpx.AsyncClient) -> None:
    alarm = (await items(officer, level="red"))[0]
    path = f"/alarms/{alarm['alarm_id']}"
    acknowledged = await officer.post(f"{path}/acknowledge", json={"note": "已通知企业", "version": 1})
    assert (acknowledged.status_code, acknowledged.json()["acknowledged_by"]) == (200, "zhang")
    closed = await officer.post(f"{path}/close", json={"reason": "handled", "note": "已整改"})
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    detail = (await officer.get(path)).json()
    assert [(step["what"], step["who"]) for step in detail["timeline"]] == [
        ("raised", "system"), ("acknowledged", "zhang"), ("closed", "zhang")]  # fmt: skip
    assert detail["findings"][0]["ratio"] == 3.5


@pytest.mark.usefixtures("some")
async def test_what_the_state_does_not_allow_is_refused_naming_both(officer: httpx.AsyncClient) -> None:
    path = f"/alarms/{(await items(officer))[0]['alarm_id']}"
    await officer.post(f"{path}/close", json={"reason": "handled"})
    for action, body in (("acknowledge", {}), ("close", {"reason": "handled"})):
        refused = await officer.post(f"{path}/{action}", json=body)
        assert refused.status_code == 409
        assert (refused.json()["code"], refused.json()["state"]) == ("not-allowed-in-state", "closed")
        assert refused.json()["event"] == ("acknowledged" if action == "acknowledge" else "closed")


@pytest.mark.usefixtures("some")
async def test_an_alarm_that_changed_meanwhile_is_not_changed_on_an_old_view(officer: httpx.AsyncClient) -> None:
    path = f"/alarms/{(await items(officer))[0]['alarm_id']}"
    assert (await officer.post(f"{path}/acknowledge", json={})).status_code == 200
    refused = await officer.post(f"{path}/close", json={"reason": "handled", "version": 1})
    assert (refused.status_code, refused.json()["code"], refused.json()["version"]) == (409, "changed-meanwhile", 2)


@pytest.mark.usefixtures("some")
async def test_of_two_officers_who_acknowledge_at_once_one_is_refused(
    chassis: Chassis, officer: httpx.AsyncClient
) -> None:
    import asyncio

    path = f"/alarms/{(await items(officer))[0]['alarm_id']}/acknowledge"
    answers = await asyncio.gather(*(officer.post(path, json={}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


@pytest.mark.parametrize(
    "body",
    [{}, {"reason": "because"}, {"reason": "handled", "version": 0}, {"reason": "handled", "colour": "red"}],
    ids=["no reason", "unknown reason", "bad version", "unknown field"],
)
@pytest.mark.usefixtures("some")
async def test_a_close_without_a_good_reason_is_invalid(officer: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await officer.post(f"/alarms/{(await items(officer))[0]['alarm_id']}/close", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"].startswith("body.")


@pytest.mark.usefixtures("some")
async def test_an_enterprise_sees_and_acknowledges_its_own_alarms_only(
    chassis: Chassis, officer: httpx.AsyncClient, settings: Settings
) -> None:
    own = {alarm["alarm_id"] for alarm in await items(officer, enterprise_id=str(ENTERPRISE))}
    others = {alarm["alarm_id"] for alarm in await items(officer)} - own
    permissions = ("alarm:read", "alarm:acknowledge", "alarm:close")
    async with signed_in(chassis, *permissions, role=Role.ENTERPRISE, enterprise=ENTERPRISE) as client:
        assert {alarm["alarm_id"] for alarm in await items(client)} == own
        assert await items(client, enterprise_id=str(OTHER_ENTERPRISE)) == []
        assert sum((await client.get("/alarms/counts")).json()["open"].values()) == len(own)
        for alarm_id in others:
            assert (await client.get(f"/alarms/{alarm_id}")).status_code == 404
            assert (await client.post(f"/alarms/{alarm_id}/acknowledge", json={})).status_code == 404
            assert (await client.post(f"/alarms/{alarm_id}/close", json={"reason": "handled"})).status_code == 404
        await Notifier(chassis.database, settings).tell_due()
        export = (await client.get("/alarms/export")).text
        assert "西江化工" not in export
        told = (await client.get("/notifications")).json()["items"]
        assert {one["alarm_id"] for one in told} <= own
        assert sum(one["together"] for one in told) == len(own)
    async with signed_in(chassis, "alarm:read", role=Role.ENTERPRISE, enterprise=None) as nobody:
        assert await items(nobody) == []


ROUTES = [
    ("GET", "/alarms", "alarm:read"),
    ("GET", "/alarms/counts", "alarm:read"),
    ("GET", "/alarms/export", "alarm:read"),
    ("GET", f"/alarms/{uuid4()}", "alarm:read"),
    ("POST", f"/alarms/{uuid4()}/acknowledge", "alarm:acknowledge"),
    ("POST", f"/alarms/{uuid4()}/close", "alarm:close"),
    ("GET", "/alarms/statistics", "alarm:read"),
    ("POST", f"/alarms/{uuid4()}/assign", "task:dispatch"),
    ("POST", f"/alarms/{uuid4()}/suppress", "alarm:close"),
    ("POST", f"/alarms/{uuid4()}/reopen", "alarm:close"),
    ("GET", "/working-calendar", "alarm:read"),
    ("GET", "/working-calendar/days", "alarm:read"),
    ("PUT", "/working-calendar", "rule:write"),
    ("GET", "/duty-rosters", "alarm:read"),
    ("GET", "/duty-rosters/on-duty", "alarm:read"),
    ("GET", f"/duty-rosters/{uuid4()}", "alarm:read"),
    ("GET", f"/duty-rosters/{uuid4()}/shifts", "alarm:read"),
    ("POST", "/duty-rosters", "alarm:close"),
    ("POST", "/duty-rosters/check", "alarm:close"),
    ("PUT", f"/duty-rosters/{uuid4()}", "alarm:close"),
    ("DELETE", f"/duty-rosters/{uuid4()}", "alarm:close"),
    ("POST", f"/duty-rosters/{uuid4()}/swaps", "alarm:acknowledge"),
    ("DELETE", f"/duty-rosters/{uuid4()}/swaps/{uuid4()}", "alarm:close"),
    ("GET", "/channels", "webhook:write"),
    ("POST", "/channels", "webhook:write"),
    ("PUT", f"/channels/{uuid4()}", "webhook:write"),
    ("DELETE", f"/channels/{uuid4()}", "webhook:write"),
    ("POST", f"/channels/{uuid4()}/test", "webhook:write"),
    ("GET", "/message-templates", "webhook:write"),
    ("PUT", "/message-templates/sms/zh", "webhook:write"),
    ("GET", "/messages", "webhook:write"),
    ("POST", f"/messages/{uuid4()}/resend", "webhook:write"),
    ("GET", "/contacts", "webhook:write"),
    ("PUT", f"/contacts/{uuid4()}", "webhook:write"),
    ("DELETE", f"/contacts/{uuid4()}", "webhook:write"),
    ("GET", "/notification-preferences", "alarm:read"),
    ("PUT", "/notification-preferences", "alarm:read"),
    ("GET", "/notifications", "alarm:read"),
    ("GET", "/rules", "alarm:read"),
    ("PUT", "/rules", "rule:write"),
    ("GET", "/rules/versions/1", "alarm:read"),
    ("POST", "/rules/dry-run", "rule:write"),
    ("GET", "/silences", "alarm:read"),
    ("POST", "/silences", "alarm:close"),
    ("DELETE", f"/silences/{uuid4()}", "alarm:close"),
    ("GET", "/webhooks", "webhook:write"),
    ("POST", "/webhooks", "webhook:write"),
    ("PUT", f"/webhooks/{uuid4()}", "webhook:write"),
    ("DELETE", f"/webhooks/{uuid4()}", "webhook:write"),
    ("POST", f"/webhooks/{uuid4()}/test", "webhook:write"),
    ("GET", f"/webhooks/{uuid4()}/deliveries", "webhook:write"),
    ("POST", f"/webhooks/deliveries/{uuid4()}/retry", "webhook:write"),
]


async def test_every_route_wants_its_permission(chassis: Chassis) -> None:
    every = set(ALL)
    async with asgi_client(chassis) as nobody:
        for method, path, _ in ROUTES:
            assert (await nobody.request(method, path, json={})).status_code == 401, path
    for method, path, permission in ROUTES:
        async with signed_in(chassis, *(every - {permission}), role=Role.INSPECTOR) as client:
            assert (await client.request(method, path, json={})).status_code == 403, path


def test_the_table_above_names_every_route(chassis: Chassis) -> None:
    paths = chassis.http_app().openapi()["paths"]
    declared = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    generic = {(method, _generic(path)) for method, path, _ in ROUTES}
    assert {(method, _generic(path)) for method, path in declared} == generic


def _generic(path: str) -> str:
    parts = path.removesuffix("sms/zh").rstrip("/").split("/") + (["{}", "{}"] if path.endswith("sms/zh") else [])
    return "/".join("{}" if "{" in part or part.count("-") == 4 or part.isdigit() else part for part in parts)


@pytest.mark.usefixtures("some")
async def test_exports_hold_exactly_the_filtered_rows(officer: httpx.AsyncClient) -> None:
    text = (await officer.get("/alarms/export", params={"format": "csv", "level": "red"})).text
    lines = text.removeprefix("\ufeff").strip().split("\r\n")
    assert lines[0].startswith("编号,级别,状态")
    assert len(lines) == 2
    assert "红色" in lines[1]
    book = openpyxl.load_workbook(io.BytesIO((await officer.get("/alarms/export", params={"format": "xlsx"})).content))
    assert len(list(book.worksheets[0].rows)) == 5


async def test_the_secret_of_a_webhook_is_shown_once(officer: httpx.AsyncClient) -> None:
    made = await officer.post("/webhooks", json={"url": "http://127.0.0.1:9/x", "min_level": "orange"})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    webhook_id = made.json()["webhook_id"]
    changed = await officer.put(f"/webhooks/{webhook_id}", json={"url": "http://127.0.0.1:9/y", "active": False})
    assert (changed.status_code, changed.json()["active"]) == (200, False)
    for answer in (changed, await officer.get("/webhooks")):
        assert "secret" not in answer.text
    assert (await officer.delete(f"/webhooks/{webhook_id}")).status_code == 204
    assert (await officer.get("/webhooks")).json()["items"] == []
    assert (await officer.delete(f"/webhooks/{webhook_id}")).status_code == 404


async def test_a_test_message_is_queued_and_seen_among_the_deliveries(officer: httpx.AsyncClient) -> None:
    webhook_id = (await officer.post("/webhooks", json={"url": "http://127.0.0.1:9/x"})).json()["webhook_id"]
    queued = await officer.post(f"/webhooks/{webhook_id}/test")
    assert (queued.status_code, queued.json()["event_type"]) == (202, "alerting.webhook.test")
    (seen,) = (await officer.get(f"/webhooks/{webhook_id}/deliveries")).json()["items"]
    assert (seen["delivery_id"], seen["state"]) == (queued.json()["delivery_id"], "pending")
    retried = await officer.post(f"/webhooks/deliveries/{seen['delivery_id']}/retry")
    assert retried.status_code == 202
    assert (await officer.post(f"/webhooks/deliveries/{uuid4()}/retry")).status_code == 404


@pytest.mark.parametrize("url", ["ftp://x.example", "not a url", "http://user:pw@x.example/"])
async def test_a_webhook_to_nowhere_sensible_is_refused_with_the_reason(officer: httpx.AsyncClient, url: str) -> None:
    refused = await officer.post("/webhooks", json={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-webhook-target")
    assert refused.json()["errors"][0]["where"] == "url"


async def test_rules_are_read_changed_as_a_new_version_and_guarded(officer: httpx.AsyncClient, take_in: Any) -> None:
    rules = (await officer.get("/rules")).json()
    assert rules["version"] == 1
    policy = rules["policy"]
    gas = next(entry for entry in policy["entries"] if entry["name"] == "emission-gas")
    gas["ratio_steps"] = [{"above": 1.0, "level": "red"}]
    changed = await officer.put("/rules", json={"policy": policy, "version": 1})
    assert (changed.status_code, changed.json()["version"]) == (201, 2)
    await take_in(finding(1.1))
    assert (await items(officer))[0]["level"] == "red"
    stale = await officer.put("/rules", json={"policy": policy, "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "changed-meanwhile")
    gas["ratio_steps"] = [{"above": 1.0, "level": "red"}, {"above": 2.0, "level": "blue"}]
    bad = await officer.put("/rules", json={"policy": policy})
    assert (bad.status_code, bad.json()["code"]) == (422, "bad-policy")
    assert bad.json()["errors"][0]["where"].endswith("ratio_steps")
    assert [version["version"] for version in (await officer.get("/rules")).json()["versions"]] == [2, 1]
    first = (await officer.get("/rules/versions/1")).json()
    untouched = next(entry for entry in first["policy"]["entries"] if entry["name"] == "emission-gas")
    assert (first["version"], first["made_by"]) == (1, "system")
    assert [step["level"] for step in untouched["ratio_steps"]] == ["blue", "yellow", "orange", "red"]
    assert (await officer.get("/rules/versions/3")).status_code == 404
    assert (await officer.get("/rules/versions/0")).status_code == 422


@pytest.mark.usefixtures("some")
async def test_notifications_go_to_those_the_policy_names(
    chassis: Chassis, officer: httpx.AsyncClient, settings: Settings
) -> None:
    assert (await officer.get("/notifications")).json()["items"] == [], "nothing is told before the notifier tells it"
    await Notifier(chassis.database, settings).tell_due()
    told = (await officer.get("/notifications")).json()["items"]
    assert sorted((one["level"], one["together"]) for one in told) == [("orange", 1), ("red", 2)]
    async with signed_in(chassis, "alarm:read", role=Role.INSPECTOR) as inspector:
        assert sorted(one["level"] for one in (await inspector.get("/notifications")).json()["items"]) == [
            "orange",
            "red",
        ]
    newest = told[0]["sent_at"]
    assert (await officer.get("/notifications", params={"since": newest})).json()["items"] == []
    first = (await officer.get("/notifications", params={"limit": 1})).json()
    rest = (await officer.get("/notifications", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert len({one["notification_id"] for one in first["items"] + rest["items"]}) == 2
