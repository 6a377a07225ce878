"""Accounts kept by the administrator, over the API."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from park_schemas.codes import Role

pytestmark = pytest.mark.integration

SignIn = Callable[..., Awaitable[Any]]
NEW = {"username": "Wang.Lei", "display_name": "王磊", "role": "inspector", "password": "First-pass-77"}


async def test_a_new_person_must_choose_a_password_before_anything_else(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in(Role.ADMINISTRATOR, "root-admin")
    made = await browser.post("/api/v1/users", json=NEW)
    assert made.status_code == 201
    assert (made.json()["username"], made.json()["must_change_password"]) == ("wang.lei", True)
    assert "password_hash" not in made.text
    entered = await browser.post("/api/v1/auth/sign-in", json={"username": "wang.lei", "password": NEW["password"]})
    assert entered.json()["must_change_password"] is True
    assert entered.json()["user"]["permissions"] == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"password": "weak"}, 422, "weak-password"),
        ({"role": "enterprise"}, 422, "enterprise-needed"),
        ({"enterprise_id": str(uuid4())}, 422, "enterprise-needed"),
        ({"role": "service"}, 422, "role-not-for-people"),
        ({"username": "-x"}, 422, "invalid-request"),
        ({"username": "root-admin"}, 409, "username-taken"),
    ],
)
async def test_an_account_that_breaks_a_rule_is_refused_with_the_reason(
    browser: httpx.AsyncClient, sign_in: SignIn, change: dict[str, str], status: int, code: str
) -> None:
    await sign_in(Role.ADMINISTRATOR, "root-admin")
    answer = await browser.post("/api/v1/users", json={**NEW, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_last_administrator_and_ones_own_power_cannot_be_taken_away(
    browser: httpx.AsyncClient, sign_in: SignIn, add_user: SignIn
) -> None:
    entered = await sign_in(Role.ADMINISTRATOR, "root-admin")
    own = entered["user"]["user_id"]
    assert (await browser.put(f"/api/v1/users/{own}", json={"active": False})).json()["code"] == "own-account"
    other = await add_user("other-admin", Role.ADMINISTRATOR)
    demoted = await browser.put(f"/api/v1/users/{other.user_id}", json={"role": "officer"})
    assert demoted.status_code == 200
    assert (await browser.put(f"/api/v1/users/{uuid4()}", json={})).status_code == 404


async def test_deactivation_ends_the_sessions_and_a_stale_version_is_refused(
    browser: httpx.AsyncClient, sign_in: SignIn, add_user: SignIn, gateway_url: str
) -> None:
    user = await add_user("leaver")
    async with httpx.AsyncClient(base_url=gateway_url, trust_env=False, timeout=60) as leaver:
        entered = await leaver.post("/api/v1/auth/sign-in", json={"username": "leaver", "password": "Correct-horse-7"})
        refresh = {"refresh_token": entered.json()["refresh_token"]}
        leaver.cookies.clear()
        await sign_in(Role.ADMINISTRATOR, "root-admin")
        path = f"/api/v1/users/{user.user_id}"
        stale = await browser.put(path, json={"active": False, "version": user.version + 5})
        assert stale.json()["code"] == "stale-version"
        assert (await browser.put(path, json={"active": False, "version": user.version})).json()["active"] is False
        assert (await leaver.post("/api/v1/auth/refresh", json=refresh)).status_code == 401


async def test_an_administrator_unlocks_and_resets(
    browser: httpx.AsyncClient, sign_in: SignIn, add_user: SignIn
) -> None:
    user = await add_user("forgetful")
    for _ in range(3):
        await browser.post("/api/v1/auth/sign-in", json={"username": "forgetful", "password": "Wrong-pass-9"})
    await sign_in(Role.ADMINISTRATOR, "root-admin")
    await browser.put(f"/api/v1/users/{user.user_id}", json={"unlock": True, "password": "Fresh-pass-22"})
    entered = await browser.post("/api/v1/auth/sign-in", json={"username": "forgetful", "password": "Fresh-pass-22"})
    assert (entered.status_code, entered.json()["must_change_password"]) == (200, True)


async def test_users_are_listed_by_pages_and_assignees_by_role_within_the_enterprise(
    browser: httpx.AsyncClient, sign_in: SignIn, add_user: SignIn
) -> None:
    mine, theirs = uuid4(), uuid4()
    await add_user("in-mine", Role.ENTERPRISE, enterprise_id=mine)
    await add_user("in-theirs", Role.ENTERPRISE, enterprise_id=theirs)
    await add_user("walker", Role.INSPECTOR)
    await sign_in(Role.ADMINISTRATOR, "root-admin")
    first = (await browser.get("/api/v1/users", params={"limit": 3})).json()
    second = (await browser.get("/api/v1/users", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    names = [user["username"] for user in first["items"] + second["items"]]
    assert names == ["in-mine", "in-theirs", "root-admin", "walker"]
    assert [user["username"] for user in (await browser.get("/api/v1/users", params={"q": "alk"})).json()["items"]] == [
        "walker"
    ]
    assert (await browser.get("/api/v1/users", params={"cursor": "WzFd"})).status_code == 422
    everyone = (await browser.get("/api/v1/users/assignees", params={"role": "inspector"})).json()["items"]
    assert [user["username"] for user in everyone] == ["walker"]
    await sign_in(Role.ENTERPRISE, "boss", enterprise_id=mine)
    assert (await browser.get("/api/v1/users")).status_code == 403
    own = (await browser.get("/api/v1/users/assignees")).json()["items"]
    assert sorted(user["username"] for user in own) == ["boss", "in-mine"]


async def test_people_are_named_to_whoever_reads_records_and_only_those_asked_for(
    browser: httpx.AsyncClient, sign_in: SignIn, add_user: SignIn
) -> None:
    await add_user("walker", Role.INSPECTOR)
    await add_user("other", Role.INSPECTOR)
    assert (await browser.get("/api/v1/users/names", params={"username": "walker"})).status_code == 401
    await sign_in(Role.ENTERPRISE, "boss", enterprise_id=uuid4())
    answer = await browser.get("/api/v1/users/names", params={"username": ["walker", "nobody"]})
    assert [sorted(one) for one in answer.json()["items"]] == [["display_name", "username"]]
    assert answer.json()["items"][0]["username"] == "walker"
    assert answer.json()["items"][0]["display_name"] not in ("", "walker")
    too_many = await browser.get("/api/v1/users/names", params={"username": [f"u{n}" for n in range(101)]})
    assert too_many.status_code == 422
