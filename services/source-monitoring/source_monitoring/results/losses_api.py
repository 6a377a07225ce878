"""HTTP of the hours that lower the rate of transmission: down to the record that is missing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging import store as judged
from park_judging.domain.park_calendar import HOUR, day_span
from park_judging.domain.periods import park_date
from park_judging.registry import Points
from park_judging.scope import one_point
from park_schemas.codes import Period

from source_monitoring.domain.transmission_counts import Loss, losses
from source_monitoring.http_edge import Reader
from source_monitoring.results.api import span_of_days

_LONGEST_LOOK_DAYS = 93


def router(database: Database, points: Points) -> APIRouter:
    """Return the route. Enterprise users see their own outlets."""
    routes = APIRouter(tags=["results"])

    @routes.get("/points/{point_id}/transmission/losses")
    async def lost(
        reader: Reader,
        point_id: UUID,
        since: Annotated[date, Query(alias="from")],
        until: Annotated[date, Query(alias="to", description="Exclusive")],
        factor: str | None = None,
    ) -> Response:
        """The hours that lower the rate, each with its verdict, reason and marks, and where its frames are to be read."""
        one_point(points, reader, point_id)
        first, end = span_of_days(since, until)
        if (end - first).days > _LONGEST_LOOK_DAYS:
            raise Refused("range-too-long", "一次最多 93 天", "93 days at once at most", status=422)
        async with database.reading() as connection:
            made = await judged.assessments(connection, point_id, Period.HOUR, day_span(first)[0], day_span(end)[0])
        by_day: dict[date, list[Any]] = {}
        for hour in made:
            by_day.setdefault(park_date(hour.period_start), []).append((hour.period_start, hour.factors))
        items = [
            _loss_item(point_id, loss)
            for of_day in by_day.values()
            for loss in losses(of_day)
            if factor is None or loss.factor == factor
        ]
        return json_response(page(items, total=len(items)))

    return routes


def _loss_item(point_id: UUID, loss: Loss) -> dict[str, Any]:
    until: datetime = loss.hour_start + HOUR
    item: Mapping[str, Any] = msgspec.structs.asdict(loss)
    query = f"from={loss.hour_start:%Y-%m-%dT%H:%M:%S}&to={until:%Y-%m-%dT%H:%M:%S}"
    return {**item, "frames": f"/points/{point_id}/frames?period=minute&{query}"}
