"""The schedule's work: claim a row, read its point once, judge in a thread, save under the lease.

Between claim and save nothing is held open. A crash anywhere loses only the lease's two minutes: what was not saved is
judged again, and judging again changes nothing that was found before (episodes.py).
"""

import asyncio
import logging
from datetime import datetime, timedelta

from park_chassis.clock import now
from park_chassis.database import TROUBLE, Database
from park_chassis.errors import Transient
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points

from source_monitoring.anomaly import schedule, store
from source_monitoring.anomaly.reading import last_times
from source_monitoring.anomaly.recording import Found, record
from source_monitoring.anomaly.windows import window_of
from source_monitoring.domain.anomaly.judging import Outcome, found_by, judge
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS, Cadence
from source_monitoring.domain.anomaly.spans import Span, next_due, span_of
from source_monitoring.domain.anomaly.window import Window
from source_monitoring.settings import Settings

log = logging.getLogger(__name__)

_AT_ONCE = 4
_PUT_OFF = timedelta(minutes=10)
_PLAN_EVERY = timedelta(minutes=1)
_STREAM_RULES = frozenset(run.rule_id for run in RULE_RUNS.values() if run.cadence is Cadence.STREAM)


class AnomalyRunner:
    """Background work of source-monitoring; any number of processes may run it."""

    def __init__(self, database: Database, points: Points, settings: Settings) -> None:
        self._database = database
        self._points = points
        self._pause_s = settings.anomaly_poll_s
        self._planned_at: datetime | None = None

    async def run(self) -> None:
        """Work off what is due, for ever."""
        while True:
            if not await self.work(now()):
                await asyncio.sleep(self._pause_s)

    async def work(self, at: datetime) -> int:
        """Do one round: plan, claim, run; return how many rows were run."""
        if self._planned_at is None or at - self._planned_at >= _PLAN_EVERY:
            await self.plan(at)
        async with self._database.transaction() as tx:
            claims = await schedule.claim(tx, at, limit=_AT_ONCE)
        for claim in claims:
            await self._run(claim, at)
        return len(claims)

    async def plan(self, at: datetime) -> None:
        """Give every active own point its rows, and forget old packets."""
        own = [limits.point.point_id for limits in self._points.own() if limits.point.active]
        async with self._database.transaction() as tx:
            await schedule.plan(tx, own, at)
            await store.forget_packets(tx, at)
        self._planned_at = at

    async def _run(self, claim: schedule.Claim, at: datetime) -> None:
        try:
            await self._judge(claim, at)
        except (Transient, *TROUBLE):
            raise
        except Exception as error:
            log.exception("anomaly rules failed", extra={"point_id": claim.point_id, "cadence": claim.cadence.value})
            async with self._database.transaction() as tx:
                await schedule.put_off(tx, claim, f"{type(error).__name__}: {error}", at + _PUT_OFF)

    async def _judge(self, claim: schedule.Claim, at: datetime) -> None:
        limits = self._points.get(claim.point_id)
        async with self._database.reading() as connection:
            times = await last_times(connection, claim.point_id)
            if limits is None or times is None:
                window = None
            else:
                span = span_of(claim.cadence, min(times[0], at), claim.judged_until, claim.redo_from)
                version, settings = await store.settings_of(connection, claim.point_id)
                window = await window_of(connection, self._points, limits, settings, claim.cadence, span, at, times[1])
        if limits is None or window is None:
            async with self._database.transaction() as tx:
                due = next_due(claim.cadence, at, None, claim.point_id)
                await schedule.finish(tx, claim, judged_until=claim.judged_until, redo_from=None, next_due=due, at=at)
            return
        outcomes = await asyncio.to_thread(judge, window, claim.cadence, new_data=span.has_new)
        await self._save(claim, limits, window, version, span, outcomes, at)

    async def _save(
        self, claim: schedule.Claim, limits: PointLimits, window: Window, version: int, span: Span,
        outcomes: list[Outcome], at: datetime,
    ) -> None:  # fmt: skip
        silent = frozenset((one.rule_id, one.factor) for one in outcomes if one.state != "judged")
        ran = {one.rule_id for one in outcomes if one.state == "judged"}
        if claim.cadence is Cadence.TEN_MINUTES:
            ran |= _STREAM_RULES
        clock = any(RULE_RUNS[rule_id].by_clock for rule_id in ran) or claim.cadence is Cadence.TEN_MINUTES
        until = max(span.until, claim.judged_until or span.until)
        async with self._database.transaction() as tx:
            due = next_due(claim.cadence, at, span, claim.point_id)
            held = await schedule.finish(tx, claim, judged_until=span.until, redo_from=span.rest, next_due=due, at=at)
            if not held:
                log.warning(
                    "lease lost, nothing saved", extra={"point_id": claim.point_id, "cadence": claim.cadence.value}
                )
                return
            await store.save_states(
                tx, claim.point_id, outcomes, at=at, since=span.since, until=span.until, version=version
            )
            for by_clock in (False, True) if clock else (False,):
                rules = frozenset(r for r in ran if _goes_by_clock(r) is by_clock)
                found = [one for one in found_by(outcomes) if _goes_by_clock(one[0]) is by_clock]
                await record(
                    tx,
                    Found(
                        limits,
                        window.settings,
                        version,
                        found,
                        rules,
                        span.since,
                        at if by_clock else until,
                        at,
                        silent,
                    ),
                )


def _goes_by_clock(rule_id: str) -> bool:
    return RULE_RUNS[rule_id].by_clock or rule_id in _STREAM_RULES
