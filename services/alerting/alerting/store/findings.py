"""Findings that belong to an episode; kept for ever, they are the alarm's evidence."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.supervision import FindingRecorded

from alerting.domain.circumstances import Circumstances


async def is_known(tx: Connection, finding_id: UUID) -> bool:
    """Return whether a finding has been taken in before."""
    return await tx.fetchval("select 1 from findings where finding_id = $1", finding_id) is not None


async def insert_finding(
    tx: Connection,
    finding: FindingRecorded,
    dedup_key: str,
    alarm_id: UUID,
    around: Circumstances | None = None,
) -> None:
    """Keep a finding with its episode and what was around it; a known one is kept as it is."""
    await tx.execute(
        """insert into findings (finding_id, alarm_id, dedup_key, verdict, period, period_start, period_end, recorded_at,
                                 body, circumstances)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing""",
        finding.finding_id,
        alarm_id,
        dedup_key,
        finding.verdict,
        finding.period.value,
        finding.period_start,
        finding.period_end,
        finding.recorded_at,
        msgspec.to_builtins(finding),
        msgspec.to_builtins(around) if around is not None else None,
    )


async def findings_of(tx: Connection, alarm_id: UUID) -> tuple[list[FindingRecorded], dict[UUID, Circumstances]]:
    """Return every finding of an episode (only needed when one came late) and what was around them."""
    rows = await tx.fetch("select finding_id, body, circumstances from findings where alarm_id = $1", alarm_id)
    around = {
        row["finding_id"]: msgspec.convert(row["circumstances"], Circumstances)
        for row in rows
        if row["circumstances"] is not None
    }
    return [msgspec.convert(row["body"], FindingRecorded) for row in rows], around


async def newest_circumstances(tx: Connection, alarm_id: UUID) -> Circumstances | None:
    """Return what was around the newest violated finding of an episode."""
    found = await tx.fetchval(
        """select circumstances from findings where alarm_id = $1 and verdict = 'violated' and circumstances is not null
           order by period_end desc limit 1""",
        alarm_id,
    )
    return msgspec.convert(found, Circumstances) if found is not None else None


async def violated_hours(tx: Connection, dedup_key: str, before: datetime) -> list[datetime]:
    """Return the starts of violated hours of a key in the 24 h before an instant, oldest first."""
    rows = await tx.fetch(
        """select distinct period_start from findings where dedup_key = $1 and verdict = 'violated' and period = 'hour'
           and period_start > $2 and period_start < $3 order by period_start""",
        dedup_key,
        before - timedelta(hours=24),
        before,
    )
    return [row["period_start"] for row in rows]


async def newest_finding(tx: Connection, alarm_id: UUID) -> FindingRecorded:
    """Return the newest violated finding of an episode; every episode has one."""
    body = await tx.fetchval(
        "select body from findings where alarm_id = $1 and verdict = 'violated' order by period_end desc limit 1",
        alarm_id,
    )
    return msgspec.convert(body, FindingRecorded)
