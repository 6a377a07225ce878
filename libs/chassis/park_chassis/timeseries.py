"""Time series of field devices: one row a frame, arrays inside, revisions instead of overwrites. It knows no pollutant.

    frames   every frame, partitioned by month (timeseries_ddl); natural key (mn, command, data_time) + revision
    latest   for each (point, mn, command) the newest frame; "newest" by `rank_time`, which is data_time unless the
             device's clock runs ahead by more than the tolerance: then it is received_at, so that a logger that once
             said 2040 does not hide its own later values

Writing is one COPY into a temporary table and one insert for the whole batch. What is already there takes the slow path:
the same again is dropped, something new under the same key becomes the next revision (`frame_revisions`).
"""

import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID

import asyncpg
from park_schemas.park_time import at_park

from park_chassis.database import Connection, Database
from park_chassis.frame_copy import encode_frames
from park_chassis.frame_revisions import CLOCK_TOLERANCE, Entry, Frame, Key, Stored, revise
from park_chassis.timeseries_ddl import COLUMN_NAMES, COLUMNS

_NAMES = ", ".join(f'"{name}"' for name in COLUMN_NAMES)
_UPDATES = ", ".join(f'"{name}" = excluded."{name}"' for name in (*COLUMN_NAMES, "rank_time"))

_INCOMING_COLUMNS = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS)
# Its columns are written out, not taken from `frames`: reading that would lock partitions before the insert locks the parent,
# the other way round than the making of a month does.
_INCOMING = f"create temporary table if not exists incoming_frames ({_INCOMING_COLUMNS}) on commit delete rows"

_INSERT = f"""
with stored as (
    insert into frames ({_NAMES}) select {_NAMES} from incoming_frames on conflict do nothing returning *
), newest as (
    select distinct on (point_id, mn, command) s.*,
           case when s.data_time > s.received_at + $1::interval then s.received_at else s.data_time end as rank_time
    from stored s order by point_id, mn, command, rank_time desc, revision desc
), shown as (
    insert into latest ({_NAMES}, rank_time) select {_NAMES}, rank_time from newest
    on conflict (point_id, mn, command) do update set {_UPDATES}
    where (excluded.rank_time, excluded.revision) > (latest.rank_time, latest.revision)
)
select mn, command, data_time from stored
"""

_REVISIONS = f"""
select {_NAMES} from frames
join unnest($1::text[], $2::text[], $3::timestamptz[]) as wanted (mn, command, data_time) using (mn, command, data_time)
where data_time >= $4 and data_time <= $5
order by mn, command, data_time, revision
"""


async def store(
    tx: Connection, frames: Sequence[Frame], *, clock_tolerance: timedelta = CLOCK_TOLERANCE
) -> list[Stored]:
    """Store a batch in the caller's transaction; return what was new, in the order of arrival.

    A frame whose every entry is already in some revision of its key is dropped. `revision` of the given frames is
    ignored. Raises asyncpg.UniqueViolationError when another transaction writes the same key at this very moment
    (two owners of one device): the caller's batch is to be tried again.
    """
    if not frames:
        return []
    first: dict[Key, Frame] = {}
    again: list[Frame] = []
    for frame in frames:
        if frame.key in first:
            again.append(frame)
        else:
            first[frame.key] = frame
    inserted = set(await _insert(tx, list(first.values()), clock_tolerance))
    known_before = [frame for key, frame in first.items() if key not in inserted]
    revised = await _revise(tx, known_before + again, clock_tolerance) if known_before or again else []
    new = [Stored(first[key], frozenset(first[key].entries)) for key in first if key in inserted]
    return new + revised


async def _insert(tx: Connection, frames: list[Frame], clock_tolerance: timedelta) -> list[Key]:
    await tx.execute(_INCOMING)
    await tx.execute("delete from incoming_frames")
    await tx.copy_to_table(
        "incoming_frames", source=io.BytesIO(encode_frames(frames)), columns=COLUMN_NAMES, format="binary"
    )
    rows = await tx.fetch(_INSERT, clock_tolerance)
    return [(row["mn"], row["command"], row["data_time"]) for row in rows]


async def _revise(tx: Connection, frames: list[Frame], clock_tolerance: timedelta) -> list[Stored]:
    keys = list(dict.fromkeys(frame.key for frame in frames))
    times = [key[2] for key in keys]
    known: dict[Key, list[Frame]] = {key: [] for key in keys}
    for row in await tx.fetch(
        _REVISIONS, [key[0] for key in keys], [key[1] for key in keys], times, min(times), max(times)
    ):
        revision = frame_of(row)
        known[revision.key].append(revision)
    revised: list[Stored] = []
    for frame in frames:
        outcome = revise(known[frame.key], frame)
        if outcome is not None:
            known[frame.key].append(outcome[0])
            revised.append(Stored(*outcome))
    if revised:
        inserted = await _insert(tx, [stored.frame for stored in revised], clock_tolerance)
        if len(inserted) != len(revised):
            raise asyncpg.UniqueViolationError("another transaction wrote a revision of the same frame")
    return revised


