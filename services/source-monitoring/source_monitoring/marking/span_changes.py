"""Hours computed anew when what makes them invalid changes: a check, a monitor on file."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection

from source_monitoring.marking import examination, monitor_store, store
from source_monitoring.marking.desk import LONGEST


@asynccontextmanager
async def recomputed(tx: Connection, point_id: UUID, factors: Iterable[str]) -> AsyncIterator[None]:
    """Have the hours computed anew whose span out of control or overdue differs after the block; a year back at most."""
    wanted, at = list(factors), now()
    before = await _spans(tx, point_id)
    yield
    after = await _spans(tx, point_id)
    for factor in wanted:
        for span in set(before.get(factor, ())) ^ set(after.get(factor, ())):
            since = max(span.start or at - LONGEST, at - LONGEST)
            await examination.recompute(tx, point_id, since, span.end or at)


async def _spans(tx: Connection, point_id: UUID) -> store.Spans:
    out = await store.out_of_control(tx, point_id)
    late = await monitor_store.overdue(tx, point_id, now())
    return {factor: (*out.get(factor, ()), *late.get(factor, ())) for factor in {*out, *late}}
