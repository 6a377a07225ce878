"""Tells what is overdue, and when it is settled: the result came late, was explained, or the plan asks for it no more.

Background work: each round compares what stands as overdue by the plans with what was told, in one transaction under the lock of
manual monitoring, so that several replicas tell each period once. Periods that were over before their plan was on record are
shown, but not told.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_judging import metrics
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded

from source_monitoring.domain.manual.dues import Due, DueState
from source_monitoring.domain.manual.findings import overdue_finding
from source_monitoring.domain.manual.frequencies import WITHIN_A_DAY, Span
from source_monitoring.domain.manual.plans import Plan
from source_monitoring.manual import due_store, store
from source_monitoring.settings import Settings

_LOOKED_BACK: tuple[tuple[bool, timedelta], ...] = ((True, timedelta(days=35)), (False, timedelta(days=800)))
"""How far back periods within a day, and longer ones, are looked at: what is overdue for longer stands as it was told."""


class OverdueWatch:
    """Background work of the service."""

    def __init__(self, database: Database, points: Points, settings: Settings) -> None:
        self._database = database
        self._points = points
        self._settings = settings

    async def run(self) -> None:
        """Look for results that did not come, for ever."""
        while True:
            await self.look(now())
            await asyncio.sleep(self._settings.manual_check_interval_s)

    async def look(self, at: datetime) -> None:
        """Tell what has become overdue by `at`, and what is no more."""
        points = {limits.point.point_id: limits.point for limits in self._points.own() if limits.point.active}
        async with self._database.transaction() as tx:
            await store.lock(tx)
            rows = await store.plans(tx, list(points))
            plans = {row["plan_id"]: store.plan(row) for row in rows}
            overdue = await _overdue(tx, rows, at)
            told = await due_store.standing_overdue(tx)
            for key in overdue.keys() - told.keys():
                await due_store.add_overdue(tx, overdue[key], at)
                point = points[overdue[key].point_id]
                await self._record(tx, overdue_finding(point, plans[key[0]], overdue[key], "violated", at))
            for key in told.keys() - overdue.keys():
                await self._settle(tx, points, plans, told[key], at)

    async def _settle(
        self,
        tx: Connection,
        points: dict[UUID, PointRecord],
        plans: dict[UUID, Plan],
        row: asyncpg.Record,
        at: datetime,
    ) -> None:
        point, plan = points.get(row["point_id"]), plans.get(row["plan_id"])
        if point is None or plan is None or row["period_end"] < at - _looked_back(plan):
            return  # out of service or unknown at this moment, or too long ago to be looked at: it stands
        await due_store.end_overdue(tx, row["plan_id"], row["period_start"], at)
        window = Span(at_park(row["period_start"]), at_park(row["period_end"]))
        settled = Due(plan.plan_id, point.point_id, window, row["due_at"], DueState.DONE, (), 0)
        await self._record(tx, overdue_finding(point, plan, settled, "complied", at))

    async def _record(self, tx: Connection, finding: FindingRecorded) -> None:
        metrics.FINDINGS.labels(finding.rule, finding.verdict).inc()
        await outbox.add(tx, finding_event(self._settings.service, finding))


def _looked_back(plan: Plan) -> timedelta:
    return dict(_LOOKED_BACK)[plan.frequency in WITHIN_A_DAY]


async def _overdue(tx: Connection, rows: Sequence[asyncpg.Record], at: datetime) -> dict[tuple[UUID, datetime], Due]:
    """The overdue periods that are to be told, by (plan, start of the window)."""
    stated = {row["plan_id"]: row["stated_at"] for row in rows}
    found: list[Due] = []
    for within_a_day, back in _LOOKED_BACK:
        some = [row for row in rows if (store.plan(row).frequency in WITHIN_A_DAY) is within_a_day]
        found += await due_store.computed(tx, some, at - back, at, at)
    return {
        (due.plan_id, due.window.start): due
        for due in found
        if due.state is DueState.OVERDUE and due.due_at > stated[due.plan_id]
    }
