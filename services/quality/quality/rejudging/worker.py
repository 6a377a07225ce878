"""Background work: orders are judged day by day, each day one transaction with all that comes of it."""

import asyncio
import logging

import asyncpg
from park_chassis import outbox, timeseries
from park_chassis.clock import now
from park_chassis.database import TROUBLE, Connection, Database
from park_chassis.errors import Transient
from park_chassis.frame_revisions import Frame
from park_judging import store
from park_judging.closing import Closing
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_span
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.codes import Period

from quality.rejudging import orders
from quality.rules import TOLD
from quality.settings import Settings

log = logging.getLogger(__name__)

_TRIES = 3


class StationGoneError(Exception):
    """The registry does not know the station any more."""


class Rejudging:
    """Does what was asked for. A process that dies loses the day it was at; another one goes on there."""

    def __init__(self, database: Database, points: Points, closing: Closing, settings: Settings) -> None:
        self._database = database
        self._points = points
        self._closing = closing
        self._settings = settings

    async def run(self) -> None:
        """Work, for ever; between days others get their turn."""
        while True:
            await asyncio.sleep(0 if await self.work_one() else self._settings.rejudging_poll_s)

    async def work_one(self) -> bool:
        """Do the next day of the oldest order; return whether there was one. An order that cannot be done says why."""
        for attempt in range(1, _TRIES + 1):
            order: orders.Order | None = None
            try:
                async with self._database.transaction() as tx:
                    order = await orders.take(tx)
                    if order is not None:
                        await self._day(tx, order)
                return order is not None
            except (Transient, *TROUBLE):
                raise
            except Exception as error:
                if order is None:
                    raise
                # Data that came meanwhile closed the same hour: its version stands, and the day is done anew.
                if attempt == _TRIES or not isinstance(error, asyncpg.UniqueViolationError):
                    await self._failed(order, error)
                    break
        return True

    async def _failed(self, order: orders.Order, error: Exception) -> None:
        log.exception("period cannot be judged again", extra={"rejudgement_id": order.rejudgement_id, "day": order.day})
        async with self._database.transaction() as tx:
            await orders.failed(tx, order, f"{order.day}: {type(error).__name__}: {error}"[:500])

    async def _day(self, tx: Connection, order: orders.Order) -> None:
        """Judge the stored hours of a day, then the day, then what the device itself sent for them."""
        limits = self._points.get(order.point_id)
        if limits is None or not self._points.is_own(limits):
            raise StationGoneError("the registry does not know the station any more / 站点已不在档案中")
        spans = {Period.HOUR: self._closing.span_of(limits.point, order.day), Period.DAY: day_span(order.day)}
        starts = {
            period: [one.period_start for one in await store.assessments(tx, order.point_id, period, *span)]
            for period, span in spans.items()
        }
        computed = [(order.point_id, period, start) for period, found in starts.items() for start in found]
        at = now()
        await store.mark_dirty(tx, computed, at)  # closing waits for us, or we for it
        made = [
            one
            for period, found in starts.items()
            for one in await self._closing.judge_again(tx, limits, period, found)
        ]
        for period, span in spans.items():
            await self._hold_sent(tx, limits, await timeseries.current_frames(tx, order.point_id, period, *span))
        await store.forget_dirty(tx, computed)
        both = (min(begin for begin, _ in spans.values()), max(end for _, end in spans.values()))
        findings = await orders.findings_since(tx, order.point_id, both, at)
        await orders.day_done(tx, order, len(computed), made, findings)

    async def _hold_sent(self, tx: Connection, limits: PointLimits, frames: list[Frame]) -> None:
        found = await TOLD.hold_sent(tx, limits, frames, self._settings.minute_interval)
        await outbox.add(tx, *[finding_event(self._settings.service, one) for one in found])
