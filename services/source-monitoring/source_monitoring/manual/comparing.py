"""Comparison of manual results with the monitors: made anew whenever a result of the day changes, and while automatic data may
still come late; accepted ones become checks of the monitors, which make data invalid back to the last passed one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at, day_span
from park_judging.domain.periods import hour_of
from park_judging.registry import Points
from park_schemas.codes import Medium
from park_schemas.identifiers import natural_id
from park_standards.anomaly.series import Sample, Series
from park_standards.means import arithmetic_mean
from park_standards.units import convert
from park_standards.validity import Reason

from source_monitoring.anomaly.reading import read_point
from source_monitoring.domain.anomaly.settings import OutletSettings
from source_monitoring.domain.anomaly.window import Grid, HourValue, Lacking, Window, part
from source_monitoring.domain.manual.comparison import (
    Comparison,
    DayOfComparison,
    Pair,
    check_outcomes,
    compared,
)
from source_monitoring.domain.manual.results import ManualResult
from source_monitoring.manual import store
from source_monitoring.marking import span_changes
from source_monitoring.marking import store as marking
from source_monitoring.settings import Settings

_BESIDE = timedelta(minutes=30)
_HOUR = timedelta(hours=1)
_STILL_COMING = timedelta(days=10)
"""How long automatic data may come late: until then a day without it is compared again."""
_CHECK_OF: Mapping[Medium, str] = MappingProxyType(
    {Medium.WASTE_WATER: "comparison", Medium.RAIN_WATER: "comparison", Medium.WASTE_GAS: "verification"}
)
"""Kind of the check that a comparison is (`domain/monitor_checks.py` says which interval it meets)."""
_SOURCE = "manual-monitoring"


def window_of(result: ManualResult) -> tuple[datetime, datetime]:
    """Return the time whose automatic values stand beside a result: its sampling, or half an hour to both sides of an instant."""
    if result.averaging == "day":
        return day_span(day_at(result.sampled_at))
    if result.sampled_until is not None:
        return result.sampled_at, result.sampled_until
    if result.averaging == "hour":
        return result.sampled_at, result.sampled_at + _HOUR
    return result.sampled_at - _BESIDE, result.sampled_at + _BESIDE


async def refresh(tx: Connection, limits: PointLimits, factor: str, day: date) -> None:
    """Make the comparison of a factor's day anew, and the checks that follow from it. Factors without monitor have none."""
    if factor not in limits.factors:
        return
    point_id = limits.point.point_id
    rows = await store.results_of_day(tx, point_id, factor, *day_span(day))
    of_numbers = [row for row in rows if store.result(row).value is not None]
    if of_numbers:
        results = [store.result(row) for row in of_numbers]
        made = compared(factor, limits.point.medium, await _pairs(tx, limits, factor, results))
        accepted = all(row["state"] == "accepted" for row in of_numbers)
        await _save(tx, limits, factor, day, made, accepted, max(one.sampled_at for one in results))
    else:
        await tx.execute(
            "delete from manual_comparisons where point_id = $1 and factor = $2 and day = $3", point_id, factor, day
        )
    await _check(tx, limits, factor)


async def _save(
    tx: Connection, limits: PointLimits, factor: str, day: date, made: Comparison, accepted: bool, last: datetime
) -> None:
    await tx.execute(
        "insert into manual_comparisons (point_id, factor, day, outcome, accepted, last_sample, made_at, body)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (point_id, factor, day) do update set outcome = excluded.outcome,"
        " accepted = excluded.accepted, last_sample = excluded.last_sample, made_at = excluded.made_at, body = excluded.body",
        limits.point.point_id, factor, day, made.outcome, accepted, last, now(), msgspec.to_builtins(made),
    )  # fmt: skip


async def _pairs(tx: Connection, limits: PointLimits, factor: str, results: Sequence[ManualResult]) -> list[Pair]:
    windows = [window_of(result) for result in results]
    since, until = hour_of(min(start for start, _ in windows)), max(end for _, end in windows)
    readings = await read_point(tx, limits, {Grid.MINUTE: _HOUR, Grid.HOUR: _HOUR}, since, until)
    window = Window(readings, OutletSettings(), since, until, now())
    try:
        series = _valid(window.series(Grid.MINUTE, factor), readings.hours, factor)
    except Lacking as lack:
        return [_pair(one, span, limits, factor, None, lack) for one, span in zip(results, windows, strict=True)]
    return [
        _pair(one, span, limits, factor, part(series, *span), None) for one, span in zip(results, windows, strict=True)
    ]


def _valid(series: Series[Any], hours: Mapping[datetime, Mapping[str, HourValue]], factor: str) -> Series[Any]:
    """The values whose hour is not invalid. An hour out of control stays: a comparison is what decides on control."""

    def usable(sample: Sample[Any]) -> bool:
        hour = hours.get(hour_of(sample.at), {}).get(factor)
        return hour is None or hour.valid or hour.reason == Reason.OUT_OF_CONTROL

    return Series(tuple(sample for sample in series.samples if usable(sample)), series.step)


