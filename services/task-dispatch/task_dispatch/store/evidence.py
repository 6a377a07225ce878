"""What is known of evidence files; the files themselves lie in the evidence folder."""

from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection

_SHOWN = """evidence_id, sha256, kind, media_type, bytes, width, height, longitude, latitude, taken_at, exif, added_at,
            added_by"""


async def insert_evidence(
    tx: Connection, evidence_id: UUID, task_id: UUID, photo: dict[str, Any], *, by: str, now: datetime
) -> dict[str, Any] | None:
    """Keep what is known of a photo; None when the task has this very file already."""
    row = await tx.fetchrow(
        f"""insert into evidence (evidence_id, task_id, sha256, kind, media_type, bytes, width, height, longitude, latitude,
                                  taken_at, exif, added_at, added_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            on conflict (task_id, sha256) do nothing returning {_SHOWN}""",
        evidence_id,
        task_id,
        photo["sha256"],
        photo["kind"],
        photo["media_type"],
        photo["bytes"],
        photo["width"],
        photo["height"],
        photo["longitude"],
        photo["latitude"],
        photo["taken_at"],
        photo["exif"],
        now,
        by,
    )
    return dict(row) if row else None


async def evidence_of(tx: Connection, task_id: UUID) -> list[dict[str, Any]]:
    """Return the evidence of a task, oldest first."""
    rows = await tx.fetch(f"select {_SHOWN} from evidence where task_id = $1 order by added_at, evidence_id", task_id)
    return [dict(row) for row in rows]


async def evidence_by_hash(tx: Connection, task_id: UUID, sha256: str) -> dict[str, Any]:
    """Return the evidence of a task with this hash, which must be there."""
    row = await tx.fetchrow(f"select {_SHOWN} from evidence where task_id = $1 and sha256 = $2", task_id, sha256)
    assert row is not None  # noqa: S101 - the caller has just met the unique key
    return dict(row)


async def photos_of(tx: Connection, task_id: UUID) -> int:
    """Return how many files a task has as evidence."""
    count: int = await tx.fetchval("select count(*) from evidence where task_id = $1", task_id)
    return count


async def tasks_with(tx: Connection, sha256: str) -> list[tuple[UUID, str]]:
    """Return (task, media type) for each task that has a file as evidence."""
    rows = await tx.fetch("select task_id, media_type from evidence where sha256 = $1", sha256)
    return [(row["task_id"], row["media_type"]) for row in rows]
