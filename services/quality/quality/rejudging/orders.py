"""SQL of what is to be judged again: days first <= day < end of a station, how far it is, and what came out otherwise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging.store import Assessment

Place = tuple[datetime, UUID]
ChangePlace = tuple[datetime, str]
"""(start, hour or day)"""


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Order:
    """A station with the day that is next."""

    rejudgement_id: UUID
    point_id: UUID
    day: date


async def begin(
    tx: Connection,
    rejudgement_id: UUID,
    point_id: UUID,
    span: tuple[date, date],
    author: tuple[UUID, str],
    reason: str,
) -> bool:
    """Queue a period; False when another one of the station is not through yet."""
    done = await tx.fetchval(
        "insert into rejudgements (rejudgement_id, point_id, since, until, next_day, reason, author_id, author,"
        " started_at, state) values ($1, $2, $3, $4, $3, $5, $6, $7, $8, $9)"
        " on conflict (point_id) where state in ('queued', 'running') do nothing returning true",
        rejudgement_id, point_id, *span, reason, *author, now(), State.QUEUED.value,
    )  # fmt: skip
    return bool(done)


async def take(tx: Connection) -> Order | None:
    """Take the oldest order that is not through, until the transaction ends; other replicas skip it."""
    row = await tx.fetchrow(
        "select rejudgement_id, point_id, next_day from rejudgements where state in ('queued', 'running')"
        " order by started_at, rejudgement_id limit 1 for update skip locked"
    )
    return None if row is None else Order(row["rejudgement_id"], row["point_id"], row["next_day"])


async def day_done(
    tx: Connection, order: Order, periods: int, made: Sequence[Assessment], findings: tuple[int, int]
) -> None:
    """Note what a day gave, and that the next one is due; after the last one the order is through.

    `findings` are those that were told (again), and those that were withdrawn.
    """
    await tx.executemany(
        "insert into rejudgement_changes values ($1, $2, $3, $4)",
        [(order.rejudgement_id, one.period.value, one.period_start, one.revision) for one in made],
    )
    following = order.day + timedelta(days=1)
    await tx.execute(
        "update rejudgements set next_day = $2, periods = periods + $3, changed = changed + $4,"
        " told = told + $6, withdrawn = withdrawn + $7, state = case when $2 < until then 'running' else 'done' end,"
        " finished_at = case when $2 < until then null else $5::timestamptz end where rejudgement_id = $1",
        order.rejudgement_id, following, periods, len(made), now(), *findings,
    )  # fmt: skip


async def findings_since(
    tx: Connection, point_id: UUID, span: tuple[datetime, datetime], at: datetime
) -> tuple[int, int]:
    """Return how many findings of a station's hours and days were told, and how many withdrawn, since `at`."""
    row = await tx.fetchrow(
        "select count(*) filter (where withdrawn_at is null and (finding->>'recorded_at')::timestamptz >= $4) as told,"
        " count(*) filter (where withdrawn_at >= $4) as withdrawn"
        " from (select point_id, period_start, finding, withdrawn_at from told_exceedances"
        " union all select point_id, period_start, finding, withdrawn_at from told_station_findings) as known"
        " where point_id = $1 and period_start >= $2 and period_start < $3",
        point_id, *span, at,
    )  # fmt: skip
    return (row["told"], row["withdrawn"]) if row is not None else (0, 0)


async def failed(tx: Connection, order: Order, why: str) -> None:
    """Note that a day could not be done; the days before it stay done."""
    await tx.execute(
        "update rejudgements set state = 'failed', failure = $2, finished_at = $3 where rejudgement_id = $1",
        order.rejudgement_id, why, now(),
    )  # fmt: skip


async def listed(
    connection: Connection, point_ids: Iterable[UUID], state: State | None, limit: int, after: Place | None
) -> list[asyncpg.Record]:
    """Return orders of the stations, newest first; `after` is (started at, id) of the last one seen."""
    return await connection.fetch(
        "select * from rejudgements where point_id = any($1) and ($2::text is null or state = $2)"
        " and ($3::timestamptz is null or (started_at, rejudgement_id) < ($3, $4))"
        " order by started_at desc, rejudgement_id desc limit $5",
        list(point_ids), state, *(after or (None, None)), limit,
    )  # fmt: skip


async def one(connection: Connection, rejudgement_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("select * from rejudgements where rejudgement_id = $1", rejudgement_id)


async def changes(
    connection: Connection, rejudgement_id: UUID, period: str | None, limit: int, after: ChangePlace | None
) -> list[asyncpg.Record]:
    """Return what became a new revision, in order of time, with the revision before it (absent: there was none)."""
    return await connection.fetch(
        "select c.period, c.period_start, c.revision, new.factors, new.grade,"
        " old.factors as factors_before, old.grade as grade_before"
        " from rejudgement_changes c join rejudgements r using (rejudgement_id)"
        " join assessments new on new.point_id = r.point_id and new.period = c.period"
        "  and new.period_start = c.period_start and new.revision = c.revision"
        " left join assessments old on old.point_id = r.point_id and old.period = c.period"
        "  and old.period_start = c.period_start and old.revision = c.revision - 1"
        " where c.rejudgement_id = $1 and ($2::text is null or c.period = $2)"
        " and ($3::timestamptz is null or (c.period_start, c.period) > ($3, $4))"
        " order by c.period_start, c.period limit $5",
        rejudgement_id, period, *(after or (None, None)), limit,
    )  # fmt: skip
