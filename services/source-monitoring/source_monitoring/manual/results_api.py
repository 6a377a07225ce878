"""HTTP of results: listed, and one with all its versions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.http_edge import park_time, place_of_time
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_judging.versions import versions

from source_monitoring.domain.manual.verdicts import ManualOutcome
from source_monitoring.domain.mark_states import MarkState
from source_monitoring.http_edge import Reader
from source_monitoring.manual import store
from source_monitoring.manual.result_items import RESULT_COLUMNS, result_item
from source_monitoring.manual.store import Wanted


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see results of their own outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])

    @routes.get("/results")
    async def results(
        reader: Reader,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        factor: Annotated[str | None, Query(max_length=20, description="HJ 212 code")] = None,
        outcome: ManualOutcome | None = None,
        state: MarkState | None = None,
        since: Annotated[datetime | None, Query(alias="from", description="Sampled, inclusive")] = None,
        until: Annotated[datetime | None, Query(alias="to", description="Sampled, exclusive")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Results with their verdicts, sampled last first, and how many there are by outcome."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        wanted = Wanted(
            point_ids=list(chosen), factor=factor, outcome=outcome, state=state, since=park_time(since), until=park_time(until)
        )  # fmt: skip
        async with database.reading() as tx:
            rows = await store.results(tx, wanted, limit=None if file else limit, after=place_of_time(cursor))
            counts = await store.count_results(tx, wanted)
        items = [result_item(row, chosen[row["point_id"]], reader) for row in rows]
        if file is not None:
            return table_response(file, "自行监测结果", RESULT_COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["sampled_at"].isoformat(), str(last["result_id"])) if last else None
        return json_response(page(items, following, sum(counts.values())) | {"counts": counts})

    @routes.get("/results/{result_id}")
    async def result(reader: Reader, result_id: UUID) -> Response:
        """A result with all its versions, newest first."""
        async with database.reading() as tx:
            row, limits = await visible_result(tx, points, reader, result_id)
            made = await versions(tx, "manual_results", "result_id", result_id)
        return json_response(result_item(row, limits, reader) | {"versions": made})

    return routes


async def visible_result(
    tx: Connection, points: Points, reader: Principal, result_id: UUID
) -> tuple[asyncpg.Record, PointLimits]:
    """Return a result's newest version and its outlet. Raises NotFound when it is not there or not the reader's to see."""
    row = (await store.newest_results(tx, [result_id])).get(result_id)
    if row is None:
        raise NotFound("监测结果", "result", result_id)
    return row, one_point(points, reader, row["point_id"])
