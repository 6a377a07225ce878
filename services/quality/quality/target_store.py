"""SQL of targets: a new version a change, nothing is overwritten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.database import Connection


async def versions(connection: Connection, point_id: UUID, year: int) -> list[asyncpg.Record]:
    """Return all versions of a year's targets, newest first."""
    return await connection.fetch(
        "select version, bounds, author, reason, made_at from targets where point_id = $1 and year = $2"
        " order by version desc",
        point_id, year,
    )  # fmt: skip


async def in_force(connection: Connection, point_id: UUID) -> dict[int, dict[str, str]]:
    """Return the newest targets by year: {measure: bound}."""
    rows = await connection.fetch(
        "select distinct on (year) year, bounds from targets where point_id = $1 order by year, version desc", point_id
    )
    return {row["year"]: row["bounds"] for row in rows}


async def add(
    tx: Connection,
    point_id: UUID,
    year: int,
    bounds: Mapping[str, Any],
    *,
    based_on: int,
    author: str,
    reason: str,
    at: datetime,
) -> int | None:
    """Store the next version and return its number, None when somebody else has changed the targets since `based_on`."""
    row = await tx.fetchrow(
        "insert into targets select $1, $2, $3::int + 1, $4, $5, $6, $7"
        " where $3 = (select coalesce(max(version), 0) from targets where point_id = $1 and year = $2)"
        " on conflict do nothing returning version",
        point_id, year, based_on, dict(bounds), author, reason, at,
    )  # fmt: skip
    return row["version"] if row else None
