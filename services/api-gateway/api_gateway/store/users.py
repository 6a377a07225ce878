"""Accounts."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_schemas.codes import Role

from api_gateway.domain.lockout import FailureRecord


class User(msgspec.Struct, frozen=True, kw_only=True):
    """An account. `enterprise_id` is set exactly for the role enterprise."""

    user_id: UUID
    username: str
    display_name: str
    role: Role
    enterprise_id: UUID | None
    password_hash: str
    password_changed_at: datetime
    must_change_password: bool
    active: bool
    failures: int
    last_failure_at: datetime | None
    locked_until: datetime | None
    last_sign_in_at: datetime | None
    version: int
    created_at: datetime
    changed_at: datetime

    @property
    def failure_record(self) -> FailureRecord:
        return FailureRecord(self.failures, self.last_failure_at, self.locked_until)


def _user(row: asyncpg.Record | None) -> User | None:
    return None if row is None else User(**{**dict(row), "role": Role(row["role"])})


async def by_username(connection: Connection, username: str, *, lock: bool = False) -> User | None:
    """Return the account of a name (any case), locking its row for this transaction when asked."""
    query = "select * from users where username = lower($1)" + (" for update" if lock else "")
    return _user(await connection.fetchrow(query, username))


async def by_id(connection: Connection, user_id: UUID, *, lock: bool = False) -> User | None:
    query = "select * from users where user_id = $1" + (" for update" if lock else "")
    return _user(await connection.fetchrow(query, user_id))


async def page_of_users(
    connection: Connection, *, q: str | None, role: Role | None, after: str | None, limit: int
) -> list[User]:
    """Return accounts by name after `after`; `q` is looked for in name and display name."""
    rows = await connection.fetch(
        """select * from users
           where ($1::text is null or username like '%' || lower($1) || '%' or display_name ilike '%' || $1 || '%')
             and ($2::text is null or role = $2) and ($3::text is null or username > $3)
           order by username limit $4""",
        None if q is None else q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"),
        role,
        after,
        limit,
    )
    return [user for user in map(_user, rows) if user is not None]


async def assignable(connection: Connection, *, roles: list[Role], enterprise_id: UUID | None) -> list[User]:
    """Return active accounts of the roles; with an enterprise only its own people."""
    rows = await connection.fetch(
        """select * from users where active and role = any($1::text[])
             and ($2::uuid is null or enterprise_id = $2) order by role, username""",
        roles,
        enterprise_id,
    )
    return [user for user in map(_user, rows) if user is not None]


async def display_names(connection: Connection, usernames: list[str]) -> dict[str, str]:
    """Return the display name of each of these accounts that exists, switched off or not."""
    rows = await connection.fetch(
        "select username, display_name from users where username = any($1::text[])", usernames
    )
    return {row["username"]: row["display_name"] for row in rows}


async def insert(connection: Connection, user: User) -> bool:
    """Store a new account; False when the name is taken."""
    fields = msgspec.structs.asdict(user)
    places = ", ".join(f"${number}" for number in range(1, len(fields) + 1))
    stored = await connection.fetchval(
        f"insert into users ({', '.join(fields)}) values ({places}) on conflict (username) do nothing returning 1",
        *fields.values(),
    )
    return stored is not None


async def change(connection: Connection, user_id: UUID, at: datetime, changes: dict[str, Any]) -> User:
    """Set the given columns, raise the version, return the account. The caller has locked the row."""
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, start=3))
    row = await connection.fetchrow(
        f"""update users set {sets}, version = version + 1, changed_at = $2 where user_id = $1 returning *""",
        user_id,
        at,
        *changes.values(),
    )
    user = _user(row)
    if user is None:
        raise LookupError(f"user {user_id} is not there although its row was locked")
    return user


async def record_failure(connection: Connection, user_id: UUID, record: FailureRecord) -> None:
    await connection.execute(
        "update users set failures = $2, last_failure_at = $3, locked_until = $4 where user_id = $1",
        user_id,
        record.count,
        record.last_at,
        record.locked_until,
    )


async def record_sign_in(connection: Connection, user_id: UUID, at: datetime) -> None:
    await connection.execute(
        """update users set failures = 0, last_failure_at = null, locked_until = null, last_sign_in_at = $2
           where user_id = $1""",
        user_id,
        at,
    )


async def other_active_administrators(connection: Connection, user_id: UUID) -> int:
    """Count active administrators but one, holding them all still until the transaction ends."""
    rows = await connection.fetch(
        "select user_id from users where role = 'administrator' and active order by user_id for update"
    )
    return sum(row["user_id"] != user_id for row in rows)
