"""Telemetry in: one batch is stored, judged, and marks the hours and days that have to be computed, in one transaction."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from park_chassis import outbox, timeseries
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.frame_revisions import Entry, EntryKey, Frame, Stored, believed_time, entry_of
from park_schemas.codes import Period
from park_schemas.envelope import Event
from park_schemas.supervision import FindingRecorded
from park_schemas.telemetry import ReadingsReported, SplitSetIncomplete

from park_judging import metrics, store
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import exceedance_finding, withdrawn_finding
from park_judging.domain.frame_judging import Tally, WatchBook, judge_frame
from park_judging.domain.periods import day_of, hour_of, park_date
from park_judging.registry import Points
from park_judging.settings import JudgingSettings

FINDING = "supervision.finding.recorded"
Readings = Event[ReadingsReported]
Observer = Callable[[Connection, list[Readings], list[Stored]], Awaitable[None]]
"""Sees a batch in its transaction: the own events, also those that brought nothing new, and what was stored of them."""

Teller = Callable[[Connection, list[FindingRecorded]], Awaitable[None]]
"""Sees what a batch found, in its transaction; it is not called for a batch that found nothing."""


def frame_of_event(event: Readings) -> Frame:
    """Return the frame of an event. A factor that came with a mark only keeps it under the empty attribute."""
    body = event.body
    entries: dict[EntryKey, Entry] = {}
    for measurement in body.measurements:
        factor, mark = measurement.factor, measurement.mark
        if not measurement.values:
            entries[factor, ""] = Entry(None, None, mark)
        for attribute, text in measurement.values.items():
            entries[factor, attribute] = entry_of(text, mark)
    return Frame(
        mn=body.mn,
        command=body.command,
        data_time=body.data_time,
        point_id=body.point_id,
        period=body.period.value,
        received_at=body.received_at,
        event_id=event.id,
        entries=entries,
        supplementary=body.supplementary,
        incomplete=body.incomplete,
    )


class ReadingsJudge:
    """The handler of `telemetry.readings.reported` batches."""

    def __init__(self, points: Points, settings: JudgingSettings) -> None:
        self._points = points
        self._settings = settings
        self._observers: list[Observer] = []
        self._tellers: list[Teller] = []

    def observe(self, observer: Observer) -> None:
        """Let a service look at every batch as well, in the same transaction."""
        self._observers.append(observer)

    def on_findings(self, teller: Teller) -> None:
        """Let a service take note of what was found."""
        self._tellers.append(teller)

    async def on_readings(self, events: list[Readings], tx: Connection) -> None:
        """Store, judge and mark one batch. Raises ContractError for a point that the registry does not know."""
        limits: dict[UUID, PointLimits] = {}
        own: dict[UUID, Readings] = {}
        for event in events:
            point_id = event.body.point_id
            found = self._points.get(point_id) or await self._points.wait_for(point_id)
            if self._points.is_own(found):
                limits[point_id] = found
                own[event.id] = event
        frames = [frame_of_event(event) for event in own.values()]
        stored = await timeseries.store(tx, frames, clock_tolerance=self._settings.clock_tolerance)
        _count(len(own), stored)
        if stored:
            await self._judge(tx, stored, limits, own)
            await store.mark_dirty(tx, self._touched(stored, limits), now())
        for observe in self._observers:
            await observe(tx, list(own.values()), stored)

    async def on_incomplete_set(self, event: Event[SplitSetIncomplete], tx: Connection) -> None:
        """Mark what came of a split message that is not whole at its deadline; what came was judged as it came."""
        body = event.body
        if await timeseries.mark_incomplete(tx, (body.mn, body.command, body.data_time), body.recorded_at):
            metrics.FRAMES.labels("incomplete").inc()

    async def _judge(
        self, tx: Connection, stored: list[Stored], limits: dict[UUID, PointLimits], events: dict[UUID, Readings]
    ) -> None:
        book = WatchBook(await store.open_watches(tx, {one.frame.point_id for one in stored}))
        tally = Tally()
        recorded_at = now()
        findings = [self.finding(body) for body in self._withdrawn(stored, limits, book)]
        for one in stored:
            frame, event = one.frame, events[one.frame.event_id]
            of_point = limits[frame.point_id]
            for judged in judge_frame(
                one, of_point, event.body.edition, book,
                clock_tolerance=self._settings.clock_tolerance, minute_interval=self._settings.minute_interval, tally=tally,
            ):  # fmt: skip
                body = exceedance_finding(of_point.point, judged.held, judged.occasion, recorded_at)
                findings.append(self.finding(body, cause=event))
        await store.save_watches(tx, book.changed)
        await outbox.add(tx, *findings)
        for teller in self._tellers if findings else ():
            await teller(tx, [one.body for one in findings])
        metrics.VALUES.labels("judged").inc(tally.judged)
        metrics.VALUES.labels("not-valid").inc(tally.not_valid)
        for finding in findings:
            metrics.FINDINGS.labels(finding.body.rule, finding.body.verdict).inc()

    def _withdrawn(
        self, stored: list[Stored], limits: dict[UUID, PointLimits], book: WatchBook
    ) -> list[FindingRecorded]:
        """End the watches of limits that apply no more at the newest time that each watched point tells of."""
        newest: dict[UUID, datetime] = {}
        for one in stored:
            if one.frame.point_id in book.points:
                at = believed_time(one.frame, self._settings.clock_tolerance)
                newest[one.frame.point_id] = max(at, newest.get(one.frame.point_id, at))
        return [withdrawn_finding(limits[key[0]], key, newest[key[0]]) for key in book.end_withdrawn(limits, newest)]

    def finding(self, body: FindingRecorded, *, cause: Readings | None = None) -> Event[FindingRecorded]:
        """Return the event of a finding, led back to the event that caused it."""
        return finding_event(self._settings.service, body, cause=cause)

    def _touched(self, stored: Iterable[Stored], limits: Mapping[UUID, PointLimits]) -> set[store.DirtyPeriod]:
        """Return the hours and days that the frames belong to. A day is marked by its hours when they are computed.

        Frames of times ahead beyond belief, or before the point was in service, make none.
        """
        touched: set[store.DirtyPeriod] = set()
        for one in stored:
            frame = one.frame
            if believed_time(frame, self._settings.clock_tolerance) != frame.data_time:
                metrics.CLOCKS_AHEAD.inc()
            elif (since := limits[frame.point_id].point.in_service_from) and park_date(frame.data_time) < since:
                continue
            elif frame.period == Period.DAY:
                touched.add((frame.point_id, Period.DAY, day_of(frame.data_time)))
            else:
                touched.add((frame.point_id, Period.HOUR, hour_of(frame.data_time)))
        return touched


def finding_event(service: str, body: FindingRecorded, *, cause: Readings | None = None) -> Event[FindingRecorded]:
    """Return the event of a finding. Its time is the end of the period that was judged."""
    return Event(
        type=FINDING,
        source=service,
        subject=str(body.subject_id),
        time=body.period_end,
        body=body,
        causation_id=cause.id if cause else None,
        traceparent=cause.traceparent if cause else None,
    )


def _count(received: int, stored: list[Stored]) -> None:
    revised = sum(one.frame.revision > 1 for one in stored)
    metrics.FRAMES.labels("stored").inc(len(stored) - revised)
    metrics.FRAMES.labels("revised").inc(revised)
    metrics.FRAMES.labels("repeated").inc(received - len(stored))
