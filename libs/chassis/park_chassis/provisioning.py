"""One login role and one schema a service; the role sees only its schema. Run once by an administrator.

python -m park_chassis.provisioning   (PARK_ADMIN_DATABASE_URL, and PARK_ROLE_PASSWORD_<ROLE> for each role given)
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg


async def provision(admin_url: str, passwords: Mapping[str, str], *, database: str = "park") -> dict[str, str]:
    """Create the database, and for each role its login, password and schema; return the URL of each role.

    Safe to run again: what exists is kept, passwords are set anew. Raises asyncpg.PostgresError when the
    administrator may not do it.
    """
    await _create_database(admin_url, database)
    alone = await asyncpg.connect(admin_url)
    connection = await asyncpg.connect(_with_database(admin_url, database))
    try:
        # roles belong to the whole server: two that provision at once would create or alter the same one
        await alone.execute("select pg_advisory_lock(hashtext('provision roles'))")
        await connection.execute(f'revoke all on database "{database}" from public')
        await connection.execute("revoke all on schema public from public")
        for role, password in passwords.items():
            await _create_role(connection, role, password, database)
    finally:
        await connection.close()
        await alone.close()
    return {role: role_url(admin_url, role, password, database) for role, password in passwords.items()}


async def _create_database(admin_url: str, database: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            await connection.execute(f"create database \"{database}\" encoding 'UTF8' template template0")
    finally:
        await connection.close()


async def _create_role(
    connection: "asyncpg.Connection[asyncpg.Record]", role: str, password: str, database: str
) -> None:
    quoted = await connection.fetchval("select quote_literal($1)", password)
    exists = await connection.fetchval("select 1 from pg_roles where rolname = $1", role)
    verb = "alter" if exists else "create"
    await connection.execute(f'{verb} role "{role}" login nosuperuser nocreatedb nocreaterole password {quoted}')
    await connection.execute(f'grant connect, temporary on database "{database}" to "{role}"')
    await connection.execute(f'grant "{role}" to current_user')
    await connection.execute(f'create schema if not exists "{role}" authorization "{role}"')
    await connection.execute(f'alter role "{role}" in database "{database}" set search_path = "{role}"')


def role_url(admin_url: str, role: str, password: str, database: str) -> str:
    """Return the URL by which a role logs in to the database on the administrator's server."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rsplit("@", 1)[-1]
    return urlunsplit(
        (parts.scheme, f"{quote(role)}:{quote(password, safe='')}@{host}", f"/{database}", parts.query, "")
    )


def _with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def main() -> None:
    prefix = "PARK_ROLE_PASSWORD_"
    passwords = {
        name.removeprefix(prefix).lower(): value for name, value in os.environ.items() if name.startswith(prefix)
    }
    admin_url = os.environ.get("PARK_ADMIN_DATABASE_URL")
    if admin_url is None or not passwords:
        sys.exit("provisioning needs PARK_ADMIN_DATABASE_URL and at least one PARK_ROLE_PASSWORD_<ROLE>")
    urls = asyncio.run(provision(admin_url, passwords, database=os.environ.get("PARK_DATABASE_NAME", "park")))
    sys.stdout.write(f"provisioned {len(urls)} roles: {', '.join(sorted(urls))}\n")


if __name__ == "__main__":
    main()
