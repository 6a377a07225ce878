"""HTTP of imports of results: template, preview or import with the report of every row, rows set aside and mended.

Enterprise users import for, and see imports of, their own outlets. Reports and what is set aside: park_judging.sheet_imports.
"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from park_chassis.database import Connection, Database
from park_chassis.http import json_response
from park_chassis.sheets.sheet import SheetRow
from park_judging.domain.laboratory.import_rows import PlannedRow
from park_judging.http_edge import change_of, invalid
from park_judging.registry import Points
from park_judging.sheet_imports import running
from park_judging.sheet_imports.api import ImportRoom, Mending, add_reports, add_set_aside
from park_judging.sheet_imports.running import Upload
from park_judging.sheet_imports.store import ImportTables

from source_monitoring.domain.manual.import_plan import Standing, plan_results, read_rows
from source_monitoring.domain.manual.results import ManualResult
from source_monitoring.domain.manual.sheets import RESULTS, SHEETS
from source_monitoring.domain.mark_states import MarkState
from source_monitoring.http_edge import Marker
from source_monitoring.manual import edge, recording, store
from source_monitoring.manual.recording import Writing
from source_monitoring.settings import Settings

_TABLES = ImportTables("manual_imports", "manual_set_aside", "enterprise_id")
_SHEET = "results"


def router(database: Database, points: Points, settings: Settings) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])
    room = ImportRoom(database, _TABLES, SHEETS, "mark:write", lambda person: person.enterprise_id)
    _add_import(routes, database, points, settings)
    add_reports(routes, room)
    add_set_aside(routes, room)

    @routes.post("/set-aside/{set_aside_id}/mend")
    async def mend(marker: Marker, set_aside_id: UUID, mending: Mending) -> Response:
        """Mend a row and run it again; what is still wrong is told (422) and kept with the attempt."""
        held = marker.enterprise_id
        importer = Importer(points, Writing(marker, change_of(marker, mending.reason)))
        async with database.transaction() as tx:
            await store.lock(tx)
            row = await running.open_row(tx, _TABLES, set_aside_id, held)
            texts = running.mended_texts(row, RESULTS, mending.texts)
            planned = await importer.planned(tx, [SheetRow(row["row"], texts)])
            problems = await running.run_again(
                tx, _TABLES, row, planned[0], importer.by.change, lambda good: importer.stored(tx, good)
            )
            after = room.item(await running.found_row(tx, _TABLES, set_aside_id, held))
        if problems:
            raise invalid(problems)
        return json_response(after | {"report": planned[0].report})

    return routes


def _add_import(routes: APIRouter, database: Database, points: Points, settings: Settings) -> None:
    @routes.get("/imports/template.xlsx")
    async def template(_: Marker) -> Response:
        """The workbook to fill in, with an example row and a sheet of explanations."""
        return await running.template_answer(RESULTS)

    @routes.post("/imports")
    async def import_file(
        marker: Marker,
        file: Annotated[UploadFile, File(description="xlsx, or CSV in UTF-8 or GB18030")],
        dry_run: Annotated[bool, Form(description="Only a preview: nothing is stored or set aside")] = False,
        all_or_nothing: Annotated[bool, Form(description="One bad row keeps all out")] = False,
        reason: Annotated[str, Form(max_length=500, description="Needed to correct results kept already")] = "",
    ) -> Response:
        """Check every row, report all of them; store the good ones and set the bad ones aside, or as chosen."""
        rows = await running.rows_of_upload(
            file, RESULTS, max_bytes=settings.import_max_bytes, max_rows=settings.import_max_rows
        )
        change = change_of(marker, reason.strip())
        importer = Importer(points, Writing(marker, change))
        upload = Upload(_SHEET, marker.enterprise_id, file.filename or "", dry_run, all_or_nothing, change)
        async with database.transaction() as tx:
            await store.lock(tx)
            planned = await importer.planned(tx, rows)
            kept = await running.keep(tx, _TABLES, upload, planned, lambda good: importer.stored(tx, good))
        return json_response(kept | {"sheet_title": RESULTS.title_zh})


class Importer:
    """Plans rows of results on what is kept and stores what they make, for the outlets a person may write for."""

    def __init__(self, points: Points, by: Writing) -> None:
        self.by = by
        self._writable = edge.writable(points, by.person)

    async def planned(self, tx: Connection, rows: Sequence[SheetRow]) -> list[PlannedRow]:
        """Judge rows against what is kept. The caller holds `store.lock`."""
        records = {point_id: limits.point for point_id, limits in self._writable.items()}
        read = read_rows(rows, list(records.values()), self.by.change.made_at)
        kept = await store.newest_results(tx, [one.result.result_id for one in read if one.result])
        standing = {key: Standing(store.result(row), row["state"] == MarkState.WITHDRAWN) for key, row in kept.items()}
        return plan_results(read, records, standing, reason=self.by.change.reason)

    async def stored(self, tx: Connection, rows: Sequence[PlannedRow]) -> None:
        """Store what planned rows make; rejected ones make nothing."""
        made = [row.made for row in rows if isinstance(row.made, ManualResult)]
        await recording.enter_all(tx, self._writable, made, self.by)
