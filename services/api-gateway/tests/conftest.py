"""Fixtures of the api-gateway tests: the gateway on a real socket and Postgres, services that answer what a test says."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_gateway.app import build
from api_gateway.settings import Settings
from api_gateway.user_administration import NewUser, UserAdministration
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET, service_database
from park_schemas.codes import Role
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parent / "support"))

from gateway_test_house import PASSWORD, SERVICES, Neighbour, serving


@pytest.fixture
async def gateway_database(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "api_gateway") as database:
        yield database


@pytest.fixture
async def neighbour(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Neighbour]:
    one = Neighbour()
    async with serving(one.app()) as url:
        for service in SERVICES:
            monkeypatch.setenv(f"PARK_SERVICES_{service.replace('-', '_').upper()}_URL", f"{url}/{service}")
        yield one


@pytest.fixture
def gateway_settings(gateway_database: Database) -> Settings:
    return Settings(
        database_url=SecretStr(gateway_database.url),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_secret=SecretStr(TEST_SECRET),
        lockout_failures=3,
        sign_in_per_minute=1000,
    )


@pytest.fixture
async def gateway(gateway_settings: Settings) -> AsyncIterator[Chassis]:
    chassis = build(gateway_settings)
    await chassis.database.open()
    yield chassis
    for stop in chassis._on_stop:
        await stop()
    await chassis.database.close()


@pytest.fixture
async def gateway_url(gateway: Chassis) -> AsyncIterator[str]:
    async with serving(gateway.http_app()) as url:
        yield url


@pytest.fixture
async def browser(gateway_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a cookie jar, as the console is."""
    headers = {"X-Requested-With": "park-console"}
    async with httpx.AsyncClient(base_url=gateway_url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def add_user(gateway_settings: Settings, gateway_database: Database) -> Callable[..., Awaitable[Any]]:
    """Return a function that makes an account with PASSWORD."""

    async def add(username: str, role: Role = Role.OFFICER, **facts: Any) -> Any:
        new = NewUser(
            username=username,
            display_name=username.title(),
            role=role,
            password=facts.pop("password", PASSWORD),
            must_change_password=facts.pop("must_change_password", False),
            **facts,
        )
        return await UserAdministration(gateway_settings, gateway_database).create(new)

    return add


@pytest.fixture
def sign_in(browser: httpx.AsyncClient, add_user: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Return a function that makes an account of a role and signs the browser in as it."""

    async def enter(role: Role, username: str = "someone", **facts: Any) -> Any:
        await add_user(username, role, **facts)
        answer = await browser.post("/api/v1/auth/sign-in", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return enter
