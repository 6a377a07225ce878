"""Duty rosters, swaps and the working calendar. A roster with a hole is refused, with every hole and where it is."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_chassis.working_calendar import CalendarData, CalendarError, WorkingCalendar
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from alerting.api.body_schemas import body_of
from alerting.api.refusals import refused
from alerting.domain.duty_roster import Roster, RosterProblem, Swap, holes, on_duty, problems, shifts_of, swap_problems
from alerting.store import rosters
from alerting.store.rosters import StoredRoster

Reader = Annotated[Principal, Depends(require("alarm:read"))]
Writer = Annotated[Principal, Depends(require("alarm:close"))]
Swapper = Annotated[Principal, Depends(require("alarm:acknowledge"))]
CalendarWriter = Annotated[Principal, Depends(require("rule:write"))]
_LONGEST_LOOK = timedelta(days=62)
Form = TypeVar("Form")


class RosterForm(msgspec.Struct, forbid_unknown_fields=True):
    """A whole roster; `version`, when given, is the one it was made from."""

    roster: Roster
    version: int | None = None


class CalendarForm(msgspec.Struct, forbid_unknown_fields=True):
    """A whole calendar; `version`, when given, is the one it was made from."""

    calendar: CalendarData
    version: int | None = None


class SwapForm(BaseModel):
    """`to_person` takes the shift of `from_person` that starts at `starts_at`; with `in_return_starts_at` they exchange."""

    model_config = ConfigDict(extra="forbid")
    starts_at: AwareDatetime
    from_person: str = Field(min_length=2, max_length=64)
    to_person: str = Field(min_length=2, max_length=64)
    reason: str = Field(min_length=1, max_length=500)
    in_return_starts_at: AwareDatetime | None = None


def router(database: Database) -> APIRouter:
    """Return the routes of rosters and the calendar."""
    routes = APIRouter(tags=["rosters"])
    _add_calendar(routes, database)
    _add_reading(routes, database)
    _add_writing(routes, database)
    _add_swaps(routes, database)
    return routes


def _add_calendar(routes: APIRouter, database: Database) -> None:
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
        form = _read(await request.body(), CalendarForm)
        try:
            WorkingCalendar(form.calendar)
        except CalendarError as error:
            raise refused("bad-calendar", error.zh, error.en, error.where) from error
        async with database.transaction() as tx:
            version = await rosters.put_calendar(tx, form.calendar, based_on=form.version, by=who.username, now=now())
            if version is None:
                raise _changed()
        return json_response({"version": version, "calendar": form.calendar})


def _add_reading(routes: APIRouter, database: Database) -> None:
    @routes.get("/duty-rosters")
    async def list_rosters(_: Reader) -> Response:
        async with database.reading() as connection:
            calendar = await rosters.working_calendar(connection)
            found = [_shown(one, calendar, now()) for one in await rosters.rosters(connection)]
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
            found = await _found(connection, roster_id)
            calendar = await rosters.working_calendar(connection)
        return json_response(_shown(found, calendar, now()))

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
            found = await _found(connection, roster_id)
            calendar = await rosters.working_calendar(connection)
        shifts = [one for one in found.shifts(calendar) if one.starts_at < end and begin < one.ends_at]
        return json_response(page(shifts, None, len(shifts)))


def _add_writing(routes: APIRouter, database: Database) -> None:
    @routes.post("/duty-rosters/check", openapi_extra=body_of(RosterForm))
    async def check_roster(request: Request, _: Writer) -> Response:
        form = _read(await request.body(), RosterForm)
        async with database.reading() as connection:
            calendar = await rosters.working_calendar(connection)
        found = problems(form.roster, calendar)
        shape_is_sound = not found or (found[0].where == "shifts" and bool(form.roster.shifts))
        shifts = shifts_of(form.roster, calendar)[:200] if shape_is_sound else []
        return json_response({"problems": found, "shifts": shifts})

    @routes.post("/duty-rosters", status_code=201, openapi_extra=body_of(RosterForm))
    async def create_roster(request: Request, who: Writer) -> Response:
        form = _read(await request.body(), RosterForm)
        async with database.transaction() as tx:
            return json_response(await _put(tx, uuid7(), form.roster, 1, who), 201)

    @routes.put("/duty-rosters/{roster_id}", openapi_extra=body_of(RosterForm))
    async def change_roster(request: Request, roster_id: UUID, who: Writer) -> Response:
        form = _read(await request.body(), RosterForm)
        async with database.transaction() as tx:
            known = await _found(tx, roster_id, locked=True)
            if form.version is not None and form.version != known.version:
                raise _changed()
            return json_response(await _put(tx, roster_id, form.roster, known.version + 1, who))

    @routes.delete("/duty-rosters/{roster_id}", status_code=204)
    async def remove_roster(roster_id: UUID, _: Writer) -> Response:
        async with database.transaction() as tx:
            if not await rosters.remove_roster(tx, roster_id, now()):
                raise NotFound("值班表", "roster", roster_id)
        return Response(status_code=204)


def _add_swaps(routes: APIRouter, database: Database) -> None:
    @routes.post("/duty-rosters/{roster_id}/swaps", status_code=201)
    async def create_swap(roster_id: UUID, form: SwapForm, who: Swapper) -> Response:
        if not who.allows("alarm:close") and who.username not in {form.from_person, form.to_person}:
            raise Refused("not-permitted", "只能调换自己的班次", "you may only swap shifts of your own", status=403)
        wanted = [_swap(form.starts_at, form.from_person, form.to_person, form.reason)]
        if form.in_return_starts_at is not None:
            wanted.append(_swap(form.in_return_starts_at, form.to_person, form.from_person, form.reason))
        async with database.transaction() as tx:
            found, at = await _found(tx, roster_id, locked=True), now()
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


async def _put(tx: Connection, roster_id: UUID, wanted: Roster, version: int, who: Principal) -> dict[str, Any]:
    calendar = await rosters.working_calendar(tx)
    if found := problems(wanted, calendar):
        raise _bad_roster(found)
    try:
        await rosters.put_roster(tx, roster_id, wanted, version=version, by=who.username, now=now())
    except asyncpg.UniqueViolationError as error:
        raise refused(
            "bad-roster", f"编码 {wanted.code} 已被使用", f"the code {wanted.code} is taken", "code"
        ) from error
    return _shown(await _found(tx, roster_id), calendar, now())


def _shown(one: StoredRoster, calendar: WorkingCalendar, at: datetime) -> dict[str, Any]:
    """Return what is shown of a roster: itself, who is on duty, holes that a later calendar tore, swaps that lost their shift."""
    shifts = one.shifts(calendar)
    starts = {(shift.starts_at, person) for shift in shifts_of(one.roster, calendar) for person in shift.people}
    return {
        "roster_id": one.roster_id,
        "version": one.version,
        "roster": one.roster,
        "on_duty": on_duty(shifts, at),
        "covered_until": max((shift.ends_at for shift in shifts), default=None),
        "holes": holes(one.roster, calendar)[:50],
        "swaps": one.swaps,
        "swaps_without_shift": [
            swap.swap_id for swap in one.swaps
            if (swap.starts_at.astimezone(PARK_TIME_ZONE), swap.from_person) not in starts
            and not any(other.starts_at == swap.starts_at and other.to_person == swap.from_person for other in one.swaps)
        ],
        "changed_at": one.changed_at,
        "changed_by": one.changed_by,
    }  # fmt: skip


def _swap(starts_at: datetime, from_person: str, to_person: str, reason: str) -> Swap:
    return Swap(swap_id=uuid7(), starts_at=starts_at, from_person=from_person, to_person=to_person, reason=reason)


def _refuse_bad_swap(found: StoredRoster, calendar: WorkingCalendar, swap: Swap, at: datetime) -> None:
    shifts = found.shifts(calendar)
    if bad := swap_problems(shifts, swap):
        raise _bad_roster(bad)
    if all(shift.ends_at <= at for shift in shifts if shift.starts_at == swap.starts_at):
        raise refused("bad-roster", "班次已结束", "the shift is over", "starts_at")


def _bad_roster(found: list[RosterProblem]) -> Refused:
    return Refused(
        "bad-roster", f"值班表有误: {found[0].zh}", f"the roster is not usable: {found[0].en}", status=422,
        errors=[{"where": one.where, "what": one.en, "what_zh": one.zh} for one in found],
    )  # fmt: skip


def _changed() -> Refused:
    return Refused("changed-meanwhile", "已被他人更新, 请刷新后重试", "it has changed meanwhile, read it again")


async def _found(tx: Connection, roster_id: UUID, *, locked: bool = False) -> StoredRoster:
    found = await rosters.roster(tx, roster_id, locked=locked)
    if found is None:
        raise NotFound("值班表", "roster", roster_id)
    return found


def _read(body: bytes, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        what, _, where = str(error).partition(" - at ")
        raise refused("bad-request", "请求格式有误", what, where.strip("`") or "body") from error
