"""SQL of what stations' hours were told to break beside their limits: kept, so that it can be withdrawn and told again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_schemas.supervision import FindingRecorded


@dataclass(frozen=True, slots=True)
class Told:
    """A violated finding of an hour. `withdrawn`: it stands no more, at present."""

    finding: FindingRecorded
    withdrawn: bool


async def of_hour(tx: Connection, point_id: UUID, start: datetime) -> dict[tuple[str, str], Told]:
    """Return what was told of an hour of a station, by (rule, factor), and keep others from changing it."""
    rows = await tx.fetch(
        "select rule, factor, finding, withdrawn_at from told_station_findings"
        " where point_id = $1 and period_start = $2 order by rule, factor for update",
        point_id, start,
    )  # fmt: skip
    return {(row["rule"], row["factor"]): _told(row) for row in rows}


async def keep(tx: Connection, finding: FindingRecorded, withdrawn_at: datetime | None = None) -> None:
    """Note that a finding was told, or that it stands no more."""
    await tx.execute(
        "insert into told_station_findings values ($1, $2, $3, $4, $5, $6)"
        " on conflict (point_id, period_start, rule, factor) do update"
        " set finding = excluded.finding, withdrawn_at = excluded.withdrawn_at",
        finding.subject_id, finding.rule, finding.factor or "", finding.period_start, msgspec.to_builtins(finding),
        withdrawn_at,
    )  # fmt: skip


async def tellers(tx: Connection, rule: str, point_ids: Sequence[UUID], start: datetime) -> dict[str, UUID]:
    """Return which station told of a rule in an hour, by factor."""
    rows = await tx.fetch(
        "select factor, point_id from told_station_findings"
        " where point_id = any($1) and period_start = $2 and rule = $3 order by point_id",
        list(point_ids), start, rule,
    )  # fmt: skip
    return {row["factor"]: row["point_id"] for row in rows}


def _told(row: asyncpg.Record) -> Told:
    return Told(msgspec.convert(row["finding"], FindingRecorded), row["withdrawn_at"] is not None)
