"""Findings that belong to an episode; kept for ever, they are the alarm's evidence."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct
from park_chassis.database import Connection
from park_schemas.supervision import FindingRecorded

from alerting.domain.circumstances import Circumstances


class KeptFinding(NamedTuple):
    """A finding with its episode and what was around it."""

    finding: FindingRecorded
    dedup_key: str
    alarm_id: UUID
    around: Circumstances | None = None


class History(Struct, frozen=True):
    """Every finding of an episode and what was around them."""

    findings: list[FindingRecorded]
    around: dict[UUID, Circumstances]


async def episodes_of(tx: Connection, finding_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return {finding: alarm} of those that have been taken in before."""
    rows = await tx.fetch("select finding_id, alarm_id from findings where finding_id = any($1)", list(finding_ids))
    return {row["finding_id"]: row["alarm_id"] for row in rows}


async def insert_findings(tx: Connection, kept: Sequence[KeptFinding]) -> None:
    """Keep findings; a known one is kept as it is."""
    if not kept:
        return
    await tx.executemany(
        """insert into findings (finding_id, alarm_id, dedup_key, verdict, period, period_start, period_end, recorded_at,
                                 body, circumstances)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing""",
        [
            (one.finding_id, alarm_id, key, one.verdict, one.period.value, one.period_start, one.period_end, one.recorded_at,
             msgspec.to_builtins(one), msgspec.to_builtins(around) if around is not None else None)
            for one, key, alarm_id, around in kept
        ],
    )  # fmt: skip


async def set_withdrawn(tx: Connection, withdrawals: Mapping[UUID, UUID]) -> None:
    """Remember which findings stand no more, and which finding withdrew each."""
    if withdrawals:
        await tx.executemany("update findings set withdrawn_by = $2 where finding_id = $1", list(withdrawals.items()))


async def histories(tx: Connection, alarm_ids: Collection[UUID]) -> dict[UUID, History]:
    """Return all findings of episodes (only needed when one came late or is withdrawn)."""
    found = {alarm_id: History([], {}) for alarm_id in alarm_ids}
    rows = await tx.fetch(
        "select alarm_id, finding_id, body, circumstances from findings where alarm_id = any($1)", list(alarm_ids)
    )
    for row in rows:
        history = found[row["alarm_id"]]
        history.findings.append(msgspec.convert(row["body"], FindingRecorded))
        if row["circumstances"] is not None:
            history.around[row["finding_id"]] = msgspec.convert(row["circumstances"], Circumstances)
    return found


async def newest_circumstances(tx: Connection, alarm_id: UUID) -> Circumstances | None:
    """Return what was around the newest violated finding of an episode."""
    found = await tx.fetchval(
        """select circumstances from findings where alarm_id = $1 and verdict = 'violated' and circumstances is not null
           order by period_end desc limit 1""",
        alarm_id,
    )
    return msgspec.convert(found, Circumstances) if found is not None else None


async def violated_hours(tx: Connection, since: Mapping[str, datetime]) -> dict[str, list[datetime]]:
    """Return by key the starts of its violated hours after an instant, oldest first; withdrawn ones are left out."""
    rows = await tx.fetch(
        """select f.dedup_key, array_agg(distinct f.period_start order by f.period_start) as hours
           from unnest($1::text[], $2::timestamptz[]) as wanted(dedup_key, since) join findings f using (dedup_key)
           where f.verdict = 'violated' and f.period = 'hour' and f.period_start > wanted.since and f.withdrawn_by is null
           group by f.dedup_key""",
        list(since),
        list(since.values()),
    )
    return {row["dedup_key"]: row["hours"] for row in rows}


async def newest_finding(tx: Connection, alarm_id: UUID) -> FindingRecorded:
    """Return the newest violated finding of an episode; every episode has one."""
    body = await tx.fetchval(
        "select body from findings where alarm_id = $1 and verdict = 'violated' order by period_end desc limit 1",
        alarm_id,
    )
    return msgspec.convert(body, FindingRecorded)
