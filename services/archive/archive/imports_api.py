"""HTTP: templates, imports with a report of every row, and the reports again later."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from park_chassis.auth import Principal, require
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column as ExportColumn
from park_chassis.export import table_response
from park_chassis.http import json_response, page
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor
from park_chassis.sheets.sheet import SheetRow
from park_chassis.sheets.sheet_file import UnreadableFile, rows_of_file, template_of
from park_schemas.identifiers import uuid7

from archive import changes, park_store, store
from archive.domain.coordinates import Datum
from archive.domain.import_plan import JudgedRow, judge_rows
from archive.domain.records import Kind, Record
from archive.domain.records import Limit as LimitRecord
from archive.domain.sheets import SHEETS
from archive.form_reading import invalid_form
from archive.park_store import ImportSummary
from archive.record_forms import author_of
from archive.settings import Settings

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STATUS_ZH = {"created": "新增", "updated": "更新", "unchanged": "无变化", "rejected": "拒绝"}

MayImport = Annotated[Principal, Depends(require("archive:import"))]


def router(database: Database, settings: Settings) -> APIRouter:
    """Return the routes of imports."""
    routes = APIRouter()
    _add_template(routes)
    _add_import(routes, database, settings)
    _add_reports(routes, database)
    return routes


def _add_template(routes: APIRouter) -> None:
    @routes.get("/imports/template.xlsx")
    async def template(kind: Kind, _: MayImport) -> Response:
        sheet = SHEETS.get(kind)
        if sheet is None:
            raise NotFound("导入模板", "import template", kind)
        content = await asyncio.to_thread(template_of, sheet)
        name = quote(f"{sheet.title_zh}导入模板")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}.xlsx"}
        return Response(content, media_type=_XLSX, headers=headers)


def _add_import(routes: APIRouter, database: Database, settings: Settings) -> None:
    @routes.post("/imports")
    async def import_file(
        principal: MayImport,
        file: Annotated[UploadFile, File(description="xlsx, or CSV in UTF-8 or GB18030")],
        kind: Annotated[Kind, Form()],
        dry_run: Annotated[bool, Form()] = False,
        datum: Annotated[Datum, Form(description="Datum of the coordinates in the file")] = Datum.CGCS2000,
    ) -> Response:
        """Check every row; store the good ones unless `dry_run`; report all of them."""
        _refuse_kind(kind, principal)
        content = await file.read(settings.import_max_bytes + 1)
        if len(content) > settings.import_max_bytes:
            size = settings.import_max_bytes
            raise Refused(
                "file-too-large", f"文件超过 {size} 字节", f"the file is larger than {size} bytes", status=413
            )
        rows = await _rows(content, kind, settings)
        name = (file.filename or "")[:200]
        async with database.transaction() as tx:
            report = await _import(tx, kind, rows, datum, name, dry_run=dry_run, principal=principal)
        return json_response(report)


def _refuse_kind(kind: Kind, principal: Principal) -> None:
    if kind not in SHEETS:
        raise Refused("kind-not-importable", "不支持导入该类数据", f"{kind} cannot be imported", status=422)
    if kind is Kind.DEVICES and not principal.allows("device:write"):
        raise Refused("not-permitted", "没有权限: device:write", "permission missing: device:write", status=403)


async def _rows(content: bytes, kind: Kind, settings: Settings) -> list[SheetRow]:
    try:
        return await asyncio.to_thread(rows_of_file, content, SHEETS[kind], max_rows=settings.import_max_rows)
    except UnreadableFile as error:
        if error.problems:
            raise invalid_form(error.problems) from error
        raise Refused("unreadable-file", error.zh, str(error), status=422) from error


async def _import(
    tx: Connection,
    kind: Kind,
    rows: list[SheetRow],
    datum: Datum,
    filename: str,
    *,
    dry_run: bool,
    principal: Principal,
) -> dict[str, Any]:
    await store.lock_for_writing(tx)
    import_id = uuid7()
    around = await store.surroundings(tx, (await changes.the_park(tx)).centre)
    existing: dict[str, Record] = {key: stored.record for key, stored in (await store.by_keys(tx, kind)).items()}
    judged = await asyncio.to_thread(lambda: list(judge_rows(kind, rows, around, existing, datum)))
    author = author_of(principal, f"import:{import_id}")
    if not dry_run:
        await changes.put_all(tx, kind, _in_order(judged), author)
    rejected = sum(1 for row in judged if row.report.status == "rejected")
    summary = ImportSummary(
        import_id=import_id,
        kind=kind,
        filename=filename,
        dry_run=dry_run,
        imported_at=author.at,
        imported_by=author.username,
        total=len(judged),
        accepted=len(judged) - rejected,
        rejected=rejected,
    )
    reports: list[dict[str, Any]] = [msgspec.to_builtins(row.report) for row in judged]
    await park_store.add_import(tx, summary, reports)
    return msgspec.structs.asdict(summary) | {"rows": reports}


def _in_order(judged: Iterable[JudgedRow]) -> list[Record]:
    """Return the records to store; limits that end come before limits that begin, so no two are ever in force at once."""
    records = [row.record for row in judged if row.record is not None]
    return sorted(records, key=lambda one: one.valid_from.toordinal() if isinstance(one, LimitRecord) else 0)


def _add_reports(routes: APIRouter, database: Database) -> None:
    @routes.get("/imports")
    async def list_imports(_: MayImport, limit: Limit = 50, cursor: Cursor = None) -> Response:
        place = decode_cursor(cursor)
        async with database.reading() as connection:
            rows = await park_store.imports(connection, before=UUID(place[0]) if place else None, limit=limit + 1)
        more = len(rows) > limit
        return json_response(page(rows[:limit], encode_cursor(str(rows[limit - 1].import_id)) if more else None))

    @routes.get("/imports/{import_id}")
    async def read_import(import_id: UUID, _: MayImport) -> Response:
        summary, rows = await _report(database, import_id)
        return json_response(msgspec.structs.asdict(summary) | {"rows": rows})

    @routes.get("/imports/{import_id}/report.xlsx")
    async def export_report(import_id: UUID, _: MayImport) -> Response:
        summary, rows = await _report(database, import_id)
        titles = {column.name: column for column in SHEETS[summary.kind].columns}
        lines = [{**row, "error": error} for row in rows for error in (row["errors"] or [None])]
        return table_response("xlsx", f"导入报告-{import_id}", _report_columns(titles), lines)


def _report_columns(titles: dict[str, Any]) -> list[ExportColumn]:
    def of_error(name: str) -> Any:
        return lambda line: line["error"][name] if line["error"] else ""

    def title(line: dict[str, Any]) -> str:
        column = titles.get(line["error"]["column"]) if line["error"] else None
        return f"{column.zh} {column.en}" if column else of_error("column")(line)

    return [
        ExportColumn("行 Row", lambda line: line["row"], 8),
        ExportColumn("结果 Result", lambda line: f"{_STATUS_ZH[line['status']]} {line['status']}", 18),
        ExportColumn("主键 Key", lambda line: line["key"], 28),
        ExportColumn("列 Column", title, 28),
        ExportColumn("值 Value", of_error("value"), 28),
        ExportColumn("原因", of_error("what_zh"), 48),
        ExportColumn("Reason", of_error("what_en"), 48),
    ]


async def _report(database: Database, import_id: UUID) -> tuple[ImportSummary, list[dict[str, Any]]]:
    async with database.reading() as connection:
        found = await park_store.import_report(connection, import_id)
    if found is None:
        raise NotFound("导入", "import", import_id)
    return found