def frame_of(row: asyncpg.Record) -> Frame:
    """Return the frame of a row of `frames` or `latest`."""
    spellings = row["spellings"] or [None] * len(row["factors"])
    return Frame(
        mn=row["mn"],
        command=row["command"],
        data_time=row["data_time"],
        revision=row["revision"],
        point_id=row["point_id"],
        period=row["period"],
        received_at=row["received_at"],
        event_id=row["event_id"],
        supplementary=row["supplementary"],
        incomplete=row["incomplete"],
        entries=dict(
            zip(
                zip(row["factors"], row["attributes"], strict=True),
                map(Entry, row["values"], row["decimals"], row["marks"], spellings),
                strict=True,
            )
        ),
    )


async def mark_incomplete(tx: Connection, key: Key, known_at: datetime) -> bool:
    """Mark the newest revision of a frame as incomplete, as it was known to be at `known_at`; return whether it was there.

    A revision that was received later has brought what was missing, or says itself that more is: it is left as it is.
    """
    done = await tx.execute(
        """update frames f set incomplete = true
           where mn = $1 and command = $2 and data_time = $3 and received_at <= $4
             and revision = (select max(revision) from frames n
                             where n.mn = f.mn and n.command = f.command and n.data_time = f.data_time)""",
        *key,
        known_at,
    )
    await tx.execute(
        """update latest set incomplete = true
           where mn = $1 and command = $2 and data_time = $3 and received_at <= $4""",
        *key,
        known_at,
    )
    return bool(done.endswith(" 1"))


async def latest(connection: Connection, point_ids: Sequence[UUID]) -> list[Frame]:
    """Return the newest frame of each (point, mn, command), newest first within a point."""
    rows = await connection.fetch(
        "select * from latest where point_id = any($1) order by point_id, rank_time desc", point_ids
    )
    return [frame_of(row) for row in rows]


async def watermark(connection: Connection, point_id: UUID) -> datetime | None:
    """Return how far a point's data has come: the newest believed time, None when nothing was ever stored."""
    newest: datetime | None = await connection.fetchval(
        "select max(rank_time) from latest where point_id = $1", point_id
    )
    return newest


_OF_POINT = """
    from latest device
    join frames f on f.mn = device.mn and f.command = device.command and f.point_id = device.point_id
    where device.point_id = $1 and f.period = $2 and f.data_time >= $3 and f.data_time < $4
"""
# The devices of a point come from `latest`, so the primary key of `frames` serves every query and no second index is written.


async def current_frames(
    connection: Connection, point_id: UUID, period: str, since: datetime, until: datetime
) -> list[Frame]:
    """Return the newest revision of each frame with since <= data_time < until, in order of time."""
    rows = await connection.fetch(
        f"select distinct on (f.data_time, f.mn, f.command) f.* {_OF_POINT}"
        " order by f.data_time, f.mn, f.command, f.revision desc",
        point_id, period, since, until,
    )  # fmt: skip
    return [frame_of(row) for row in rows]


async def frames_with_revisions(
    connection: Connection,
    point_id: UUID,
    period: str,
    since: datetime,
    until: datetime,
    *,
    limit: int,
    after: tuple[datetime, str, str, int] | None = None,
) -> list[Frame]:
    """Return up to `limit` frames with all revisions, newest data_time first, those after the place `after`.

    A place is (data_time, mn, command, revision) of the last frame of the page before.
    """
    rows = await connection.fetch(
        f"select f.* {_OF_POINT}"
        " and ($6::timestamptz is null or (f.data_time, f.mn, f.command, f.revision) < ($6, $7, $8, $9))"
        " order by f.data_time desc, f.mn desc, f.command desc, f.revision desc limit $5",
        point_id, period, since, until, limit, *(after or (None, None, None, None)),
    )  # fmt: skip
    return [frame_of(row) for row in rows]


def months_around(today: date, *, behind: int, ahead: int) -> list[date]:
    """Return the first days of the months from `behind` before to `ahead` after the month of `today`."""
    month = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(month - behind, month + ahead + 1)]


async def make_partitions(database: Database, today: datetime, *, ahead: int = 3, adopt_behind: int = 40) -> list[date]:
    """Make the months to come, and those believable ones whose frames lie in the default partition; return what was made.

    `adopt_behind` months back (a bit over the three years raw telemetry is kept) are believed; what claims to be older or
    farther ahead stays in the default partition. Each month is a transaction of its own, so locks are short.
    """
    wall_date = at_park(today).date()
    wanted = months_around(wall_date, behind=1, ahead=ahead)
    believed = set(months_around(wall_date, behind=adopt_behind, ahead=ahead))
    async with database.reading() as connection:
        strays = await connection.fetch(
            "select distinct date_trunc('month', data_time at time zone interval '+08:00')::date as month from frames_default"
        )
    made = []
    for month in chain(wanted, sorted({row["month"] for row in strays} & believed - set(wanted))):
        async with database.transaction() as tx:
            if await tx.fetchval("select frames_ensure_month($1)", month):
                made.append(month)
    return made
