"""An hour looked at over all stations of a medium: several over the limit of one factor are a regional event.

One station speaks for the event, its anchor: the one that told of this hour before, or of the episode that is open, or the first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from park_chassis.database import Connection
from park_judging.domain.applied_limits import PointLimits
from park_schemas.registry import MonitoredFactor
from park_schemas.supervision import FindingRecorded

from quality import episodes, told_findings
from quality.domain.station_rules import REGIONAL_EVENT, Held, held_against_neighbours
from quality.episodes import HOUR

Stations = Mapping[UUID, PointLimits]


async def look(tx: Connection, stations: Stations, start: datetime, needed: int) -> list[FindingRecorded]:
    """Return what an hour says of regional events: there is one, it was none after all, or it is over."""
    over = await _over_limit(tx, list(stations), start)
    watched = await tx.fetch(
        "select point_id, factor from station_watch where rule = $1 and point_id = any($2)",
        REGIONAL_EVENT, list(stations),
    )  # fmt: skip
    anchors = {row["factor"]: row["point_id"] for row in watched}
    anchors |= await told_findings.tellers(tx, REGIONAL_EVENT, list(stations), start)
    findings = []
    for code in sorted(over.keys() | anchors.keys()):
        ids = over.get(code, [])
        anchor = stations[anchors.get(code) or ids[0]]
        factor = anchor.factors.get(code)
        if factor is not None:
            held = _neighbours(stations, factor, ids, needed)
            findings += await _event(tx, stations, anchor, factor, held, start, needed)
    return findings


async def _event(
    tx: Connection,
    stations: Stations,
    anchor: PointLimits,
    factor: MonitoredFactor,
    held: Held,
    start: datetime,
    needed: int,
) -> list[FindingRecorded]:
    if held.violated:
        return await episodes.take(tx, anchor, start, held, int(held.observed))
    findings = await episodes.withdraw(tx, anchor, start, held)
    # The other stations' hours of `start` may still be to come: only the hour before can say that it is over.
    before = (await _over_limit(tx, list(stations), start - HOUR)).get(factor.factor, [])
    calm = _neighbours(stations, factor, before, needed)
    return findings if calm.violated else findings + await episodes.take(tx, anchor, start - HOUR, calm, 1)


def _neighbours(stations: Stations, factor: MonitoredFactor, over: Iterable[UUID], needed: int) -> Held:
    names = [(stations[one].point.name_zh, stations[one].point.name_en) for one in over]
    return held_against_neighbours(factor, names, needed)


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
