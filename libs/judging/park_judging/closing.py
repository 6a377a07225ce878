"""Hours and days: computed when their data is in, computed again when late data changes them, judged, announced.

Consumers mark what they touched (`store.mark_dirty`); this work takes what is due off the list. Each round is one
transaction: taken off the list, computed, stored, findings and announcement in the outbox; a crash before the commit leaves
everything as it was. Replicas share the list (`skip locked`).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from park_chassis import outbox, timeseries
from park_chassis.clock import now
from park_chassis.database import TROUBLE, Connection, Database
from park_chassis.errors import Transient
from park_schemas.assessments import AssessmentMade, FactorAssessment
from park_schemas.codes import Period
from park_schemas.envelope import Event
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord

from park_judging import metrics, store
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.assessment_judging import changed_factors, judge_period, report
from park_judging.domain.findings import exceedance_finding
from park_judging.domain.frame_judging import Judged, WatchBook
from park_judging.domain.grading import Graders, Hours
from park_judging.domain.park_calendar import day_span
from park_judging.domain.period_means import Intervals
from park_judging.domain.periods import LENGTH, day_of
from park_judging.domain.samples import HourFrames
from park_judging.period_rules import MIDNIGHT, Looked, Made, PeriodRules, PlainRules
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_judging.settings import JudgingSettings

log = logging.getLogger(__name__)

_BATCH = 50
_PUT_OFF = timedelta(minutes=10)


Computed = tuple[list[FactorAssessment], Hours]


@dataclass
class Round:
    """What one transaction of closing adds."""

    book: WatchBook
    made: list[store.Assessment] = field(default_factory=list)
    confirmed: list[store.Assessment] = field(default_factory=list)
    """Newest revisions that came out the same again."""
    looked: list[Looked] = field(default_factory=list)
    reports: list[tuple[PointLimits, Judged]] = field(default_factory=list)
    dirty_days: set[store.DirtyPeriod] = field(default_factory=set)


class Closing:
    """Background work of a judging service. `event_type` is its own `*.assessment.made`."""

    def __init__(
        self,
        database: Database,
        points: Points,
        settings: JudgingSettings,
        *,
        event_type: str,
        graders: Graders = MappingProxyType({}),
        rules: PeriodRules | None = None,
    ) -> None:
        self._rules: PeriodRules = rules or PlainRules()
        self._database = database
        self._points = points
        self._settings = settings
        self._event_type = event_type
        self._intervals = Intervals(settings.minute_interval_s, settings.realtime_interval_s)
        self._graders = graders
        self._compute: dict[Period, Callable[[Connection, PointLimits, datetime], Awaitable[Computed]]] = {
            Period.HOUR: self._hour,
            Period.DAY: self._day,
        }

    async def run(self) -> None:
        """Close what is due, for ever."""
        while True:
            closed = await self.close_due()
            if not closed:
                await asyncio.sleep(self._settings.closing_interval_s)

    async def close_due(self) -> int:
        """Close one round of hours and one of days; return how many periods were looked at."""
        return sum([await self._round(period, _BATCH) for period in (Period.HOUR, Period.DAY)])

    async def _round(self, period: Period, limit: int) -> int:
        """Close up to `limit` periods in one transaction. One that fails is found by closing them one by one, and put off."""
        due: list[tuple[UUID, datetime]] = []
        try:
            async with self._database.transaction() as tx:
                later = self._later_days() if period is Period.DAY else {}
                due = await store.take_due(
                    tx, period, LENGTH[period], now(), self._settings.patience, limit=limit, later=later
                )
                if due:
                    await self._close(tx, period, due)
        except (Transient, *TROUBLE):
            raise
        except Exception:  # noqa: BLE001 - one bad period must not keep all others from being closed
            if len(due) != 1:
                return sum([await self._round(period, 1) for _ in due])
            await self._put_off(period, *due[0])
        return len(due)

    def _later_days(self) -> dict[UUID, timedelta]:
        """The points whose day does not begin at midnight."""
        begins = {limits.point.point_id: self._rules.day_begins(limits.point) for limits in self._points.own()}
        return {point_id: later for point_id, later in begins.items() if later != MIDNIGHT}

    async def _put_off(self, period: Period, point_id: UUID, start: datetime) -> None:
        log.exception(
            "period cannot be computed, putting it off", extra={"point_id": point_id, "period": period, "start": start}
        )
        metrics.PERIODS_PUT_OFF.labels(period).inc()
        async with self._database.transaction() as tx:
            await store.mark_dirty(tx, [(point_id, period, start)], now() + _PUT_OFF)

    async def _close(self, tx: Connection, period: Period, due: Iterable[tuple[UUID, datetime]]) -> None:
        due = [(point_id, at_park(start)) for point_id, start in due]
        this = Round(WatchBook(await store.open_watches(tx, {point_id for point_id, _ in due})))
        for point_id, start in due:
            limits = self._points.get(point_id)
            if limits is not None:  # a point that was deleted meanwhile is not computed
                await self._assess(tx, this, limits, period, start)
        await self.write(tx, this)

    def span_of(self, point: PointRecord, day: date) -> tuple[datetime, datetime]:
        """Return start and end (exclusive) of the hours that a day of a point is computed from."""
        start, end = day_span(day)
        later = self._rules.day_begins(point)
        return start + later, end + later

    async def judge_again(
        self, tx: Connection, limits: PointLimits, period: Period, starts: Iterable[datetime]
    ) -> list[store.Assessment]:
        """Compute periods anew by the rules of today, store and announce what differs; return the new revisions."""
        this = Round(WatchBook(await store.open_watches(tx, {limits.point.point_id})))
        for start in starts:
            await self._assess(tx, this, limits, period, at_park(start))
        await self.write(tx, this)
        return this.made

    async def write(self, tx: Connection, this: Round) -> None:
        """Store and announce what a round made."""
        await store.add_assessments(tx, this.made)
        await store.save_watches(tx, this.book.changed)
        await store.mark_dirty(tx, this.dirty_days, now())
        await self._rules.made(tx, self._with_points(this.made), self._with_points(this.confirmed))
        await self._announce(tx, this)

    def _with_points(self, made: Iterable[store.Assessment]) -> list[Made]:
        known = ((self._points.get(one.point_id), one) for one in made)
        return [(limits, one) for limits, one in known if limits is not None]

    async def _assess(self, tx: Connection, this: Round, limits: PointLimits, period: Period, start: datetime) -> None:
        computed, hours = await self._compute[period](tx, limits, start)
        await self.take(tx, this, limits, period, start, computed, hours)

    async def take(
        self,
        tx: Connection,
        this: Round,
        limits: PointLimits,
        period: Period,
        start: datetime,
        computed: list[FactorAssessment],
        hours: Hours,
    ) -> None:
        """Hold a computed period against its limits and take it into the round, if it differs from its newest revision."""
        point_id = limits.point.point_id
        factors, comparisons = judge_period(limits, period, start, computed)
        this.looked.append(Looked(limits, period, start, factors, comparisons))
        grader = self._graders.get((limits.point.medium, period))
        grade = grader(limits.point, start, factors, hours) if grader else None
        earlier = await store.revisions(tx, point_id, period, start)
        before = earlier[-1].factors if earlier else []
        if factors == before and (not earlier or grade == earlier[-1].grade):
            this.confirmed += earlier[-1:]
            return
        revision = len(earlier) + 1
        this.made.append(store.Assessment(point_id, period, start, revision, now(), factors, grade))
        changed = changed_factors(before, factors)
        for judged in report(limits, comparisons, changed, this.book, period=period, start=start, revision=revision):
            this.reports.append((limits, judged))
        if period is Period.HOUR:
            this.dirty_days.add((point_id, Period.DAY, day_of(start - self._rules.day_begins(limits.point))))

    async def _hour(self, tx: Connection, limits: PointLimits, start: datetime) -> Computed:
        return await self.compute_hour(tx, limits, start), ()

    async def _day(self, tx: Connection, limits: PointLimits, start: datetime) -> Computed:
        begin = start + self._rules.day_begins(limits.point)
        end = begin + LENGTH[Period.DAY]
        found = await store.assessments(tx, limits.point.point_id, Period.HOUR, begin, end)
        hours = [(hour.period_start, hour.factors) for hour in found]
        return await self.compute_day(tx, limits, start, hours), hours

    async def compute_hour(self, tx: Connection, limits: PointLimits, start: datetime) -> list[FactorAssessment]:
        """Compute an hour from its stored frames, by the rules of the service; nothing is written."""
        point_id, end = limits.point.point_id, start + LENGTH[Period.HOUR]
        minutes, realtime, reported = [
            await timeseries.current_frames(tx, point_id, period, start, end)
            for period in (Period.MINUTE, Period.REALTIME, Period.HOUR)
        ]
        return await self._rules.hour(tx, limits, start, HourFrames(minutes, realtime, reported), self._intervals)

    async def compute_day(
        self, tx: Connection, limits: PointLimits, start: datetime, hours: Hours
    ) -> list[FactorAssessment]:
        """Compute a day from the given hours and the device's own record of it; nothing is written."""
        end = start + LENGTH[Period.DAY]
        reported = await timeseries.current_frames(tx, limits.point.point_id, Period.DAY, start, end)
        return await self._rules.day(tx, limits, start, hours, reported)

    async def _announce(self, tx: Connection, this: Round) -> None:
        recorded_at = now()
        bodies = [
            exceedance_finding(limits.point, judged.held, judged.occasion, recorded_at)
            for limits, judged in this.reports
        ]
        bodies = await self._rules.findings(tx, this.looked, bodies)
        findings = [finding_event(self._settings.service, body) for body in bodies]
        for body in bodies:
            metrics.FINDINGS.labels(body.rule, body.verdict).inc()
        assessed = [self._made_event(one) for one in this.made]
        for one in this.made:
            metrics.ASSESSMENTS.labels(one.period, "revision" if one.revision > 1 else "first").inc()
        await outbox.add(tx, *findings)
        await outbox.add(tx, *[event for event in assessed if event is not None])

    def _made_event(self, made: store.Assessment) -> Event[AssessmentMade] | None:
        limits = self._points.get(made.point_id)
        if limits is None:
            return None
        body = AssessmentMade(
            point_id=made.point_id,
            period=made.period,
            period_start=made.period_start,
            revision=made.revision,
            made_at=made.made_at,
            factors=made.factors,
            park_id=limits.point.park_id,
            enterprise_id=limits.point.enterprise_id,
            grade=made.grade,
            review_state=self._rules.review_state(made.period),
        )
        return Event(
            type=self._event_type,
            source=self._settings.service,
            subject=str(made.point_id),
            time=made.made_at,
            body=body,
        )


class PartitionKeeper:
    """Background work: the months to come have their partitions before the first frame of theirs arrives."""

    def __init__(self, database: Database, *, every_s: float = 6 * 3600) -> None:
        self._database = database
        self._every_s = every_s

    async def run(self) -> None:
        """Make partitions now and every few hours, for ever."""
        while True:
            await timeseries.make_partitions(self._database, now())
            await asyncio.sleep(self._every_s)
