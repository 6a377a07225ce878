"""Forms of rosters and swaps, how a roster is shown, and what is refused."""

from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from fastapi import Depends
from park_chassis.auth import Principal, require
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from alerting.api.refusals import refused
from alerting.domain.duty_roster import Roster, RosterProblem, Swap, holes, on_duty, shifts_of
from alerting.store import rosters
from alerting.store.rosters import StoredRoster

Reader = Annotated[Principal, Depends(require("alarm:read"))]
Form = TypeVar("Form")


class RosterForm(msgspec.Struct, forbid_unknown_fields=True):
    """A whole roster; `version`, when given, is the one it was made from."""

    roster: Roster
    version: int | None = None


class SwapForm(BaseModel):
    """`to_person` takes the shift of `from_person` that starts at `starts_at`; with `in_return_starts_at` they exchange."""

    model_config = ConfigDict(extra="forbid")
    starts_at: AwareDatetime
    from_person: str = Field(min_length=2, max_length=64)
    to_person: str = Field(min_length=2, max_length=64)
    reason: str = Field(min_length=1, max_length=500)
    in_return_starts_at: AwareDatetime | None = None


def shown(one: StoredRoster, calendar: WorkingCalendar, at: datetime) -> dict[str, Any]:
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


def swap_of(starts_at: datetime, from_person: str, to_person: str, reason: str) -> Swap:
    """Return a swap as it is asked for."""
    return Swap(swap_id=uuid7(), starts_at=starts_at, from_person=from_person, to_person=to_person, reason=reason)


def bad_roster(found: list[RosterProblem]) -> Refused:
    """Return the answer (422) to a roster that cannot be used: every problem with where it is."""
    return Refused(
        "bad-roster", f"值班表有误: {found[0].zh}", f"the roster is not usable: {found[0].en}", status=422,
        errors=[{"where": one.where, "what": one.en, "what_zh": one.zh} for one in found],
    )  # fmt: skip


def changed_meanwhile() -> Refused:
    """Return the answer (409) to a change that was made from another version."""
    return Refused("changed-meanwhile", "已被他人更新, 请刷新后重试", "it has changed meanwhile, read it again")


async def found_roster(tx: Connection, roster_id: UUID, *, locked: bool = False) -> StoredRoster:
    """Return a roster. Raises NotFound."""
    found = await rosters.roster(tx, roster_id, locked=locked)
    if found is None:
        raise NotFound("值班表", "roster", roster_id)
    return found


def form_in(body: bytes, form: type[Form]) -> Form:
    """Read a body. Raises Refused (422) saying where it is wrong."""
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        what, _, where = str(error).partition(" - at ")
        raise refused("bad-request", "请求格式有误", what, where.strip("`") or "body") from error
