"""Tables whose rows are versions: a change is the next one; the one before is marked as superseded, never altered.

Such a table has its key, `version`, `author`, `reason`, `made_at`, `superseded_at` and `body`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from park_chassis.database import Connection


class Change(Struct, frozen=True):
    """Who changed it, why, and when."""

    author: str
    reason: str
    made_at: datetime


class Kept(Struct, frozen=True):
    """A version of something as it is kept."""

    version: int
    author: str
    reason: str
    made_at: datetime
    body: dict[str, Any]
    verdict: dict[str, Any] | None = None
    withdrawn: bool = False


async def supersede(tx: Connection, table: str, key: str, record_id: UUID, based_on: int, at: datetime) -> bool:
    """Mark the newest version as superseded; False when it is not `based_on` (0: there is none yet)."""
    newest = await tx.fetchval(f"select max(version) from {table} where {key} = $1", record_id)
    if (newest or 0) != based_on:
        return False
    await tx.execute(
        f"update {table} set superseded_at = $3 where {key} = $1 and version = $2", record_id, based_on, at
    )
    return True


async def versions(tx: Connection, table: str, key: str, record_id: UUID) -> list[Kept]:
    """Return every version of a record, newest first. `table` and `key` are ours, never a caller's text."""
    rows = await tx.fetch(f"select * from {table} where {key} = $1 order by version desc", record_id)
    return [
        Kept(
            row["version"], row["author"], row["reason"], row["made_at"], row["body"],
            row.get("verdict"), bool(row.get("withdrawn")),
        )
        for row in rows
    ]  # fmt: skip
