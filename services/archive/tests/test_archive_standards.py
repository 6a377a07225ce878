"""What the standards library offers over HTTP: no database behind it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from archive.app import build
from archive.settings import Settings
from park_chassis.testing import TEST_SECRET, asgi_client, token
from pydantic import SecretStr


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        database_url=SecretStr("postgresql://unused/unused"),
        kafka_bootstrap_servers="unused:1",
        auth_secret=SecretStr(TEST_SECRET),
    )
    async with asgi_client(build(settings), token("point:read")) as client:
        yield client


async def test_an_item_of_soil_is_found_by_its_name_and_shown_with_all_it_has(client: httpx.AsyncClient) -> None:
    answer = await client.get("/standards/limits", params={"factor": "砷", "standard": "GB36600-2"})
    screening, control = answer.json()["items"]
    assert (screening["kind"], control["kind"], control["upper"]) == ("screening", "control", "140")
    assert (screening["name_en"], screening["cas_number"], screening["item_no"]) == ("Arsenic", "7440-38-2", "1")
    assert screening["source"] == "soil_limits.csv:2"


async def test_the_day_chooses_between_two_editions(client: httpx.AsyncClient) -> None:
    answer = await client.get("/standards/limits", params={"factor": "a34004", "standard": "GB3095-2"})
    items = answer.json()["items"]
    assert items
    assert len({one["standard"] for one in items}) == 1
    every = await client.get("/standards/limits", params={"factor": "a34004", "standard": "GB3095", "current": False})
    assert every.status_code == 422


async def test_a_level_that_the_standard_lacks_is_refused_with_those_it_has(client: httpx.AsyncClient) -> None:
    answer = await client.get("/standards/limits", params={"standard": "GB18918-1Z"})
    assert answer.status_code == 422
    assert "it has 1A, 1B" in answer.json()["detail"]
