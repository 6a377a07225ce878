"""One import: the file read, its planned rows kept with their report, the good ones stored, the bad ones set aside."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

import asyncpg
import msgspec
from fastapi import Response, UploadFile
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.sheet import Sheet, SheetRow
from park_chassis.sheets.sheet_file import UnreadableFile, rows_of_file, template_of
from park_schemas.identifiers import uuid7

from park_judging.domain.laboratory.import_rows import PlannedRow
from park_judging.http_edge import invalid
from park_judging.sheet_imports import store
from park_judging.sheet_imports.store import ImportSummary, ImportTables
from park_judging.versions import Change

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Store = Callable[[Sequence[PlannedRow]], Awaitable[None]]
"""Stores what planned rows make; rejected ones make nothing."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What was asked for: which sheet, belonging to what, by which file, only looked at, or all rows or none."""

    sheet: str
    scope: UUID | None
    filename: str
    dry_run: bool
    all_or_nothing: bool
    change: Change


async def template_answer(sheet: Sheet) -> Response:
    """Answer with the workbook to fill in."""
    content = await asyncio.to_thread(template_of, sheet)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{sheet.title_zh}导入模板')}.xlsx"}
    return Response(content, media_type=XLSX, headers=headers)


async def rows_of_upload(file: UploadFile, sheet: Sheet, *, max_bytes: int, max_rows: int) -> list[SheetRow]:
    """Return the rows of an uploaded file; under wrong titles each says so, to be set aside and mended.

    Raises Refused (413, 422) saying why it cannot be read.
    """
    content = await file.read(max_bytes + 1)
    if len(content) > max_bytes:
        zh, en = f"文件超过 {max_bytes} 字节", f"the file is larger than {max_bytes} bytes"
        raise Refused("file-too-large", zh, en, status=413)
    try:
        return await asyncio.to_thread(rows_of_file, content, sheet, max_rows=max_rows, keep_strange=True)
    except UnreadableFile as error:
        if error.problems:
            raise invalid(error.problems) from error
        raise Refused("unreadable-file", error.zh, str(error), status=422) from error


async def keep(
    tx: Connection, tables: ImportTables, upload: Upload, planned: Sequence[PlannedRow], store_rows: Store
) -> dict[str, Any]:
    """Keep an import with its report; unless it is a preview store the good rows and set the bad ones aside.

    Return the import as it is shown, with the report of every row.
    """
    bad = [row for row in planned if row.report.status == "rejected"]
    summary = ImportSummary(
        import_id=uuid7(), sheet=upload.sheet, scope=upload.scope, filename=upload.filename[:200], dry_run=upload.dry_run,
        all_or_nothing=upload.all_or_nothing, stored=not upload.dry_run and not (upload.all_or_nothing and bad),
        imported_at=upload.change.made_at, imported_by=upload.change.author, total=len(planned),
        accepted=len(planned) - len(bad), rejected=len(bad),
    )  # fmt: skip
    reports: list[dict[str, Any]] = [msgspec.to_builtins(row.report) for row in planned]
    await store.add_import(tx, tables, summary, reports)
    if summary.stored:
        await store_rows(planned)
        await store.set_aside(tx, tables, summary, bad)
    return summary.shown(tables) | {"rows": reports}


async def open_row(tx: Connection, tables: ImportTables, set_aside_id: UUID, scope: UUID | None) -> asyncpg.Record:
    """Return a set-aside row, locked. Raises NotFound, or Refused (409) when it is settled."""
    row = await found_row(tx, tables, set_aside_id, scope)
    if row["state"] != "open":
        raise Refused("already-settled", "该记录已处理", "the row is settled already", state=row["state"])
    return row


async def found_row(tx: Connection, tables: ImportTables, set_aside_id: UUID, scope: UUID | None) -> asyncpg.Record:
    """Return a set-aside row, locked. Raises NotFound when it is not there or belongs to somebody else."""
    row = await store.one(tx, tables, set_aside_id)
    if row is None or (scope is not None and row[tables.scope] != scope):
        raise NotFound("搁置记录", "set-aside row", set_aside_id)
    return row


def mended_texts(row: asyncpg.Record, sheet: Sheet, changes: dict[str, str]) -> dict[str, str]:
    """Return the row's text with the changes; an attempt before this one counts. Raises Refused for unknown columns."""
    columns = {column.name for column in sheet.columns}
    strays = [
        Problem(name, text[:200], "未知的列", "unknown column") for name, text in changes.items() if name not in columns
    ]
    if strays:
        raise invalid(strays)
    return {**(row["mended"] or row["texts"]), **changes}


async def run_again(
    tx: Connection,
    tables: ImportTables,
    row: asyncpg.Record,
    planned: PlannedRow,
    change: Change,
    store_rows: Store,
) -> list[Problem]:
    """Store a mended row and settle it; return what is still wrong with it (kept with the attempt), nothing when it is stored."""
    key, problems = row["set_aside_id"], planned.report.errors
    if problems:
        await store.still_wrong(tx, tables, key, planned.texts, problems)
        return problems
    await store_rows([planned])
    await store.settle(
        tx, tables, key, "mended", texts=planned.texts, who=change.author, at=change.made_at, outcome=planned.report.status,
    )  # fmt: skip
    return []
