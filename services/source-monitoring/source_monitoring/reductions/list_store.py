"""SQL of the emergency reduction list; each change of a line is a version with author and reason."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from park_chassis.database import Connection

from source_monitoring.domain.reductions.reduction_list import ListedLine


class Change(Struct, frozen=True):
    """Who changes a line, why and when."""

    author: str
    reason: str
    made_at: datetime


async def lines(
    connection: Connection,
    *,
    enterprise_ids: Collection[UUID] | None = None,
    enterprise_id: UUID | None = None,
    grade: str | None = None,
    text: str | None = None,
    after: tuple[UUID, str] | None = None,
    limit: int,
) -> tuple[list[dict[str, Any]], int]:
    """Return standing lines by enterprise and name, and how many there are. `enterprise_ids` None: all may be seen."""
    where = (
        "retired_at is null and ($1::uuid[] is null or enterprise_id = any($1)) and ($2::uuid is null or enterprise_id = $2)"
        " and ($3::text is null or body ->> 'grade' = $3)"
        " and ($4::text is null or strpos(line || ' ' || coalesce(body ->> 'industry', ''), $4) > 0)"
    )
    given = (list(enterprise_ids) if enterprise_ids is not None else None, enterprise_id, grade, text)
    rows = await connection.fetch(
        f"select * from reduction_lines where {where}"
        " and ($5::uuid is null or (enterprise_id, line) > ($5, $6::text)) order by enterprise_id, line limit $7",
        *given, *(after or (None, None)), limit,
    )  # fmt: skip
    total: int = await connection.fetchval(f"select count(*) from reduction_lines where {where}", *given)
    return [dict(row) for row in rows], total


async def line(connection: Connection, line_id: UUID) -> dict[str, Any] | None:
    """Return a line that stands, None when there is none."""
    row = await connection.fetchrow("select * from reduction_lines where line_id = $1 and retired_at is null", line_id)
    return dict(row) if row else None


async def versions(connection: Connection, line_id: UUID) -> list[dict[str, Any]]:
    """Return the versions of a line, newest first."""
    rows = await connection.fetch(
        "select version, body, author, reason, made_at, retired from reduction_line_versions where line_id = $1"
        " order by version desc",
        line_id,
    )
    return [dict(row) for row in rows]


async def lock(tx: Connection) -> None:
    """Let one change of the list run at a time."""
    await tx.execute("select pg_advisory_xact_lock(5001)")


async def of_names(
    connection: Connection, names: Collection[tuple[UUID, str]]
) -> dict[tuple[UUID, str], dict[str, Any]]:
    """Return the standing lines of (enterprise, name)."""
    rows = await connection.fetch(
        "select * from reduction_lines where retired_at is null and (enterprise_id, line) in"
        " (select * from unnest($1::uuid[], $2::text[]))",
        [one for one, _ in names], [name for _, name in names],
    )  # fmt: skip
    return {(row["enterprise_id"], row["line"]): dict(row) for row in rows}


async def write(tx: Connection, line_id: UUID, version: int, new: ListedLine, change: Change) -> None:
    """Write a version of a line: the first, or the one after `version - 1`."""
    body = msgspec.to_builtins(new)
    await tx.execute(
        """insert into reduction_lines (line_id, enterprise_id, line, body, version, author, reason, made_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (line_id) do update set enterprise_id = excluded.enterprise_id,
           line = excluded.line, body = excluded.body, version = excluded.version, author = excluded.author,
           reason = excluded.reason, made_at = excluded.made_at""",
        line_id, new.enterprise_id, new.line, body, version, change.author, change.reason, change.made_at,
    )  # fmt: skip
    await _keep_version(tx, line_id, version, body, change, retired=False)


async def retire(tx: Connection, row: dict[str, Any], change: Change) -> None:
    """Take a line off the list; what it was stays in its versions."""
    version = row["version"] + 1
    await tx.execute(
        "update reduction_lines set retired_at = $2, version = $3 where line_id = $1",
        row["line_id"],
        change.made_at,
        version,
    )
    await _keep_version(tx, row["line_id"], version, row["body"], change, retired=True)


async def _keep_version(
    tx: Connection, line_id: UUID, version: int, body: dict[str, Any], change: Change, *, retired: bool
) -> None:
    await tx.execute(
        "insert into reduction_line_versions values ($1, $2, $3, $4, $5, $6, $7)",
        line_id, version, body, change.author, change.reason, change.made_at, retired,
    )  # fmt: skip


def listed(row: dict[str, Any]) -> ListedLine:
    """Return the line of a row."""
    return msgspec.convert(row["body"], ListedLine)
