"""Routing over real sockets: permissions, headers, bodies, services that are away, the console and the exchange."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from api_gateway.front_door import may_see_figures
from api_gateway.settings import Settings
from gateway_test_house import Neighbour
from park_chassis.auth import TokenIssuer
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET
from park_chassis.tracing import configure_tracing
from park_schemas.codes import Medium, Role
from park_schemas.registry import PointRecord
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

pytestmark = pytest.mark.integration

THING = "0190a000-0000-7000-8000-000000000001"
SignIn = Callable[..., Awaitable[Any]]


async def test_a_request_reaches_its_service_with_the_callers_token_and_without_the_cookie(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, gateway_settings: Settings
) -> None:
    configure_tracing(gateway_settings)
    await sign_in(Role.OFFICER)
    neighbour.answers["alerting", "/alarms"] = {"items": [], "next_cursor": None, "total": 0}
    answer = await browser.get(
        "/api/v1/alarms", params={"open": "true", "q": "排口"}, headers={"X-Request-Id": "request-77"}
    )
    assert answer.json() == {"items": [], "next_cursor": None, "total": 0}
    seen = neighbour.seen[-1]
    assert dict(seen.query_params) == {"open": "true", "q": "排口"}
    assert "cookie" not in seen.headers
    scheme, _, token = seen.headers["authorization"].partition(" ")
    assert scheme == "Bearer"
    assert TokenIssuer(TEST_SECRET).read(token).username == "someone"
    assert seen.headers["x-request-id"] == "request-77" == answer.headers["x-request-id"]
    assert seen.headers["x-forwarded-for"] == "127.0.0.1"
    assert seen.headers["traceparent"]


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.INSPECTOR, "POST", f"/tasks/{THING}/sign", 200),
        (Role.INSPECTOR, "POST", f"/tasks/{THING}/verify", 403),
        (Role.OFFICER, "POST", f"/tasks/{THING}/verify", 200),
        (Role.OFFICER, "PUT", "/rules", 403),
        (Role.ADMINISTRATOR, "PUT", "/rules", 200),
        (Role.ADMINISTRATOR, "POST", f"/alarms/{THING}/close", 403),
        (Role.ENTERPRISE, "POST", "/points", 403),
        (Role.OFFICER, "GET", "/services/alerting/parked", 403),
        (Role.ADMINISTRATOR, "GET", "/services/alerting/parked", 200),
    ],
)
async def test_the_door_refuses_what_the_role_may_not_do(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, role: Role, method: str, path: str, status: int
) -> None:
    async def fine(_: Request) -> Response:
        return JSONResponse({})

    for service in ("task-dispatch", "alerting", "archive"):
        neighbour.answers[service, path] = fine
    neighbour.answers["alerting", "/parked"] = fine
    await sign_in(role, enterprise_id=uuid4() if role is Role.ENTERPRISE else None)
    answer = await browser.request(method, "/api/v1" + path, json={} if method != "GET" else None)
    assert answer.status_code == status
    assert len(neighbour.seen) == (1 if status == 200 else 0)


@pytest.mark.parametrize("path", ["/nothing", "/parked", "/alarms/a%2Fclose", "/alarms/../users", "/health/live"])
async def test_a_path_that_is_not_in_the_table_is_404(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, path: str
) -> None:
    await sign_in(Role.ADMINISTRATOR)
    reader, writer = await asyncio.open_connection(browser.base_url.host, browser.base_url.port)
    cookie = f"park_access={browser.cookies['park_access']}"
    writer.write(f"GET /api/v1{path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert b" 404 " in answer.splitlines()[0]
    assert neighbour.seen == []


async def test_a_wrong_method_says_which_are_right(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour
) -> None:
    await sign_in(Role.OFFICER)
    answer = await browser.delete("/api/v1/points")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


async def test_nobody_is_let_in_without_a_token(browser: httpx.AsyncClient, neighbour: Neighbour) -> None:
    assert (await browser.get("/api/v1/alarms")).status_code == 401
    assert neighbour.seen == []


async def test_a_service_that_is_away_is_named_and_one_that_is_slow_too(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(Role.OFFICER)
    monkeypatch.setenv("PARK_SERVICES_ALERTING_URL", "http://127.0.0.1:1")
    away = await browser.get("/api/v1/alarms")
    assert (away.status_code, away.json()["service"]) == (503, "alerting")
    assert away.headers["retry-after"] == "2"

    async def sleep(_: Request) -> Response:
        await asyncio.sleep(5)
        return JSONResponse({})

    from api_gateway.domain import routes

    match = routes.TABLE.find("GET", "/task-kinds")
    assert match is not None
    object.__setattr__(match.route, "timeout_s", 0.2)
    neighbour.answers["task-dispatch", "/task-kinds"] = sleep
    slow = await browser.get("/api/v1/task-kinds")
    object.__setattr__(match.route, "timeout_s", 15.0)
    assert (slow.status_code, slow.json()["service"]) == (504, "task-dispatch")


async def test_a_body_larger_than_its_route_takes_is_413_announced_or_not(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour
) -> None:
    await sign_in(Role.OFFICER)
    path = f"/api/v1/alarms/{uuid4()}/acknowledge"
    announced = await browser.post(path, content=b"x" * 300_000)

    async def chunks() -> Any:
        for _ in range(300):
            yield b"x" * 1000

    streamed = await browser.post(path, content=chunks())
    assert [announced.status_code, streamed.status_code] == [413, 413]
    assert announced.json()["limit"] == 256 * 1024


async def test_a_large_import_streams_through_whole(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour
) -> None:
    await sign_in(Role.OFFICER)
    neighbour.answers["archive", "/imports"] = {"accepted": 1}
    body = bytes(range(256)) * 4096 * 5
    answer = await browser.post("/api/v1/imports", content=body, headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code == 200
    assert neighbour.bodies[-1] == body


async def test_an_answer_is_streamed_with_its_headers_but_never_a_cookie(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour
) -> None:
    async def export(_: Request) -> Response:
        async def rows() -> Any:
            for number in range(1000):
                yield f"{number}\n".encode()

        headers = {"Content-Disposition": 'attachment; filename="alarms.csv"', "Set-Cookie": "evil=1"}
        return StreamingResponse(rows(), media_type="text/csv", headers=headers)

    neighbour.answers["alerting", "/alarms/export"] = export
    await sign_in(Role.OFFICER)
    answer = await browser.get("/api/v1/alarms/export", params={"format": "csv"})
    assert answer.text.splitlines() == [str(number) for number in range(1000)]
    assert answer.headers["content-disposition"] == 'attachment; filename="alarms.csv"'
    assert "evil" not in browser.cookies


async def test_curves_are_asked_of_the_judge_of_the_points_medium(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, gateway: Chassis
) -> None:
    outlet, station = uuid4(), uuid4()
    view = gateway._views[0]
    for point_id, medium in ((outlet, Medium.WASTE_WATER), (station, Medium.AMBIENT_AIR)):
        view.put(
            str(point_id),
            PointRecord(
                point_id=point_id,
                park_id=uuid4(),
                code="P",
                name_zh="点",
                name_en="p",
                medium=medium,
                longitude=120.0,
                latitude=31.0,
            ),
        )
    neighbour.answers["source-monitoring", f"/points/{outlet}/series"] = {"judge": "source"}
    neighbour.answers["quality", f"/points/{station}/series"] = {"judge": "quality"}
    await sign_in(Role.OFFICER)
    assert (await browser.get(f"/api/v1/points/{outlet}/series")).json() == {"judge": "source"}
    assert (await browser.get(f"/api/v1/points/{station}/series")).json() == {"judge": "quality"}


async def test_the_exchange_is_passed_on_with_its_key_and_without_our_session(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour
) -> None:
    await sign_in(Role.OFFICER)
    neighbour.answers["sharing-exchange", "/exchange/v1/alarms"] = {"items": [], "has_more": False}
    answer = await browser.get("/exchange/v1/alarms", headers={"X-API-Key": "park_k"})
    assert answer.json()["has_more"] is False
    assert neighbour.seen[-1].headers["x-api-key"] == "park_k"
    assert "authorization" not in neighbour.seen[-1].headers
    assert (await browser.post("/exchange/v1/alarms", json={})).status_code == 405


async def test_everything_else_is_the_console_with_headers_that_guard_the_page(
    browser: httpx.AsyncClient, neighbour: Neighbour
) -> None:
    async def page(_: Request) -> Response:
        return Response("<html>", media_type="text/html")

    neighbour.answers["console", "/map/深链"] = page
    answer = await browser.get("/map/深链")
    assert answer.text == "<html>"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in answer.headers


async def test_figures_are_for_scrapers_inside_only(browser: httpx.AsyncClient) -> None:
    assert "park_gateway_forwarded" in (await browser.get("/metrics")).text
    assert (await browser.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"})).status_code == 404
    assert not may_see_figures({"client": ("223.5.5.5", 1)}, Headers({}))


async def test_each_mutation_leaves_an_attempt_and_an_outcome_and_the_chain_is_whole(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, gateway_database: Database
) -> None:
    path = f"/alarms/{uuid4()}/acknowledge"
    neighbour.answers["alerting", path] = {"state": "acknowledged"}
    await sign_in(Role.OFFICER)
    assert (await browser.post("/api/v1" + path, json={"note": ""})).status_code == 200
    assert (await browser.post(f"/api/v1/alarms/{uuid4()}/acknowledge", json={})).status_code == 404
    assert (await browser.put("/api/v1/rules", json={})).status_code == 403
    await sign_in(Role.ADMINISTRATOR, "root-admin")
    log = (await browser.get("/api/v1/audit")).json()["items"]
    assert [(row["actor"], row["action"], row["status"]) for row in log] == [
        ("root-admin", "POST /auth/sign-in", 200),
        ("someone", "POST /alarms/{alarm_id}/acknowledge", 404),
        ("someone", "POST /alarms/{alarm_id}/acknowledge", 200),
        ("someone", "POST /auth/sign-in", 200),
    ]
    assert log[2]["subject"] == "/api/v1" + path
    assert (await browser.get("/api/v1/audit/verify")).json()["whole"] is True
    async with gateway_database.reading() as connection:
        kinds = await connection.fetch("select kind from audit_log order by sequence")
    assert [row["kind"] for row in kinds] == ["outcome", "attempt", "outcome", "attempt", "outcome", "outcome"]


async def test_with_the_audit_log_away_nothing_is_forwarded(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, gateway: Chassis
) -> None:
    path = f"/alarms/{uuid4()}/acknowledge"
    neighbour.answers["alerting", path] = {}
    await sign_in(Role.OFFICER)
    await gateway.database.close()
    answer = await browser.post("/api/v1" + path, json={})
    await gateway.database.open()
    assert answer.status_code == 503
    assert neighbour.seen == []


async def test_a_gateway_killed_in_the_middle_leaves_an_attempt_with_result_unknown(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, gateway: Chassis
) -> None:
    path = f"/alarms/{uuid4()}/acknowledge"

    async def carried_out_but_then_the_log_is_gone(_: Request) -> Response:
        await gateway.database.close()
        return JSONResponse({"state": "acknowledged"})

    neighbour.answers["alerting", path] = carried_out_but_then_the_log_is_gone
    await sign_in(Role.OFFICER)
    answer = await browser.post("/api/v1" + path, json={})
    assert answer.status_code == 200, "the thing is done; the caller is told so"
    await gateway.database.open()
    await sign_in(Role.ADMINISTRATOR, "root-admin")
    log = (await browser.get("/api/v1/audit", params={"actor": "someone"})).json()["items"]
    assert (log[0]["action"], log[0]["result"]) == ("POST /alarms/{alarm_id}/acknowledge", "unknown")


async def test_the_audit_log_refuses_to_be_changed_and_a_forged_row_is_found(
    browser: httpx.AsyncClient, sign_in: SignIn, gateway_database: Database, neighbour: Neighbour
) -> None:
    import asyncpg

    await sign_in(Role.ADMINISTRATOR, "root-admin")
    await browser.post("/api/v1/users", json={})
    async with gateway_database.reading() as connection:
        for statement in ("update audit_log set actor = 'x'", "delete from audit_log", "truncate audit_log cascade"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only grows"):
                await connection.execute(statement)
        await connection.execute("alter table audit_log disable trigger audit_log_only_grows")
        await connection.execute("update audit_log set actor = 'somebody-else' where sequence = 2")
    verdict = (await browser.get("/api/v1/audit/verify")).json()
    assert verdict["whole"] is False
    assert verdict["broken"] == {"sequence": 2, "reason": "changed"}
