"""Months, quarters and years told as events once they are over, and again when contents or finality change."""

from datetime import date
from uuid import UUID

import asyncpg
import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_schemas.assessments import FactorAssessment, LongResultStated
from park_schemas.codes import LongPeriod
from park_schemas.envelope import Event
from park_schemas.registry import PointRecord

from source_monitoring.domain.long_periods import LENGTHS, WAIT_FOR_LAST_DAY, end_of, is_over

STATED = "source.long-result.stated"

NEWEST = """
select newest.*, reviewed.final_days, reviewed.days, reviewed.last_day
from (select distinct on (period_start) * from long_results
      where point_id = $1 and period = $2 and period_start >= $3 and period_start < $4
      order by period_start, revision desc) as newest
cross join lateral (select count(*) filter (where state = 'approved') as final_days, count(*) as days, max(day) as last_day
    from day_reviews where point_id = $1 and day >= newest.period_start
    and day < newest.period_start + make_interval(months => $5)) as reviewed order by newest.period_start
"""
"""The newest revision of each period that starts in [$3, $4), with how many of its days are computed and how many final."""

_UNTOLD = """
select distinct l.point_id, l.period, l.period_start from long_results l
where l.period_start < $1 and not exists (
    select from long_results_told t
    where t.point_id = l.point_id and t.period = l.period and t.period_start = l.period_start)
order by l.period_start, l.period, l.point_id limit $2
"""


async def newest(connection: Connection, point_id: UUID, period: str, since: date, until: date) -> list[asyncpg.Record]:
    """Return the newest revision of each period that starts in [since, until)."""
    return await connection.fetch(NEWEST, point_id, period, since, until, LENGTHS[period])


def is_final(row: asyncpg.Record) -> bool:
    """Say whether all computed days of a period are approved; only then may it be published upward."""
    return bool(row["days"]) and row["days"] == row["final_days"]


async def untold(connection: Connection, today: date, *, limit: int) -> list[asyncpg.Record]:
    """Return periods that were over some days ago and were never told: an outlet that ended before its month did."""
    rows = await connection.fetch(_UNTOLD, today, limit)
    return [row for row in rows if end_of(row["period"], row["period_start"]) + WAIT_FOR_LAST_DAY <= today]


async def tell(tx: Connection, service: str, point: PointRecord, period: str, first: date, today: date) -> bool:
    """Tell a period that is over if its contents or its being final differ from what was told; return whether it was told."""
    rows = await newest(tx, point.point_id, period, first, date.fromordinal(first.toordinal() + 1))
    if not rows or not is_over(period, first, rows[0]["last_day"], today):
        return False
    row, final = rows[0], is_final(rows[0])
    told = await tx.fetchrow(
        "select * from long_results_told where point_id = $1 and period = $2 and period_start = $3 for update",
        point.point_id, period, first,
    )  # fmt: skip
    if told is not None and (told["revision"], told["final"]) == (row["revision"], final):
        return False
    version, at = told["version"] + 1 if told else 1, now()
    await tx.execute(
        "insert into long_results_told values ($1, $2, $3, $4, $5, $6, $7) on conflict (point_id, period, period_start)"
        " do update set version = excluded.version, revision = excluded.revision, final = excluded.final,"
        " told_at = excluded.told_at",
        point.point_id, period, first, version, row["revision"], final, at,
    )  # fmt: skip
    body = LongResultStated(
        point_id=point.point_id,
        park_id=point.park_id,
        enterprise_id=point.enterprise_id,
        period=LongPeriod(period),
        first_day=first.isoformat(),
        last_day=date.fromordinal(end_of(period, first).toordinal() - 1).isoformat(),
        version=version,
        revision=row["revision"],
        made_at=row["made_at"],
        factors=msgspec.convert(row["factors"], list[FactorAssessment]),
        days=row["days"],
        final_days=row["final_days"],
        final=final,
    )
    await outbox.add(tx, Event(type=STATED, source=service, subject=str(point.point_id), time=at, body=body))
    return True
