"""Fixtures of the sharing-exchange tests: the service on a real Postgres, its handlers called as the chassis calls them."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET, asgi_client, service_database, token
from pydantic import SecretStr
from sharing_exchange.app import build
from sharing_exchange.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "support"))

from exchange_events import Taking


@pytest.fixture
async def exchange_database(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "sharing_exchange") as database:
        yield database


@pytest.fixture
def exchange_settings(exchange_database: Database) -> Settings:
    return Settings(
        database_url=SecretStr(exchange_database.url),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_secret=SecretStr(TEST_SECRET),
    )


@pytest.fixture
async def exchange(exchange_settings: Settings) -> AsyncIterator[Chassis]:
    chassis = build(exchange_settings)
    await chassis.database.open()
    yield chassis
    await chassis.database.close()


@pytest.fixture
def taking(exchange_database: Database, exchange_settings: Settings) -> Taking:
    return Taking(exchange_database, exchange_settings.readings_retention)


@pytest.fixture
async def administrator(exchange: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with asgi_client(exchange, token("client:write")) as client:
        yield client


@pytest.fixture
def client_of(administrator: httpx.AsyncClient, exchange: Chassis) -> Callable[..., Awaitable[httpx.AsyncClient]]:
    """Return a function that makes a client of the exchange and gives an HTTP client with its key."""

    async def make(*resources: str, name: str = "city", requests_per_minute: int = 1000) -> httpx.AsyncClient:
        wanted: dict[str, Any] = {
            "name": name,
            "resources": list(resources) or ["points", "readings", "alarms", "tasks", "enterprises"],
            "requests_per_minute": requests_per_minute,
        }
        answer = await administrator.post("/clients", json=wanted)
        assert answer.status_code == 201, answer.text
        transport = httpx.ASGITransport(app=exchange.http_app(), raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport, base_url="http://exchange", headers={"X-API-Key": answer.json()["api_key"]}
        )

    return make
