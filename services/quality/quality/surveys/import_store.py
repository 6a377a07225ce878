"""SQL of imports with their reports, and of the rows they set aside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct
from park_chassis.database import Connection
from park_chassis.sheets.problems import Problem
from park_schemas.identifiers import uuid7

from quality.domain.surveys.import_plan import PlannedRow, reason_of


class ImportSummary(Struct, frozen=True, kw_only=True):
    """An import without its rows. `stored` is False for previews, and where one bad row kept all out by choice."""

    import_id: UUID
    sheet: str
    campaign_id: UUID | None
    filename: str
    dry_run: bool
    all_or_nothing: bool
    stored: bool
    imported_at: datetime
    imported_by: str
    total: int
    accepted: int
    rejected: int


_SUMMARY = ", ".join(ImportSummary.__struct_fields__)


async def add_import(tx: Connection, summary: ImportSummary, rows: Sequence[dict[str, Any]]) -> None:
    """Keep the report of an import."""
    names = ImportSummary.__struct_fields__
    places = ", ".join(f"${position}" for position in range(1, len(names) + 2))
    await tx.execute(
        f"insert into survey_imports ({_SUMMARY}, rows) values ({places})",
        *(getattr(summary, name) for name in names),
        list(rows),
    )


async def imports(tx: Connection, *, before: UUID | None, limit: int) -> list[ImportSummary]:
    """Return imports, newest first (identifiers are time-ordered)."""
    rows = await tx.fetch(
        f"select {_SUMMARY} from survey_imports where $1::uuid is null or import_id < $1"
        " order by import_id desc limit $2",
        before, limit,
    )  # fmt: skip
    return [ImportSummary(**dict(row)) for row in rows]


async def import_report(tx: Connection, import_id: UUID) -> tuple[ImportSummary, list[dict[str, Any]]] | None:
    """Return an import with the report of each row."""
    row = await tx.fetchrow(f"select {_SUMMARY}, rows from survey_imports where import_id = $1", import_id)
    if row is None:
        return None
    fields = dict(row)
    reported = fields.pop("rows")
    return ImportSummary(**fields), reported


async def set_aside(tx: Connection, summary: ImportSummary, rejected: Sequence[PlannedRow]) -> None:
    """Keep rejected rows as they were written, with why."""
    await tx.executemany(
        "insert into survey_set_aside (set_aside_id, import_id, sheet, campaign_id, row, reason, texts, problems, state)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, 'open')",
        [
            (
                uuid7(), summary.import_id, summary.sheet, summary.campaign_id, one.report.row,
                reason_of(one.report.errors), dict(one.texts), msgspec.to_builtins(one.report.errors),
            )
            for one in rejected
        ],
    )  # fmt: skip


async def listed(
    tx: Connection,
    *,
    state: str | None,
    reason: str | None,
    campaign_id: UUID | None,
    after: tuple[UUID, int] | None,
    limit: int | None,
) -> list[asyncpg.Record]:
    """Return set-aside rows with file and time of their import, newest import first, after a (import, row)."""
    return await tx.fetch(
        "select a.*, i.filename, i.imported_at, i.imported_by from survey_set_aside a join survey_imports i using (import_id)"
        " where ($1::text is null or a.state = $1) and ($2::text is null or a.reason = $2)"
        " and ($3::uuid is null or a.campaign_id = $3)"
        " and ($4::uuid is null or a.import_id < $4 or (a.import_id = $4 and a.row > $5))"
        " order by a.import_id desc, a.row limit $6",
        state, reason, campaign_id, *(after or (None, None)), limit,
    )  # fmt: skip


async def counts(tx: Connection) -> dict[str, int]:
    """Return how many rows are in each state."""
    rows = await tx.fetch("select state, count(*) as n from survey_set_aside group by state")
    return {row["state"]: row["n"] for row in rows}


async def one(tx: Connection, set_aside_id: UUID) -> asyncpg.Record | None:
    """Return one row, locked."""
    return await tx.fetchrow(
        "select a.*, i.filename, i.imported_at, i.imported_by from survey_set_aside a join survey_imports i using (import_id)"
        " where set_aside_id = $1 for update of a",
        set_aside_id,
    )


async def still_wrong(
    tx: Connection, set_aside_id: UUID, texts: Mapping[str, str], problems: Sequence[Problem]
) -> None:
    """Keep an attempt to mend beside the original, with what is still wrong."""
    await tx.execute(
        "update survey_set_aside set mended = $2, problems = $3, reason = $4 where set_aside_id = $1",
        set_aside_id, dict(texts), msgspec.to_builtins(list(problems)), reason_of(problems),
    )  # fmt: skip


async def settle(
    tx: Connection,
    set_aside_id: UUID,
    state: str,
    *,
    texts: Mapping[str, str] | None,
    who: str,
    at: datetime,
    outcome: str,
) -> None:
    """Note that it was mended and stored, or why it is let be."""
    await tx.execute(
        "update survey_set_aside set state = $2, mended = coalesce($3, mended), settled_by = $4, settled_at = $5,"
        " outcome = $6 where set_aside_id = $1",
        set_aside_id, state, None if texts is None else dict(texts), who, at, outcome,
    )  # fmt: skip
