"""WS /api/v1/live on a real socket, a real broker and a real Postgres."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from api_gateway.app import build
from api_gateway.settings import Settings
from gateway_test_house import Neighbour, serving
from park_chassis.kafka import Producer, create_topics
from park_chassis.testing import eventually, token
from park_schemas.codes import Period, Role
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.telemetry import Measurement, ReadingsReported
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

pytestmark = pytest.mark.integration

SignIn = Callable[..., Awaitable[Any]]


def _readings(point_id: UUID, value: str, at: datetime) -> Event[ReadingsReported]:
    body = ReadingsReported(
        mn="MN1",
        point_id=point_id,
        edition="2017",
        system_type="32",
        command="2011",
        period=Period.REALTIME,
        data_time=at,
        received_at=at,
        measurements=[Measurement(factor="w01018", values={"Rtd": value}, mark="N")],
    )
    return Event("telemetry.readings.reported", "hj212-gateway", "MN1", at, body)


async def _publish(producer: Producer, event: Event[Any]) -> None:
    headers = encode_headers(event)
    sent = await producer.send(event.topic, key=event.subject.encode(), value=encode_body(event.body), headers=headers)
    await sent


async def _next(socket: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(120):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            if message["type"] == kind:
                return message


def _address(url: str) -> str:
    return url.replace("http://", "ws://") + "/api/v1/live"


@pytest.fixture
async def live_url(gateway_settings: Settings, neighbour: Neighbour, kafka_bootstrap: str) -> AsyncIterator[str]:
    """A gateway with its live feed following a real broker, ready once its place in the topics is fixed."""
    await create_topics(kafka_bootstrap)
    chassis = build(
        gateway_settings.model_copy(
            update={"kafka_bootstrap_servers": kafka_bootstrap, "live_updates_per_second": 10, "live_slow_client_s": 20}
        )
    )
    await chassis.database.open()
    tasks = [asyncio.ensure_future(chassis._background[name]()) for name in ("live-feed", "live-hub")]
    following = chassis._background["live-feed"].__self__.following  # type: ignore[attr-defined]
    async with asyncio.timeout(120):
        await following.wait()
    async with serving(chassis.http_app()) as url:
        yield url
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for stop in chassis._on_stop:
        await stop()
    await chassis.database.close()


@pytest.fixture
async def producer(gateway_settings: Settings, kafka_bootstrap: str) -> AsyncIterator[Producer]:
    one = Producer(gateway_settings.model_copy(update={"kafka_bootstrap_servers": kafka_bootstrap}))
    await one.open()
    yield one
    await one.close()


def _listed(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None, "total": None}


async def _until_snapshot(url: str, headers: dict[str, str], points: int) -> dict[str, Any]:
    async with asyncio.timeout(120), connect(_address(url), additional_headers=headers) as socket:
        await socket.send('{"sub":["points","alarms"]}')
        while True:
            snapshot = await _next(socket, "snapshot")
            if len(snapshot["points"]) >= points:
                return snapshot
            await asyncio.sleep(0.1)
            await socket.send('{"resync":true}')


async def _delta_of(socket: ClientConnection, point_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the first delta that speaks of a point, and what it says: points of other tests may come before."""
    while True:
        delta = await _next(socket, "delta")
        for shown in delta.get("points", []):
            if shown["point_id"] == str(point_id):
                return delta, shown


async def test_a_frame_on_the_broker_reaches_the_screen_after_the_snapshot_of_the_services(
    live_url: str, producer: Producer, neighbour: Neighbour
) -> None:
    now, point_id, other = datetime.now(UTC), uuid4(), uuid4()
    neighbour.answers["source-monitoring", "/latest"] = _listed(
        {"point_id": str(other), "data_time": (now - timedelta(minutes=1)).isoformat(), "factors": [{"factor": "x"}]}
    )
    headers = {"Authorization": f"Bearer {token('reading:read', 'alarm:read', role=Role.SERVICE)}"}
    first = await _until_snapshot(live_url, headers, 1)
    assert str(other) in {point["point_id"] for point in first["points"]}
    assert "alerting" in first["unavailable"], "its snapshot is still missing, and the client is told"
    async with connect(_address(live_url), additional_headers=headers) as socket:
        await socket.send('{"sub":["points"]}')
        snapshot = await _next(socket, "snapshot")
        await _publish(producer, _readings(point_id, "180", now))
        delta, shown = await _delta_of(socket, point_id)
        assert delta["seq"] > snapshot["seq"]
        assert shown["factors"] == [{"factor": "w01018", "value": "180", "mark": "N", "ratio": None}]
        await socket.send('{"resync":true}')
        again = await _next(socket, "snapshot")
        assert str(point_id) in {point["point_id"] for point in again["points"]}


