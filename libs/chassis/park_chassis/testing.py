"""What the tests of services share: tokens, a migrated schema on a real Postgres, an HTTP client on the real app."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
from park_schemas.codes import Role

from park_chassis.auth import Principal, TokenIssuer
from park_chassis.chassis import Chassis
from park_chassis.database import Database
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


async def eventually(condition: Callable[[], Awaitable[bool]], *, within_s: float = 20) -> None:
    """Wait until the condition holds; fail when it does not within the time."""
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.05)
