"""SQL of what replays gave: a row an hour or day, with the revision it was held against. Where nothing differs that revision
is the result; only what differs is stored as such."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_judging.domain.park_calendar import day_span
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period

from source_monitoring.replay.running import DayOutcome

Place = tuple[UUID, datetime, str]
"""(point, start, period): the order of differences."""


async def days_done(connection: Connection, replay_id: UUID, point_id: UUID) -> set[date]:
    rows = await connection.fetch(
        "select day from replay_days where replay_id = $1 and point_id = $2", replay_id, point_id
    )
    return {row["day"] for row in rows}


async def save(tx: Connection, replay_id: UUID, point_id: UUID, day: date, outcome: DayOutcome) -> None:
    """Store what a day gave."""
    await tx.executemany(
        "insert into replay_results (replay_id, point_id, period, period_start, factors, differs, against, changed_factors)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (replay_id, point_id, one.period.value, one.start,
             msgspec.to_builtins(one.factors) if one.differs else None, one.differs, one.against, one.changed_factors)
            for one in outcome.results
        ],
    )  # fmt: skip
    await tx.execute(
        "insert into replay_days (replay_id, point_id, day, digest, stored_digest, periods, changed)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        replay_id, point_id, day, outcome.digest, outcome.stored_digest, len(outcome.results), outcome.changed,
    )  # fmt: skip


async def days_to_adopt(connection: Connection, replay_id: UUID, point_id: UUID) -> list[date]:
    """Return the days on which something differs and that are not adopted yet, in order of time."""
    rows = await connection.fetch(
        "select day from replay_days where replay_id = $1 and point_id = $2 and changed > 0 and adopted is null order by day",
        replay_id, point_id,
    )  # fmt: skip
    return [row["day"] for row in rows]


async def differing(
    connection: Connection, replay_id: UUID, point_id: UUID, day: date
) -> list[tuple[Period, datetime, int | None, list[FactorAssessment]]]:
    """Return what differs on a day: period, start, revision it was held against, factors; hours before the day."""
    rows = await connection.fetch(
        "select period, period_start, against, factors from replay_results where replay_id = $1 and point_id = $2"
        " and differs and period_start >= $3 and period_start < $4 order by period desc, period_start",
        replay_id, point_id, *day_span(day),
    )  # fmt: skip
    return [
        (Period(row["period"]), row["period_start"], row["against"], msgspec.convert(row["factors"], list[FactorAssessment]))
        for row in rows
    ]  # fmt: skip


async def adopted(
    tx: Connection,
    replay_id: UUID,
    point_id: UUID,
    day: date,
    made: Sequence[tuple[Period, datetime, int]],
    outdated: int,
) -> None:
    """Note which revisions a day's results became, and how many did not because newer data had come."""
    await tx.executemany(
        "update replay_results set adopted_revision = $5"
        " where replay_id = $1 and point_id = $2 and period = $3 and period_start = $4",
        [(replay_id, point_id, period.value, start, revision) for period, start, revision in made],
    )
    await tx.execute(
        "update replay_days set adopted = $4, outdated = $5 where replay_id = $1 and point_id = $2 and day = $3",
        replay_id, point_id, day, len(made), outdated,
    )  # fmt: skip


async def differences(
    connection: Connection,
    replay_id: UUID,
    point_ids: Sequence[UUID],
    *,
    factor: str | None,
    period: str | None,
    day: date | None,
    limit: int,
    after: Place | None,
) -> list[asyncpg.Record]:
    """Return what differs, with the factors of the revision it was held against (`before`), by point and time."""
    since, until = (None, None) if day is None else day_span(day)
    return await connection.fetch(
        """select r.point_id, r.period, r.period_start, r.against, r.adopted_revision, r.factors as after,
                  a.factors as before
           from replay_results r left join assessments a on a.point_id = r.point_id and a.period = r.period
                and a.period_start = r.period_start and a.revision = r.against
           where r.replay_id = $1 and r.point_id = any($2) and r.differs
             and ($3::text is null or $3 = any(r.changed_factors)) and ($4::text is null or r.period = $4)
             and ($5::timestamptz is null or r.period_start >= $5 and r.period_start < $6)
             and ($7::uuid is null or (r.point_id, r.period_start, r.period) > ($7, $8, $9))
           order by r.point_id, r.period_start, r.period limit $10""",
        replay_id, list(point_ids), factor, period, since, until, *(after or (None, None, None)), limit,
    )  # fmt: skip


async def changed_factors(connection: Connection, replay_id: UUID, point_ids: Sequence[UUID]) -> list[tuple[str, int]]:
    """Return the factors of which anything differs, with the number of hours and days."""
    rows = await connection.fetch(
        "select factor, count(*) as n from replay_results, unnest(changed_factors) as factor"
        " where replay_id = $1 and point_id = any($2) and differs group by 1 order by 2 desc, 1",
        replay_id, list(point_ids),
    )  # fmt: skip
    return [(row["factor"], row["n"]) for row in rows]
