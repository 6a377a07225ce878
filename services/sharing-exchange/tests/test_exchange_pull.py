"""Pulling over the API from a real Postgres: order, changes, repetition, refusals, and the note of what was pulled."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from exchange_events import NOW, Taking, alarm, point, pull_all, readings
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_schemas.codes import AlarmState
from sharing_exchange.housekeeping import Housekeeping
from sharing_exchange.settings import Settings

pytestmark = pytest.mark.integration

ClientOf = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_all_records_come_once_in_order_whatever_the_page_size(client_of: ClientOf, taking: Taking) -> None:
    client = await client_of()
    await taking(*(alarm(number) for number in range(10)))
    for limit in (1, 3, 10, 1000):
        numbers = [item["number"] for item in await pull_all(client, "alarms", limit)]
        assert numbers == [f"AL-{number}" for number in range(10)]


async def test_a_changed_record_appears_again_behind_the_cursor_and_an_old_version_does_not(
    client_of: ClientOf, taking: Taking
) -> None:
    client = await client_of()
    await taking(alarm(1, 1), alarm(2, 1))
    first = (await client.get("/exchange/v1/alarms")).json()
    assert first["has_more"] is False
    await taking(alarm(1, 3, AlarmState.CLOSED))
    await taking(alarm(1, 2, AlarmState.ACKNOWLEDGED), alarm(1, 3, AlarmState.CLOSED), alarm(2, 1))
    second = (await client.get("/exchange/v1/alarms", params={"cursor": first["next_cursor"]})).json()
    assert [(item["number"], item["version"], item["state"]) for item in second["items"]] == [("AL-1", 3, "closed")]
    third = (await client.get("/exchange/v1/alarms", params={"cursor": second["next_cursor"]})).json()
    assert third == {"items": [], "next_cursor": second["next_cursor"], "has_more": False}


async def test_versions_of_one_record_in_one_batch_leave_the_highest(client_of: ClientOf, taking: Taking) -> None:
    client = await client_of()
    await taking.batch(alarm(1, 2), alarm(1, 3), alarm(1, 1), alarm(2, 1))
    assert sorted(item["version"] for item in await pull_all(client, "alarms")) == [1, 3]


async def test_a_point_stated_again_without_change_is_not_new(client_of: ClientOf, taking: Taking) -> None:
    client = await client_of()
    await taking(point(1), point(2))
    cursor = (await client.get("/exchange/v1/points")).json()["next_cursor"]
    await taking(point(1), point(2, name_zh="二号排口"))
    items = (await client.get("/exchange/v1/points", params={"cursor": cursor})).json()["items"]
    assert [item["name_zh"] for item in items] == ["二号排口"]


async def test_readings_sent_twice_are_one_and_corrected_ones_come_again(client_of: ClientOf, taking: Taking) -> None:
    client = await client_of()
    yesterday = NOW - timedelta(days=1)
    await taking.batch(readings("A"), readings("B"), readings("A"), readings("A", yesterday))
    await taking(readings("A"), readings("B"))
    assert len(await pull_all(client, "readings")) == 3
    await taking(readings("A", yesterday, "2.0"))
    items = await pull_all(client, "readings")
    assert len(items) == 3
    assert items[-1]["measurements"][0]["values"] == {"Rtd": "2.0"}


async def test_packets_of_a_split_message_are_one_record_with_all_their_factors(
    client_of: ClientOf, taking: Taking
) -> None:
    client = await client_of()
    await taking.batch(readings("A"), readings("A", value="7.1", factor="w01001"))
    await taking(readings("A", value="0.3", factor="w21003"))
    (item,) = await pull_all(client, "readings")
    assert {one["factor"]: one["values"]["Rtd"] for one in item["measurements"]} == {
        "w01018": "1.0", "w01001": "7.1", "w21003": "0.3",
    }  # fmt: skip


async def test_readings_outside_of_the_retention_are_not_taken_and_do_not_hurt_the_others(
    client_of: ClientOf, taking: Taking
) -> None:
    client = await client_of()
    await taking.batch(
        readings("OLD", NOW - timedelta(days=400)), readings("NOW"), readings("FUTURE", NOW + timedelta(days=30_000))
    )
    assert [item["mn"] for item in await pull_all(client, "readings")] == ["NOW"]


async def test_days_behind_the_retention_are_let_go_and_an_old_cursor_is_told(
    client_of: ClientOf, taking: Taking, exchange_settings: Settings, exchange_database: Database
) -> None:
    client = await client_of()
    await taking.batch(readings("A", NOW - timedelta(days=20)))
    cursor = (await client.get("/exchange/v1/readings")).json()["next_cursor"]
    await taking.batch(readings("B", NOW - timedelta(days=20)), readings("C", NOW))
    housekeeping = Housekeeping(exchange_settings, exchange_database)
    later = NOW + timedelta(days=15)
    await housekeeping.tidy(later)
    await housekeeping.tidy(later)
    answer = (await client.get("/exchange/v1/readings", params={"cursor": cursor})).json()
    assert [item["mn"] for item in answer["items"]] == ["C"]
    day_after = (NOW - timedelta(days=19)).date().isoformat()
    assert answer["dropped_before"].startswith(day_after)
    newer = (await client.get("/exchange/v1/readings", params={"cursor": answer["next_cursor"]})).json()
    assert "dropped_before" not in newer


async def test_what_is_pulled_is_recorded_and_announced_an_empty_page_is_not(
    client_of: ClientOf, taking: Taking, administrator: httpx.AsyncClient, exchange_database: Database
) -> None:
    client = await client_of()
    await taking(alarm(1), alarm(2), alarm(3))
    await pull_all(client, "alarms", limit=2)
    cursor = (await client.get("/exchange/v1/alarms")).json()["next_cursor"]
    await client.get("/exchange/v1/alarms", params={"cursor": cursor})
    shown = (await administrator.get("/deliveries", params={"limit": 2})).json()
    rest = (await administrator.get("/deliveries", params={"limit": 2, "cursor": shown["next_cursor"]})).json()
    assert [row["records"] for row in shown["items"] + rest["items"]] == [3, 1, 2]
    assert shown["items"][0]["client_name"] == "city"
    assert (await administrator.get("/deliveries", params={"cursor": "WzFd"})).status_code == 422
    async with exchange_database.reading() as connection:
        announced = await connection.fetch("select topic, convert_from(body, 'UTF8') as body from outbox order by id")
    assert [row["topic"] for row in announced] == ["exchange.deliveries.v1"] * 3
    assert '"records":2' in announced[0]["body"]


async def test_a_client_that_got_no_answer_asks_again_and_gets_the_same_page_noted_once_more(
    client_of: ClientOf, taking: Taking, administrator: httpx.AsyncClient
) -> None:
    client = await client_of()
    await taking(*(alarm(number) for number in range(5)))
    first = (await client.get("/exchange/v1/alarms", params={"limit": 2})).json()
    lost, again = [
        (await client.get("/exchange/v1/alarms", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        for _ in range(2)
    ]
    assert lost == again
    noted = (await administrator.get("/deliveries")).json()["items"]
    assert [row["cursor_before"] for row in noted] == [first["next_cursor"], first["next_cursor"], ""]


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/exchange/v1/alarms", {"X-API-Key": ""}, 401, "no-key"),
        ("/exchange/v1/alarms", {"X-API-Key": "park_" + "x" * 43}, 401, "unknown-key"),
        ("/exchange/v1/alarms", {"X-API-Key": "'; drop table clients"}, 401, "unknown-key"),
        ("/exchange/v1/tasks", {}, 403, "not-granted"),
        ("/exchange/v1/alarms?cursor=nonsense", {}, 422, "bad-cursor"),
        ("/exchange/v1/alarms?cursor=MTp0YXNrczo1", {}, 422, "bad-cursor"),
        ("/exchange/v1/alarms?limit=0", {}, 422, "invalid-request"),
        ("/exchange/v1/alarms?limit=1001", {}, 422, "invalid-request"),
        ("/exchange/v1/weather", {}, 404, "not-found"),
        ("/exchange/v1/catalogue", {"X-API-Key": ""}, 401, "no-key"),
    ],
)
async def test_a_refusal_says_what_is_wrong(
    client_of: ClientOf, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    client = await client_of("alarms")
    answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_deactivated_client_is_refused_at_once_and_can_be_let_in_again(
    client_of: ClientOf, administrator: httpx.AsyncClient
) -> None:
    client = await client_of("alarms")
    client_id = (await administrator.get("/clients")).json()["items"][0]["client_id"]
    assert (await administrator.delete(f"/clients/{client_id}")).json()["active"] is False
    refused = await client.get("/exchange/v1/alarms")
    assert (refused.status_code, refused.json()["code"]) == (403, "client-inactive")
    back = await administrator.put(f"/clients/{client_id}", json={"active": True, "resources": ["tasks"]})
    assert back.json()["resources"] == ["tasks"]
    assert (await client.get("/exchange/v1/alarms")).status_code == 403
    assert (await client.get("/exchange/v1/tasks")).status_code == 200


async def test_more_requests_than_allowed_are_429_with_the_time_to_wait(client_of: ClientOf) -> None:
    client = await client_of(requests_per_minute=2)
    statuses = [(await client.get("/exchange/v1/alarms")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await client.get("/exchange/v1/alarms")).json()["retry_after_s"] > 0


async def test_a_key_is_shown_once_and_never_stored(
    client_of: ClientOf, administrator: httpx.AsyncClient, exchange_database: Database
) -> None:
    client = await client_of()
    key = client.headers["X-API-Key"]
    assert key not in (await administrator.get("/clients")).text
    async with exchange_database.reading() as connection:
        stored = await connection.fetch("select * from clients")
    assert key not in str([dict(row) for row in stored])


async def test_clients_are_kept_by_the_administrator_alone(exchange: Chassis, administrator: httpx.AsyncClient) -> None:
    async with asgi_client(exchange, token("exchange:read")) as officer:
        assert (await officer.get("/clients")).status_code == 403
        assert (await officer.get("/deliveries")).status_code == 403
    async with asgi_client(exchange) as nobody:
        assert (await nobody.get("/clients")).status_code == 401
    body: dict[str, Any] = {"name": "x", "resources": ["weather"]}
    refused = await administrator.post("/clients", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-resource")
    body["resources"] = ["alarms"]
    assert (await administrator.post("/clients", json=body)).status_code == 201
    assert (await administrator.post("/clients", json=body)).status_code == 409


async def test_the_catalogue_is_readable_with_a_key(client_of: ClientOf) -> None:
    client = await client_of("alarms")
    datasets = (await client.get("/exchange/v1/catalogue")).json()["datasets"]
    assert [dataset["name"] for dataset in datasets if dataset["granted"]] == ["alarms"]
    assert all(dataset["schema"]["$defs"] for dataset in datasets)
