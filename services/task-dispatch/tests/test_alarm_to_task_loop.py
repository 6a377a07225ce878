"""The loop over two real services, a real broker and a real receiver, spoken to from outside only:
finding -> alarm -> signed webhook and task -> signed, photographed, reported, verified, closed -> alarm closed."""

import asyncio
import base64
import hashlib
import hmac
import io
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from park_chassis.database import Database
from park_chassis.kafka import Producer
from park_chassis.settings import ServiceSettings
from park_chassis.testing import TEST_SECRET, service_database, token
from park_schemas.codes import Medium, Period, Role
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.identifiers import natural_id, uuid7
from park_schemas.supervision import FindingRecorded
from PIL import Image
from pydantic import SecretStr

if TYPE_CHECKING:
    from conftest import RunningService

pytestmark = pytest.mark.integration

OFFICER = ("alarm:read", "alarm:acknowledge", "alarm:close", "task:read", "task:create", "task:dispatch", "task:verify",
           "task:cancel", "webhook:write", "rule:write")  # fmt: skip
INSPECTOR = ("alarm:read", "alarm:acknowledge", "task:read", "task:work")


@dataclass
class Loop:
    """Both services and the field's side of the broker."""

    alerting: "RunningService"
    dispatch: "RunningService"
    producer: Producer

    async def record(self, *findings: FindingRecorded) -> None:
        """Publish findings as a judging service does."""
        for finding in findings:
            event = Event(
                type="supervision.finding.recorded",
                source="source-monitoring",
                subject=str(finding.subject_id),
                time=finding.period_end,
                body=finding,
                id=natural_id("event", finding.finding_id),
            )
            await (
                await self.producer.send(
                    event.topic,
                    key=event.subject.encode(),
                    value=encode_body(event.body),
                    headers=encode_headers(event),
                )
            )

    def client(
        self, service: "RunningService", role: Role, name: str, permissions: tuple[str, ...]
    ) -> httpx.AsyncClient:
        bearer = token(*permissions, role=role, username=name)
        return httpx.AsyncClient(
            base_url=service.url, headers={"Authorization": f"Bearer {bearer}"}, trust_env=False, timeout=60
        )


@pytest.fixture
async def loop(
    database: Database, postgres_url: str, broker: str, tmp_path: Path, running_services: Any
) -> AsyncIterator[Loop]:
    settings = ServiceSettings(
        service="loop-test",
        database_url=SecretStr("postgresql://unused@127.0.0.1/unused"),
        kafka_bootstrap_servers=broker,
        auth_secret=SecretStr(TEST_SECRET),
    )
    producer = Producer(settings)
    await producer.open()
    async with (
        service_database(postgres_url, "alerting") as alarms,
        running_services(
            "alerting", alarms, broker, tmp_path, webhook_allow_private=True, timer_poll_s=0.2
        ) as alerting,
        running_services("task_dispatch", database, broker, tmp_path, evidence_dir=tmp_path / "evidence") as dispatch,
    ):
        yield Loop(alerting, dispatch, producer)
    await producer.close()


def violated(subject: UUID, minute: int, *, ratio: float = 1.8) -> FindingRecorded:
    start = datetime(2026, 11, 22, 2, 0, tzinfo=UTC) + timedelta(minutes=minute)
    return FindingRecorded(
        finding_id=natural_id("loop", subject, minute),
        rule="exceedance",
        verdict="violated",
        park_id=UUID(int=1),
        subject_id=subject,
        subject_name_zh="废水总排口",
        subject_name_en="Main outlet",
        medium=Medium.WASTE_WATER,
        period=Period.REALTIME,
        period_start=start,
        period_end=start,
        recorded_at=datetime.now(UTC),
        explanation_zh=f"化学需氧量为限值的{ratio}倍",
        explanation_en=f"COD at {ratio} times the limit",
        enterprise_id=UUID(int=7),
        enterprise_name_zh="东江化工",
        factor="w01018",
        factor_name_zh="化学需氧量",
        factor_name_en="COD",
        observed=str(50 * ratio),
        limit="50",
        unit="mg/L",
        ratio=ratio,
        standard="GB 18918-2002",
        clause="表1 一级A",
        limit_id="limit-1",
    )