async def test_a_record_that_breaks_its_contract_is_passed_over(live_url: str, producer: Producer) -> None:
    headers = {"Authorization": f"Bearer {token('reading:read', role=Role.SERVICE)}"}
    async with connect(_address(live_url), additional_headers=headers) as socket:
        await socket.send('{"sub":["points"]}')
        await _next(socket, "snapshot")
        for value in (b"not json", None):
            sent = await producer.send("telemetry.readings.v1", key=b"MN1", value=value, headers=[("ce_type", b"x")])
            await sent
        point_id = uuid4()
        await _publish(producer, _readings(point_id, "1", datetime.now(UTC)))
        assert (await _delta_of(socket, point_id))[1]["point_id"] == str(point_id)


async def test_silence_is_broken_by_a_beat(live_url: str) -> None:
    headers = {"Authorization": f"Bearer {token('alarm:read', role=Role.SERVICE)}"}
    async with connect(_address(live_url), additional_headers=headers) as socket:
        await socket.send('{"sub":["alarms"]}')
        snapshot = await _next(socket, "snapshot")
        beat = await _next(socket, "beat")
        assert beat["seq"] == snapshot["seq"] + 1
        assert beat["server_time"] > snapshot["server_time"]


async def test_nonsense_is_answered_and_the_connection_goes_on(live_url: str) -> None:
    headers = {"Authorization": f"Bearer {token('alarm:read', role=Role.OFFICER)}"}
    async with connect(_address(live_url), additional_headers=headers) as socket:
        await socket.send("nonsense")
        assert (await _next(socket, "error"))["code"] == "not-understood"
        await socket.send('{"sub":["alarms","tasks"]}')
        assert (await _next(socket, "error"))["refused"] == ["tasks"]
        assert "alarms" in await _next(socket, "snapshot")


@pytest.mark.parametrize("origin", [None, "http://evil.example"])
async def test_a_cookie_opens_the_stream_only_for_our_own_page(
    live_url: str, add_user: Callable[..., Awaitable[Any]], origin: str | None
) -> None:
    await add_user("chen")
    async with httpx.AsyncClient(base_url=live_url, trust_env=False, timeout=60) as browser:
        credentials = {"username": "chen", "password": "Correct-horse-7"}
        await browser.post("/api/v1/auth/sign-in", json=credentials)
        cookie = {"Cookie": f"park_access={browser.cookies['park_access']}"}
    async with connect(_address(live_url), additional_headers={**cookie, "Origin": live_url}) as socket:
        await socket.send('{"sub":["alarms","tasks"]}')
        assert (await _next(socket, "snapshot"))["seq"] == 1
    strange = cookie if origin is None else {**cookie, "Origin": origin}
    async with connect(_address(live_url), additional_headers=strange) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def _have_said(messages: list[Any], points: int) -> bool:
    return sum(len(message["points"]) for message in messages) == points


async def test_a_client_that_reads_nothing_is_dropped_and_the_others_do_not_wait(
    gateway_settings: Settings,
) -> None:
    from api_gateway.domain.live_client import Viewer
    from api_gateway.domain.live_state import Kind, LiveState
    from api_gateway.domain.permissions import DataScope
    from api_gateway.live_hub import LiveHub

    class Stuck:
        async def send_text(self, data: str) -> None:
            await asyncio.Event().wait()

        async def close(self, code: int, reason: str | None = None) -> None: ...

    class Quick(Stuck):
        def __init__(self) -> None:
            self.messages: list[Any] = []

        async def send_text(self, data: str) -> None:
            self.messages.append(json.loads(data))

    hub_settings = gateway_settings.model_copy(update={"live_slow_client_s": 0.3, "live_updates_per_second": 10})
    state = LiveState(lambda _: None)
    hub = LiveHub(hub_settings, state)
    viewer, quick = Viewer("li", DataScope.PARK, frozenset({"reading:read"})), Quick()
    stuck_one, quick_one = hub.connect(Stuck(), viewer), hub.connect(quick, viewer)
    for connection in (stuck_one, quick_one):
        connection.client.subscribe(["points"])
    sharing = asyncio.create_task(hub.run())
    stuck_task = asyncio.create_task(stuck_one.send_changes())
    quick_task = asyncio.create_task(quick_one.send_changes())
    for wave in range(4):
        for number in range(5):
            key = state.take_readings(_readings(uuid4(), str(number), datetime.now(UTC)).body)
            assert key is not None
            hub.changed(Kind.POINTS, key)
        told = 5 * (wave + 1)
        await eventually(partial(_have_said, quick.messages, told))
    with pytest.raises(TimeoutError):
        await stuck_task
    assert len(quick.messages) == 4, "what changed between two ticks is one message"
    for task in (sharing, quick_task):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(sharing, quick_task)
