"""Duty rosters, their swaps, and the working calendar they go by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_chassis.working_calendar import CalendarData, WorkingCalendar

from alerting.domain.duty_roster import Roster, Shift, Swap, on_duty, shifts_of


@dataclass(frozen=True)
class StoredRoster:
    """A roster with its swaps in the order they were made."""

    roster_id: UUID
    version: int
    roster: Roster
    swaps: list[Swap]
    changed_at: datetime
    changed_by: str

    def shifts(self, calendar: WorkingCalendar) -> list[Shift]:
        return shifts_of(self.roster, calendar, self.swaps)


async def calendar(tx: Connection) -> tuple[int, CalendarData]:
    """Return (version, the park's calendar); version 0 is the plain calendar without exceptions."""
    row = await tx.fetchrow("select version, body from working_calendar")
    return (row["version"], msgspec.convert(row["body"], CalendarData, strict=False)) if row else (0, CalendarData())


async def working_calendar(tx: Connection) -> WorkingCalendar:
    """Return the park's calendar, ready to ask."""
    _, data = await calendar(tx)
    return WorkingCalendar(data)


async def put_calendar(
    tx: Connection, data: CalendarData, *, based_on: int | None, by: str, now: datetime
) -> int | None:
    """Store the calendar; return its version, None when it has changed since `based_on`."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('working-calendar', 212))")
    version, _ = await calendar(tx)
    if based_on is not None and based_on != version:
        return None
    await tx.execute(
        """insert into working_calendar (body, version, changed_at, changed_by) values ($1, $2, $3, $4)
           on conflict (only_one) do update set body = $1, version = $2, changed_at = $3, changed_by = $4""",
        msgspec.to_builtins(data),
        version + 1,
        now,
        by,
    )
    return version + 1


async def rosters(tx: Connection, *, codes: Sequence[str] | None = None) -> list[StoredRoster]:
    """Return the rosters by code, or some of them."""
    rows = await tx.fetch(
        "select * from rosters where removed_at is null and ($1::text[] is null or code = any($1)) order by code",
        list(codes) if codes is not None else None,
    )
    return [await _stored(tx, row) for row in rows]


async def roster(tx: Connection, roster_id: UUID, *, locked: bool = False) -> StoredRoster | None:
    """Return one roster."""
    row = await tx.fetchrow(
        f"select * from rosters where roster_id = $1 and removed_at is null{' for update' if locked else ''}", roster_id
    )
    return await _stored(tx, row) if row else None


async def people_on_duty(tx: Connection, codes: Sequence[str], at: datetime) -> dict[str, list[str]]:
    """Return who is on duty at an instant by roster code; a code without a roster has nobody."""
    if not codes:
        return {}
    by = await working_calendar(tx)
    return {one.roster.code: on_duty(one.shifts(by), at) for one in await rosters(tx, codes=codes)}


async def put_roster(tx: Connection, roster_id: UUID, wanted: Roster, *, version: int, by: str, now: datetime) -> None:
    """Store a roster. Raises UniqueViolationError when another has its code."""
    await tx.execute(
        """insert into rosters (roster_id, code, version, body, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6)
           on conflict (roster_id) do update set code = $2, version = $3, body = $4, changed_at = $5, changed_by = $6""",
        roster_id,
        wanted.code,
        version,
        msgspec.to_builtins(wanted),
        now,
        by,
    )


async def remove_roster(tx: Connection, roster_id: UUID, now: datetime) -> bool:
    """Remove a roster; False when there is none."""
    return (
        await tx.fetchval(
            "update rosters set removed_at = $2 where roster_id = $1 and removed_at is null returning 1", roster_id, now
        )
        is not None
    )


async def insert_swap(tx: Connection, roster_id: UUID, swap: Swap, *, by: str, now: datetime) -> None:
    """Store a swap."""
    await tx.execute(
        """insert into swaps (swap_id, roster_id, starts_at, from_person, to_person, reason, made_at, made_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        swap.swap_id,
        roster_id,
        swap.starts_at,
        swap.from_person,
        swap.to_person,
        swap.reason,
        now,
        by,
    )


async def remove_swap(tx: Connection, roster_id: UUID, swap_id: UUID, *, by: str, now: datetime) -> bool:
    """Take a swap back; False when there is none."""
    removed = await tx.fetchval(
        """update swaps set removed_at = $3, removed_by = $4
           where roster_id = $1 and swap_id = $2 and removed_at is null returning 1""",
        roster_id,
        swap_id,
        now,
        by,
    )
    return removed is not None


async def _stored(tx: Connection, row: Any) -> StoredRoster:
    swaps = await tx.fetch(
        """select swap_id, starts_at, from_person, to_person, reason from swaps
           where roster_id = $1 and removed_at is null order by number""",
        row["roster_id"],
    )
    return StoredRoster(
        roster_id=row["roster_id"],
        version=row["version"],
        roster=msgspec.convert(row["body"], Roster),
        swaps=[Swap(**dict(swap)) for swap in swaps],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
    )
