"""SQL of evidence files and of the records they are attached to.

A file belongs to an enterprise, or to the authority (owner zero): the same bytes of two owners are two rows, so that nobody
learns what others hold. The lock of a hash stands between writing its bytes and removing them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from park_chassis.database import Connection
from park_chassis.file_store.files import Kept

Place: TypeAlias = tuple[datetime, UUID]
"""(uploaded at, id) of the last file seen."""

_AUTHORITY = UUID(int=0)
_COUNTS = "stored_at is not null"
_VISIBLE = (
    "($1::uuid is null or enterprise_id = $1 or exists (select from evidence_uses u"
    " where u.file_id = f.file_id and u.enterprise_id = $1))"
)


async def lock(tx: Connection, sha256: str) -> None:
    """Wait until nobody else begins to write, or removes, the bytes of this hash; lasts as long as the transaction."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"evidence {sha256}")


async def begin(
    tx: Connection,
    file_id: UUID,
    kept: Kept,
    *,
    name: str,
    enterprise_id: UUID | None,
    who: tuple[UUID, str],
    at: datetime,
) -> asyncpg.Record:
    """Return the row of a file of this owner: a new one, whose bytes are still to be written, or the one that is there."""
    row = await tx.fetchrow(
        "insert into evidence_files (file_id, owner, enterprise_id, sha256, name, media, media_type, bytes, width, height,"
        " seconds, taken_at, uploaded_at, uploaded_by_id, uploaded_by, touched_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $13)"
        " on conflict (sha256, owner) do update set touched_at = excluded.touched_at returning *",
        file_id, enterprise_id or _AUTHORITY, enterprise_id, kept.sha256, name, kept.media, kept.media_type, kept.size,
        kept.width, kept.height, kept.seconds, kept.taken_at, at, *who,
    )  # fmt: skip
    assert row is not None  # noqa: S101 - inserted or updated
    return row


async def stored(tx: Connection, file_id: UUID, at: datetime) -> asyncpg.Record | None:
    """Note that the bytes of a file are written; None when the row was removed meanwhile."""
    return await tx.fetchrow(
        "update evidence_files set stored_at = coalesce(stored_at, $2) where file_id = $1 returning *", file_id, at
    )


async def visible(connection: Connection, file_id: UUID, enterprise_id: UUID | None) -> asyncpg.Record | None:
    """Return a file, when the enterprise (None: the authority) may see it: its own, or attached to a record of its outlets."""
    return await connection.fetchrow(
        f"select * from evidence_files f where {_VISIBLE} and file_id = $2 and {_COUNTS}", enterprise_id, file_id
    )


async def listed(
    connection: Connection,
    enterprise_id: UUID | None,
    *,
    attached: bool | None,
    name: str,
    limit: int,
    after: Place | None,
) -> list[asyncpg.Record]:
    """Return the files an enterprise (None: the authority) may see, uploaded last first."""
    return await connection.fetch(
        f"select * from evidence_files f where {_VISIBLE} and {_COUNTS}"
        " and ($2::boolean is null or (attached_at is not null) = $2) and strpos(lower(name), lower($3)) > 0"
        " and ($5::timestamptz is null or (uploaded_at, file_id) < ($5, $6))"
        " order by uploaded_at desc, file_id desc limit $4",
        enterprise_id, attached, name, limit, *(after or (None, None)),
    )  # fmt: skip


async def uses(connection: Connection, file_id: UUID, enterprise_id: UUID | None) -> list[asyncpg.Record]:
    """Return the records a file is attached to, first to last, as far as the enterprise (None: the authority) may see them."""
    return await connection.fetch(
        "select record, record_id, point_id, attached_at, attached_by from evidence_uses"
        " where file_id = $1 and ($2::uuid is null or enterprise_id = $2) order by attached_at, record, record_id",
        file_id, enterprise_id,
    )  # fmt: skip


async def attach(tx: Connection, use: dict[str, Any]) -> None:
    """Write that a file belongs to a record from now on; the same again changes nothing. The keys are the columns."""
    await tx.execute(
        "update evidence_files set attached_at = coalesce(attached_at, $2) where file_id = $1",
        use["file_id"], use["attached_at"],
    )  # fmt: skip
    names, places = ", ".join(use), ", ".join(f"${number}" for number in range(1, len(use) + 1))
    await tx.execute(f"insert into evidence_uses ({names}) values ({places}) on conflict do nothing", *use.values())


async def locked(tx: Connection, file_ids: Sequence[UUID], enterprise_id: UUID | None) -> dict[UUID, asyncpg.Record]:
    """Return files that the enterprise (None: the authority) may attach, locked against being removed."""
    rows = await tx.fetch(
        f"select * from evidence_files f where {_VISIBLE} and file_id = any($2) and {_COUNTS} order by file_id for update",
        enterprise_id, sorted(set(file_ids)),
    )  # fmt: skip
    return {row["file_id"]: row for row in rows}


# --- removal of what was never attached -------------------------------------------------------------------------------


async def retire(tx: Connection, before: datetime, most: int) -> None:
    """Take files out of use that were last uploaded before an instant and never attached: nobody can attach them now."""
    await tx.execute(
        "update evidence_files set stored_at = null where file_id in (select file_id from evidence_files"
        " where attached_at is null and stored_at is not null and touched_at < $1 order by touched_at limit $2)"
        " and attached_at is null and touched_at < $1",
        before, most,
    )  # fmt: skip


async def retired(connection: Connection, before: datetime, most: int) -> list[asyncpg.Record]:
    """Return (file_id, sha256) of rows whose bytes are to be removed, uploads that broke off among them."""
    return await connection.fetch(
        "select file_id, sha256 from evidence_files where attached_at is null and stored_at is null and touched_at < $1"
        " order by touched_at limit $2",
        before, most,
    )  # fmt: skip


async def forget(tx: Connection, file_id: UUID, before: datetime) -> bool:
    """Remove the row of a file that is out of use; False when it has come to use again. The caller holds its hash's lock."""
    status = await tx.execute(
        "delete from evidence_files where file_id = $1 and attached_at is null and stored_at is null and touched_at < $2",
        file_id, before,
    )  # fmt: skip
    return status.endswith(" 1")


async def held_by_another(tx: Connection, sha256: str, file_id: UUID) -> bool:
    """Say whether another owner has a row of the same bytes."""
    held: bool = await tx.fetchval(
        "select exists (select from evidence_files where sha256 = $1 and file_id <> $2)", sha256, file_id
    )
    return held
