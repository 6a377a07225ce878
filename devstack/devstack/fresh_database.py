"""Databases made for one test: created empty, dropped with whatever is still connected."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

import asyncpg


def create_database(admin_url: str, prefix: str = "test") -> str:
    """Create a database with a name of its own and return the admin's URL on it; callable inside a running loop."""
    name = f"{prefix}_{secrets.token_hex(6)}"
    _run(admin_url, f'CREATE DATABASE "{name}"')
    return with_database(admin_url, name)


def drop_database(admin_url: str, url: str) -> None:
    """Drop the database of `url`, ending its connections."""
    _run(admin_url, f'DROP DATABASE IF EXISTS "{database_of(url)}" WITH (FORCE)')


def with_database(url: str, name: str) -> str:
    """Return `url` with another database name."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def database_of(url: str) -> str:
    """Return the database name of a URL."""
    return urlsplit(url).path.lstrip("/")


def _run(url: str, statement: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:  # a loop of its own: the caller may be inside one
        thread.submit(asyncio.run, execute()).result()
