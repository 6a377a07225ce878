"""Duty rosters read: all, who is on duty, one, its shifts."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import page
from pydantic import AwareDatetime

from alerting.api.refusals import refused
from alerting.api.roster_forms import Reader, found_roster, shown
from alerting.domain.duty_roster import on_duty
from alerting.store import rosters

_LONGEST_LOOK = timedelta(days=62)


def add_reading(routes: APIRouter, database: Database) -> None:
    """Add the reading routes of rosters."""

    @routes.get("/duty-rosters")
    async def list_rosters(_: Reader) -> Response:
        async with database.reading() as connection:
            calendar = await rosters.working_calendar(connection)
            found = [shown(one, calendar, now()) for one in await rosters.rosters(connection)]
        return json_response(page(found, None, len(found)))

    @routes.get("/duty-rosters/on-duty")
    async def read_on_duty(_: Reader, at: AwareDatetime | None = None) -> Response:
        instant = at or now()
        async with database.reading() as connection:
            calendar = await rosters.working_calendar(connection)
            found = await rosters.rosters(connection)
        return json_response(
            {
                "at": instant,
                "rosters": [
                    {
                        "code": one.roster.code,
                        "name_zh": one.roster.name_zh,
                        "name_en": one.roster.name_en,
                        "people": on_duty(one.shifts(calendar), instant),
                    }
                    for one in found
                ],
            }
        )

    @routes.get("/duty-rosters/{roster_id}")
    async def read_roster(roster_id: UUID, _: Reader) -> Response:
        async with database.reading() as connection:
            found = await found_roster(connection, roster_id)
            calendar = await rosters.working_calendar(connection)
        return json_response(shown(found, calendar, now()))

    @routes.get("/duty-rosters/{roster_id}/shifts")
    async def read_shifts(
        roster_id: UUID,
        _: Reader,
        since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
        until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    ) -> Response:
        begin = since or now() - timedelta(days=1)
        end = until or begin + timedelta(days=14)
        if not timedelta(0) <= end - begin <= _LONGEST_LOOK:
            raise refused("bad-time", "时间范围应在 0 至 62 天之间", "must be 0 to 62 days after from", "to")
        async with database.reading() as connection:
            found = await found_roster(connection, roster_id)
            calendar = await rosters.working_calendar(connection)
        shifts = [one for one in found.shifts(calendar) if one.starts_at < end and begin < one.ends_at]
        return json_response(page(shifts, None, len(shifts)))
