"""HTTP of results: entered by form, listed, corrected and withdrawn; every change is a version with author and reason."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.http_edge import in_order, need_reason, park_time, place_of_time
from park_judging.versions import versions as versions_of
from park_schemas.codes import Medium

from quality.domain.surveys.records import Outcome
from quality.surveys import result_entry, store
from quality.surveys.edge import Reader, Writer
from quality.surveys.result_forms import Correction, NewResults, Withdrawal
from quality.surveys.result_views import COLUMNS, one_result, result_item, site_of_row
from quality.surveys.site_views import visible_site
from quality.surveys.store import Wanted


def router(database: Database) -> APIRouter:
    """Return the routes of results. Enterprise users see results of sites of their enterprise."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    _add_reading(routes, database)
    _add_entering(routes, database)
    return routes


def _add_reading(routes: APIRouter, database: Database) -> None:
    @routes.get("/results")
    async def results(
        reader: Reader,
        kind: Medium | None = None,
        campaign_id: UUID | None = None,
        site_id: UUID | None = None,
        item: Annotated[str | None, Query(max_length=60, description="Key of the item")] = None,
        outcome: Outcome | None = None,
        since: Annotated[datetime | None, Query(alias="from", description="Sampled, inclusive")] = None,
        until: Annotated[datetime | None, Query(alias="to", description="Sampled, exclusive")] = None,
        withdrawn: bool = False,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Results with their verdicts, sampled last first, and how many there are by outcome."""
        in_order(park_time(since), park_time(until))
        wanted = Wanted(
            enterprise_id=reader.enterprise_id, kind=kind, campaign_id=campaign_id, site_id=site_id, item=item,
            outcome=outcome, since=park_time(since), until=park_time(until),
            withdrawn=withdrawn,
        )  # fmt: skip
        async with database.reading() as tx:
            rows = await store.results(tx, wanted, limit=None if file else limit, after=place_of_time(cursor))
            counts = await store.count_results(tx, wanted)
        items = [result_item(row) | {"site": site_of_row(row)} for row in rows]
        if file is not None:
            return table_response(file, "监测结果", COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["sampled_at"].isoformat(), str(last["result_id"])) if last else None
        return json_response(page(items, following, sum(counts.values())) | {"counts": counts})

    @routes.get("/results/{result_id}")
    async def result(reader: Reader, result_id: UUID) -> Response:
        """A result with all its versions, newest first."""
        async with database.reading() as tx:
            row = await one_result(tx, result_id)
            await visible_site(tx, reader, row["site_id"])
            versions = await versions_of(tx, "survey_results", "result_id", result_id)
        return json_response(result_item(row) | {"versions": versions})


def _add_entering(routes: APIRouter, database: Database) -> None:
    @routes.post("/campaigns/{campaign_id}/results", status_code=201)
    async def enter(writer: Writer, campaign_id: UUID, new: NewResults) -> Response:
        """Enter results of a campaign by form."""
        async with database.transaction() as tx:
            await store.lock(tx)
            return json_response({"items": await result_entry.enter(tx, writer, campaign_id, new)}, 201)

    @routes.put("/results/{result_id}")
    async def correct(writer: Writer, result_id: UUID, form: Correction) -> Response:
        """Correct a result: the next version, judged anew. A withdrawn one stands again by this."""
        need_reason(max(form.based_on, 1), form.reason)
        async with database.transaction() as tx:
            await store.lock(tx)
            return json_response(await result_entry.correct(tx, writer, result_id, form))

    @routes.post("/results/{result_id}/withdraw")
    async def withdraw(writer: Writer, result_id: UUID, form: Withdrawal) -> Response:
        """Withdraw a result entered by mistake: the next version says so, it counts no more."""
        need_reason(1, form.reason)
        async with database.transaction() as tx:
            await store.lock(tx)
            return json_response(await result_entry.withdraw(tx, writer, result_id, form))
