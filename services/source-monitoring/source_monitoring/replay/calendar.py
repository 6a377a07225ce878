"""Which hours of a point are expected: every one from its first on. An hour of which nothing came is computed too,
as missing."""

import asyncio
import logging
from datetime import datetime, timedelta

from park_chassis.clock import now
from park_chassis.database import Database
from park_judging.domain.periods import hour_of
from park_judging.registry import Points

log = logging.getLogger(__name__)

_BELIEVED_BACK = timedelta(days=40)
"""A calendar does not begin earlier than this: one mad clock must not make years of missing hours."""

_BEGIN = """
insert into point_calendars (point_id, since, marked_until)
select point_id, min(period_start), min(period_start) from assessments
where point_id = any($1) and period = 'hour' and period_start >= $2 and period_start < $3
group by point_id on conflict do nothing
"""
_MARK = """
insert into dirty_periods (point_id, period, period_start, marked_at)
select c.point_id, 'hour', h, $3
from point_calendars c
cross join lateral generate_series(c.marked_until, $2::timestamptz - interval '1 hour', interval '1 hour') as h
where c.point_id = any($1) and c.marked_until < $2
  and not exists (select from assessments a where a.point_id = c.point_id and a.period = 'hour' and a.period_start = h)
on conflict do nothing
"""


class HourCalendar:
    """Background work: marks the hours that ended and were not touched by any frame."""

    def __init__(self, database: Database, points: Points, *, every_s: float) -> None:
        self._database = database
        self._points = points
        self._every_s = every_s

    async def run(self) -> None:
        """Mark what is missing, for ever."""
        while True:
            await self.mark(now())
            await asyncio.sleep(self._every_s)

    async def mark(self, at: datetime) -> None:
        """Mark the hours that ended before `at`. Hours of points that are out of service are not expected, then or later."""
        until = hour_of(at)
        active = [limits.point.point_id for limits in self._points.own() if limits.point.active]
        async with self._database.transaction() as tx:
            if not await tx.fetchval(
                "select pg_try_advisory_xact_lock(hashtext('hour calendar ' || current_schema()))"
            ):
                return  # another replica does it at this moment
            known = {row["point_id"] for row in await tx.fetch("select point_id from point_calendars")}
            await tx.execute(_BEGIN, [point for point in active if point not in known], at - _BELIEVED_BACK, until)
            await tx.execute(_MARK, active, until, at)
            await tx.execute("update point_calendars set marked_until = $1 where marked_until < $1", until)
