"""The park's working calendar: hours, holidays, days that differ."""

from datetime import date, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import page
from park_chassis.working_calendar import CalendarData, CalendarError, WorkingCalendar

from alerting.api.body_schemas import body_of
from alerting.api.refusals import refused
from alerting.api.roster_forms import Reader, changed_meanwhile, form_in
from alerting.store import rosters

CalendarWriter = Annotated[Principal, Depends(require("rule:write"))]


class CalendarForm(msgspec.Struct, forbid_unknown_fields=True):
    """A whole calendar; `version`, when given, is the one it was made from."""

    calendar: CalendarData
    version: int | None = None


def add_calendar(routes: APIRouter, database: Database) -> None:
    """Add the routes of the calendar."""

    @routes.get("/working-calendar")
    async def read_calendar(_: Reader) -> Response:
        async with database.reading() as connection:
            version, data = await rosters.calendar(connection)
        return json_response({"version": version, "calendar": data})

    @routes.get("/working-calendar/days")
    async def read_days(
        _: Reader, since: Annotated[date, Query(alias="from")], until: Annotated[date, Query(alias="to")]
    ) -> Response:
        if not timedelta(0) <= until - since <= timedelta(days=400):
            raise refused("bad-time", "时间范围应在 0 至 400 天之间", "must be 0 to 400 days after from", "to")
        async with database.reading() as connection:
            calendar = await rosters.working_calendar(connection)
        days = [calendar.day(since + timedelta(days=number)) for number in range((until - since).days + 1)]
        return json_response(page(days, None, len(days)))

    @routes.put("/working-calendar", openapi_extra=body_of(CalendarForm))
    async def put_calendar(request: Request, who: CalendarWriter) -> Response:
        form = form_in(await request.body(), CalendarForm)
        try:
            WorkingCalendar(form.calendar)
        except CalendarError as error:
            raise refused("bad-calendar", error.zh, error.en, error.where) from error
        async with database.transaction() as tx:
            version = await rosters.put_calendar(tx, form.calendar, based_on=form.version, by=who.username, now=now())
            if version is None:
                raise changed_meanwhile()
        return json_response({"version": version, "calendar": form.calendar})
