"""The main job: from an HJ 212 frame to a closed task, seen from outside only."""

import asyncio
import base64
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema
import pytest
from aiokafka import AIOKafkaConsumer
from PIL import Image

if TYPE_CHECKING:
    from conftest import DataLogger, Outlet, Stack

pytestmark = pytest.mark.integration

CONTRACTS = Path(__file__).parents[2] / "contracts"


@asynccontextmanager
async def webhook_receiver() -> AsyncIterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Give the URL of a real HTTP server and the list of what it received (headers, body)."""
    received: list[tuple[dict[str, str], bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        received.append((headers, body))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/alarms", received


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Check a webhook as its README tells an integrator to."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split())


async def read_alarms_as_an_integrator(bootstrap: str, point_id: str, last: str) -> list[tuple[str, dict[str, Any]]]:
    """Read the public topic knowing contracts/ only, until an alarm of the point of type `last` has come."""
    found: list[tuple[str, dict[str, Any]]] = []
    consumer = AIOKafkaConsumer("alerting.alarms.v1", bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with asyncio.timeout(120), consumer:
        async for record in consumer:
            event_type = dict(record.headers)["ce_type"].decode()
            body = json.loads(record.value)
            schema = json.loads((CONTRACTS / "events" / f"{event_type}.schema.json").read_text())
            jsonschema.validate(body, schema)
            if body["subject_id"] == point_id:
                found.append((event_type, body))
                if event_type == last:
                    return found
    return found


def photo() -> bytes:
    """Return a real JPEG."""
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 150)).save(picture, "JPEG")
    return picture.getvalue()


async def alarms_of(client: httpx.AsyncClient, outlet: "Outlet") -> list[dict[str, Any]]:
    answer = await client.get("/alarms", params={"point_id": outlet.point_id})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return [one for one in items if one["rule"] == "exceedance"]  # anomaly rules may speak of the outlet too


async def act(client: httpx.AsyncClient, task_id: str, action: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/tasks/{task_id}/{action}", json=body)
    assert answer.status_code == 200, f"{action}: {answer.text}"
    task: dict[str, Any] = answer.json()
    return task


async def test_a_value_over_its_limit_becomes_an_alarm_a_task_and_a_record_at_the_city_platform(
    stack: "Stack", outlet: "Outlet", data_logger: "DataLogger", until: Any
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=5)
    async with webhook_receiver() as (url, received), stack.signed_in("admin") as admin, stack.signed_in() as officer:
        hook = await admin.post("/webhooks", json={"url": url, "description": "e2e", "min_level": "blue"})
        assert hook.status_code == 201, hook.text
        secret = hook.json()["secret"]

        for second in range(4):
            await data_logger.report("90.0", began + timedelta(seconds=second))

        (alarm,) = await until(lambda: alarms_of(officer, outlet), bool)
        assert alarm["level"] == "yellow"
        assert (alarm["standard"], bool(alarm["clause"])) == ("GB 18918-2002", True)
        assert alarm["factor"] == "w01018"
        assert alarm["peak_ratio"] == pytest.approx(1.8)

        def mine() -> list[tuple[dict[str, str], bytes]]:
            return [(headers, body) for headers, body in received if outlet.point_id in body.decode()]

        async def delivered() -> Any:
            return mine()

        (headers, body), *_ = await until(delivered, bool)
        assert is_signed(headers, body, secret)
        assert not is_signed(headers, body + b" ", secret)

        alarm_id = alarm["alarm_id"]
        acknowledged = await officer.post(f"/alarms/{alarm_id}/acknowledge", json={"note": "已通知企业"})
        assert acknowledged.status_code == 200, acknowledged.text

        task_id = await task_of(officer, alarm_id, until)
        await work_and_close(stack, officer, task_id)

        async def closed() -> Any:
            return (await officer.get(f"/alarms/{alarm_id}")).json()

        answered = await until(closed, lambda found: found["state"] == "closed")
        assert answered["task_id"] == task_id

        events = await read_alarms_as_an_integrator(
            stack.access["kafka_bootstrap"], outlet.point_id, "alerting.alarm.closed"
        )
        assert events[0][0] == "alerting.alarm.raised"
        assert [body["version"] for _, body in events] == sorted(body["version"] for _, body in events)
    await visible_at_the_exchange(stack, outlet, alarm_id, task_id, until)


async def task_of(officer: httpx.AsyncClient, alarm_id: str, until: Any) -> str:
    async def tasks() -> Any:
        return (await officer.get("/tasks", params={"alarm_id": alarm_id})).json()["items"]

    (task,) = await until(tasks, bool)
    return str(task["task_id"])


async def work_and_close(stack: "Stack", officer: httpx.AsyncClient, task_id: str) -> None:
    """The officer dispatches, an inspector works, another person verifies and closes."""
    task = (await officer.get(f"/tasks/{task_id}")).json()
    if "dispatch" in task["allowed"]:
        await act(officer, task_id, "dispatch", assignee="inspector", note="请现场核查")
    elif task.get("assignee") != "inspector":
        await act(officer, task_id, "transfer", assignee="inspector", reason="改派网格员")
    async with stack.signed_in("inspector") as inspector:
        await act(inspector, task_id, "sign")
        await act(inspector, task_id, "arrive", longitude=119.501, latitude=34.501)
        evidence = await inspector.post(
            f"/tasks/{task_id}/evidence",
            files={"photo": ("site.jpg", photo(), "image/jpeg")},
            data={"kind": "site", "longitude": "119.501", "latitude": "34.501"},
        )
        assert evidence.status_code in {200, 201}, evidence.text
        await act(
            inspector,
            task_id,
            "report",
            findings_text="曝气池故障,出水化学需氧量升高",
            measures="停止排放,检修曝气设备",
            outcome="confirmed",
            measured_value="41.0",
        )
        refused = await inspector.post(f"/tasks/{task_id}/verify", json={"note": "自查自验"})
        assert refused.status_code == 403, refused.text
    task = await act(officer, task_id, "verify", note="复测达标")
    if task["state"] != "closed":
        task = await act(officer, task_id, "close", note="办结")
    assert task["state"] == "closed"


async def visible_at_the_exchange(stack: "Stack", outlet: "Outlet", alarm_id: str, task_id: str, until: Any) -> None:
    async with stack.exchange() as exchange:
        for resource, is_it in {
            "points": lambda item: item["point_id"] == outlet.point_id,
            "readings": lambda item: item["mn"] == outlet.mn,
            "alarms": lambda item: item["alarm_id"] == alarm_id and item["state"] == "closed",
            "tasks": lambda item: item["task_id"] == task_id and item["state"] == "closed",
        }.items():

            async def pulled(resource: str = resource) -> list[dict[str, Any]]:
                return await pull_all(exchange, resource)

            await until(pulled, lambda items, is_it=is_it: any(is_it(item) for item in items))
        assert (await exchange.get("/points", headers={"X-API-Key": "wrong"})).status_code == 401


async def pull_all(exchange: httpx.AsyncClient, resource: str) -> list[dict[str, Any]]:
    """Pull a resource from its beginning to its present end."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        answer = await exchange.get(f"/{resource}", params={"cursor": cursor} if cursor else {})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return items
