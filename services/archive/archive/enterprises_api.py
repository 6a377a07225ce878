"""HTTP: enterprises."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit

from archive.domain.records import Kind
from archive.forms import EnterpriseForm
from archive.listing import Wanted
from archive.record_forms import store_form
from archive.record_lists import Active, Search, found_record, listed


def add_enterprises(routes: APIRouter, database: Database) -> None:
    """Add the routes of enterprises."""
    may_read = Depends(require("archive:read"))
    may_write = Depends(require("archive:write"))

    @routes.get("/enterprises")
    async def list_enterprises(
        principal: Annotated[Principal, may_read],
        q: Search = None,
        active: Active = None,
        risk_level: str | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        wanted = Wanted(principal.enterprise_id, q, active, risk_level)
        return await listed(database, "enterprises", "credit_code", wanted, limit, cursor)

    @routes.get("/enterprises/{enterprise_id}")
    async def read_enterprise(enterprise_id: UUID, principal: Annotated[Principal, may_read]) -> Response:
        return json_response(await found_record(database, "enterprises", "enterprise_id", enterprise_id, principal))

    @routes.post("/enterprises", status_code=201)
    async def add_enterprise(form: EnterpriseForm, principal: Annotated[Principal, may_write]) -> Response:
        return await store_form(database, Kind.ENTERPRISES, form, form.texts(), principal, None)

    @routes.put("/enterprises/{enterprise_id}")
    async def put_enterprise(
        enterprise_id: UUID, form: EnterpriseForm, principal: Annotated[Principal, may_write]
    ) -> Response:
        return await store_form(database, Kind.ENTERPRISES, form, form.texts(), principal, enterprise_id)
