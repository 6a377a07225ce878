"""HTTP of corrections, and of the versions of an hour or day with what changed between them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging import store as judged
from park_judging.domain.version_differences import differences
from park_judging.registry import Points
from park_judging.scope import one_point, visible_points
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from pydantic import Field

from source_monitoring.http_edge import Body, Reader
from source_monitoring.review import desk

Corrector = Annotated[Principal, Depends(require("data:correct"))]


class Withdrawal(Body):
    reason: str = Field("", max_length=1000)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes of corrections and versions."""
    routes = APIRouter(tags=["reviews"])

    @routes.post("/points/{point_id}/corrections", status_code=201)
    async def correct(person: Corrector, point_id: UUID, new: desk.NewCorrection) -> Response:
        """Correct one factor's hour, as a new version; its author does not approve the day."""
        limits = one_point(points, person, point_id)
        async with database.transaction() as tx:
            return json_response(await desk.correct(tx, limits, person, new), 201)

    @routes.post("/corrections/{correction_id}/withdraw")
    async def withdraw(person: Corrector, correction_id: UUID, why: Withdrawal) -> Response:
        """End a correction; the hour goes back to what is computed, as a new version."""
        async with database.transaction() as tx:
            row = await desk.withdraw(tx, visible_points(points, person), person, correction_id, why.reason)
        return json_response(dict(row))

    @routes.get("/points/{point_id}/versions")
    async def versions(
        reader: Reader, point_id: UUID, start: datetime, period: Literal["hour", "day"] = "hour"
    ) -> Response:
        """All versions of one hour or day, oldest first, each with what changed against the one before."""
        one_point(points, reader, point_id)
        async with database.reading() as connection:
            made = await judged.revisions(connection, point_id, Period(period), at_park(start))
        before = [[], *(one.factors for one in made)]
        items = [
            {"revision": one.revision, "made_at": one.made_at, "factors": one.factors, "grade": one.grade,
             "differences": differences(earlier, one.factors)}
            for one, earlier in zip(made, before, strict=False)
        ]  # fmt: skip
        return json_response(page(items))

    return routes
