"""SQL of the work on replays: a claim on a point of one is a lease, committed before the work begins. Each finished day is
committed with what it gave and prolongs the lease; when a process dies, another one goes on at the next day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from park_chassis.clock import now
from park_chassis.database import Connection

from source_monitoring.domain.replay_states import ReplayAction, ReplayState
from source_monitoring.replay import orders

LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Claim:
    """A point of a replay that is ours until the lease ends. `state` says whether it is judged or adopted."""

    order: orders.Order
    point_id: UUID
    state: ReplayState
    lease: UUID


_OPEN = """
select p.replay_id, p.point_id from replay_points p join replays r using (replay_id)
where (r.state in ('queued', 'running') and p.finished_at is null
       or r.state = 'adopting' and p.failure is null and p.adopted_at is null)
  and (p.lease_until is null or p.lease_until < $1)
order by r.started_at, p.replay_id, p.point_id limit 1 for update of p skip locked
"""


async def take(tx: Connection, at: datetime) -> Claim | None:
    """Take the next point that waits, None when there is none. Points that another process holds are passed over."""
    found = await tx.fetchrow(_OPEN, at)
    if found is None:
        return None
    lease = uuid4()
    await tx.execute(
        "update replay_points set lease = $3, lease_until = $4 where replay_id = $1 and point_id = $2",
        found["replay_id"], found["point_id"], lease, at + LEASE,
    )  # fmt: skip
    state = await orders.locked_state(tx, found["replay_id"])
    if state is ReplayState.QUEUED:
        await tx.execute("update replays set state = 'running' where replay_id = $1", found["replay_id"])
        state = ReplayState.RUNNING
    row = await tx.fetchrow("select since, until, rules from replays where replay_id = $1", found["replay_id"])
    if row is None or state not in {ReplayState.RUNNING, ReplayState.ADOPTING}:
        return None  # cancelled at this moment
    return Claim(
        orders.Order(found["replay_id"], row["since"], row["until"], row["rules"]), found["point_id"], state, lease
    )


async def hold(tx: Connection, claim: Claim) -> bool:
    """Prolong the lease; False when it is not ours any more or the replay was cancelled: then nothing may be written."""
    return bool(
        await tx.fetchval(
            "update replay_points p set lease_until = $4 from replays r"
            " where p.replay_id = $1 and p.point_id = $2 and p.lease = $3 and r.replay_id = p.replay_id and r.state = $5"
            " returning true",
            claim.order.replay_id, claim.point_id, claim.lease, now() + LEASE, claim.state.value,
        )
    )  # fmt: skip


async def point_judged(tx: Connection, claim: Claim, failure: str | None) -> None:
    """Note that a point is judged, or why it could not be; after the last one the replay is done, with its digests."""
    await _free(tx, claim, "finished_at", failure)
    replay_id = claim.order.replay_id
    row = await tx.fetchrow(
        "select bool_and(finished_at is not null) as all_done, bool_and(failure is not null) as all_failed"
        " from replay_points where replay_id = $1",
        replay_id,
    )
    if row is None or not row["all_done"] or await orders.locked_state(tx, replay_id) is not ReplayState.RUNNING:
        return
    days = await tx.fetch(
        "select point_id, day, digest, stored_digest from replay_days where replay_id = $1 order by point_id, day",
        replay_id,
    )
    digest, stored = (
        sha256("".join(f"{one['point_id']} {one['day']} {one[name]}\n" for one in days).encode()).hexdigest()
        for name in ("digest", "stored_digest")
    )
    action = ReplayAction.FAIL if row["all_failed"] else ReplayAction.FINISH
    await tx.execute(
        "update replays set finished_at = $2, digest = $3, stored_digest = $4 where replay_id = $1",
        replay_id, now(), None if row["all_failed"] else digest, None if row["all_failed"] else stored,
    )  # fmt: skip
    await orders.take_step(tx, replay_id, action, (None, ""))


async def point_adopted(tx: Connection, claim: Claim, failure: str | None) -> None:
    """Note that what differs at a point is adopted, or why that could not be; after the last one the replay is adopted."""
    await _free(tx, claim, "adopted_at", failure)
    replay_id = claim.order.replay_id
    waits = await tx.fetchval(
        "select exists (select from replay_points where replay_id = $1 and failure is null and adopted_at is null)",
        replay_id,
    )
    if not waits:
        await orders.take_step(tx, replay_id, ReplayAction.FINISH, (None, ""))


async def skip_unchanged(tx: Connection, replay_id: UUID) -> None:
    """Note that there is nothing to adopt at points of which nothing differs."""
    await tx.execute(
        "update replay_points p set adopted_at = $2 where replay_id = $1 and not exists (select from replay_days d"
        " where d.replay_id = p.replay_id and d.point_id = p.point_id and d.changed > 0)",
        replay_id, now(),
    )  # fmt: skip


async def _free(tx: Connection, claim: Claim, column: str, failure: str | None) -> None:
    # The replay's row first: of two processes that finish the last two points, the second one sees both.
    await orders.locked_state(tx, claim.order.replay_id)
    await tx.execute(
        f"update replay_points set {column} = $4, failure = $5, lease = null, lease_until = null"
        " where replay_id = $1 and point_id = $2 and lease = $3",
        claim.order.replay_id, claim.point_id, claim.lease, now(), failure,
    )  # fmt: skip
