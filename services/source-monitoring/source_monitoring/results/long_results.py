"""Months, quarters and years: computed when days change, stored as versions, told when they are over; then the permitted
quantities are looked at."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_judging import store as judged
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at, day_span
from park_judging.registry import Points
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period

from source_monitoring.cards import telling as card_telling
from source_monitoring.domain.long_periods import LENGTHS, Day, assess_long, end_of, first_of
from source_monitoring.results import long_telling, quantity_warnings
from source_monitoring.settings import Settings

_BATCH = 20
_MOST_UNTOLD = 2_000


class LongResults:
    """Background work: months that days have touched are computed, with their quarter and year."""

    def __init__(self, database: Database, points: Points, settings: Settings) -> None:
        self._database = database
        self._points = points
        self._settings = settings
        self._looked_on: date | None = None

    async def run(self) -> None:
        """Compute what is due, for ever."""
        while True:
            if not await self.compute_due():
                await self.tell_untold(day_at(now()))
                await asyncio.sleep(self._settings.long_results_interval_s)

    async def compute_due(self) -> int:
        """Compute one round of touched months in one transaction; return how many. Other replicas skip them."""
        quiet = now() - timedelta(seconds=self._settings.closing_settle_s)
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                "delete from dirty_months where (point_id, month) in (select point_id, month from dirty_months"
                " where marked_at <= $1 order by month, point_id limit $2 for update skip locked) returning point_id, month",
                quiet, _BATCH,
            )  # fmt: skip
            for row in sorted(rows, key=lambda row: (row["month"], row["point_id"])):
                limits = self._points.get(row["point_id"])
                if limits is not None:
                    await self._compute(tx, limits, row["month"])
        return len(rows)

    async def tell_untold(self, today: date) -> None:
        """Once a day: tell the periods that are over although no day of theirs was computed at their end, and end the warnings
        of years and cards that are over."""
        if self._looked_on == today:
            return
        async with self._database.transaction() as tx:
            for row in await long_telling.untold(tx, today, limit=_MOST_UNTOLD):
                limits = self._points.get(row["point_id"])
                if limits is not None:
                    service = self._settings.service
                    await long_telling.tell(tx, service, limits.point, row["period"], row["period_start"], today)
            await quantity_warnings.end_over(tx, self._settings, self._points, today)
            await card_telling.end_over(tx, self._settings, self._points, today)
        self._looked_on = today

    async def _compute(self, tx: Connection, limits: PointLimits, month: date) -> None:
        year = first_of("year", month)
        days = await days_of(tx, limits.point.point_id, year, end_of("year", year))
        for period in LENGTHS:
            first = first_of(period, month)
            chosen = [day for day in days if first <= day.day < end_of(period, first)]
            factors = assess_long(limits.point.factors, limits.point.medium, period, first, chosen)
            await _store(tx, limits.point.point_id, period, first, factors)
            await long_telling.tell(tx, self._settings.service, limits.point, period, first, day_at(now()))
        await quantity_warnings.look(tx, self._settings, self._points, limits, year.year)
        await card_telling.look(tx, self._settings, limits)


async def days_of(connection: Connection, point_id: UUID, first: date, end: date) -> list[Day]:
    """Return the newest days of a point with first <= day < end."""
    found = await judged.assessments(connection, point_id, Period.DAY, day_span(first)[0], day_span(end)[0])
    return [Day(day_at(one.period_start), one.factors) for one in found]


async def _store(tx: Connection, point_id: UUID, period: str, first: date, factors: Sequence[FactorAssessment]) -> None:
    """Add a revision if anything differs from the newest one."""
    row = await tx.fetchrow(
        "select revision, factors from long_results where point_id = $1 and period = $2 and period_start = $3"
        " order by revision desc limit 1",
        point_id, period, first,
    )  # fmt: skip
    rows = msgspec.to_builtins(list(factors))
    if row is not None and row["factors"] == rows:
        return
    await tx.execute(
        "insert into long_results values ($1, $2, $3, $4, $5, $6)",
        point_id, period, first, row["revision"] + 1 if row else 1, now(), rows,
    )  # fmt: skip
