"""How source-monitoring computes hours and days: layers of each value, emissions, substitutes, corrections, review.

Everything follows from what is stored (frames, marks, checks, lost links, corrections), so that computing again gives the same.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from park_chassis.database import Connection
from park_chassis.frame_revisions import Frame
from park_judging import store as judged
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.grading import Hours
from park_judging.domain.layered_periods import COUNTING, without_flow
from park_judging.domain.park_calendar import day_at, day_span
from park_judging.domain.period_means import Intervals, assess_day, assess_hour, volume_of
from park_judging.domain.periods import LENGTH
from park_judging.domain.samples import HourFrames
from park_judging.period_rules import MIDNIGHT, Looked, Made, factors_of
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium, Period
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded

from source_monitoring.domain.corrections import corrected
from source_monitoring.domain.day_check import check_day
from source_monitoring.domain.emission import FLOW, day_emission, makes_mass, with_emission
from source_monitoring.domain.fugitive import is_fugitive, without_conversion
from source_monitoring.domain.marks import MarkBook, PointMark
from source_monitoring.domain.review_states import ReviewState
from source_monitoring.marking import examination, monitor_store
from source_monitoring.marking import store as marking
from source_monitoring.marking.told_exceedances import TOLD
from source_monitoring.results import days, substitutes, transmission_watch
from source_monitoring.review import keeping
from source_monitoring.review import store as reviews
from source_monitoring.settings import Settings

_WATER = frozenset({Medium.WASTE_WATER, Medium.RAIN_WATER})


class SourceRules:
    """The period rules of outlets (park_judging.period_rules)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def hour(
        self, tx: Connection, limits: PointLimits, start: datetime, frames: HourFrames, intervals: Intervals
    ) -> list[FactorAssessment]:
        """Compute an hour from its frames, with all layers."""
        point, end = limits.point, start + LENGTH[Period.HOUR]
        marks = await marking.touching(tx, point.point_id, start, end)
        spans = await marking.out_of_control(tx, point.point_id)
        overdue = await monitor_store.overdue(tx, point.point_id, end)
        link_up = await marking.link_was_up(tx, point.point_id, start, end)
        book = MarkBook([mark for mark in marks if mark.counts], spans, overdue)
        layers = book.layers(limits.factors, start, end, link_up=link_up)
        factors = assess_hour(point.factors, frames, intervals, layers)
        if point.medium in _WATER:
            factors = _without_flow(point.medium, factors)
        over = await reviews.correction_at(tx, point.point_id, start)
        factors = [corrected(one, over.get(one.factor)) for one in factors]
        return without_conversion(factors) if is_fugitive(point) else with_emission(point.medium, factors)

    async def day(
        self, tx: Connection, limits: PointLimits, start: datetime, hours: Hours, reported: Sequence[Frame]
    ) -> list[FactorAssessment]:
        """Compute a day from its hours, with emissions and what stands for the gaps."""
        point = limits.point
        factors = assess_day(point.factors, point.medium, factors_of(hours), reported, layered=True)
        of_factor: dict[str, list[FactorAssessment]] = {}
        for _, found in hours:
            for one in found:
                of_factor.setdefault(one.factor, []).append(one)
        factors = [
            msgspec.structs.replace(
                one,
                emission=day_emission(of_factor.get(one.factor, [])),
                in_time=all(hour.in_time for hour in of_factor.get(one.factor, [])),
            )
            for one in factors
        ]
        if is_fugitive(point):
            return without_conversion(factors)
        if FLOW.get(point.medium) not in limits.factors:
            return factors
        return await substitutes.with_substitutes(tx, point, start, factors, hours)

    async def made(self, tx: Connection, made: Sequence[Made], confirmed: Sequence[Made]) -> None:
        """Keep reviews, days by factor and months in step with new revisions.

        A day whose hours changed, but which came out the same, has to be checked again too.
        """
        service = self._settings.service
        touched = {
            (one.point_id, day_at(one.period_start)): limits for limits, one in made if one.period is Period.HOUR
        }
        for (_, day), limits in sorted(touched.items(), key=lambda item: item[0]):
            await keeping.contents_changed(tx, service, limits, day)
        for limits, one in made:
            if one.period is Period.DAY:
                await self._day_made(tx, limits, one)
        for limits, one in confirmed:
            if one.period is Period.DAY and await _is_raw(tx, one):
                await self._day_made(tx, limits, one)

    async def _day_made(self, tx: Connection, limits: PointLimits, made: judged.Assessment) -> None:
        point, day = limits.point, day_at(made.period_start)
        start, end = day_span(day)
        found = await judged.assessments(tx, point.point_id, Period.HOUR, start, end)
        hours = [(hour.period_start, hour.factors) for hour in found]
        await days.save(tx, point.point_id, day, hours, made.factors)
        await transmission_watch.look(tx, self._settings.service, limits, day)
        marks = await marking.touching(tx, point.point_id, start, end)
        await self._examine_again(tx, limits, marks)
        await keeping.day_computed(tx, self._settings.service, limits, day, check_day(hours, made.factors, marks))

    async def _examine_again(self, tx: Connection, limits: PointLimits, marks: Sequence[PointMark]) -> None:
        """Hold marks against data that came after them; only ever adds to what was found when they were set."""
        for mark in marks:
            row = await marking.one(tx, mark.mark_id, for_update=True)
            if row is None or row["state"] != "submitted" or mark.held_back:
                continue
            found = await examination.examine(tx, limits, mark, marks, most_in_month=self._settings.most_marks_in_month)
            if {one.code for one in found} - {one["code"] for one in row["contradictions"]}:
                await examination.report(tx, self._settings.service, limits, mark, found)
                await examination.recompute(tx, mark.point_id, mark.start, mark.end)

    async def findings(
        self, tx: Connection, looked: Sequence[Looked], bodies: list[FindingRecorded]
    ) -> list[FindingRecorded]:
        """Tell also that an exceedance stands no more, or stands again: late marks, corrections, late data."""
        return await TOLD.follow(tx, looked, bodies)

    def day_begins(self, point: PointRecord) -> timedelta:
        return MIDNIGHT

    def review_state(self, period: Period) -> str:
        """Hours are raw until their day is computed and checked; nothing here is final."""
        return ReviewState.CHECKED if period is Period.DAY else ReviewState.RAW


async def _is_raw(tx: Connection, day: judged.Assessment) -> bool:
    row = await reviews.one(tx, day.point_id, day_at(day.period_start))
    return reviews.review_of(row).state is ReviewState.RAW


def _without_flow(medium: Medium, factors: list[FactorAssessment]) -> list[FactorAssessment]:
    """Rule out the concentrations of an hour in which no water flowed at all."""
    flow = next((one for one in factors if one.factor == FLOW[medium]), None)
    if flow is None or flow.verdict not in COUNTING or volume_of(flow) != 0:
        return factors
    return [without_flow(one) if makes_mass(medium, one) and one.verdict in COUNTING else one for one in factors]
