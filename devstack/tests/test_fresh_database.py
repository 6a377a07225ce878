"""The database fixture gives each test its own database on the session's server."""

from __future__ import annotations

import asyncpg
import pytest
from devstack.fresh_database import create_database, database_of, drop_database

pytestmark = pytest.mark.integration


async def _databases(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        return {row["datname"] for row in await connection.fetch("select datname from pg_database")}
    finally:
        await connection.close()


async def test_dropping_a_database_ends_the_connections_still_on_it(postgres_url: str) -> None:
    url = create_database(postgres_url)
    left_open = await asyncpg.connect(url)

    drop_database(postgres_url, url)

    assert database_of(url) not in await _databases(postgres_url)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await left_open.fetchval("select 1")


async def test_two_databases_of_one_server_differ(postgres_url: str, database_url: str) -> None:
    assert database_of(database_url) not in {"postgres", database_of(postgres_url)}
    assert database_of(database_url) in await _databases(postgres_url)
