"""SQL of watches, dirty periods and assessments. Frames and latest values are the chassis' (park_chassis.timeseries)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.codes import Period

from park_judging.domain.watching import Watch, WatchKey

DirtyPeriod: TypeAlias = tuple[UUID, Period, datetime]
"""(point id, hour or day, start)"""


async def open_watches(tx: Connection, point_ids: Iterable[UUID]) -> dict[WatchKey, Watch]:
    """Return the open watches of the points."""
    rows = await tx.fetch("select * from exceedance_watch where point_id = any($1)", list(point_ids))
    return {
        (row["point_id"], row["factor"], row["period"], row["limit_id"], row["origin"]): Watch(
            row["opened_at"], row["last_at"], row["streak"]
        )
        for row in rows
    }


async def save_watches(tx: Connection, changed: Mapping[WatchKey, Watch | None]) -> None:
    """Write the changed watches, delete those that ended."""
    kept = [(*key, watch.opened_at, watch.last_at, watch.streak) for key, watch in changed.items() if watch is not None]
    ended = [key for key, watch in changed.items() if watch is None]
    if kept:
        await tx.executemany(
            "insert into exceedance_watch values ($1, $2, $3, $4, $5, $6, $7, $8)"
            " on conflict (point_id, factor, period, limit_id, origin) do update"
            " set opened_at = excluded.opened_at, last_at = excluded.last_at, streak = excluded.streak",
            sorted(kept),
        )
    if ended:
        await tx.executemany(
            "delete from exceedance_watch"
            " where point_id = $1 and factor = $2 and period = $3 and limit_id = $4 and origin = $5",
            sorted(ended),
        )


async def mark_dirty(tx: Connection, periods: Iterable[DirtyPeriod], marked_at: datetime) -> None:
    """Note that periods have to be computed (anew).

    The row is written even when it is there already: its lock makes the closing of the period wait for our frames, or us
    for the closing, after which the row is there again. With `do nothing` a frame that is stored during the closing
    would be missed.
    """
    rows = sorted(set(periods))
    if not rows:
        return
    await tx.execute(
        "insert into dirty_periods select point_id, period, period_start, $4"
        " from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as marked (point_id, period, period_start)"
        " on conflict (point_id, period, period_start) do update set marked_at = excluded.marked_at",
        [row[0] for row in rows], [row[1].value for row in rows], [row[2] for row in rows], marked_at,
    )  # fmt: skip


async def forget_dirty(tx: Connection, periods: Iterable[DirtyPeriod]) -> None:
    """Take periods off the list again, in the transaction that marked and computed them."""
    await tx.executemany(
        "delete from dirty_periods where point_id = $1 and period = $2 and period_start = $3",
        sorted((point_id, period.value, start) for point_id, period, start in set(periods)),
    )


@dataclass(frozen=True, slots=True)
class Patience:
    """When a dirty period is due. `grace` is time of the data, `settle` and `silence` are our own."""

    grace: timedelta
    settle: timedelta
    silence: timedelta


_DUE = """
select d.point_id, d.period_start from dirty_periods d
left join unnest($8::uuid[], $9::interval[]) as later (point_id, by) on later.point_id = d.point_id
cross join lateral (select d.period_start + coalesce(later.by, '0') as begins) as span
where d.period = $1 and d.marked_at <= $3::timestamptz - $5::interval
  and (exists (select from latest l where l.point_id = d.point_id and l.rank_time >= begins + $2::interval + $4::interval)
       or (d.marked_at <= $3 - $6::interval and begins + $2 + $4 <= $3))
  and not ($1 = 'day' and exists (
      select from dirty_periods h where h.point_id = d.point_id and h.period = 'hour'
      and h.period_start >= begins and h.period_start < begins + $2))
