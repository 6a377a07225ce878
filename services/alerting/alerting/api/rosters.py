"""Duty rosters written. A roster with a hole is refused, with every hole and where it is."""

from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound
from park_chassis.http import json_response
from park_schemas.identifiers import uuid7

from alerting.api.body_schemas import body_of
from alerting.api.refusals import refused
from alerting.api.roster_forms import RosterForm, bad_roster, changed_meanwhile, form_in, found_roster, shown
from alerting.api.roster_reading import add_reading
from alerting.api.swaps import Writer, add_swaps
from alerting.api.working_calendar import add_calendar
from alerting.domain.duty_roster import Roster, problems, shifts_of
from alerting.store import rosters


def router(database: Database) -> APIRouter:
    """Return the routes of rosters and the calendar."""
    routes = APIRouter(tags=["rosters"])
    add_calendar(routes, database)
    add_reading(routes, database)
    _add_writing(routes, database)
    add_swaps(routes, database)
    return routes


def _add_writing(routes: APIRouter, database: Database) -> None:
    @routes.post("/duty-rosters/check", openapi_extra=body_of(RosterForm))
    async def check_roster(request: Request, _: Writer) -> Response:
        form = form_in(await request.body(), RosterForm)
        async with database.reading() as connection:
            calendar = await rosters.working_calendar(connection)
        found = problems(form.roster, calendar)
        shape_is_sound = not found or (found[0].where == "shifts" and bool(form.roster.shifts))
        shifts = shifts_of(form.roster, calendar)[:200] if shape_is_sound else []
        return json_response({"problems": found, "shifts": shifts})

    @routes.post("/duty-rosters", status_code=201, openapi_extra=body_of(RosterForm))
    async def create_roster(request: Request, who: Writer) -> Response:
        form = form_in(await request.body(), RosterForm)
        async with database.transaction() as tx:
            return json_response(await _put(tx, uuid7(), form.roster, 1, who), 201)

    @routes.put("/duty-rosters/{roster_id}", openapi_extra=body_of(RosterForm))
    async def change_roster(request: Request, roster_id: UUID, who: Writer) -> Response:
        form = form_in(await request.body(), RosterForm)
        async with database.transaction() as tx:
            known = await found_roster(tx, roster_id, locked=True)
            if form.version is not None and form.version != known.version:
                raise changed_meanwhile()
            return json_response(await _put(tx, roster_id, form.roster, known.version + 1, who))

    @routes.delete("/duty-rosters/{roster_id}", status_code=204)
    async def remove_roster(roster_id: UUID, _: Writer) -> Response:
        async with database.transaction() as tx:
            if not await rosters.remove_roster(tx, roster_id, now()):
                raise NotFound("值班表", "roster", roster_id)
        return Response(status_code=204)


async def _put(tx: Connection, roster_id: UUID, wanted: Roster, version: int, who: Principal) -> dict[str, Any]:
    calendar = await rosters.working_calendar(tx)
    if found := problems(wanted, calendar):
        raise bad_roster(found)
    try:
        await rosters.put_roster(tx, roster_id, wanted, version=version, by=who.username, now=now())
    except asyncpg.UniqueViolationError as error:
        raise refused(
            "bad-roster", f"编码 {wanted.code} 已被使用", f"the code {wanted.code} is taken", "code"
        ) from error
    return shown(await found_roster(tx, roster_id), calendar, now())
