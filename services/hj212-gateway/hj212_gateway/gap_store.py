"""SQL of gaps: series that are due to be looked at, gaps found, claimed for fetching, judged, listed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from park_chassis.database import Connection
from park_schemas.identifiers import uuid7

from hj212_gateway.domain.gap_finding import MissingRange
from hj212_gateway.domain.gap_states import Verdict
from hj212_gateway.domain.record_rhythm import Rhythm


class Place(NamedTuple):
    """A place in the list of gaps, for paging."""

    begins: datetime
    gap_id: UUID


class GapFilter(NamedTuple):
    """What a list of gaps is narrowed to; None: everything. `begin` and `end` touch the gap's own span."""

    mn: str | None
    command: str | None
    state: str | None
    begin: datetime | None
    end: datetime | None


# --- finding ---------------------------------------------------------------------------------------------------------


async def due_series(tx: Connection, at: datetime, limit: int) -> list[Any]:
    """Return, locked, series whose next look is due, with how far the device's clock is ahead (seconds, or None)."""
    return await tx.fetch(
        """select r.*, s.clock_skew_s from record_series r left join device_sessions s using (mn)
           where r.next_check_at <= $1 order by r.next_check_at limit $2 for update of r skip locked""",
        at,
        limit,
    )


class LookedAt(NamedTuple):
    """How far a series was looked at. `rhythm` None: the device is not expected to send anything."""

    mn: str
    command: str
    checked_until: datetime
    next_check_at: datetime
    rhythm: Rhythm | None


async def looked(tx: Connection, looks: Sequence[LookedAt]) -> None:
    """Store how far series were looked at."""
    await tx.executemany(
        """update record_series set checked_until = $3, next_check_at = $4, interval_min = coalesce($5, interval_min),
               interval_source = coalesce($6, interval_source) where mn = $1 and command = $2""",
        [
            (*one[:4], one.rhythm.interval_min if one.rhythm else None, one.rhythm.source.value if one.rhythm else None)
            for one in looks
        ],
    )


async def untried_gap_ending(
    tx: Connection, mn: str, command: str, ends: datetime, interval_min: int
) -> tuple[UUID, MissingRange] | None:
    """Return, locked, the open gap that nobody has tried to fetch and that ends there, whole as it was found."""
    row = await tx.fetchrow(
        """select gap_id, begins, ends, expected from record_gaps
           where mn = $1 and command = $2 and ends = $3 and interval_min = $4 and state = 'open' and attempts = 0
             and missing = expected for update""",
        mn,
        command,
        ends,
        interval_min,
    )
    return None if row is None else (row["gap_id"], MissingRange(row["begins"], row["ends"], row["expected"]))


async def extend(tx: Connection, gap_id: UUID, to: MissingRange) -> None:
    """Let a gap reach further."""
    await tx.execute(
        "update record_gaps set ends = $2, expected = $3, missing = $3 where gap_id = $1", gap_id, to.ends, to.records
    )


async def insert(
    tx: Connection, mn: str, command: str, found: MissingRange, interval_min: int, cause: str, at: datetime
) -> None:
    """Store a gap; one that begins there already is left as it is."""
    await tx.execute(
        """insert into record_gaps (gap_id, mn, command, begins, ends, interval_min, expected, missing, cause, state,
                                    found_at, next_try_at)
           values ($1, $2, $3, $4, $5, $6, $7, $7, $8, 'open', $9, $9) on conflict (mn, command, begins) do nothing""",
        uuid7(),
        mn,
        command,
        found.begins,
        found.ends,
        interval_min,
        found.records,
        cause,
        at,
    )


async def has_incomplete_set(tx: Connection, mn: str, command: str, begin: datetime, end: datetime) -> bool:
    """Whether part of a record came for some interval there."""
    return bool(
        await tx.fetchval(
            """select exists (select 1 from incomplete_sets where mn = $1 and command = $2 and data_time >= $3
                 and data_time < $4 and completed_at is null)""",
            mn,
            command,
            begin,
            end,
        )
    )


# --- fetching --------------------------------------------------------------------------------------------------------


async def running(connection: Connection, gateway: str) -> int:
    """Return how many gaps this gateway is fetching."""
    return int(
        await connection.fetchval("select count(*) from record_gaps where state = 'fetching' and gateway = $1", gateway)
    )


async def claim(tx: Connection, mns: Sequence[str], at: datetime, *, per_device_hour: int, limit: int) -> list[Any]:
    """Return, locked, the newest due gap of each of these devices that no command waits or runs for, within its budget."""
    ids = await tx.fetch(
        """select distinct on (g.mn) g.gap_id from record_gaps g
           where g.mn = any($1) and g.state = 'open' and g.next_try_at <= $2
             and not exists (select 1 from device_commands c where c.mn = g.mn and c.state in ('queued', 'sent'))
             and (select count(*) from device_commands c
                  where c.mn = g.mn and c.origin = 'gap' and c.created_at > $2 - interval '1 hour') < $3
           order by g.mn, g.begins desc""",
        mns,
        at,
        per_device_hour,
    )
    return await tx.fetch(
        """select * from record_gaps where gap_id = any($1) and state = 'open' order by begins desc limit $2
           for update skip locked""",
        [row["gap_id"] for row in ids],
        limit,
    )


