"""What the tests of services share: tokens, a migrated schema on a real Postgres, an HTTP client on the real app."""

import asyncio
import importlib
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from park_schemas.codes import Role
from park_schemas.envelope import Event, encode_body, encode_headers

from park_chassis.auth import Principal, TokenIssuer
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.kafka import Producer
from park_chassis.migrations import migrate
from park_chassis.provisioning import provision

TEST_SECRET = "a secret that only tests know, long enough"


def token(
    *permissions: str,
    role: Role = Role.OFFICER,
    username: str = "tester",
    enterprise_id: UUID | None = None,
    park_id: UUID | None = None,
    user_id: UUID | None = None,
    lifetime: timedelta = timedelta(minutes=5),
) -> str:
    """Return an access token with exactly the given permissions."""
    principal = Principal(
        user_id=user_id or uuid4(),
        username=username,
        display_name=username,
        role=role,
        permissions=frozenset(permissions),
        park_id=park_id,
        enterprise_id=enterprise_id,
    )
    return TokenIssuer(TEST_SECRET).issue(principal, lifetime=lifetime)


@asynccontextmanager
async def service_database(admin_url: str, package: str) -> AsyncIterator[Database]:
    """Give an open Database of a service: its own role and schema, migrated, in a database that is dropped afterwards."""
    name = f"test_{uuid4().hex[:12]}"
    role = package.rpartition(".")[2]
    urls = await provision(admin_url, {role: "only-for-tests"}, database=name)
    importlib.import_module(package)
    migrate(urls[role], package, role)
    database = Database(urls[role], role)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
        admin = await asyncpg.connect(admin_url)
        await admin.execute(f'drop database if exists "{name}" with (force)')
        await admin.close()


@asynccontextmanager
async def asgi_client(chassis: Chassis, bearer: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Give an HTTP client that speaks to the service's app in this process (the caller has opened its database)."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    transport = httpx.ASGITransport(app=chassis.http_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers) as client:
        yield client


@asynccontextmanager
async def running(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Run `work` in the background for the length of the block."""
    task = asyncio.ensure_future(work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def eventually(condition: Callable[[], Awaitable[bool]], *, within_s: float = 60) -> None:
    """Wait until the condition holds; fail when it does not within the time."""
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running_service(
    package: str, *, admin_url: str, kafka: str, log_to: Path, **env: str
) -> AsyncIterator["RunningService"]:
    """Run `python -m <package>` as a process of its own on a fresh database; ready when it says so, killed at the end."""
    name = f"test_{uuid4().hex[:12]}"
    urls = await provision(admin_url, {package: "only-for-tests"}, database=name)
    migrate(urls[package], package, package)
    service = RunningService(
        package,
        {
            **os.environ,
            "PARK_DATABASE_URL": urls[package],
            "PARK_KAFKA_BOOTSTRAP_SERVERS": kafka,
            "PARK_AUTH_SECRET": TEST_SECRET,
            "PARK_HTTP_PORT": str(free_port()),
            "PARK_INSTANCE_ID": f"{package}-{name}",
            "PARK_LOG_FORMAT": "text",
            "PARK_EVIDENCE_DIR": str(log_to.parent / "evidence"),
            **env,
        },
        log_to,
    )
    try:
        await service.start()
        yield service
    finally:
        await service.stop()
        admin = await asyncpg.connect(admin_url)
        await admin.execute(f'drop database if exists "{name}" with (force)')
        await admin.close()


class RunningService:
    """A service process under test: `kill` is kill -9, `start` starts it again on the same database and ports."""

    def __init__(self, package: str, env: dict[str, str], log_to: Path) -> None:
        self.package = package
        self.env = env
        self.log = log_to
        self.url = f"http://127.0.0.1:{env['PARK_HTTP_PORT']}"
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self, *, within_s: float = 120) -> None:
        """Start and wait for /health/ready. Raises AssertionError with the end of the log when it does not come up."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", self.package]
            self.process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log)  # noqa: S603, ASYNC220
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            try:
                await eventually(lambda: self._is_ready(client), within_s=within_s)
            except TimeoutError:
                raise AssertionError(f"{self.package} is not ready:\n{self.log.read_text()[-4000:]}") from None

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        assert self.process is not None  # noqa: S101 - started above
        if self.process.poll() is not None:
            raise AssertionError(f"{self.package} ended:\n{self.log.read_text()[-4000:]}")
        try:
            return (await client.get("/health/ready")).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """End it as `kill -9` does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def stop(self) -> None:
        """Ask it to end (SIGTERM); kill it after a minute."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            await asyncio.to_thread(self.process.wait, 60)
        except subprocess.TimeoutExpired:
            self.kill()

    @asynccontextmanager
    async def client(self, bearer: str) -> AsyncIterator[httpx.AsyncClient]:
        """Give an HTTP client of the running service, patient enough for a busy machine."""
        headers = {"Authorization": f"Bearer {bearer}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False, timeout=60) as client:
            yield client


_FIRST_PORT, _PORTS = 12_000, 8_000
_reserved: list[socket.socket] = []


def free_port() -> int:
    """Return a TCP port that is free, and stays free for the tests of this process until it ends.

    It lies below the ports the kernel gives to outgoing connections (32768 and up), so that a service that is killed and
    started again does not find it taken by somebody's client, and beside those of devstack (20000 and up). Between test
    processes it is reserved by its UDP twin, which nothing else uses.
    """
    while True:
        port = _FIRST_PORT + secrets.randbelow(_PORTS)
        twin = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with socket.socket() as probe:
            try:
                twin.bind(("127.0.0.1", port))
                probe.bind(("127.0.0.1", port))
            except OSError:
                twin.close()
                continue
        _reserved.append(twin)
        return port


async def publish(producer: Producer, *events: Event[Any]) -> None:
    """Write events to their topics and wait until the broker has them."""
    sent = [
        await producer.send(
            event.topic, key=event.subject.encode(), value=encode_body(event.body), headers=encode_headers(event)
        )
        for event in events
    ]
    await asyncio.gather(*sent)
