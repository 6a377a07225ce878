"""SQL of days by factor: counts of transmission, emitted mass. One row a point, day and factor; derived, written
anew with the day."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging.domain.park_calendar import month_of
from park_schemas.assessments import FactorAssessment
from park_standards.rounding import exact
from park_standards.transmission import HourCounts

from source_monitoring.domain.transmission_counts import Hours, counts_of_day


async def save(tx: Connection, point_id: UUID, day: date, hours: Hours, factors: Sequence[FactorAssessment]) -> None:
    """Write the rows of a day anew, and note that its month has to be computed."""
    counts = counts_of_day(hours)
    await tx.execute("delete from factor_days where point_id = $1 and day = $2", point_id, day)
    await tx.executemany(
        "insert into factor_days values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [
            (
                point_id, day, one.factor, *_figures(counts.get(one.factor, HourCounts())),
                None if one.emission is None else exact(one.emission),
                None if one.substituted is None else exact(one.substituted),
            )
            for one in factors
        ],
    )  # fmt: skip
    await mark_month(tx, point_id, month_of(day), now())


def _figures(counts: HourCounts) -> tuple[int, int, int, int, int]:
    return counts.expected, counts.received, counts.in_time, counts.valid, counts.stopped


async def mark_month(tx: Connection, point_id: UUID, month: date, at: datetime) -> None:
    """Note that a month has to be computed (anew)."""
    await tx.execute(
        "insert into dirty_months values ($1, $2, $3) on conflict (point_id, month) do update set marked_at = excluded.marked_at",
        point_id, month, at,
    )  # fmt: skip


def counts_in(row: asyncpg.Record) -> HourCounts:
    """Return the counts of a row that has the five columns."""
    return HourCounts(row["expected"], row["received"], row["in_time"], row["valid"], row["stopped"])


async def counts_by_factor(connection: Connection, point_id: UUID, first: date, end: date) -> dict[str, HourCounts]:
    """Return the counts of each factor of a point for first <= day < end."""
    rows = await connection.fetch(
        "select factor, sum(expected)::int as expected, sum(received)::int as received, sum(in_time)::int as in_time,"
        " sum(valid)::int as valid, sum(stopped)::int as stopped"
        " from factor_days where point_id = $1 and day >= $2 and day < $3 group by factor order by factor",
        point_id, first, end,
    )  # fmt: skip
    return {row["factor"]: counts_in(row) for row in rows}


async def grouped(
    connection: Connection, point_ids: Sequence[UUID], first: date, end: date, by: Sequence[str]
) -> list[asyncpg.Record]:
    """Return counts and masses of points for first <= day < end, grouped by any of point_id, factor, day, month
    (literal names)."""
    columns = ", ".join(_COLUMNS[name] for name in by)
    group = (
        f" group by {', '.join(str(number) for number in range(1, len(by) + 1))} order by {', '.join(by)}" if by else ""
    )
    return await connection.fetch(
        f"select {columns}{', ' if by else ''}"
        "coalesce(sum(expected), 0)::int as expected, coalesce(sum(received), 0)::int as received,"
        " coalesce(sum(in_time), 0)::int as in_time, coalesce(sum(valid), 0)::int as valid,"
        " coalesce(sum(stopped), 0)::int as stopped, sum(emission_kg) as emission_kg, sum(substituted_kg) as substituted_kg,"
        " count(distinct day) as days"
        f" from factor_days where point_id = any($1) and day >= $2 and day < $3{group}",
        list(point_ids), first, end,
    )  # fmt: skip


_COLUMNS = {
    "point_id": "point_id",
    "factor": "factor",
    "day": "day",
    "month": "date_trunc('month', day)::date as month",
}
