"""HTTP: outlets and stations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit

from archive import listing
from archive.domain.records import Kind
from archive.forms import PointForm
from archive.limits_api import shaped_limits
from archive.listing import Wanted
from archive.record_forms import store_form
from archive.record_lists import Active, Search, found_record, listed, without_secret


def add_points(routes: APIRouter, database: Database) -> None:
    """Add the routes of points."""
    may_read = Depends(require("point:read"))
    may_write = Depends(require("archive:write"))

    @routes.get("/points")
    async def list_points(
        principal: Annotated[Principal, may_read],
        medium: str | None = None,
        enterprise_id: UUID | None = None,
        q: Search = None,
        active: Active = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        wanted = Wanted(principal.enterprise_id or enterprise_id, q, active, medium)
        return await listed(database, "points", "code", wanted, limit, cursor)

    @routes.get("/points/{point_id}")
    async def read_point(point_id: UUID, principal: Annotated[Principal, may_read]) -> Response:
        point = await found_record(database, "points", "point_id", point_id, principal)
        async with database.reading() as connection:
            point["limits"] = shaped_limits(await listing.limits_at(connection, point["code"]))
            device = await listing.one_of(connection, "devices", "mn", point["mn"], Wanted()) if point["mn"] else None
        point["device"] = without_secret(device, principal) if device else None
        return json_response(point)

    @routes.post("/points", status_code=201)
    async def add_point(form: PointForm, principal: Annotated[Principal, may_write]) -> Response:
        return await store_form(database, Kind.POINTS, form, form.texts("enterprise_id"), principal, None)

    @routes.put("/points/{point_id}")
    async def put_point(point_id: UUID, form: PointForm, principal: Annotated[Principal, may_write]) -> Response:
        return await store_form(database, Kind.POINTS, form, form.texts("enterprise_id"), principal, point_id)
