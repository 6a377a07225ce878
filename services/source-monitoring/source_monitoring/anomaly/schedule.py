"""SQL of the schedule: a row for each point and cadence says when it is due, how far it has judged, and who has it now.

A claim is a lease: it is committed before the work begins, so a second process takes another row; when the first one dies
the lease runs out and the row is claimed again. Work is saved only by whoever still holds the lease.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from park_chassis.database import Connection

from source_monitoring.domain.anomaly.rule_table import EVERY, Cadence

LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that is ours until the lease ends. `judged_until` None: it never ran; `redo_from`: older data came since."""

    point_id: UUID
    cadence: Cadence
    lease: UUID
    judged_until: datetime | None
    redo_from: datetime | None


async def plan(tx: Connection, point_ids: Sequence[UUID], at: datetime) -> None:
    """Give every point its rows, due at once; forget points that are gone."""
    await tx.execute(
        """insert into anomaly_schedule (point_id, cadence, next_due)
           select point_id, cadence, $3 from unnest($1::uuid[]) as points (point_id), unnest($2::text[]) as rows (cadence)
           on conflict do nothing""",
        point_ids, [cadence.value for cadence in EVERY], at,
    )  # fmt: skip
    await tx.execute("delete from anomaly_schedule where point_id <> all($1)", point_ids)


async def claim(tx: Connection, at: datetime, *, limit: int) -> list[Claim]:
    """Take up to `limit` due rows, those waiting longest first. Rows that another process holds are passed over."""
    rows = await tx.fetch(
        """update anomaly_schedule set lease = $2, lease_until = $3 where (point_id, cadence) in (
               select point_id, cadence from anomaly_schedule
               where next_due <= $1 and (lease_until is null or lease_until < $1)
               order by next_due limit $4 for update skip locked)
           returning point_id, cadence, lease, judged_until, redo_from""",
        at, uuid4(), at + LEASE, limit,
    )  # fmt: skip
    return [Claim(r["point_id"], Cadence(r["cadence"]), r["lease"], r["judged_until"], r["redo_from"]) for r in rows]


async def finish(
    tx: Connection,
    claim: Claim,
    *,
    judged_until: datetime | None,
    redo_from: datetime | None,
    next_due: datetime,
    at: datetime,
) -> bool:
    """Write how far a run has come and free the row; False when the lease was lost, then nothing may be saved.

    `redo_from` is what of an older stretch is left. Older data that came during the run (`redo_from` of the row is not what
    it was at the claim any more) stays to be judged.
    """
    done = await tx.fetchval(
        """update anomaly_schedule set judged_until = greatest(judged_until, $4::timestamptz),
               next_due = case when redo_from is not distinct from $5::timestamptz then $6::timestamptz else $7 end,
               redo_from = case when redo_from is not distinct from $5 then $8::timestamptz else redo_from end,
               lease = null, lease_until = null, last_run_at = $7::timestamptz, runs = runs + 1, last_error = ''
           where point_id = $1 and cadence = $2 and lease = $3 returning true""",
        claim.point_id, claim.cadence.value, claim.lease, judged_until, claim.redo_from, next_due, at, redo_from,
    )  # fmt: skip
    return bool(done)


async def put_off(tx: Connection, claim: Claim, error: str, until: datetime) -> None:
    """Free a row whose run failed; it is tried again at `until` and says why."""
    await tx.execute(
        "update anomaly_schedule set lease = null, lease_until = null, next_due = $4, last_error = $5"
        " where point_id = $1 and cadence = $2 and lease = $3",
        claim.point_id, claim.cadence.value, claim.lease, until, error[:2000],
    )  # fmt: skip


async def judge_again(tx: Connection, late: Iterable[tuple[UUID, datetime]], at: datetime) -> None:
    """Have stretches judged again that were judged before this (late) data came."""
    rows = sorted(late)
    if rows:
        await tx.execute(
            """update anomaly_schedule s set redo_from = least(s.redo_from, late.since),
                   next_due = least(s.next_due, $3::timestamptz + interval '1 minute')
               from (select point_id, min(since) as since from unnest($1::uuid[], $2::timestamptz[]) as l (point_id, since)
                     group by point_id) late
               where s.point_id = late.point_id and s.judged_until > late.since""",
            [row[0] for row in rows], [row[1] for row in rows], at,
        )  # fmt: skip


async def hurry(tx: Connection, point_ids: Iterable[UUID], cadence: Cadence, at: datetime) -> None:
    """Make a cadence of points due at once (a device reported a parameter, a setting or record changed)."""
    await tx.execute(
        "update anomaly_schedule set next_due = least(next_due, $3) where point_id = any($1) and cadence = $2",
        sorted(set(point_ids)), cadence.value, at,
    )  # fmt: skip


async def of_point(connection: Connection, point_id: UUID) -> dict[str, dict[str, object]]:
    """Return the rows of a point by cadence, for display."""
    rows = await connection.fetch(
        "select cadence, next_due, judged_until, last_run_at, runs, last_error from anomaly_schedule where point_id = $1",
        point_id,
    )
    return {row["cadence"]: dict(row) for row in rows}
