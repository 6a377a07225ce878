"""HTTP: data loggers. A password is shown only to who may change devices."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit

from archive import changes
from archive.domain.records import Kind
from archive.forms import DeviceForm
from archive.listing import Wanted
from archive.record_forms import store_form
from archive.record_lists import Active, Search, found_record, listed, without_secret


def add_devices(routes: APIRouter, database: Database) -> None:
    """Add the routes of devices."""
    may_read = Depends(require("device:read"))
    may_write = Depends(require("device:write"))

    @routes.get("/devices")
    async def list_devices(
        principal: Annotated[Principal, may_read],
        q: Search = None,
        active: Active = None,
        edition: str | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        wanted = Wanted(principal.enterprise_id, q, active, edition)
        return await listed(database, "devices", "mn", wanted, limit, cursor, principal)

    @routes.get("/devices/{mn}")
    async def read_device(mn: str, principal: Annotated[Principal, may_read]) -> Response:
        device = await found_record(database, "devices", "mn", mn, principal)
        return json_response(without_secret(device, principal))

    @routes.post("/devices", status_code=201)
    async def add_device(form: DeviceForm, principal: Annotated[Principal, may_write]) -> Response:
        return await store_form(database, Kind.DEVICES, form, form.texts("point_id"), principal, None)

    @routes.put("/devices/{mn}")
    async def put_device(mn: str, form: DeviceForm, principal: Annotated[Principal, may_write]) -> Response:
        if form.mn != mn:
            raise Refused("mn-differs", "MN 不可更改，请登记新数采仪", "an MN cannot change; register a new device")
        async with database.reading() as connection:
            identifier = await changes.identifier_of(connection, Kind.DEVICES, mn)
        if identifier is None:
            raise NotFound("数采仪", "device", mn)
        return await store_form(database, Kind.DEVICES, form, form.texts("point_id"), principal, identifier)
