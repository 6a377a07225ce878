"""Hours of stations held against target, hour before, what can be, and neighbours, in the transaction that stores them."""

from collections.abc import Sequence

from park_chassis import outbox
from park_chassis.database import Connection
from park_judging import metrics, store
from park_judging.domain.applied_limits import PointLimits
from park_judging.period_rules import Made
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded

from quality import episodes, regional_watch, target_store
from quality.domain.measures import water_class_of
from quality.domain.station_rules import Held, held_against_hour_before, held_against_possible, held_against_target
from quality.episodes import HOUR
from quality.settings import Settings


class StationWatch:
    """Finds what an hour shows beside its limits."""

    def __init__(self, points: Points, settings: Settings) -> None:
        self._points = points
        self._settings = settings

    async def look(self, tx: Connection, computed: Sequence[Made]) -> None:
        """Hold hours that were computed, and those after them, against every rule; record what they break or keep again."""
        hours = [(limits, one) for limits, one in computed if one.period is Period.HOUR]
        hours += await _following(tx, hours)
        hours.sort(key=lambda pair: (pair[1].period_start, pair[1].point_id))
        findings: list[FindingRecorded] = []
        for limits, hour in hours:
            findings += await self._judged(tx, limits, hour)
        for medium, start in sorted({(limits.point.medium, hour.period_start) for limits, hour in hours}):
            stations = {one.point.point_id: one for one in self._points.own() if one.point.medium is medium}
            findings += await regional_watch.look(tx, stations, start, self._settings.regional_stations)
        for one in findings:
            metrics.FINDINGS.labels(one.rule, one.verdict).inc()
        await outbox.add(tx, *[finding_event(self._settings.service, one) for one in findings])

    async def _judged(self, tx: Connection, limits: PointLimits, hour: store.Assessment) -> list[FindingRecorded]:
        findings, judged = [], set()
        for held in await _held(tx, limits, hour):
            findings += await episodes.take(tx, limits, hour.period_start, held, hour.revision)
            judged.add((held.rule, held.factor.factor if held.factor else ""))
        return findings + await episodes.drop(tx, limits, hour.period_start, judged)


async def _following(tx: Connection, hours: Sequence[Made]) -> list[Made]:
    """Return the stored hours right after the given ones: what they changed by is another now."""
    known = {(one.point_id, one.period_start) for _, one in hours}
    found: list[Made] = []
    for limits, one in hours:
        after = one.period_start + HOUR
        if (one.point_id, after) not in known:
            stored = await store.assessments(tx, one.point_id, Period.HOUR, after, after + HOUR)
            found += [(limits, next_one) for next_one in stored]
    return found


async def _held(tx: Connection, limits: PointLimits, hour: store.Assessment) -> list[Held]:
    point_id, start = limits.point.point_id, hour.period_start
    before = await store.assessments(tx, point_id, Period.HOUR, start - HOUR, start)
    found = held_against_hour_before(limits, hour.factors, before[0].factors if before else [])
    found += held_against_possible(limits, hour.factors)
    targets = await target_store.in_force(tx, point_id) if hour.grade is not None else {}
    against = held_against_target(hour.grade, water_class_of(targets.get(at_park(start).year, {})))
    return [*found, against] if against else found
