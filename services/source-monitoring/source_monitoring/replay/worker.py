"""Background work: replays are judged, and adopted, point by point and day by day; several processes share the points."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import TypeAlias

import asyncpg
from park_chassis.clock import now
from park_chassis.database import TROUBLE, Connection, Database
from park_chassis.errors import Transient
from park_judging.closing import Closing
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import days_between
from park_judging.registry import Points

from source_monitoring.domain.replay_states import ReplayState
from source_monitoring.replay import claims, results, running
from source_monitoring.replay.adopting import adopt_day

log = logging.getLogger(__name__)

_Work: TypeAlias = Callable[[claims.Claim], Awaitable[bool]]
"""Does a point; False when the claim was lost or the replay cancelled on the way."""
_Ended: TypeAlias = Callable[[Connection, claims.Claim, str | None], Awaitable[None]]
_DayWork: TypeAlias = Callable[[Connection, claims.Claim, PointLimits, date], Awaitable[None]]

_TRIES = 3


class PointGoneError(Exception):
    """The registry does not know the point any more."""


class ReplayWorker:
    """Does what was asked for. Each day is one transaction with what it gave; between days others get their turn."""

    def __init__(self, database: Database, points: Points, closing: Closing, *, poll_s: float) -> None:
        self._database = database
        self._points = points
        self._closing = closing
        self._poll_s = poll_s
        self._work: Mapping[ReplayState, tuple[_Work, _Ended]] = {
            ReplayState.RUNNING: (self._judge, claims.point_judged),
            ReplayState.ADOPTING: (self._adopt, claims.point_adopted),
        }

    async def run(self) -> None:
        """Work, for ever."""
        while True:
            if not await self.work_one():
                await asyncio.sleep(self._poll_s)

    async def work_one(self) -> bool:
        """Do the next point that waits; return whether there was one. A point that cannot be done says why."""
        async with self._database.transaction() as tx:
            claim = await claims.take(tx, now())
        if claim is None:
            return False
        work, ended = self._work[claim.state]
        failure, whole = None, True
        try:
            whole = await work(claim)
        except (Transient, *TROUBLE):
            raise
        except Exception as error:
            log.exception(
                "replay of a point failed", extra={"replay_id": claim.order.replay_id, "point_id": claim.point_id}
            )
            failure = f"{type(error).__name__}: {error}"[:500]
        if whole:
            async with self._database.transaction() as tx:
                await ended(tx, claim, failure)
        return True

    async def _judge(self, claim: claims.Claim) -> bool:
        order, limits = claim.order, self._known(claim)
        async with self._database.reading() as connection:
            done = await results.days_done(connection, order.replay_id, claim.point_id)
        for day in days_between(order.first, order.end):
            if day not in done and not await self._day(claim, limits, day, self._judge_day):
                return False
        return True

    async def _adopt(self, claim: claims.Claim) -> bool:
        limits = self._known(claim)
        async with self._database.reading() as connection:
            waiting = await results.days_to_adopt(connection, claim.order.replay_id, claim.point_id)
        for day in waiting:
            if not await self._day(claim, limits, day, self._adopt_day):
                return False
        return True

    async def _day(self, claim: claims.Claim, limits: PointLimits, day: date, work: _DayWork) -> bool:
        """Do one day in one transaction; False when the claim is lost. Data that came meanwhile makes it begin anew."""
        for attempt in range(1, _TRIES + 1):
            try:
                async with self._database.transaction() as tx:
                    if not await claims.hold(tx, claim):
                        return False
                    by = await running.rules_of(tx, limits, claim.order.rules, day)
                    await work(tx, claim, by, day)
                break
            except asyncpg.UniqueViolationError:
                if attempt == _TRIES:
                    raise
        await asyncio.sleep(0)
        return True

    async def _judge_day(self, tx: Connection, claim: claims.Claim, limits: PointLimits, day: date) -> None:
        outcome = await running.judge_day(tx, self._closing, limits, day)
        await results.save(tx, claim.order.replay_id, claim.point_id, day, outcome)

    async def _adopt_day(self, tx: Connection, claim: claims.Claim, limits: PointLimits, day: date) -> None:
        await adopt_day(tx, self._closing, limits, claim.order.replay_id, day)

    def _known(self, claim: claims.Claim) -> PointLimits:
        limits = self._points.get(claim.point_id)
        if limits is None:
            raise PointGoneError("the registry does not know the point any more / 监测点已不在档案中")
        return limits