def _pair(
    result: ManualResult,
    span: tuple[datetime, datetime],
    limits: PointLimits,
    factor: str,
    beside: Series[Any] | None,
    lack: Lacking | None,
) -> Pair:
    unit = limits.factors[factor].unit
    manual = convert(result.value, result.unit, unit) if result.value is not None else None
    assert manual is not None  # noqa: S101 - refresh leaves out what was not detected
    automatic = arithmetic_mean(beside.values) if beside is not None and beside.samples else None
    why = ("", "") if automatic is not None else _why(lack)
    return Pair(
        result_id=str(result.result_id), since=span[0], until=span[1], manual=manual, unit=unit,
        automatic=None if automatic is None else round(automatic, 4), values=0 if beside is None else len(beside.samples),
        why_zh=why[0], why_en=why[1],
    )  # fmt: skip


def _why(lack: Lacking | None) -> tuple[str, str]:
    if lack is not None:
        return lack.zh, lack.en
    return "采样时段没有有效的自动数据", "no valid automatic data while the sample was taken"


async def _check(tx: Connection, limits: PointLimits, factor: str) -> None:
    """Write the checks that the accepted comparisons of a factor are, and have the hours they touch computed anew."""
    point_id, kind = limits.point.point_id, _CHECK_OF[limits.point.medium]
    rows = await tx.fetch(
        "select * from manual_comparisons where point_id = $1 and factor = $2 and accepted order by last_sample, day",
        point_id, factor,
    )  # fmt: skip
    days = [DayOfComparison(row["day"], row["last_sample"], comparison(row)) for row in rows]
    async with span_changes.recomputed(tx, point_id, [factor]):
        await tx.execute(
            "delete from control_checks where point_id = $1 and factor = $2 and kind = $3 and figures ->> 'source' = $4",
            point_id, factor, kind, _SOURCE,
        )  # fmt: skip
        for one, outcome in check_outcomes(limits.point.medium, days):
            await marking.add_check(tx, _check_row(point_id, factor, kind, one, outcome))


def _check_row(point_id: UUID, factor: str, kind: str, one: DayOfComparison, outcome: str) -> dict[str, Any]:
    made = one.comparison
    figures = {
        "source": _SOURCE, "pairs": len(made.pairs), "error": str(made.error), "tolerance": str(made.tolerance),
        "unit": made.unit, "standard": made.standard,
    }  # fmt: skip
    return {
        "check_id": natural_id(_SOURCE, point_id, factor, one.day), "point_id": point_id, "factor": factor, "at": one.at,
        "kind": kind, "outcome": outcome, "figures": figures, "note": made.zh, "evidence": [],
        "author_id": natural_id("service", "source-monitoring"), "author": "source-monitoring", "recorded_at": now(),
    }  # fmt: skip


def comparison(row: asyncpg.Record) -> Comparison:
    return msgspec.convert(row["body"], Comparison)


class LateData:
    """Background work: days without automatic data are compared again while it may still come."""

    def __init__(self, database: Database, points: Points, settings: Settings) -> None:
        self._database = database
        self._points = points
        self._settings = settings

    async def run(self) -> None:
        """Compare again, for ever."""
        while True:
            await self.look(now())
            await asyncio.sleep(self._settings.manual_check_interval_s)

    async def look(self, at: datetime) -> None:
        """Compare the days of the last while again whose samples found no automatic data, or whose hours were computed since."""
        async with self._database.reading() as connection:
            rows = await connection.fetch(_OPEN, at - _STILL_COMING)
        for row in rows:
            limits = self._points.get(row["point_id"])
            if limits is None:
                continue
            async with self._database.transaction() as tx:
                await store.lock(tx)
                await refresh(tx, limits, row["factor"], row["day"])


_OPEN = """
select c.point_id, c.factor, c.day from manual_comparisons c
where c.last_sample >= $1 and exists (
    select from assessments a where a.point_id = c.point_id and a.period = 'hour' and a.made_at > c.made_at
    and a.period_start >= (c.day - 1)::timestamp at time zone 'Asia/Shanghai'
    and a.period_start < (c.day + 2)::timestamp at time zone 'Asia/Shanghai')
order by c.day limit 200
"""


async def listed(
    connection: Connection,
    point_ids: Sequence[UUID],
    *,
    factor: str | None,
    outcome: str | None,
    since: date | None,
    until: date | None,
    after: tuple[date, UUID, str] | None,
    limit: int | None,
) -> list[asyncpg.Record]:
    """Return comparisons of points, newest day first, after a place (day, point, factor)."""
    return await connection.fetch(
        "select * from manual_comparisons where point_id = any($1) and ($2::text is null or factor = $2)"
        " and ($3::text is null or outcome = $3) and ($4::date is null or day >= $4) and ($5::date is null or day < $5)"
        " and ($6::date is null or (-(day - date '2000-01-01'), point_id, factor) > (-($6::date - date '2000-01-01'), $7, $8))"
        " order by day desc, point_id, factor limit $9",
        list(point_ids), factor, outcome, since, until, *(after or (None, None, None)), limit,
    )  # fmt: skip
