"""Exceedances that were told, kept so that they can be withdrawn and told again (domain/withdrawal.py). Rows are as many as
statutory violations; the stream writes one only when it found one."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.frame_revisions import Frame, Stored
from park_schemas.assessments import FactorAssessment
from park_schemas.supervision import FindingRecorded

from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import exceedance_finding
from park_judging.domain.frame_judging import COMPUTED, REPORTED, Tally, WatchBook, judge_frame
from park_judging.domain.withdrawal import (
    Key,
    Told,
    Words,
    held_now,
    is_told,
    key_of,
    reinstated,
    why_withdrawn,
    withdrawn,
)
from park_judging.period_rules import Looked

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


_EDITION = "2017"
"""ASSUMPTION: the marks of stored records are read as those of HJ 212-2017; the store does not keep the edition. To disprove:
a device of another edition whose mark means the opposite."""


RuledOut: TypeAlias = Callable[[Connection, Looked, FactorAssessment | None], Awaitable[Words | None]]
"""Says by what people or checks took a factor's period out of judgement; None when nothing did."""


async def never_ruled_out(_tx: Connection, _looked: Looked, _factor: FactorAssessment | None) -> Words | None:
    return None


class ToldExceedances:
    """Exceedances that were told of hours and days. The service has run `ddl.told_exceedances_v1()`."""

    def __init__(self, ruled_out: RuledOut = never_ruled_out) -> None:
        self._ruled_out = ruled_out

    async def note_reported(self, tx: Connection, found: list[FindingRecorded]) -> None:
        """Keep what the stream told of the devices' own hour and day records."""
        await _keep(tx, [(one, REPORTED, None) for one in found if is_told(one)])

    async def follow(
        self, tx: Connection, looked: Sequence[Looked], bodies: list[FindingRecorded]
    ) -> list[FindingRecorded]:
        """Return what a round of closing tells: `bodies`, those of what was withdrawn marked as told again, and withdrawals."""
        by_key = {key_of(one, COMPUTED): one for one in bodies}
        kept: list[tuple[FindingRecorded, str, datetime | None]] = []
        for one, of_period in await _told(tx, looked):
            key, at = key_of(one.finding, one.origin), now()
            body, said = by_key.get(key), await self._becomes(tx, one, of_period, at)
            if one.withdrawn and body is not None and body.verdict == "violated":
                said = msgspec.structs.replace(body, reinstates=one.finding.finding_id)
            if said is not None:
                by_key[key] = said
                kept.append((one.finding, one.origin, at) if said.withdraws else (said, one.origin, None))
        settled = {key_of(finding, origin) for finding, origin, _ in kept}
        kept += [(body, COMPUTED, None) for body in bodies if is_told(body) and key_of(body, COMPUTED) not in settled]
        await _keep(tx, kept)
        return list(by_key.values())

    async def _becomes(self, tx: Connection, told: Told, looked: Looked, at: datetime) -> FindingRecorded | None:
        """Return the finding that a told one stands no more, or, sent by the device, stands again; None when nothing changed."""
        found = told.finding
        factor = next((one for one in looked.factors if one.factor == found.factor), None)
        held = next((one for one in looked.comparisons if one.limit.row.limit_id == found.limit_id), None)
        if told.origin == REPORTED:
            held = held_now(found, looked.limits)
        why = why_withdrawn(told, factor, held, await self._ruled_out(tx, looked, factor))
        if told.withdrawn:
            return reinstated(found, at) if told.origin == REPORTED and why is None else None
        return None if why is None else withdrawn(found, why, at)

    async def hold_sent(
        self, tx: Connection, limits: PointLimits, frames: Iterable[Frame], minute_interval: timedelta
    ) -> list[FindingRecorded]:
        """Hold a device's own stored hour and day records against the limits of today; return what breaks them and was
        never told. What was told before is `follow`'s."""
        at = now()
        found = [
            exceedance_finding(limits.point, judged.held, judged.occasion, at)
            for frame in frames
            for judged in judge_frame(
                Stored(frame, frozenset(frame.entries)), limits, _EDITION, WatchBook({}),
                clock_tolerance=timedelta.max, minute_interval=minute_interval, tally=Tally(),
            )
        ]  # fmt: skip
        by_key = {key_of(one, REPORTED): one for one in found if is_told(one)}
        known = await _known(tx, by_key.values())
        new = [one for key, one in by_key.items() if key not in known]
        await self.note_reported(tx, new)
        return new


async def _known(tx: Connection, found: Iterable[FindingRecorded]) -> set[Key]:
    keys = [(one.subject_id, one.period.value, one.period_start) for one in found]
    return {key_of(one.finding, one.origin) for one in map(_of_row, await _rows(tx, keys))}


async def _told(tx: Connection, looked: Sequence[Looked]) -> list[tuple[Told, Looked]]:
    """Return what was told of the periods of a round, each with its period."""
    periods = {(one.limits.point.point_id, one.period.value, one.start): one for one in looked}
    rows = await _rows(tx, periods)
    return [(_of_row(row), periods[row["point_id"], row["period"], row["period_start"]]) for row in rows]


async def _rows(tx: Connection, periods: Iterable[tuple[UUID, str, datetime]]) -> list[asyncpg.Record]:
    """Return what was told of periods (point, hour or day, start), and keep others from changing it."""
    asked = list(periods)
    return await tx.fetch(_OF_PERIODS, *([one[part] for one in asked] for part in range(3))) if asked else []


def _of_row(row: asyncpg.Record) -> Told:
    finding = msgspec.convert(row["finding"], FindingRecorded)
    return Told(finding, row["origin"], row["withdrawn_at"] is not None)


async def _keep(tx: Connection, told: Iterable[tuple[FindingRecorded, str, datetime | None]]) -> None:
    rows = [
        (*key_of(one, origin), one.finding_id, msgspec.to_builtins(one), withdrawn_at)
        for one, origin, withdrawn_at in told
    ]
    if rows:
        await tx.executemany(_KEEP, rows)
