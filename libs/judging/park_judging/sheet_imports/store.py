"""SQL of imports with their reports, and of the rows they set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct
from park_chassis.database import Connection
from park_chassis.sheets.problems import Problem
from park_schemas.identifiers import uuid7

from park_judging.domain.laboratory.import_rows import PlannedRow, reason_of


@dataclass(frozen=True, slots=True)
class ImportTables:
    """The tables of a service: its imports, its set-aside rows, and the column that says what an import belongs to.

    Names are ours, never a caller's text.
    """

    imports: str
    set_aside: str
    scope: str

    def of_imports(self) -> str:
        """Return the columns of an import, its scope under one name."""
        names = ", ".join(name for name in ImportSummary.__struct_fields__ if name != "scope")
        return f"{names}, {self.scope} as scope"

    @property
    def joined(self) -> str:
        return f"{self.set_aside} a join {self.imports} i using (import_id)"


class ImportSummary(Struct, frozen=True, kw_only=True):
    """An import without its rows. `stored` is False for previews, and where one bad row kept all out by choice.

    `scope` is what it belongs to: a campaign, or an enterprise.
    """

    import_id: UUID
    sheet: str
    scope: UUID | None
    filename: str
    dry_run: bool
    all_or_nothing: bool
    stored: bool
    imported_at: datetime
    imported_by: str
    total: int
    accepted: int
    rejected: int

    def shown(self, tables: ImportTables) -> dict[str, Any]:
        """Return the import as it is shown, its scope under the service's name for it."""
        fields = msgspec.structs.asdict(self)
        return {tables.scope if name == "scope" else name: value for name, value in fields.items()}


async def add_import(
    tx: Connection, tables: ImportTables, summary: ImportSummary, rows: Sequence[dict[str, Any]]
) -> None:
    """Keep the report of an import."""
    fields = summary.shown(tables)
    places = ", ".join(f"${position}" for position in range(1, len(fields) + 2))
    await tx.execute(
        f"insert into {tables.imports} ({', '.join(fields)}, rows) values ({places})", *fields.values(), list(rows)
    )


async def imports(
    tx: Connection, tables: ImportTables, *, scope: UUID | None, before: UUID | None, limit: int
) -> list[ImportSummary]:
    """Return imports, newest first (identifiers are time-ordered); of one scope, or all."""
    rows = await tx.fetch(
        f"select {tables.of_imports()} from {tables.imports} where ($1::uuid is null or import_id < $1)"
        f" and ($3::uuid is null or {tables.scope} = $3) order by import_id desc limit $2",
        before, limit, scope,
    )  # fmt: skip
    return [ImportSummary(**dict(row)) for row in rows]


async def import_report(
    tx: Connection, tables: ImportTables, import_id: UUID
) -> tuple[ImportSummary, list[dict[str, Any]]] | None:
    """Return an import with the report of each row."""
    row = await tx.fetchrow(f"select {tables.of_imports()}, rows from {tables.imports} where import_id = $1", import_id)
    if row is None:
        return None
    fields = dict(row)
    reported = fields.pop("rows")
    return ImportSummary(**fields), reported


async def set_aside(
    tx: Connection, tables: ImportTables, summary: ImportSummary, rejected: Sequence[PlannedRow]
) -> None:
    """Keep rejected rows as they were written, with why."""
    await tx.executemany(
        f"insert into {tables.set_aside} (set_aside_id, import_id, sheet, {tables.scope}, row, reason, texts, problems, state)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, 'open')",
        [
            (
                uuid7(), summary.import_id, summary.sheet, summary.scope, one.report.row,
                reason_of(one.report.errors), dict(one.texts), msgspec.to_builtins(one.report.errors),
            )
            for one in rejected
        ],
    )  # fmt: skip


async def listed(
    tx: Connection,
    tables: ImportTables,
    *,
    state: str | None,
    reason: str | None,
    scope: UUID | None,
    after: tuple[UUID, int] | None,
    limit: int | None,
) -> list[asyncpg.Record]:
    """Return set-aside rows with file and time of their import, newest import first, after a (import, row)."""
    return await tx.fetch(
        f"select a.*, i.filename, i.imported_at, i.imported_by from {tables.joined}"
        " where ($1::text is null or a.state = $1) and ($2::text is null or a.reason = $2)"
        f" and ($3::uuid is null or a.{tables.scope} = $3)"
        " and ($4::uuid is null or a.import_id < $4 or (a.import_id = $4 and a.row > $5))"
        " order by a.import_id desc, a.row limit $6",
        state, reason, scope, *(after or (None, None)), limit,
    )  # fmt: skip


async def counts(tx: Connection, tables: ImportTables, scope: UUID | None = None) -> dict[str, int]:
    """Return how many rows are in each state; of one scope, or all."""
    rows = await tx.fetch(
        f"select state, count(*) as n from {tables.set_aside}"
        f" where $1::uuid is null or {tables.scope} = $1 group by state",
        scope,
    )
    return {row["state"]: row["n"] for row in rows}


async def one(tx: Connection, tables: ImportTables, set_aside_id: UUID) -> asyncpg.Record | None:
    """Return one row, locked."""
    return await tx.fetchrow(
        f"select a.*, i.filename, i.imported_at, i.imported_by from {tables.joined}"
        " where set_aside_id = $1 for update of a",
        set_aside_id,
    )


async def still_wrong(
    tx: Connection, tables: ImportTables, set_aside_id: UUID, texts: Mapping[str, str], problems: Sequence[Problem]
) -> None:
    """Keep an attempt to mend beside the original, with what is still wrong."""
    await tx.execute(
        f"update {tables.set_aside} set mended = $2, problems = $3, reason = $4 where set_aside_id = $1",
        set_aside_id, dict(texts), msgspec.to_builtins(list(problems)), reason_of(problems),
    )  # fmt: skip


async def settle(
    tx: Connection,
    tables: ImportTables,
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
        f"update {tables.set_aside} set state = $2, mended = coalesce($3, mended), settled_by = $4, settled_at = $5,"
        " outcome = $6 where set_aside_id = $1",
        set_aside_id, state, None if texts is None else dict(texts), who, at, outcome,
    )  # fmt: skip
