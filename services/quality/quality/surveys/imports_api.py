"""HTTP of imports: templates, a preview or an import with the report of every row; reports by `park_judging.sheet_imports`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_judging.http_edge import change_of, park_of
from park_judging.registry import Points
from park_judging.sheet_imports import running
from park_judging.sheet_imports.api import ImportRoom, add_reports
from park_judging.sheet_imports.running import Upload
from park_judging.sheet_imports.store import ImportTables

from quality.domain.surveys.sheets import SHEETS
from quality.settings import Settings
from quality.surveys import importing, store
from quality.surveys.campaign_views import one_campaign
from quality.surveys.edge import Writer
from quality.surveys.importing import Order, SheetName

TABLES = ImportTables("survey_imports", "survey_set_aside", "campaign_id")


def room(database: Database) -> ImportRoom:
    """Return what the routes of reports and set-aside rows are of."""
    return ImportRoom(database, TABLES, SHEETS, "campaign:write")


def router(database: Database, points: Points, settings: Settings) -> APIRouter:
    """Return the routes of imports."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    _add_import(routes, database, points, settings)
    add_reports(routes, room(database))
    return routes


def _add_import(routes: APIRouter, database: Database, points: Points, settings: Settings) -> None:
    @routes.get("/imports/template.xlsx")
    async def template(sheet: SheetName, _: Writer) -> Response:
        """The workbook to fill in, with an example row and a sheet of explanations."""
        return await running.template_answer(SHEETS[sheet])

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
        rows = await running.rows_of_upload(
            file, SHEETS[sheet], max_bytes=settings.import_max_bytes, max_rows=settings.import_max_rows
        )
        change = change_of(writer, reason.strip())
        upload = Upload(sheet, campaign_id, file.filename or "", dry_run, all_or_nothing, change)
        async with database.transaction() as tx:
            await store.lock(tx)
            campaign = store.campaign(await one_campaign(tx, campaign_id)) if campaign_id else None
            order = Order(sheet, park_of(points, writer), campaign, change)
            planned = await importing.planned(tx, order, rows)
            kept = await running.keep(tx, TABLES, upload, planned, lambda good: importing.stored(tx, order, good))
        return json_response(kept | {"sheet_title": SHEETS[sheet].title_zh})
