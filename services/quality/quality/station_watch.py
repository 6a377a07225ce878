"""Hours of stations held against target, hour before and neighbours, in the transaction that stores them.

An episode (row of station_watch) opens with the first violated hour and sends each verdict until five calm hours in a row, as the
watches of limits do (park_judging.domain.watching). Only an hour newer than the last one seen moves an episode; a late one that
breaks the rule is still told.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging import metrics, store
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.domain.watching import Watch, see
from park_judging.period_rules import Made
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.codes import Medium, Period
from park_schemas.park_time import at_park
from park_schemas.registry import MonitoredFactor
from park_schemas.supervision import FindingRecorded

from quality import target_store
from quality.domain.measures import water_class_of
from quality.domain.station_rules import (
    REGIONAL_EVENT,
    Held,
    held_against_hour_before,
    held_against_neighbours,
    held_against_possible,
    held_against_target,
)
from quality.settings import Settings

_HOUR = timedelta(hours=1)


class StationWatch:
    """Finds what an hour shows beside its limits."""

    def __init__(self, points: Points, settings: Settings) -> None:
        self._points = points
        self._settings = settings

    async def look(self, tx: Connection, made: Sequence[Made]) -> None:
        """Hold the hours among new revisions against every rule, and record what they break or keep again."""
        hours = sorted(
            ((limits, one) for limits, one in made if one.period is Period.HOUR),
            key=lambda pair: (pair[1].period_start, pair[1].point_id),
        )
        findings: list[FindingRecorded] = []
        for limits, hour in hours:
            for held in await self._held(tx, limits, hour):
                findings += await self._take(tx, limits, hour.period_start, held, hour.revision)
        for medium, start in sorted({(limits.point.medium, hour.period_start) for limits, hour in hours}):
            findings += await self._region(tx, medium, start)
        for one in findings:
            metrics.FINDINGS.labels(one.rule, one.verdict).inc()
        await outbox.add(tx, *[finding_event(self._settings.service, one) for one in findings])

    async def _held(self, tx: Connection, limits: PointLimits, hour: store.Assessment) -> list[Held]:
        point_id, start = limits.point.point_id, hour.period_start
        before = await store.assessments(tx, point_id, Period.HOUR, start - _HOUR, start)
        found = held_against_hour_before(limits, hour.factors, before[0].factors if before else [])
        found += held_against_possible(limits, hour.factors)
        targets = await target_store.in_force(tx, point_id) if hour.grade is not None else {}
        against = held_against_target(hour.grade, water_class_of(targets.get(at_park(start).year, {})))
        return [*found, against] if against else found

    async def _region(self, tx: Connection, medium: Medium, start: datetime) -> list[FindingRecorded]:
        """Look at an hour over all stations of a medium; it is calm again once the hour before it was no event."""
        stations = {one.point.point_id: one for one in self._points.own() if one.point.medium is medium}
        findings = []
        over = await _over_limit(tx, list(stations), start)
        watched = await tx.fetch(
            "select point_id, factor from station_watch where rule = $1 and point_id = any($2)",
            REGIONAL_EVENT, list(stations),
        )  # fmt: skip
        anchors = {row["factor"]: row["point_id"] for row in watched}
        for code in sorted(over.keys() | anchors.keys()):
            ids = over.get(code, [])
            anchor = stations[anchors.get(code) or ids[0]]
            factor = anchor.factors.get(code)
            if factor is not None:
                findings += await self._event(tx, stations, anchor, factor, ids, start)
        return findings

    async def _event(
        self,
        tx: Connection,
        stations: dict[UUID, PointLimits],
        anchor: PointLimits,
        factor: MonitoredFactor,
        over: Iterable[UUID],
        start: datetime,
    ) -> list[FindingRecorded]:
        held = self._neighbours(stations, factor, over)
        if held.violated:
            return await self._take(tx, anchor, start, held, int(held.observed))
        # The other stations' hours of `start` may still be to come: only the hour before can say that it is over.
        previous = (await _over_limit(tx, list(stations), start - _HOUR)).get(factor.factor, [])
        calm = self._neighbours(stations, factor, previous)
        return [] if calm.violated else await self._take(tx, anchor, start - _HOUR, calm, 1)

    def _neighbours(self, stations: dict[UUID, PointLimits], factor: MonitoredFactor, over: Iterable[UUID]) -> Held:
        names = [(stations[one].point.name_zh, stations[one].point.name_en) for one in over]
        return held_against_neighbours(factor, names, self._settings.regional_stations)

    async def _take(
        self, tx: Connection, limits: PointLimits, start: datetime, held: Held, revision: int
    ) -> list[FindingRecorded]:
        """Move the episode by one verdict; return the finding if it has to be told."""
        key = (limits.point.point_id, held.rule, held.factor.factor if held.factor else "")
        row = await tx.fetchrow(
            "select opened_at, last_at, streak from station_watch where point_id = $1 and rule = $2 and factor = $3 for update",
            *key,
        )
        watch = Watch(row["opened_at"], row["last_at"], row["streak"]) if row else None
        seen = see(watch, violated=held.violated, ratio=held.ratio, at=start)
        if seen.watch is None and watch is not None:
            await tx.execute("delete from station_watch where point_id = $1 and rule = $2 and factor = $3", *key)
        elif seen.watch is not None and seen.watch != watch:
            await tx.execute(
                "insert into station_watch values ($1, $2, $3, $4, $5, $6) on conflict (point_id, rule, factor) do update"
                " set last_at = excluded.last_at, streak = excluded.streak",
                *key, seen.watch.opened_at, seen.watch.last_at, seen.watch.streak,
            )  # fmt: skip
        return [_finding(limits, start, held, revision)] if seen.report else []


async def _over_limit(tx: Connection, point_ids: Sequence[UUID], start: datetime) -> dict[str, list[UUID]]:
    """Return the stations that break the limit of a factor in an hour, by factor code."""
    rows = await tx.fetch(
        "select distinct on (point_id) point_id, factors from assessments"
        " where period = 'hour' and period_start = $1 and point_id = any($2) order by point_id, revision desc",
        start, list(point_ids),
    )  # fmt: skip
    found: dict[str, list[UUID]] = {}
    for row in rows:
        for factor in row["factors"]:
            if factor.get("compliant") is False:
                found.setdefault(factor["factor"], []).append(row["point_id"])
    return found


def _finding(limits: PointLimits, start: datetime, held: Held, revision: int) -> FindingRecorded:
    point, shown = limits.point, f"{at_park(start):%Y-%m-%d %H:%M}"
    factor = held.factor
    finding = point_finding(
        point, held.rule, "violated" if held.violated else "complied",
        key=(factor.factor if factor else "", start.timestamp(), revision),
        start=start, end=start + _HOUR, recorded_at=now(), period=Period.HOUR,
        zh=f"{point.name_zh} {shown} {held.zh}。", en=f"{point.name_en}, {shown}: {held.en}.",
    )  # fmt: skip
    return msgspec.structs.replace(
        finding,
        factor=factor.factor if factor else None,
        factor_name_zh=factor.name_zh if factor else "",
        factor_name_en=factor.name_en if factor else "",
        observed=held.observed,
        limit=held.limit,
        unit=factor.unit if factor and held.rule != REGIONAL_EVENT else "",
        ratio=held.ratio,
    )
