"""What is known of evidence files; the files themselves lie in the evidence folder."""

from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection

_SHOWN = """evidence_id, sha256, kind, media_type, bytes, width, height, longitude, latitude, taken_at, exif, added_at,
            added_by, media, name, signer, seconds"""


async def insert_evidence(
    tx: Connection, evidence_id: UUID, task_id: UUID, facts: dict[str, Any], *, by: str, now: datetime
) -> dict[str, Any] | None:
    """Keep what is known of a file; None when the task has this very file already."""
    row = await tx.fetchrow(
        f"""insert into evidence (evidence_id, task_id, sha256, kind, media_type, bytes, width, height, longitude, latitude,
                                  taken_at, exif, added_at, added_by, media, name, signer, seconds)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            on conflict (task_id, sha256) do nothing returning {_SHOWN}""",
        evidence_id,
        task_id,
        facts["sha256"],
        facts["kind"],
        facts["media_type"],
        facts["bytes"],
        facts["width"],
        facts["height"],
        facts["longitude"],
        facts["latitude"],
        facts["taken_at"],
        facts["exif"],
        now,
        by,
        facts["media"],
        facts["name"],
        facts["signer"],
        facts["seconds"],
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


async def counts_by_media(tx: Connection, task_id: UUID) -> dict[str, int]:
    """Return how many files of each medium a task has as evidence."""
    rows = await tx.fetch("select media, count(*) as files from evidence where task_id = $1 group by media", task_id)
    return {row["media"]: row["files"] for row in rows}


async def tasks_with(tx: Connection, sha256: str) -> list[dict[str, Any]]:
    """Return task, media type and name of each task that has a file as evidence."""
    rows = await tx.fetch("select task_id, media_type, media, name, seconds from evidence where sha256 = $1", sha256)
    return [dict(row) for row in rows]
