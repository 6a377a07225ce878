"""Fixtures of task-dispatch: a migrated schema, and the services as real processes that are spoken to from outside only."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.kafka import create_topics
from park_chassis.migrations import migrate
from park_chassis.provisioning import provision
from park_chassis.testing import TEST_SECRET, free_port
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.alarms import Alarm
from park_schemas.codes import Role
from park_schemas.envelope import Event
from pydantic import SecretStr
from task_dispatch.app import build
from task_dispatch.consumers import Consumers
from task_dispatch.domain.kinds import shipped_kinds
from task_dispatch.domain.policy import shipped_policy
from task_dispatch.kind_book import KindBook
from task_dispatch.making import TaskMaker
from task_dispatch.recording import Recorder
from task_dispatch.settings import Settings
from task_dispatch.testing import signed_in


@pytest.fixture(scope="session")
def schema_url(postgres_url: str) -> Iterator[str]:
    """The URL of a migrated schema in a database of its own, made once for all tests of a worker."""
    name = f"test_{uuid4().hex[:12]}"
    urls = asyncio.run(provision(postgres_url, {"task_dispatch": "only-for-tests"}, database=name))
    migrate(urls["task_dispatch"], "task_dispatch", "task_dispatch")
    yield urls["task_dispatch"]
    asyncio.run(_drop(postgres_url, name))


async def _drop(admin_url: str, name: str) -> None:
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f'drop database if exists "{name}" with (force)')
    await admin.close()


@pytest.fixture
async def database(schema_url: str) -> AsyncIterator[Database]:
    """The schema of task-dispatch, emptied."""
    opened = Database(schema_url, "task_dispatch")
    await opened.open()
    try:
        async with opened.reading() as connection:
            tables = await connection.fetch(
                "select tablename from pg_tables where schemaname = 'task_dispatch' and tablename <> 'alembic_version'"
            )
            await connection.execute("truncate " + ", ".join(row["tablename"] for row in tables) + " restart identity")
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def broker(kafka_bootstrap: str) -> str:
    """The broker with the platform's topics."""
    await create_topics(kafka_bootstrap)
    return kafka_bootstrap


@dataclass
class RunningService:
    """A service in a process of its own."""

    package: str
    environment: dict[str, str]
    log: Path
    port: int = 0
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        self.port = self.port or free_port()
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self.package, "serve",
                env={**os.environ, **self.environment, "PARK_HTTP_PORT": str(self.port)}, stdout=log, stderr=log,
            )  # fmt: skip
        async with asyncio.timeout(120), httpx.AsyncClient(trust_env=False) as client:
            while not await self._is_ready(client):
                assert self.process.returncode is None, self.log.read_text()[-3000:]
                await asyncio.sleep(0.1)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and wait for its end."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            await asyncio.wait_for(self.process.wait(), 60)

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.url}/health/ready")).status_code == 200
        except httpx.HTTPError:
            return False


@asynccontextmanager
async def running_service(
    package: str, database: Database, broker: str, folder: Path, **settings: Any
) -> AsyncIterator[RunningService]:
    """Run a service as a process for the length of the block."""
    environment = {
        "PARK_DATABASE_URL": database.url,
        "PARK_KAFKA_BOOTSTRAP_SERVERS": broker,
        "PARK_AUTH_SECRET": TEST_SECRET,
        "PARK_LOG_FORMAT": "text",
        "PARK_INSTANCE_ID": f"{package}-0",
        **{f"PARK_{name.upper()}": str(value) for name, value in settings.items()},
    }
    service = RunningService(package, environment, folder / f"{package}.log")
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


@pytest.fixture
def running_services() -> Any:
    """The way to run a service as a process: running_services(package, database, broker, folder, **settings)."""
    return running_service


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Settings with an evidence folder of the test; no broker is reached."""
    return Settings(
        database_url=SecretStr(database.url),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_secret=SecretStr(TEST_SECRET),
        evidence_dir=tmp_path / "evidence",
        evidence_max_bytes=200_000,
        evidence_max_pixels=4_000_000,
        evidence_max_document_bytes=300_000,
        evidence_max_video_bytes=400_000,
    )


@pytest.fixture
async def chassis(settings: Settings) -> AsyncIterator[Chassis]:
    """The whole service with its database open; nothing runs in the background."""
    built = build(settings)
    await built.database.open()
    yield built
    await built.database.close()


@pytest.fixture
def consumers() -> Consumers:
    policy, book, recorder = shipped_policy(), KindBook(shipped_kinds()), Recorder(WorkingCalendar())
    return Consumers(policy, book, TaskMaker(policy, recorder), recorder)


@pytest.fixture
def hear(database: Database, consumers: Consumers) -> Callable[..., Awaitable[None]]:
    """Hand alarm versions to the handler as the consumer loop does: each in a transaction of its own."""

    async def take(kind: str, *alarms: Alarm) -> None:
        for body in alarms:
            event = Event(
                type=f"alerting.alarm.{kind}",
                source="test",
                subject=str(body.alarm_id),
                time=body.changed_at,
                body=body,
            )
            async with database.transaction() as tx:
                await consumers.on_alarm(event, tx)

    return take


@pytest.fixture
async def officer(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(chassis, "zhang") as client:
        yield client


@pytest.fixture
async def inspector(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(chassis, "li", Role.INSPECTOR) as client:
        yield client
