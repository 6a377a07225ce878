"""Months, quarters and years of stations, told once they are over, and again as the next version when late data changes them.

They are read off the stored days, as GET /points/{id}/statistics reads them. A new revision of a day touches its month, and the
last months of its quarter and year; a touched month is looked at when it is over, with the quarter and the year that it ends.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at, month_of, months_on
from park_judging.period_rules import Made
from park_judging.registry import Points
from park_schemas.assessments import FactorAssessment, LongResultStated
from park_schemas.codes import LongPeriod, Period
from park_schemas.envelope import Event
from park_standards.validity import Reason

from quality import station_results
from quality.domain.result_spans import Span, end_of, first_of
from quality.domain.station_statistics import FactorStatistics, StationStatistics
from quality.settings import Settings

STATED = "quality.long-result.stated"
WAIT_FOR_LAST_DAY = timedelta(days=2)
"""How long the last day of a period may take to be computed before the period is told."""
_SPANS = {Span.MONTH: LongPeriod.MONTH, Span.QUARTER: LongPeriod.QUARTER, Span.YEAR: LongPeriod.YEAR}
_BATCH = 50


async def touch(tx: Connection, made: Sequence[Made]) -> None:
    """Note the months that new revisions of days lie in, in the transaction that stores them."""
    touched = {
        (limits.point.point_id, last)
        for limits, one in made
        if one.period is Period.DAY
        for last in _last_months(day_at(one.period_start))
    }
    rows = sorted(touched)
    if rows:
        await tx.execute(
            "insert into touched_months select point_id, month, $3 from unnest($1::uuid[], $2::date[]) as t (point_id, month)"
            " on conflict (point_id, month) do update set marked_at = excluded.marked_at",
            [point_id for point_id, _ in rows], [month for _, month in rows], now(),
        )  # fmt: skip


def _last_months(day: date) -> Iterable[date]:
    """Give the last month of the month, the quarter and the year that hold a day."""
    return {month_of(end_of(span, first_of(span, day)) - timedelta(days=1)) for span in _SPANS}


class LongResults:
    """Background work: periods that are over are told."""

    def __init__(self, database: Database, points: Points, settings: Settings) -> None:
        self._database = database
        self._points = points
        self._settings = settings

    async def run(self) -> None:
        """Tell what is due, for ever."""
        while True:
            if not await self.tell_due(day_at(now())):
                await asyncio.sleep(self._settings.long_results_interval_s)

    async def tell_due(self, today: date) -> int:
        """Look at one round of touched months that are over on `today`; return how many. Other replicas skip them."""
        newest = months_on(month_of(today - WAIT_FOR_LAST_DAY), -1)
        quiet = now() - timedelta(seconds=self._settings.closing_settle_s)
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                "delete from touched_months where (point_id, month) in (select point_id, month from touched_months"
                " where month <= $1 and marked_at <= $2 order by month, point_id limit $3 for update skip locked)"
                " returning point_id, month",
                newest, quiet, _BATCH,
            )  # fmt: skip
            for row in sorted(rows, key=lambda row: (row["month"], row["point_id"])):
                limits = self._points.get(row["point_id"])
                if limits is not None:
                    await self._look(tx, limits, row["month"])
        return len(rows)

    async def _look(self, tx: Connection, limits: PointLimits, month: date) -> None:
        """Tell the periods that end with a month, where they differ from what was told."""
        for span, period in _SPANS.items():
            first = first_of(span, month)
            if end_of(span, first) == end_of(Span.MONTH, month):
                for found in await station_results.results(tx, limits, span, [first]):
                    await self._tell(tx, limits, period, found)

    async def _tell(self, tx: Connection, limits: PointLimits, period: LongPeriod, found: StationStatistics) -> None:
        point, at = limits.point, now()
        factors = [_assessment(one, found.days_with_data) for one in found.factors]
        told = await tx.fetchrow(
            "select version, factors, days, grade from long_results"
            " where point_id = $1 and period = $2 and first_day = $3 order by version desc limit 1",
            point.point_id, period.value, found.start,
        )  # fmt: skip
        contents = (msgspec.to_builtins(factors), found.days_with_data, msgspec.to_builtins(found.grade))
        if told is not None and (told["factors"], told["days"], told["grade"]) == contents:
            return
        version = told["version"] + 1 if told else 1
        await tx.execute(
            "insert into long_results (point_id, period, first_day, version, made_at, factors, days, grade)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8)",
            point.point_id, period.value, found.start, version, at, *contents,
        )  # fmt: skip
        body = LongResultStated(
            point_id=point.point_id,
            park_id=point.park_id,
            enterprise_id=point.enterprise_id,
            period=period,
            first_day=found.start.isoformat(),
            last_day=found.end.isoformat(),
            version=version,
            revision=version,
            made_at=at,
            factors=factors,
            days=found.days_with_data,
            final_days=found.days_with_data,
            final=True,
            grade=found.grade,
        )
        service = self._settings.service
        await outbox.add(tx, Event(type=STATED, source=service, subject=str(point.point_id), time=at, body=body))


def _assessment(one: FactorStatistics, days: int) -> FactorAssessment:
    """Return a factor's statistics as an assessment: counts are days, and too few of them are no valid period."""
    return FactorAssessment(
        factor=one.factor,
        unit=one.unit,
        valid=one.complete,
        valid_count=one.valid_days,
        expected_count=one.days,
        mean=one.mean,
        minimum=one.minimum,
        maximum=one.maximum,
        reason="" if one.complete else Reason.TOO_FEW_VALUES if days else Reason.NO_DATA,
    )
