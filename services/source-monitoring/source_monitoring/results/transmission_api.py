"""HTTP of effective transmission and completeness: by factor, outlet, enterprise, park; by day, month or over all;
as counts and rates."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.export import table_response
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.registry import Points
from park_judging.scope import chosen_points

from source_monitoring.http_edge import Reader
from source_monitoring.results import days
from source_monitoring.results.api import group_keys, key_item, span_of_days
from source_monitoring.results.transmission_items import THRESHOLDS, TRANSMISSION_COLUMNS, added_by_enterprise, rates

Span = Annotated[date | None, Query(description="Day of the park's calendar")]
By = Annotated[
    str, Query(description="Any of enterprise or point, factor, month or day, separated by commas; empty: the park")
]


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see their own outlets."""
    routes = APIRouter(tags=["results"])

    @routes.get("/transmission")
    async def transmission(
        reader: Reader,
        since: Annotated[date | None, Query(alias="from", description="Default: begin of the year")] = None,
        until: Annotated[date | None, Query(alias="to", description="Exclusive; default: tomorrow")] = None,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        by: By = "point",
    ) -> Response:
        """Rates over [from, to) with the counts they come from; every hour of every factor counts once."""
        items, first, end = await found(reader, since, until, point_id, enterprise_id, by)
        return json_response(page(items) | {"from": first, "to": end, "thresholds": THRESHOLDS})

    @routes.get("/transmission/export")
    async def export(
        reader: Reader,
        file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "csv",
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to")] = None,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        by: By = "point",
    ) -> Response:
        """The same as a table."""
        items, _, _ = await found(reader, since, until, point_id, enterprise_id, by)
        return table_response(file_format, "传输有效率 transmission", TRANSMISSION_COLUMNS, items)

    async def found(
        reader: Any, since: date | None, until: date | None, point_id: UUID | None, enterprise_id: UUID | None, by: str
    ) -> tuple[list[dict[str, Any]], date, date]:
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        first, end = span_of_days(since, until)
        by_enterprise = "enterprise" in by.split(",")
        keys = group_keys(by.replace("enterprise", "point"))
        async with database.reading() as connection:
            rows = await days.grouped(connection, list(chosen), first, end, keys)
        counted = [(key_item(row, keys, chosen), days.counts_in(row)) for row in rows]
        if by_enterprise:
            counted = added_by_enterprise(counted)
        return [item | rates(counts) for item, counts in counted], first, end

    return routes