order by d.period_start, d.point_id limit $7 for update of d skip locked
"""


async def take_due(
    tx: Connection,
    period: Period,
    length: timedelta,
    now: datetime,
    patience: Patience,
    *,
    limit: int,
    later: Mapping[UUID, timedelta] = MappingProxyType({}),
) -> list[tuple[UUID, datetime]]:
    """Take up to `limit` periods that are due off the list, oldest first; other replicas skip them.

    A period is due when the point's data has gone past its end by `grace` and no mark came for `settle`, or when the
    point has been silent for `silence`. A day waits for its hours. `later` says of which points the period begins (and ends)
    later than the calendar's.
    """
    rows = await tx.fetch(
        _DUE, period.value, length, now, patience.grace, patience.settle, patience.silence, limit,
        list(later), list(later.values()),
    )  # fmt: skip
    due = [(row["point_id"], row["period_start"]) for row in rows]
    await forget_dirty(tx, [(point_id, period, start) for point_id, start in due])
    return due


@dataclass(frozen=True, slots=True)
class Assessment:
    """An hour or a day of a point as it was computed."""

    point_id: UUID
    period: Period
    period_start: datetime
    revision: int
    made_at: datetime
    factors: list[FactorAssessment]
    grade: QualityGrade | None = None


async def assessments(
    connection: Connection, point_id: UUID, period: Period, since: datetime, until: datetime, *, limit: int = 10_000
) -> list[Assessment]:
    """Return the newest revision of each assessment with since <= period_start < until, oldest first."""
    rows = await connection.fetch(
        "select distinct on (period_start) * from assessments"
        " where point_id = $1 and period = $2 and period_start >= $3 and period_start < $4"
        " order by period_start, revision desc limit $5",
        point_id, period.value, since, until, limit,
    )  # fmt: skip
    return [_assessment(row) for row in rows]


async def revisions(connection: Connection, point_id: UUID, period: Period, start: datetime) -> list[Assessment]:
    """Return all revisions of one assessment, oldest first."""
    rows = await connection.fetch(
        "select * from assessments where point_id = $1 and period = $2 and period_start = $3 order by revision",
        point_id, period.value, start,
    )  # fmt: skip
    return [_assessment(row) for row in rows]


async def add_assessments(tx: Connection, made: Sequence[Assessment]) -> None:
    """Store new revisions."""
    await tx.executemany(
        "insert into assessments (point_id, period, period_start, revision, made_at, factors, grade)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        [
            (
                one.point_id, one.period.value, one.period_start, one.revision, one.made_at,
                msgspec.to_builtins(one.factors), msgspec.to_builtins(one.grade),
            )
            for one in made
        ],
    )  # fmt: skip


def _assessment(row: asyncpg.Record) -> Assessment:
    return Assessment(
        point_id=row["point_id"],
        period=Period(row["period"]),
        period_start=row["period_start"],
        revision=row["revision"],
        made_at=row["made_at"],
        factors=msgspec.convert(row["factors"], list[FactorAssessment]),
        grade=msgspec.convert(row["grade"], QualityGrade | None),
    )


async def newest_times(connection: Connection, point_ids: Sequence[UUID]) -> dict[UUID, tuple[datetime, datetime]]:
    """Return (newest believed data time, last time of arrival) of the points that have ever sent a frame."""
    rows = await connection.fetch(
        """select point_id, max(rank_time) as newest, max(received_at) as received
           from latest where point_id = any($1) group by point_id""",
        point_ids,
    )
    return {row["point_id"]: (row["newest"], row["received"]) for row in rows}


async def silent_points(tx: Connection) -> dict[UUID, datetime]:
    """Return the points found silent with their last time before, and keep other replicas from judging them now."""
    await tx.execute("lock table silent_points in share row exclusive mode")
    rows = await tx.fetch("select point_id, since from silent_points")
    return {row["point_id"]: row["since"] for row in rows}


async def add_silent(tx: Connection, found: Sequence[tuple[UUID, datetime, datetime]]) -> None:
    """Note points as silent: (point, since, found at)."""
    await tx.executemany("insert into silent_points (point_id, since, found_at) values ($1, $2, $3)", found)


async def forget_silent(tx: Connection, point_ids: Sequence[UUID]) -> None:
    """Note that points are not silent any more."""
    if point_ids:
        await tx.execute("delete from silent_points where point_id = any($1)", point_ids)
