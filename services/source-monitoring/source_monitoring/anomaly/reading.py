"""What a run reads of a point: one query for all its values, one for its own hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_judging.domain.applied_limits import PointLimits
from park_schemas.assessments import FactorAssessment
from park_schemas.park_time import PARK_TIME_ZONE

from source_monitoring.domain.anomaly.window import Column, Grid, Hours, HourValue, PointReadings

_VALUES = """
select w.period, c.factors, c.attributes, array_agg((extract(epoch from c.data_time) * 1000)::bigint) as times,
       array_agg(c."values") as rows, array_agg(c.marks) as marks
from unnest($2::text[], $3::timestamptz[]) as w (period, since)
join latest d on d.point_id = $1 and d.period = w.period
cross join lateral (
    select distinct on (f.data_time) f.data_time, f.factors, f.attributes, f."values", f.marks from frames f
    where f.mn = d.mn and f.command = d.command and f.data_time >= w.since and f.data_time < $4 and f.point_id = d.point_id
    order by f.data_time, f.revision desc
) c
where cardinality(c.factors) > 0 group by w.period, c.factors, c.attributes
"""
_HOURS = """
select distinct on (period_start) period_start, factors from assessments
where point_id = $1 and period = 'hour' and period_start >= $2 and period_start < $3 order by period_start, revision desc
"""
_LONGEST_REALTIME = timedelta(hours=26)


async def read_point(
    connection: Connection, limits: PointLimits, needed: Mapping[Grid, timedelta], since: datetime, until: datetime
) -> PointReadings:
    """Return what was stored of a point: of each grid from `needed` before `since` up to `until`.

    Where minutes are needed and the device sends none, its realtime values of the last day stand in for them.
    """
    point_id = limits.point.point_id
    spans: dict[Grid, datetime] = {grid: since - back for grid, back in needed.items() if grid is not Grid.HOUR}
    columns = await _columns(connection, point_id, spans, until)
    if (
        Grid.MINUTE in spans
        and Grid.MINUTE not in columns
        and needed[Grid.MINUTE] > needed.get(Grid.REALTIME, timedelta(0))
    ):
        stand_in = max(spans[Grid.MINUTE], since - _LONGEST_REALTIME)
        columns |= await _columns(connection, point_id, {Grid.REALTIME: stand_in}, until)
    hours: Hours = {}
    if Grid.HOUR in needed:
        hours = await _hours(connection, point_id, since - needed[Grid.HOUR], until)
    return PointReadings(limits, columns, hours)


async def _columns(
    connection: Connection, point_id: UUID, spans: Mapping[Grid, datetime], until: datetime
) -> dict[Grid, dict[tuple[str, str], Column]]:
    if not spans:
        return {}
    rows = await connection.fetch(_VALUES, point_id, [grid.value for grid in spans], list(spans.values()), until)
    cells: dict[Grid, dict[tuple[str, str], dict[int, tuple[float | None, str | None]]]] = {}
    for row in rows:
        grid = cells.setdefault(Grid(row["period"]), {})
        for place, key in enumerate(zip(row["factors"], row["attributes"], strict=True)):
            column = grid.setdefault(key, {})
            for at, values, marks in zip(row["times"], row["rows"], row["marks"], strict=True):
                column[at] = (values[place], marks[place])
    return {grid: {key: _column(found) for key, found in columns.items()} for grid, columns in cells.items()}


def _column(cells: Mapping[int, tuple[float | None, str | None]]) -> Column:
    times = sorted(cells)
    return Column(times, [cells[at][0] for at in times], [cells[at][1] for at in times])


_STOPPED = MappingProxyType({"stopped": "stopped", "no-flow": "stopped"})
"""An hour without flow is owed no value, just as a stopped one."""


async def _hours(connection: Connection, point_id: UUID, since: datetime, until: datetime) -> Hours:
    rows = await connection.fetch(_HOURS, point_id, since, until)
    return {row["period_start"].astimezone(PARK_TIME_ZONE): _hour(row["factors"]) for row in rows}


def _hour(factors: Any) -> dict[str, HourValue]:
    return {
        one.factor: HourValue(
            one.valid, one.mean, one.converted_mean, _STOPPED.get(one.verdict) or _STOPPED.get(one.reason, one.reason)
        )
        for one in msgspec.convert(factors, list[FactorAssessment])
    }


async def last_times(connection: Connection, point_id: UUID) -> tuple[datetime, datetime] | None:
    """Return (newest believed data time, last arrival) of a point, None when it never sent anything."""
    row = await connection.fetchrow(
        "select max(rank_time) as newest, max(received_at) as received from latest where point_id = $1", point_id
    )
    return None if row is None or row["newest"] is None else (row["newest"], row["received"])
