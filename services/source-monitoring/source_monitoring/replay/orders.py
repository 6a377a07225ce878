"""SQL of replays: what was asked for, the steps persons took, and lists with how far the work is.

Figures are summed over the points that the reader may see, so that an enterprise counts its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import asyncpg
from park_chassis.clock import now
from park_chassis.database import Connection

from source_monitoring.domain.replay_states import NEXT, ReplayAction, ReplayState

Rules = Literal["today", "that-day"]
Actor = tuple[UUID | None, str]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: days first <= day < end of some points."""

    replay_id: UUID
    first: date
    end: date
    rules: Rules


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of replays is narrowed to; `since` and `until` are days, both inclusive, that the replay touches."""

    state: str | None = None
    rules: str | None = None
    author: str | None = None
    since: date | None = None
    until: date | None = None


async def begin(tx: Connection, order: Order, point_ids: Sequence[UUID], author: tuple[UUID, str], reason: str) -> None:
    """Queue a replay of the points."""
    at = now()
    await tx.execute(
        "insert into replays (replay_id, since, until, rules, reason, author_id, author, started_at, state, days)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        order.replay_id, order.first, order.end, order.rules, reason, *author, at, ReplayState.QUEUED.value,
        (order.end - order.first).days * len(point_ids),
    )  # fmt: skip
    await tx.execute(
        "insert into replay_points (replay_id, point_id) select $1, unnest($2::uuid[])",
        order.replay_id, sorted(point_ids),
    )  # fmt: skip
    await add_step(tx, order.replay_id, ReplayAction.START, author, reason)


async def add_step(tx: Connection, replay_id: UUID, action: ReplayAction, actor: Actor, reason: str) -> None:
    """Write into the record who did what."""
    await tx.execute(
        "insert into replay_steps select $1, coalesce(max(step), 0) + 1, $2, $3, $4, $5, $6 from replay_steps"
        " where replay_id = $1",
        replay_id, action.value, *actor, reason, now(),
    )  # fmt: skip


async def locked_state(tx: Connection, replay_id: UUID) -> ReplayState | None:
    """Return the state of a replay and keep others from changing it until the transaction ends."""
    state = await tx.fetchval("select state from replays where replay_id = $1 for update", replay_id)
    return None if state is None else ReplayState(state)


async def take_step(tx: Connection, replay_id: UUID, action: ReplayAction, actor: Actor, reason: str = "") -> bool:
    """Take a step; return False when the state does not allow it. Raises KeyError when there is no such replay."""
    before = await locked_state(tx, replay_id)
    if before is None:
        raise KeyError(replay_id)
    after = NEXT.get((before, action))
    if after is None:
        return False
    await tx.execute("update replays set state = $2 where replay_id = $1", replay_id, after.value)
    await add_step(tx, replay_id, action, actor, reason)
    return True


_SUMS = """
select r.*, s.*, p.* from replays r
cross join lateral (
    select count(*) as points, count(*) filter (where finished_at is not null) as points_done,
           count(*) filter (where failure is not null) as points_failed,
           coalesce(array_agg(point_id order by point_id), '{}') as point_ids
    from replay_points where replay_id = r.replay_id and point_id = any($1)) as p
cross join lateral (
    select count(*) as days_done, coalesce(sum(periods), 0)::int as periods, coalesce(sum(changed), 0)::int as changed,
           sum(adopted)::int as adopted, sum(outdated)::int as outdated
    from replay_days where replay_id = r.replay_id and point_id = any($1)) as s
where p.points > 0
"""


async def listed(
    connection: Connection,
    point_ids: Sequence[UUID],
    filters: Filters,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> list[asyncpg.Record]:
    """Return replays that touch any of the points, newest first; the place `after` is (started at, id) of the last one."""
    return await connection.fetch(
        _SUMS + " and ($4::text is null or state = $4) and ($5::text is null or rules = $5)"
        " and ($6::text is null or author ilike '%' || replace(replace($6, '%', '\\%'), '_', '\\_') || '%')"
        " and ($7::date is null or until > $7) and ($8::date is null or since <= $8)"
        " and ($2::timestamptz is null or (r.started_at, r.replay_id) < ($2, $3))"
        " order by r.started_at desc, r.replay_id desc limit $9",
        list(point_ids), *(after or (None, None)), filters.state, filters.rules, filters.author, filters.since,
        filters.until, limit,
    )  # fmt: skip


async def one(connection: Connection, replay_id: UUID, point_ids: Sequence[UUID]) -> asyncpg.Record | None:
    """Return a replay with its figures over the points; None when there is none that touches any of them."""
    return await connection.fetchrow(_SUMS + " and r.replay_id = $2", list(point_ids), replay_id)


async def steps(connection: Connection, replay_id: UUID) -> list[asyncpg.Record]:
    return await connection.fetch(
        "select step, action, actor, reason, at from replay_steps where replay_id = $1 order by step", replay_id
    )


async def of_points(connection: Connection, replay_id: UUID, point_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Return how far each point is and what came of it."""
    return await connection.fetch(
        """select p.point_id, p.finished_at, p.failure, count(d.day)::int as days_done,
                  coalesce(sum(d.periods), 0)::int as periods, coalesce(sum(d.changed), 0)::int as changed,
                  sum(d.adopted)::int as adopted, sum(d.outdated)::int as outdated,
                  count(d.day) filter (where d.changed > 0 and v.state = 'approved')::int as approved_days
           from replay_points p left join replay_days d using (replay_id, point_id)
           left join day_reviews v on v.point_id = d.point_id and v.day = d.day
           where p.replay_id = $1 and p.point_id = any($2) group by 1, 2, 3 order by changed desc, 1""",
        replay_id, list(point_ids),
    )  # fmt: skip


async def same_asked(connection: Connection, replay_id: UUID, *, limit: int = 5) -> list[asyncpg.Record]:
    """Return other judged replays of the same days, rules and points, newest first: their digests can be compared."""
    return await connection.fetch(
        """select o.replay_id, o.author, o.started_at, o.digest, o.state, o.digest = r.digest as identical
           from replays r join replays o on o.since = r.since and o.until = r.until and o.rules = r.rules
                and o.days = r.days and o.replay_id <> r.replay_id and o.digest is not null
           where r.replay_id = $1 and r.digest is not null
             and (select array_agg(point_id order by point_id) from replay_points where replay_id = o.replay_id)
               = (select array_agg(point_id order by point_id) from replay_points where replay_id = r.replay_id)
           order by o.started_at desc limit $2""",
        replay_id, limit,
    )  # fmt: skip
