"""Permitted yearly quantities: stated, and held against what was emitted."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.database import Connection
from park_judging.registry import Points

from source_monitoring.domain.permitted_quantity import Pace, Use, pace_of, use_of
from source_monitoring.settings import Settings


async def listed(connection: Connection, enterprise_ids: Iterable[UUID], year: int | None) -> list[asyncpg.Record]:
    """Return the quantities of enterprises, newest year first, with the shares that were warned of."""
    return await connection.fetch(
        "select q.*, (select coalesce(array_agg(w.share order by w.share), '{}') from quantity_warnings w"
        " where w.quantity_id = q.quantity_id and w.rule = 'total-control') as warned from permitted_quantities q"
        " where enterprise_id = any($1) and ($2::int is null or year = $2)"
        " order by year desc, enterprise_id, point_id nulls first, factor",
        list(enterprise_ids), year,
    )  # fmt: skip


async def state(tx: Connection, row: dict[str, Any]) -> UUID:
    """Write a quantity; the same (enterprise, point, factor, year) again replaces it. Return its id."""
    names = ", ".join(row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    quantity_id: UUID = await tx.fetchval(
        f"insert into permitted_quantities ({names}) values ({places})"
        " on conflict (enterprise_id, coalesce(point_id, enterprise_id), factor, year) do update set"
        " permitted_kg = excluded.permitted_kg, permit = excluded.permit, author = excluded.author,"
        " stated_at = excluded.stated_at returning quantity_id",
        *row.values(),
    )
    return quantity_id


async def uses(
    connection: Connection, rows: Sequence[asyncpg.Record], points: Points
) -> list[tuple[asyncpg.Record, Use]]:
    """Return each quantity with its use. A quantity without a point is of all outlets of its enterprise."""
    of_enterprise: dict[UUID | None, list[UUID]] = {}
    for limits in points.own():
        of_enterprise.setdefault(limits.point.enterprise_id, []).append(limits.point.point_id)
    found = []
    for row in rows:
        ids = [row["point_id"]] if row["point_id"] else of_enterprise.get(row["enterprise_id"], [])
        masses = await connection.fetch(
            "select day, sum(coalesce(emission_kg, 0)) as measured, sum(coalesce(substituted_kg, 0)) as substituted"
            " from factor_days where point_id = any($1) and factor = $2 and day >= $3 and day <= $4 group by day",
            ids, row["factor"], date(row["year"], 1, 1), date(row["year"], 12, 31),
        )  # fmt: skip
        by_day = {one["day"]: (Decimal(one["measured"]), Decimal(one["substituted"])) for one in masses}
        found.append((row, use_of(Decimal(row["permitted_kg"]), date(row["year"], 12, 31), by_day)))
    return found


def year_of(row: asyncpg.Record) -> tuple[date, date]:
    """Return the first and the last day of a quantity's time."""
    return date(row["year"], 1, 1), date(row["year"], 12, 31)


def pace(row: asyncpg.Record, use: Use, settings: Settings) -> Pace | None:
    """Return the use of a quantity beside the linear pace, None where it says nothing yet."""
    return pace_of(Decimal(row["permitted_kg"]), use, *year_of(row), least_days=settings.quantity_pace_after_days)
