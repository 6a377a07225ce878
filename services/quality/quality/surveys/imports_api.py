"""HTTP of imports: templates, a preview or an import with the report of every row, and the reports again later."""

import asyncio
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from fastapi import APIRouter, File, Form, Response, UploadFile
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_chassis.sheets.sheet import SheetRow
from park_chassis.sheets.sheet_file import UnreadableFile, rows_of_file, template_of
from park_judging.registry import Points
from park_schemas.identifiers import uuid7

from quality.domain.surveys.import_plan import PlannedRow
from quality.domain.surveys.sheets import SHEETS
from quality.settings import Settings
from quality.surveys import import_store, importing, store
from quality.surveys.campaigns_api import one_campaign
from quality.surveys.edge import Writer, change_of, invalid, park_of, place_of_id
from quality.surveys.import_store import ImportSummary
from quality.surveys.importing import Order, SheetName

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STATUS_ZH = {"created": "新增", "updated": "更正", "unchanged": "无变化", "rejected": "拒绝"}


def router(database: Database, points: Points, settings: Settings) -> APIRouter:
    """Return the routes of imports."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    _add_import(routes, database, points, settings)
    _add_reports(routes, database)
    return routes


def _add_import(routes: APIRouter, database: Database, points: Points, settings: Settings) -> None:
    @routes.get("/imports/template.xlsx")
    async def template(sheet: SheetName, _: Writer) -> Response:
        """The workbook to fill in, with an example row and a sheet of explanations."""
        content = await asyncio.to_thread(template_of, SHEETS[sheet])
        name = quote(f"{SHEETS[sheet].title_zh}导入模板")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}.xlsx"}
        return Response(content, media_type=_XLSX, headers=headers)

    @routes.post("/imports")
    async def import_file(
        writer: Writer,
        file: Annotated[UploadFile, File(description="xlsx, or CSV in UTF-8 or GB18030")],
        sheet: Annotated[SheetName, Form()],
        campaign_id: Annotated[UUID | None, Form(description="Results only: of which campaign")] = None,
        dry_run: Annotated[bool, Form(description="Only a preview: nothing is stored or set aside")] = False,
        all_or_nothing: Annotated[bool, Form(description="One bad row keeps all out")] = False,
        reason: Annotated[str, Form(max_length=500, description="Needed to correct results kept already")] = "",
    ) -> Response:
        """Check every row, report all of them; store the good ones and set the bad ones aside, or as chosen."""
        if (sheet == "results") != (campaign_id is not None):
            what = {
                "where": "campaign_id",
                "what": "belongs to results, and only to them",
                "what_zh": "仅导入结果时填写",
            }
            raise Refused("bad-campaign", "监测活动有误", "the campaign is not right", status=422, errors=[what])
        rows = await _rows(await _content(file, settings), sheet, settings)
        async with database.transaction() as tx:
            await store.lock(tx)
            campaign = store.campaign(await one_campaign(tx, campaign_id)) if campaign_id else None
            order = Order(sheet, park_of(points, writer), campaign, change_of(writer, reason.strip()))
            name = (file.filename or "")[:200]
            return json_response(await _import(tx, order, rows, name, dry_run, all_or_nothing))


async def _content(file: UploadFile, settings: Settings) -> bytes:
    size = settings.import_max_bytes
    content = await file.read(size + 1)
    if len(content) > size:
        raise Refused("file-too-large", f"文件超过 {size} 字节", f"the file is larger than {size} bytes", status=413)
    return content


async def _rows(content: bytes, sheet: SheetName, settings: Settings) -> list[SheetRow]:
    try:
        return await asyncio.to_thread(rows_of_file, content, SHEETS[sheet], max_rows=settings.import_max_rows)
    except UnreadableFile as error:
        if error.problems:
            raise invalid(error.problems) from error
        raise Refused("unreadable-file", error.zh, str(error), status=422) from error


async def _import(
    tx: Connection, order: Order, rows: list[SheetRow], filename: str, dry_run: bool, all_or_nothing: bool
) -> dict[str, Any]:
    planned = await importing.planned(tx, order, rows)
    rejected = [row for row in planned if row.report.status == "rejected"]
    summary = _summary(order, planned, rejected, filename, dry_run, all_or_nothing)
    reports: list[dict[str, Any]] = [msgspec.to_builtins(row.report) for row in planned]
    await import_store.add_import(tx, summary, reports)
    if summary.stored:
        await importing.stored(tx, order, planned)
        await import_store.set_aside(tx, summary, rejected)
    return msgspec.structs.asdict(summary) | {"rows": reports, "sheet_title": SHEETS[order.sheet].title_zh}


def _summary(
    order: Order,
    planned: list[PlannedRow],
    rejected: list[PlannedRow],
    filename: str,
    dry_run: bool,
    all_or_nothing: bool,
) -> ImportSummary:
    return ImportSummary(
        import_id=uuid7(),
        sheet=order.sheet,
        campaign_id=order.campaign.campaign_id if order.campaign else None,
        filename=filename,
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
        stored=not dry_run and not (all_or_nothing and rejected),
        imported_at=order.change.made_at,
        imported_by=order.change.author,
        total=len(planned),
        accepted=len(planned) - len(rejected),
        rejected=len(rejected),
    )


def _add_reports(routes: APIRouter, database: Database) -> None:
    @routes.get("/imports")
    async def list_imports(_: Writer, limit: Limit = 50, cursor: Cursor = None) -> Response:
        """Imports and previews, newest first."""
        async with database.reading() as tx:
            found = await import_store.imports(tx, before=place_of_id(cursor), limit=limit)
        following = encode_cursor(str(found[-1].import_id)) if len(found) == limit else None
        return json_response(page(found, following))

    @routes.get("/imports/{import_id}")
    async def read_import(import_id: UUID, _: Writer) -> Response:
        """An import with the report of every row."""
        summary, rows = await _report(database, import_id)
        return json_response(msgspec.structs.asdict(summary) | {"rows": rows})

    @routes.get("/imports/{import_id}/report.xlsx")
    async def export_report(import_id: UUID, _: Writer) -> Response:
        """The report as a workbook: sheet, row, column, value, why."""
        summary, rows = await _report(database, import_id)
        sheet = SHEETS[summary.sheet]
        titles = {column.name: f"{column.zh} {column.en}" for column in sheet.columns}
        lines = [(row, error) for row in rows for error in (row.get("errors") or [None])]
        return table_response("xlsx", f"导入报告-{import_id}", _report_columns(sheet.title_zh, titles), lines)


def _report_columns(sheet: str, titles: dict[str, str]) -> list[Column]:
    def of_error(name: str) -> Any:
        return lambda line: line[1][name] if line[1] else ""

    return [
        Column("工作表 Sheet", lambda _: sheet, 12),
        Column("行 Row", lambda line: line[0]["row"], 8),
        Column("结果 Result", lambda line: f"{_STATUS_ZH[line[0]['status']]} {line[0]['status']}", 18),
        Column("主键 Key", lambda line: line[0]["key"], 40),
        Column("列 Column", lambda line: titles.get(line[1]["column"], line[1]["column"]) if line[1] else "", 28),
        Column("值 Value", of_error("value"), 28),
        Column("原因", of_error("what_zh"), 48),
        Column("Reason", of_error("what_en"), 48),
        Column("评价 Verdict", lambda line: line[0].get("verdict_zh", ""), 60),
    ]


async def _report(database: Database, import_id: UUID) -> tuple[ImportSummary, list[dict[str, Any]]]:
    async with database.reading() as tx:
        found = await import_store.import_report(tx, import_id)
    if found is None:
        raise NotFound("导入", "import", import_id)
    return found
