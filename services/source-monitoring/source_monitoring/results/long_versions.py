"""SQL of the versions of months, quarters and years: each differing computation is a row, none is overwritten."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from park_chassis.database import Connection
from park_schemas.assessments import FactorAssessment


class LongVersion(Struct, frozen=True, kw_only=True):
    """A month, quarter or year of a point as it was computed at a time."""

    period: str
    period_start: date
    revision: int
    made_at: datetime
    factors: list[FactorAssessment]


async def revisions(connection: Connection, point_id: UUID, period: str, start: date) -> list[LongVersion]:
    """Return all revisions of one period, oldest first."""
    rows = await connection.fetch(
        "select period, period_start, revision, made_at, factors from long_results"
        " where point_id = $1 and period = $2 and period_start = $3 order by revision",
        point_id, period, start,
    )  # fmt: skip
    return [msgspec.convert(dict(row), LongVersion) for row in rows]
