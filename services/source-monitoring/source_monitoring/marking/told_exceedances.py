"""Exceedances that were told, kept so that they can be withdrawn and told again (domain/withdrawal.py). Rows are as many as
statutory violations; the stream writes one only when it found one."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging.domain.findings import EXCEEDANCE
from park_judging.domain.frame_judging import COMPUTED, REPORTED
from park_judging.domain.periods import LENGTH
from park_judging.period_rules import Looked
from park_schemas.supervision import FindingRecorded

from source_monitoring.domain.withdrawal import Told, key_of, reinstated, ruled_out, why_withdrawn, withdrawn
from source_monitoring.marking import store as marking

_OF_PERIODS = """
select * from told_exceedances where (point_id, period, period_start) in (
    select point_id, period, period_start
    from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as looked (point_id, period, period_start))
order by point_id, period, period_start, factor, limit_id, origin for update
"""
_KEEP = """
insert into told_exceedances (point_id, period, period_start, factor, limit_id, origin, finding_id, finding, withdrawn_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (point_id, period, period_start, factor, limit_id, origin) do update
set finding_id = excluded.finding_id, finding = excluded.finding, withdrawn_at = excluded.withdrawn_at
"""


async def note_reported(tx: Connection, found: list[FindingRecorded]) -> None:
    """Keep what the stream told of the devices' own hour and day records."""
    await _keep(tx, [(one, REPORTED, None) for one in found if _is_told(one)])


async def follow(tx: Connection, looked: Sequence[Looked], bodies: list[FindingRecorded]) -> list[FindingRecorded]:
    """Return what a round of closing tells: `bodies`, those of what was withdrawn marked as told again, and withdrawals."""
    by_key = {key_of(one, COMPUTED): one for one in bodies}
    kept: list[tuple[FindingRecorded, str, datetime | None]] = []
    for one, of_period in await _told(tx, looked):
        key, at = key_of(one.finding, one.origin), now()
        body, said = by_key.get(key), await _becomes(tx, one, of_period, at)
        if one.withdrawn and body is not None and body.verdict == "violated":
            said = msgspec.structs.replace(body, reinstates=one.finding.finding_id)
        if said is not None:
            by_key[key] = said
            kept.append((one.finding, one.origin, at) if said.withdraws else (said, one.origin, None))
    settled = {key_of(finding, origin) for finding, origin, _ in kept}
    kept += [(body, COMPUTED, None) for body in bodies if _is_told(body) and key_of(body, COMPUTED) not in settled]
    await _keep(tx, kept)
    return list(by_key.values())


async def _becomes(tx: Connection, told: Told, looked: Looked, at: datetime) -> FindingRecorded | None:
    """Return the finding that a told one stands no more, or, sent by the device, stands again; None when nothing changed."""
    found = told.finding
    factor = next((one for one in looked.factors if one.factor == found.factor), None)
    held = next((one for one in looked.comparisons if one.limit.row.limit_id == found.limit_id), None)
    if told.withdrawn:
        is_back = told.origin == REPORTED and ruled_out(factor) is None
        return reinstated(told, at) if is_back else None
    if why_withdrawn(told, factor, held) is None:
        return None
    end = looked.start + LENGTH[looked.period]
    marks = await marking.touching(tx, found.subject_id, looked.start, end)
    why = why_withdrawn(told, factor, held, [mark for mark in marks if mark.counts])
    return withdrawn(told, why, at) if why is not None else None


async def _told(tx: Connection, looked: Sequence[Looked]) -> list[tuple[Told, Looked]]:
    """Return what was told of the periods of a round, each with its period."""
    periods = {(one.limits.point.point_id, one.period.value, one.start): one for one in looked}
    if not periods:
        return []
    ids, names, starts = zip(*periods, strict=True)
    rows = await tx.fetch(_OF_PERIODS, list(ids), list(names), list(starts))
    return [(_of_row(row), periods[row["point_id"], row["period"], row["period_start"]]) for row in rows]


def _of_row(row: asyncpg.Record) -> Told:
    finding = msgspec.convert(row["finding"], FindingRecorded)
    return Told(finding, row["origin"], row["withdrawn_at"] is not None)


def _is_told(finding: FindingRecorded) -> bool:
    """Say whether a finding may be withdrawn later: a verdict on an hour or a day, no early sign."""
    told = finding.rule == EXCEEDANCE and finding.verdict == "violated"
    return told and finding.statutory and finding.period in LENGTH


async def _keep(tx: Connection, told: Iterable[tuple[FindingRecorded, str, datetime | None]]) -> None:
    rows = [
        (*key_of(one, origin), one.finding_id, msgspec.to_builtins(one), withdrawn_at)
        for one, origin, withdrawn_at in told
    ]
    if rows:
        await tx.executemany(_KEEP, rows)
