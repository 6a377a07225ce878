"""Sign-in, refresh, sign-out and passwords over a real socket and a real Postgres."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from api_gateway.store import users
from gateway_test_house import PASSWORD
from park_chassis.clock import now
from park_chassis.database import Database
from park_schemas.codes import Role

pytestmark = pytest.mark.integration

AddUser = Callable[..., Awaitable[Any]]


async def _sign_in(client: httpx.AsyncClient, password: str = PASSWORD, username: str = "chen") -> httpx.Response:
    return await client.post("/api/v1/auth/sign-in", json={"username": username, "password": password})


async def test_signing_in_gives_http_only_strict_cookies_and_the_persons_permissions(
    browser: httpx.AsyncClient, add_user: AddUser
) -> None:
    await add_user("chen")
    answer = await _sign_in(browser, username="Chen")
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"]["username"] == "chen"
    assert "alarm:acknowledge" in body["user"]["permissions"]
    assert "refresh_token" not in body, "a browser's script must not hold the refresh token"
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in cookie and "SameSite=strict" in cookie for cookie in cookies)
    me = await browser.get("/api/v1/auth/me")
    assert me.json()["username"] == "chen"


async def test_the_same_token_is_good_as_bearer(
    browser: httpx.AsyncClient, gateway_url: str, add_user: AddUser
) -> None:
    await add_user("chen")
    token = (await _sign_in(browser)).json()["access_token"]
    async with httpx.AsyncClient(base_url=gateway_url, trust_env=False, timeout=60) as other:
        me = await other.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert me.status_code == 200
        assert (await other.get("/api/v1/auth/me")).status_code == 401


@pytest.mark.parametrize(("username", "password"), [("chen", "wrong-Password-1"), ("nobody", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_look_the_same(
    browser: httpx.AsyncClient, add_user: AddUser, username: str, password: str
) -> None:
    await add_user("chen")
    answer = await _sign_in(browser, password, username)
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong-credentials"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_inactive_account_cannot_sign_in(
    browser: httpx.AsyncClient, add_user: AddUser, gateway_database: Database
) -> None:
    user = await add_user("chen")
    async with gateway_database.transaction() as tx:
        await users.change(tx, user.user_id, now(), {"active": False})
    assert (await _sign_in(browser)).status_code == 401


async def test_the_third_wrong_password_locks_and_then_even_the_right_one_is_refused_with_the_time(
    browser: httpx.AsyncClient, add_user: AddUser
) -> None:
    await add_user("chen")
    statuses = [(await _sign_in(browser, "Wrong-pass-9")).status_code for _ in range(3)]
    assert statuses == [401, 401, 423]
    answer = await _sign_in(browser)
    assert answer.status_code == 423
    assert answer.json()["code"] == "account-locked"
    assert answer.json()["locked_until"] > now().isoformat()


async def test_parallel_guesses_are_all_counted(browser: httpx.AsyncClient, add_user: AddUser) -> None:
    await add_user("chen")
    answers = await asyncio.gather(*(_sign_in(browser, f"Wrong-pass-{n}") for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [401, 401, 423, 423, 423, 423]


async def test_an_expired_lock_lets_the_right_password_in_and_clears_the_count(
    browser: httpx.AsyncClient, add_user: AddUser, gateway_database: Database
) -> None:
    user = await add_user("chen")
    for _ in range(3):
        await _sign_in(browser, "Wrong-pass-9")
    async with gateway_database.transaction() as tx:
        await tx.execute("update users set locked_until = now() - interval '1 second'")
    assert (await _sign_in(browser)).status_code == 200
    async with gateway_database.reading() as connection:
        after = await users.by_id(connection, user.user_id)
    assert after is not None
    assert (after.failures, after.locked_until) == (0, None)


async def test_refresh_rotates_and_a_token_reused_after_the_grace_ends_the_session(
    gateway_url: str, add_user: AddUser, gateway_database: Database
) -> None:
    await add_user("chen")
    async with httpx.AsyncClient(base_url=gateway_url, trust_env=False, timeout=60) as program:
        first = (await _sign_in(program)).json()["refresh_token"]
        program.cookies.clear()
        second = await program.post("/api/v1/auth/refresh", json={"refresh_token": first})
        assert second.status_code == 200
        assert second.json()["refresh_token"] != first
        program.cookies.clear()
        again = await program.post("/api/v1/auth/refresh", json={"refresh_token": first})
        assert again.status_code == 200, "a second tab within the grace time is let through"
        async with gateway_database.transaction() as tx:
            await tx.execute("update refresh_tokens set used_at = used_at - interval '1 minute'")
        program.cookies.clear()
        stolen = await program.post("/api/v1/auth/refresh", json={"refresh_token": first})
        assert stolen.status_code == 401
        program.cookies.clear()
        newest = second.json()["refresh_token"]
        ended = await program.post("/api/v1/auth/refresh", json={"refresh_token": newest})
        assert ended.status_code == 401, "the whole session is over, also for its newest token"


async def test_signing_out_ends_the_session_and_forgets_the_cookies(
    browser: httpx.AsyncClient, add_user: AddUser
) -> None:
    await add_user("chen")
    await _sign_in(browser)
    refresh = browser.cookies["park_refresh"]
    assert (await browser.post("/api/v1/auth/sign-out")).status_code == 200
    assert "park_access" not in browser.cookies
    answer = await browser.post("/api/v1/auth/refresh", json={"refresh_token": refresh})
    assert answer.status_code == 401


async def test_no_secret_is_stored_in_clear(
    browser: httpx.AsyncClient, add_user: AddUser, gateway_database: Database
) -> None:
    await add_user("chen")
    await _sign_in(browser)
    refresh = browser.cookies["park_refresh"]
    async with gateway_database.reading() as connection:
        stored = [str(dict(row)) for row in await connection.fetch("select * from users, refresh_tokens")]
    assert all(PASSWORD not in row and refresh not in row for row in stored)
    assert "$argon2id$" in stored[0]


async def test_an_old_password_lets_in_only_to_be_changed(
    browser: httpx.AsyncClient, add_user: AddUser, gateway_database: Database
) -> None:
    user = await add_user("chen", Role.ADMINISTRATOR)
    async with gateway_database.transaction() as tx:
        await users.change(tx, user.user_id, now(), {"password_changed_at": now() - timedelta(days=91)})
    body = (await _sign_in(browser)).json()
    assert body["must_change_password"] is True
    assert body["user"]["permissions"] == []
    assert (await browser.get("/api/v1/users")).status_code == 403
    weak = {"old_password": PASSWORD, "new_password": "short"}
    refused = await browser.post("/api/v1/auth/password", json=weak)
    assert refused.status_code == 422
    assert {error["what"] for error in refused.json()["errors"]} == {"too-short", "too-simple"}
    good = {"old_password": PASSWORD, "new_password": "Another-horse-8"}
    changed = await browser.post("/api/v1/auth/password", json=good)
    assert changed.status_code == 200
    assert changed.json()["must_change_password"] is False
    assert (await browser.get("/api/v1/users")).status_code == 200


async def test_a_cookie_alone_does_not_let_another_site_change_anything(
    browser: httpx.AsyncClient, add_user: AddUser
) -> None:
    await add_user("chen")
    await _sign_in(browser)
    del browser.headers["X-Requested-With"]
    answer = await browser.post("/api/v1/auth/sign-out")
    assert answer.status_code == 403
    assert answer.json()["code"] == "forgery-check"


async def test_hasty_sign_ins_from_one_address_are_refused_with_429(gateway_settings: Any, add_user: AddUser) -> None:
    from api_gateway.app import build
    from gateway_test_house import serving

    await add_user("chen")
    chassis = build(gateway_settings.model_copy(update={"sign_in_per_minute": 2}))
    await chassis.database.open()
    async with (
        serving(chassis.http_app()) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client,
    ):
        statuses = [(await _sign_in(client, username="nobody")).status_code for _ in range(3)]
    await chassis.database.close()
    assert statuses == [401, 401, 429]


async def test_two_replicas_sign_in_while_the_password_is_changed_and_the_old_one_does_not_slip_through(
    browser: httpx.AsyncClient, add_user: AddUser
) -> None:
    await add_user("chen")
    await _sign_in(browser)
    change = {"old_password": PASSWORD, "new_password": "Another-horse-8"}
    changed, late = await asyncio.gather(
        browser.post("/api/v1/auth/password", json=change), _sign_in(browser, "Wrong-pass-9")
    )
    assert (changed.status_code, late.status_code) == (200, 401)
    assert (await _sign_in(browser)).status_code == 401
