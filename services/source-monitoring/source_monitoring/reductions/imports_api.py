"""HTTP of the reduction list as a file: the template, and a preview or an import that reports every row."""

import asyncio
from collections import Counter
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from fastapi import APIRouter, File, Form, Response, UploadFile
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.sheets.sheet import SheetRow
from park_chassis.sheets.sheet_file import UnreadableFile, rows_of_file, template_of
from park_judging.registry import Points
from park_schemas.identifiers import uuid7

from source_monitoring.domain.reductions.import_plan import PlannedRow, against_list, read_rows
from source_monitoring.domain.reductions.sheet import REDUCTION_LIST
from source_monitoring.reductions import list_store
from source_monitoring.reductions.edge import Reader, Writer, invalid, places_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAX_BYTES = 5_000_000
_MAX_ROWS = 5_000


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["reductions"])

    @routes.get("/reduction-list/template.xlsx")
    async def template(_: Reader) -> Response:
        """The workbook to fill in, with an example row and a sheet of explanations."""
        content = await asyncio.to_thread(template_of, REDUCTION_LIST)
        name = quote(f"{REDUCTION_LIST.title_zh}导入模板")
        return Response(
            content, media_type=_XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}.xlsx"}
        )

    @routes.post("/reduction-list/imports")
    async def import_file(
        writer: Writer,
        file: Annotated[UploadFile, File(description="xlsx, or CSV in UTF-8 or GB18030")],
        dry_run: Annotated[bool, Form(description="Only a preview: nothing is stored")] = False,
        all_or_nothing: Annotated[bool, Form(description="One bad row keeps all out")] = False,
        reason: Annotated[str, Form(max_length=2000, description="Kept with each line that is made or changed")] = "",
    ) -> Response:
        """Check every row and report all of them; store the good ones, or as chosen."""
        rows = await _rows(await _content(file))
        planned = await asyncio.to_thread(read_rows, rows, places_of(points))
        async with database.transaction() as tx:
            await list_store.lock(tx)
            names = [(one.line.enterprise_id, one.line.line) for one in planned if one.line is not None]
            standing = await list_store.of_names(tx, names)
            planned = against_list(planned, {key: list_store.listed(row) for key, row in standing.items()})
            stored = not dry_run and not (all_or_nothing and any(one.report.errors for one in planned))
            if stored:
                change = list_store.Change(
                    writer.username, reason.strip() or f"导入 {file.filename or ''}".strip(), now()
                )
                await _store(tx, planned, standing, change)
        return json_response(_answer(planned, stored=stored, dry_run=dry_run, filename=file.filename or ""))

    return routes


async def _content(file: UploadFile) -> bytes:
    content = await file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise Refused(
            "file-too-large", f"文件超过 {_MAX_BYTES} 字节", f"the file is larger than {_MAX_BYTES} bytes", status=413
        )
    return content


async def _rows(content: bytes) -> list[SheetRow]:
    try:
        return await asyncio.to_thread(rows_of_file, content, REDUCTION_LIST, max_rows=_MAX_ROWS)
    except UnreadableFile as error:
        if error.problems:
            raise invalid(error.problems) from error
        raise Refused("unreadable-file", error.zh, str(error), status=422) from error


async def _store(
    tx: Connection,
    planned: list[PlannedRow],
    standing: dict[tuple[UUID, str], dict[str, Any]],
    change: list_store.Change,
) -> None:
    for one in planned:
        if one.line is None or one.report.status not in {"created", "updated"}:
            continue
        before = standing.get((one.line.enterprise_id, one.line.line))
        line_id, version = (before["line_id"], before["version"] + 1) if before else (uuid7(), 1)
        await list_store.write(tx, line_id, version, one.line, change)


def _answer(planned: list[PlannedRow], *, stored: bool, dry_run: bool, filename: str) -> dict[str, Any]:
    counts = Counter(one.report.status for one in planned)
    return {
        "filename": filename[:200],
        "dry_run": dry_run,
        "stored": stored,
        "total": len(planned),
        "created": counts["created"],
        "updated": counts["updated"],
        "unchanged": counts["unchanged"],
        "rejected": counts["rejected"],
        "columns": {one.name: {"zh": one.zh, "en": one.en} for one in REDUCTION_LIST.columns},
        "rows": [msgspec.to_builtins(one.report) for one in planned],
    }
