"""Judging measures: the hours of a meter are read, held against the order, and the verdict is written."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from park_chassis import timeseries_curves
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.series_reduction import Curve
from park_schemas.codes import Period
from park_schemas.park_time import PARK_TIME_ZONE
from park_standards.anomaly.series import Sample, Series

from source_monitoring.domain.anomaly.window import TEN_MINUTES, VALUE_ATTRIBUTES, Grid, means, usual_step
from source_monitoring.domain.reductions.keeping import HOUR, REFERENCE, Keeping, keeping_of
from source_monitoring.domain.reductions.reduction_list import ReductionMeasure
from source_monitoring.reductions import measures

_SETTLED = timedelta(minutes=11)
"""How long after its end an hour is looked at: its last ten-minute record has come by then."""

_AFTERWARDS = timedelta(days=1)
_AGAIN = HOUR
_AT_ONCE = 10


class MeasuresJudge:
    """Background work: measures of orders that stand are judged each hour, and for a day after the end (late data)."""

    def __init__(self, database: Database, *, every_s: float) -> None:
        self._database = database
        self._every_s = every_s

    async def run(self) -> None:
        """Judge what is due, for ever; several processes share the work."""
        while True:
            if not await self.judge_due(now()):
                await asyncio.sleep(self._every_s)

    async def judge_due(self, at: datetime) -> int:
        """Judge a few due measures in one transaction; return how many."""
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                f"""select {measures.MEASURE} from {measures.STANDING}
                    where m.point_id is not null and m.allowed_share is not null and o.starts_at <= $1
                    and (m.judged_at is null or (m.judged_at <= $1::timestamptz - $2::interval
                         and m.judged_at < {measures.END} + $3::interval))
                    order by m.judged_at nulls first, m.measure_id limit $4 for update of m skip locked""",
                at, _AGAIN, _AFTERWARDS, _AT_ONCE,
            )  # fmt: skip
            for row in rows:
                measure = msgspec.convert(dict(row), ReductionMeasure)
                keeping, _ = await judged(tx, measure, at)
                await save(tx, measure.measure_id, keeping, at)
            return len(rows)


async def judged(connection: Connection, measure: ReductionMeasure, at: datetime) -> tuple[Keeping, Series[Decimal]]:
    """Return what became of a measure by now, and the hours it was judged by (reference and order)."""
    since = measure.starts_at - REFERENCE
    until = min(at, measure.ends_at + HOUR)
    hours = await hours_of(connection, measure.point_id, measure.factor, since, until)
    return keeping_of(hours, measure, at - _SETTLED), hours


async def save(tx: Connection, measure_id: UUID, keeping: Keeping, at: datetime) -> None:
    """Write the verdict of a measure."""
    await tx.execute(
        "update reduction_measures set keeping = $2, verdict = $3, judged_at = $4 where measure_id = $1",
        measure_id, msgspec.to_builtins(keeping), keeping.verdict, at,
    )  # fmt: skip


async def hours_of(
    connection: Connection, point_id: UUID, factor: str, since: datetime, until: datetime
) -> Series[Decimal]:
    """Return the hourly means of a factor's ten-minute records; of its realtime values where it sends none."""
    for period, grid in ((Period.MINUTE, Grid.MINUTE), (Period.REALTIME, Grid.REALTIME)):
        names = VALUE_ATTRIBUTES[grid, False]
        columns = [(factor, name) for name in names]
        found = await timeseries_curves.series(connection, point_id, period, columns, since, until)
        curve = next((found[column] for column in columns if column in found), None)
        if curve is not None:
            return await asyncio.to_thread(_hourly, curve)
    return Series((), HOUR)


def _hourly(curve: Curve) -> Series[Decimal]:
    samples = tuple(
        Sample(datetime.fromtimestamp(at / 1000, PARK_TIME_ZONE), Decimal(repr(value)))
        for at, value, _ in curve.samples()
        if value is not None
    )
    return means(Series(samples, usual_step([one.at for one in samples], TEN_MINUTES)), HOUR)


def curve_of(hours: Series[Decimal], least: datetime) -> Sequence[tuple[int, float, Any]]:
    """Return the hours from `least` on as a curve is answered: (epoch ms, value, mark)."""
    return [(int(s.at.timestamp() * 1000), float(s.value), None) for s in hours.samples if s.at >= least]
