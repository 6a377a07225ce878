"""HTTP of rows that imports set aside: mended field by field and run again; listed and let be by `park_judging.sheet_imports`."""

from uuid import UUID

import asyncpg
from fastapi import APIRouter, Response
from park_chassis.auth import Principal
from park_chassis.database import Connection, Database
from park_chassis.http import json_response
from park_chassis.sheets.sheet import SheetRow
from park_judging.http_edge import change_of, invalid, park_of
from park_judging.registry import Points
from park_judging.sheet_imports import running
from park_judging.sheet_imports.api import Mending, add_set_aside

from quality.domain.surveys.sheets import SHEETS
from quality.surveys import importing, store
from quality.surveys.campaign_views import one_campaign
from quality.surveys.edge import Writer
from quality.surveys.importing import Order
from quality.surveys.imports_api import TABLES, room


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes of set-aside rows."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    of_surveys = room(database)
    add_set_aside(routes, of_surveys)

    @routes.post("/set-aside/{set_aside_id}/mend")
    async def mend(writer: Writer, set_aside_id: UUID, mending: Mending) -> Response:
        """Mend a row and run it again; what is still wrong is told (422) and kept with the attempt."""
        async with database.transaction() as tx:
            await store.lock(tx)
            row = await running.open_row(tx, TABLES, set_aside_id, None)
            texts = running.mended_texts(row, SHEETS[row["sheet"]], mending.texts)
            order = await _order(tx, row, points, writer, mending.reason)
            planned = await importing.planned(tx, order, [SheetRow(row["row"], texts)])
            problems = await running.run_again(
                tx, TABLES, row, planned[0], order.change, lambda good: importing.stored(tx, order, good)
            )
            after = of_surveys.item(await running.found_row(tx, TABLES, set_aside_id, None))
        if problems:
            raise invalid(problems)
        return json_response(after | {"report": planned[0].report})

    return routes


async def _order(tx: Connection, row: asyncpg.Record, points: Points, writer: Principal, reason: str) -> Order:
    campaign = store.campaign(await one_campaign(tx, row["campaign_id"])) if row["campaign_id"] else None
    return Order(row["sheet"], park_of(points, writer), campaign, change_of(writer, reason))
