"""Documents that were printed: number, what they say (content hash), the file's hash. None is ever changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection

_SHOWN = "number, task_id, kind, task_version, content_hash, sha256, bytes, made_at, made_by"


async def known(tx: Connection, task_id: UUID, kind: str, content_hash: str) -> dict[str, Any] | None:
    """Return the document of a task that says exactly this."""
    row = await tx.fetchrow(
        f"select {_SHOWN} from documents where task_id = $1 and kind = $2 and content_hash = $3",
        task_id,
        kind,
        content_hash,
    )
    return dict(row) if row else None


async def issues_of(tx: Connection, task_id: UUID, kind: str) -> int:
    """Return how many documents of a kind a task has; the caller has locked the task."""
    count: int = await tx.fetchval("select count(*) from documents where task_id = $1 and kind = $2", task_id, kind)
    return count


async def insert(tx: Connection, document: dict[str, Any], now: datetime) -> None:
    """Put a document on record."""
    columns = {**document, "made_at": now}
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await tx.execute(f"insert into documents ({', '.join(columns)}) values ({places})", *columns.values())


async def by_number(tx: Connection, number: str) -> dict[str, Any] | None:
    """Return a document by its printed number."""
    row = await tx.fetchrow(f"select {_SHOWN} from documents where number = $1", number)
    return dict(row) if row else None


async def documents_of(tx: Connection, task_id: UUID) -> list[dict[str, Any]]:
    """Return the documents of a task, oldest first."""
    rows = await tx.fetch(f"select {_SHOWN} from documents where task_id = $1 order by made_at, number", task_id)
    return [dict(row) for row in rows]