@asynccontextmanager
async def webhook_receiver() -> AsyncIterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    received: list[tuple[dict[str, str], bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        pairs = (line.partition(":") for line in head.split("\r\n")[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        received.append((headers, body))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", received


async def until(ask: Callable[[], Awaitable[Any]], holds: Callable[[Any], Any], *, within_s: float = 120) -> Any:
    found: Any = None
    try:
        async with asyncio.timeout(within_s):
            while not holds(found := await ask()):
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not within {within_s} s; last seen: {found}") from None
    return found


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return (
        headers["webhook-signature"]
        == "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    )


def photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 150)).save(picture, "JPEG")
    return picture.getvalue()


async def alarms_of(client: httpx.AsyncClient, subject: UUID) -> list[dict[str, Any]]:
    answer = await client.get("/alarms", params={"point_id": str(subject)})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def task_of(client: httpx.AsyncClient, alarm_id: str) -> dict[str, Any]:
    async def ask() -> Any:
        return (await client.get("/tasks", params={"alarm_id": alarm_id})).json()["items"]

    tasks = await until(ask, bool)
    assert len(tasks) == 1
    task: dict[str, Any] = tasks[0]
    return task


async def act(client: httpx.AsyncClient, task_id: str, action: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/tasks/{task_id}/{action}", json=body)
    assert answer.status_code == 200, f"{action}: {answer.text}"
    task: dict[str, Any] = answer.json()
    return task


async def test_a_finding_becomes_an_alarm_a_signed_webhook_and_a_task_whose_closing_closes_the_alarm(
    loop: Loop,
) -> None:
    subject = uuid7()
    async with (
        webhook_receiver() as (url, received),
        loop.client(loop.alerting, Role.OFFICER, "officer", OFFICER) as alarms,
        loop.client(loop.dispatch, Role.OFFICER, "officer", OFFICER) as office,
        loop.client(loop.dispatch, Role.INSPECTOR, "inspector", INSPECTOR) as field,
    ):
        hook = (await alarms.post("/webhooks", json={"url": url, "min_level": "blue"})).json()
        await loop.record(*(violated(subject, minute) for minute in range(3)))
        (alarm,) = await until(lambda: alarms_of(alarms, subject), bool)
        assert (alarm["level"], alarm["state"], alarm["standard"]) == ("yellow", "active", "GB 18918-2002")

        async def mine() -> list[tuple[dict[str, str], bytes]]:
            return [(headers, body) for headers, body in received if str(subject).encode() in body]

        def tells_of_it(found: list[tuple[dict[str, str], bytes]]) -> bool:  # in which order is not promised
            return "alerting.alarm.raised" in {json.loads(body)["type"] for _, body in found}

        for headers, body in await until(mine, tells_of_it):
            assert is_signed(headers, body, hook["secret"])
            assert not is_signed(headers, body + b" ", hook["secret"])

        task = await task_of(office, alarm["alarm_id"])
        assert (task["state"], task["assignee_role"], task["kind"]) == ("dispatched", "inspector", "exceedance-check")
        await act(field, task["task_id"], "sign")
        await act(field, task["task_id"], "arrive", longitude=118.8, latitude=32.2)
        sent = await field.post(
            f"/tasks/{task['task_id']}/evidence",
            files={"photo": ("p.jpg", photo(), "image/jpeg")},
            data={"kind": "photo"},
        )
        assert sent.status_code == 201, sent.text
        await act(field, task["task_id"], "report", findings_text="曝气停运", measures="已恢复", outcome="confirmed")
        await act(office, task["task_id"], "verify", note="属实")
        closed = await act(office, task["task_id"], "close", note="")
        assert (closed["state"], closed["outcome"]) == ("closed", "confirmed")

        async def detail() -> Any:
            return (await alarms.get(f"/alarms/{alarm['alarm_id']}")).json()

        answered = await until(detail, lambda found: found["state"] == "closed")
        assert (answered["task_id"], answered["close_reason"]) == (task["task_id"], "confirmed")
        assert [step["what"] for step in answered["timeline"]] == ["raised", "linked", "closed"]
        assert len(answered["findings"]) == 3


async def test_both_services_killed_again_and_again_lose_nothing_and_do_nothing_twice(loop: Loop) -> None:
    subjects = [uuid7() for _ in range(30)]
    async with loop.client(loop.alerting, Role.OFFICER, "officer", OFFICER) as alarms:
        for round_number in range(3):
            await loop.record(*(violated(s, m) for s in subjects for m in (2 * round_number, 2 * round_number + 1)))
            await asyncio.sleep(0.15 * (round_number + 1))
            await loop.alerting.stop(signal.SIGKILL)
            await loop.dispatch.stop(signal.SIGKILL)
            await asyncio.gather(loop.alerting.start(), loop.dispatch.start())

        async def found() -> list[list[dict[str, Any]]]:
            return [await alarms_of(alarms, subject) for subject in subjects]

        def complete(found: list[list[dict[str, Any]]]) -> bool:
            return all(len(one) == 1 and one[0]["occurrences"] == 6 and one[0].get("task_id") for one in found)

        everything = await until(found, complete, within_s=240)
    async with loop.client(loop.dispatch, Role.OFFICER, "officer", OFFICER) as office:
        for (alarm,) in everything:
            task = await task_of(office, alarm["alarm_id"])
            assert task["task_id"] == alarm["task_id"]