async def begin_fetch(
    tx: Connection, gap: Any, parameters: list[dict[str, str]], gateway: str, at: datetime, lease: timedelta
) -> None:
    """Queue the history command of a gap, and mark the gap as being fetched by this gateway until the lease ends."""
    command_id = uuid7()
    reason = f"缺数补取 gap {gap['gap_id']}"
    await tx.execute(
        """insert into device_commands (command_id, mn, command, parameters, reason, requested_by, created_at, expires_at,
                                        state, origin)
           values ($1, $2, $3, $4, $5, 'gap', $6, $7, 'queued', 'gap')""",
        command_id,
        gap["mn"],
        gap["command"],
        parameters,
        reason,
        at,
        at + lease,
    )
    await tx.execute(
        """update record_gaps set state = 'fetching', attempts = attempts + 1, missing_at_try = missing, tried_at = $2,
               command_id = $3, gateway = $4, lease_until = $5 where gap_id = $1""",
        gap["gap_id"],
        at,
        command_id,
        gateway,
        at + lease,
    )


async def close_arrived(tx: Connection, gap_id: UUID, at: datetime) -> None:
    """Close a gap whose records came while it was being found."""
    await tx.execute(
        "update record_gaps set state = 'healed', missing = 0, healed_by = 'device', closed_at = $2 where gap_id = $1",
        gap_id,
        at,
    )


async def ended_fetches(tx: Connection, gateway: str, at: datetime, settled: datetime) -> list[Any]:
    """Return, locked, fetches of this gateway whose command had ended before `settled`, and any whose lease is over."""
    return await tx.fetch(
        """select g.*, c.state as command_state, c.code from record_gaps g
           left join device_commands c on c.command_id = g.command_id
           where g.state = 'fetching'
             and (g.lease_until <= $2 or (g.gateway = $1 and c.finished_at is not null and c.finished_at <= $3))
           order by g.gap_id for update of g skip locked""",
        gateway,
        at,
        settled,
    )


async def lengthen(tx: Connection, gap_id: UUID, until: datetime) -> None:
    """Go on waiting for a command that is still under way."""
    await tx.execute("update record_gaps set lease_until = $2 where gap_id = $1", gap_id, until)


async def after_try(tx: Connection, gap_id: UUID, state: str, verdict: Verdict, at: datetime) -> None:
    """Store what becomes of a gap that a try did not heal."""
    await tx.execute(
        """update record_gaps set state = $2::text, reason = $3, attempts = $4, next_try_at = $5, gateway = null,
               lease_until = null, closed_at = case when $2::text = 'given-up' then $6::timestamptz end
           where gap_id = $1""",
        gap_id,
        state,
        verdict.reason.value,
        verdict.attempts,
        verdict.next_try_at,
        at,
    )


# --- people ----------------------------------------------------------------------------------------------------------


async def locked(tx: Connection, gap_id: UUID) -> Any:
    """Return one gap for a change, or None."""
    return await tx.fetchrow("select * from record_gaps where gap_id = $1 for update", gap_id)


async def one(connection: Connection, gap_id: UUID) -> Any:
    """Return one gap, or None."""
    return await connection.fetchrow("select * from record_gaps where gap_id = $1", gap_id)


async def reopen(tx: Connection, gap_id: UUID, by: str, reason: str, at: datetime) -> None:
    """Let a gap be tried again at once, with all its tries."""
    await tx.execute(
        """update record_gaps set state = 'open', attempts = 0, next_try_at = $4, closed_at = null, decided_by = $2,
               reason = $3 where gap_id = $1""",
        gap_id,
        by,
        reason,
        at,
    )


async def abandon(tx: Connection, gap_id: UUID, by: str, reason: str, at: datetime) -> None:
    """Let nobody fetch a gap any more."""
    await tx.execute(
        "update record_gaps set state = 'abandoned', decided_by = $2, reason = $3, closed_at = $4 where gap_id = $1",
        gap_id,
        by,
        reason,
        at,
    )


_FILTER = """($1::text is null or mn = $1) and ($2::text is null or command = $2) and ($3::text is null or state = $3)
             and ($4::timestamptz is null or ends > $4) and ($5::timestamptz is null or begins < $5)"""


async def gaps(connection: Connection, wanted: GapFilter, *, before: Place | None, limit: int) -> list[Any]:
    """Return gaps, the newest first."""
    return await connection.fetch(
        f"""select * from record_gaps where {_FILTER}
             and ($6::timestamptz is null or (begins, gap_id) < ($6, $7))
           order by begins desc, gap_id desc limit $8""",
        *wanted,
        *(before or (None, None)),
        limit,
    )


async def count_by_state(connection: Connection) -> dict[str, int]:
    """Return how many gaps are in each state."""
    rows = await connection.fetch("select state, count(*) as gaps from record_gaps group by state")
    return {row["state"]: row["gaps"] for row in rows}


async def incomplete_sets(
    connection: Connection, *, mn: str | None, is_open: bool | None, before: tuple[datetime, str] | None, limit: int
) -> list[Any]:
    """Return split sets that were not whole at their deadline, the newest first."""
    return await connection.fetch(
        """select * from incomplete_sets where ($1::text is null or mn = $1)
             and ($2::bool is null or (completed_at is null) = $2)
             and ($3::timestamptz is null or (recorded_at, mn) < ($3, $4))
           order by recorded_at desc, mn desc limit $5""",
        mn,
        is_open,
        *(before or (None, None)),
        limit,
    )


# --- housekeeping ----------------------------------------------------------------------------------------------------


async def forget(tx: Connection, *, days_before: date, closed_before: datetime) -> None:
    """Drop bookkeeping that nothing looks at any more: old days, gaps and sets closed long ago, commands that fetched them."""
    await tx.execute("delete from record_days where day < $1", days_before)
    await tx.execute("delete from record_gaps where closed_at < $1", closed_before)
    await tx.execute("delete from incomplete_sets where recorded_at < $1", closed_before)
    await tx.execute(
        """delete from command_frames f using device_commands c
           where c.command_id = f.command_id and c.origin = 'gap' and c.finished_at < $1""",
        closed_before,
    )
    await tx.execute("delete from device_commands where origin = 'gap' and finished_at < $1", closed_before)
