"""Fetches gaps by history commands, as long as it disturbs nobody: live data and people's commands go first.

Only the gateway that holds a device's connection takes its gaps; the claim is a locked row with a lease. The command goes the
way of every command (commander): queued in the same transaction, led by hj212.HostSession, kept with its transcript. A gap is
closed by the arrival of its records, not by the end of the command.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.park_time import at_park
from prometheus_client import Counter, Gauge

from hj212_gateway import gap_store, record_store
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.gap_states import (
    FetchBudget,
    GapState,
    GapStep,
    Patience,
    after_try,
    next_gap_state,
    reason_of,
)
from hj212_gateway.domain.record_days import missing_slots

log = logging.getLogger(__name__)

FETCHES = Counter("park_gateway_gap_fetches", "History commands for gaps")
TRIES_FAILED = Counter("park_gateway_gap_tries_failed", "Fetches that did not bring what was missing", ["reason"])
GIVEN_UP = Counter("park_gateway_gaps_given_up", "Gaps given up", ["reason"])
GAPS = Gauge("park_gateway_gaps", "Gaps by state", ["state"])

_LEASE = timedelta(minutes=5)
_SETTLED = timedelta(seconds=5)
"""The last records of a command become durable and are noted within this time after it has ended."""
_COUNT_EVERY_S = 30.0


class FieldOfGaps(Protocol):
    """Where devices are, and whether the gateway has hands free."""

    def settled(self, since: datetime) -> list[str]: ...

    def is_at_ease(self) -> bool: ...


class GapFetcher:
    """Background work of every gateway."""

    def __init__(
        self,
        database: Database,
        gateway: str,
        field: FieldOfGaps,
        wake: Callable[[], None],
        budget: FetchBudget,
        patience: Patience,
        *,
        settle: timedelta,
        every: timedelta,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._field = field
        self._wake = wake
        self._budget = budget
        self._patience = patience
        self._settle = settle
        self._every_s = every.total_seconds()

    async def run(self) -> None:
        """Fetch until cancelled."""
        counted_s = _COUNT_EVERY_S
        while True:
            await self.judge_ended(now())
            await self.begin(now())
            if counted_s >= _COUNT_EVERY_S:
                counted_s = 0.0
                await self._count()
            await asyncio.sleep(self._every_s)
            counted_s += self._every_s

    async def begin(self, at: datetime) -> int:
        """Queue history commands for gaps of devices that are here and have settled; return how many gaps were taken."""
        here = self._field.settled(at - self._settle) if self._field.is_at_ease() else []
        if not here:
            return 0
        async with self._database.transaction() as tx:
            room = self._budget.room(await gap_store.running(tx, self._gateway))
            gaps = await gap_store.claim(tx, here, at, per_device_hour=self._budget.per_device_hour, limit=room)
            for gap in gaps:
                span = await _still_missing_span(tx, gap)
                if span is None:
                    await gap_store.close_arrived(tx, gap["gap_id"], at)
                else:
                    await gap_store.begin_fetch(tx, gap, _request(*span), self._gateway, at, _LEASE)
        if gaps:
            FETCHES.inc(len(gaps))
            self._wake()
        return len(gaps)

    async def judge_ended(self, at: datetime) -> int:
        """Judge fetches that have ended without healing their gap; return how many."""
        async with self._database.transaction() as tx:
            ended = await gap_store.ended_fetches(tx, self._gateway, at, at - _SETTLED)
            for gap in ended:
                await self._judge(tx, gap, at)
        return len(ended)

    async def _judge(self, tx: Connection, gap: Any, at: datetime) -> None:
        ended = CommandState(gap["command_state"]) if gap["command_state"] else None
        if ended in (CommandState.QUEUED, CommandState.SENT):
            await gap_store.lengthen(tx, gap["gap_id"], at + _LEASE)
            return
        reason = reason_of(ended, gap["code"])
        progressed = gap["missing"] < (gap["missing_at_try"] or gap["expected"])
        verdict = after_try(reason, attempts=gap["attempts"], progressed=progressed, now=at, patience=self._patience)
        TRIES_FAILED.labels(reason.value).inc()
        if verdict.step is GapStep.GIVE_UP:
            GIVEN_UP.labels(reason.value).inc()
            log.warning("gap given up", extra={"mn": gap["mn"], "gap_id": str(gap["gap_id"]), "reason": reason.value})
        state = next_gap_state(GapState.FETCHING, verdict.step)
        await gap_store.after_try(tx, gap["gap_id"], state.value, verdict, at)

    async def _count(self) -> None:
        async with self._database.reading() as connection:
            counts = await gap_store.count_by_state(connection)
        for state in GapState:
            GAPS.labels(state.value).set(counts.get(state.value, 0))


async def _still_missing_span(tx: Connection, gap: Any) -> tuple[datetime, datetime] | None:
    """Return where the first missing record of a gap begins and the last one ends, None when nothing is missing."""
    key = (gap["mn"], gap["command"])
    days = await record_store.arrived_days(tx, [(key, (gap["begins"], gap["ends"]))])
    slots = list(missing_slots(days.get(key, {}), gap["begins"], gap["ends"], gap["interval_min"]))
    if not slots:
        return None
    return slots[0], slots[-1] + timedelta(minutes=gap["interval_min"])


def _request(begin: datetime, end: datetime) -> list[dict[str, str]]:
    """Return the CP of a history request.

    ASSUMPTION: EndTime may be read as inclusive or exclusive, the standard does not say; it is the end of the last missing
    interval, so that either reading brings it (at worst one record comes that is here already).
    """
    return [{"BeginTime": f"{at_park(begin):%Y%m%d%H%M%S}"}, {"EndTime": f"{at_park(end):%Y%m%d%H%M%S}"}]
