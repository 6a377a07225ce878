"""Postgres: one pool a process, one schema and one login role a service.

Only edges open transactions: the consumer loop and API handlers. Stores get a `Connection` and never commit.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from park_chassis.errors import Transient

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

TROUBLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
    TimeoutError,
)
"""Expected infrastructure trouble: the work may succeed when it is tried again."""


class Database:
    """The service's connections. Each sees only the service's schema (`search_path`) and speaks jsonb as Python values."""

    def __init__(self, url: str, schema: str, *, pool_size: int = 8) -> None:
        self._url = url
        self.schema = schema
        self._pool_size = pool_size
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    @property
    def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        if self._pool is None:
            raise Transient("the database is not open yet")
        return self._pool

    @property
    def url(self) -> str:
        return self._url

    async def open(self, *, patience_s: float = 60) -> None:
        """Connect, waiting up to `patience_s` seconds for a database that is still starting. Raises the last trouble."""
        deadline = asyncio.get_running_loop().time() + patience_s
        while self._pool is None:
            try:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=1,
                    max_size=self._pool_size,
                    command_timeout=60,
                    init=_prepare,
                    server_settings={"search_path": self.schema, "timezone": "UTC", "application_name": self.schema},
                )
            except (*TROUBLE, OSError):
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), 5)
            except TimeoutError:
                self._pool.terminate()
            self._pool = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Give a connection inside a transaction; commit at the end, roll back on an exception."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Give a connection for single reads, outside of any transaction."""
        async with self.pool.acquire() as connection:
            yield connection


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", encoder=lambda value: json.dumps(value, ensure_ascii=False), decoder=json.loads, schema="pg_catalog"
    )
