"""Swaps of shifts: people their own, officers any."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_chassis.working_calendar import WorkingCalendar

from alerting.api.refusals import refused
from alerting.api.roster_forms import SwapForm, bad_roster, found_roster, swap_of
from alerting.domain.duty_roster import Swap, swap_problems
from alerting.store import rosters
from alerting.store.rosters import StoredRoster

Writer = Annotated[Principal, Depends(require("alarm:close"))]
Swapper = Annotated[Principal, Depends(require("alarm:acknowledge"))]


def add_swaps(routes: APIRouter, database: Database) -> None:
    """Add the routes of swaps."""

    @routes.post("/duty-rosters/{roster_id}/swaps", status_code=201)
    async def create_swap(roster_id: UUID, form: SwapForm, who: Swapper) -> Response:
        if not who.allows("alarm:close") and who.username not in {form.from_person, form.to_person}:
            raise Refused("not-permitted", "只能调换自己的班次", "you may only swap shifts of your own", status=403)
        wanted = [swap_of(form.starts_at, form.from_person, form.to_person, form.reason)]
        if form.in_return_starts_at is not None:
            wanted.append(swap_of(form.in_return_starts_at, form.to_person, form.from_person, form.reason))
        async with database.transaction() as tx:
            found, at = await found_roster(tx, roster_id, locked=True), now()
            calendar = await rosters.working_calendar(tx)
            for swap in wanted:
                _refuse_bad_swap(found, calendar, swap, at)
                await rosters.insert_swap(tx, roster_id, swap, by=who.username, now=at)
                found.swaps.append(swap)
        return json_response(page(wanted, None, len(wanted)), 201)

    @routes.delete("/duty-rosters/{roster_id}/swaps/{swap_id}", status_code=204)
    async def remove_swap(roster_id: UUID, swap_id: UUID, who: Writer) -> Response:
        async with database.transaction() as tx:
            if not await rosters.remove_swap(tx, roster_id, swap_id, by=who.username, now=now()):
                raise NotFound("换班记录", "swap", swap_id)
        return Response(status_code=204)


def _refuse_bad_swap(found: StoredRoster, calendar: WorkingCalendar, swap: Swap, at: datetime) -> None:
    shifts = found.shifts(calendar)
    if bad := swap_problems(shifts, swap):
        raise bad_roster(bad)
    if all(shift.ends_at <= at for shift in shifts if shift.starts_at == swap.starts_at):
        raise refused("bad-roster", "班次已结束", "the shift is over", "starts_at")
