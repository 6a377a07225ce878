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

_FINER = (
    (Period.MINUTE, VALUE_ATTRIBUTES[Grid.MINUTE, False]),
    (Period.REALTIME, VALUE_ATTRIBUTES[Grid.REALTIME, False]),
)
_HOUR_NAMES = ("Avg", "Rtd")

_AFTERWARDS = timedelta(days=1)
_AGAIN = HOUR
_AT_ONCE = 10
_LATE_HOURS = f"""(m.verdict = 'not-provable' and exists (select from assessments a where a.point_id = m.point_id
    and a.period = 'hour' and a.period_start >= o.starts_at and a.period_start < {measures.END} and a.made_at > m.judged_at))"""
"""Hours of the order came since a measure was found not provable: it is looked at again, however long the order is over."""


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
                         and m.judged_at < {measures.END} + $3::interval) or {_LATE_HOURS})
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
    """Return the hourly means of a factor's ten-minute records, of its realtime values where it sends none; hours that hold
    neither (the line was down, the device sent its hours afterwards) are those of the device's own hour records."""
    own: Series[Decimal] = Series((), HOUR)
    for period, names in _FINER:
        curve = await _curve(connection, point_id, period, [(factor, name) for name in names], since, until)
        if curve is not None:
            own = await asyncio.to_thread(_hourly, curve)
            break
    columns = [(factor, name) for name in _HOUR_NAMES]
    sent = await _curve(connection, point_id, Period.HOUR, columns, since, until)
    return own if sent is None else _filled(own, _samples(sent, HOUR))


async def frames_period(connection: Connection, measure: ReductionMeasure, until: datetime) -> Period:
    """Return of which period the raw frames are that a measure was judged by."""
    for period, names in (*_FINER, (Period.HOUR, _HOUR_NAMES)):
        columns = [(measure.factor, name) for name in names]
        if await _curve(connection, measure.point_id, period, columns, measure.starts_at, until) is not None:
            return period
    return Period.MINUTE


async def _curve(
    connection: Connection,
    point_id: UUID,
    period: Period,
    columns: list[tuple[str, str]],
    since: datetime,
    until: datetime,
) -> Curve | None:
    found = await timeseries_curves.series(connection, point_id, period, columns, since, until)
    return next((found[column] for column in columns if column in found), None)


def _hourly(curve: Curve) -> Series[Decimal]:
    return means(_samples(curve, TEN_MINUTES), HOUR)


def _samples(curve: Curve, otherwise: timedelta) -> Series[Decimal]:
    samples = tuple(
        Sample(datetime.fromtimestamp(at / 1000, PARK_TIME_ZONE), Decimal(repr(value)))
        for at, value, _ in curve.samples()
        if value is not None
    )
    return Series(samples, usual_step([one.at for one in samples], otherwise))


def _filled(own: Series[Decimal], sent: Series[Decimal]) -> Series[Decimal]:
    hours = {sample.at: sample for sample in (*sent.samples, *own.samples)}
    return Series(tuple(hours[at] for at in sorted(hours)), HOUR)


def curve_of(hours: Series[Decimal], least: datetime) -> Sequence[tuple[int, float, Any]]:
    """Return the hours from `least` on as a curve is answered: (epoch ms, value, mark)."""
    return [(int(s.at.timestamp() * 1000), float(s.value), None) for s in hours.samples if s.at >= least]
