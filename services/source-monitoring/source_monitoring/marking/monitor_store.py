"""SQL of filed monitors, of the checks they passed, and of the due checks that were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from park_chassis.database import Connection

from source_monitoring.domain.monitor_checks import DueCheck, DueState, Monitor, Requirement, due_checks, overdue_of
from source_monitoring.marking.store import Spans

Row: TypeAlias = dict[str, Any]

_PASSED = "outcome <> 'out-of-control' and requirement <> ''"


async def filed(connection: Connection, point_id: UUID) -> list[asyncpg.Record]:
    """Return every monitor that was ever filed of a point, voided ones too, newest first."""
    return await connection.fetch(
        "select * from monitors where point_id = $1 order by since desc, factor, filed_at desc", point_id
    )


async def one(connection: Connection, monitor_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("select * from monitors where monitor_id = $1 for update", monitor_id)


async def file(tx: Connection, row: Row) -> None:
    """Store a monitor; the one of the same factor before it ends where this begins. Raises asyncpg.CheckViolationError
    when that would be before its own begin."""
    await tx.execute(
        "update monitors set until = $3 where point_id = $1 and factor = $2 and until is null and voided_at is null",
        row["point_id"], row["factor"], row["since"],
    )  # fmt: skip
    names, places = ", ".join(row), ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await tx.execute(f"insert into monitors ({names}) values ({places})", *row.values())


async def void(tx: Connection, monitor_id: UUID, who: str, why: str, at: datetime) -> None:
    """Take a monitor off the file: it was never there."""
    await tx.execute(
        "update monitors set voided_at = $2, voided_by = $3, void_reason = $4 where monitor_id = $1",
        monitor_id, at, who, why,
    )  # fmt: skip


_LOOKED_BACK = timedelta(days=800)
"""Further back than the longest interval (six months) and the year in which hours are computed anew."""


async def overdue(connection: Connection, point_id: UUID, until: datetime) -> Spans:
    """Return the times begun before `until` whose data are invalid because a check was overdue, by factor.

    A pass that lies further back than two years is not seen: what was overdue since then is as if nothing was on record.
    """
    rows = await connection.fetch("select * from monitors where point_id = $1 and voided_at is null", point_id)
    if not rows:
        return {}
    checks = await connection.fetch(
        f"select factor, requirement, at from control_checks where point_id = $1 and {_PASSED} and at >= $2",
        point_id, until - _LOOKED_BACK,
    )  # fmt: skip
    passed: dict[tuple[str, Requirement], list[datetime]] = {}
    for check in checks:
        passed.setdefault((check["factor"], Requirement(check["requirement"])), []).append(check["at"])
    return overdue_of([_monitor(row) for row in rows], passed, until)


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """That a check was told to be due or overdue, and stands."""

    point_id: UUID
    factor: str
    requirement: Requirement
    state: DueState
    due_at: datetime

    @property
    def key(self) -> tuple[UUID, str, str]:
        return self.point_id, self.factor, self.requirement


@dataclass(frozen=True, slots=True)
class DueRow:
    """A required check of a point's monitor, and what was told of it."""

    point_id: UUID
    check: DueCheck
    told: ToldCheck | None

    @property
    def key(self) -> tuple[UUID, str, str]:
        return self.point_id, self.check.monitor.factor, self.check.requirement


async def due(connection: Connection, point_ids: Sequence[UUID], at: datetime) -> list[DueRow]:
    """Return every check that the monitors in use at some points need, the one due first before the others."""
    monitors = await connection.fetch(
        "select * from monitors where point_id = any($1) and voided_at is null and since <= $2"
        " and (until is null or until > $2)",
        list(point_ids), at,
    )  # fmt: skip
    ids = [row["point_id"] for row in monitors]
    passed = await connection.fetch(
        "select point_id, factor, requirement, max(at) as at from control_checks"
        f" where point_id = any($1) and {_PASSED} and at <= $2 group by point_id, factor, requirement",
        ids, at,
    )  # fmt: skip
    last: dict[tuple[UUID, str], dict[Requirement, datetime]] = {}
    for row in passed:
        last.setdefault((row["point_id"], row["factor"]), {})[Requirement(row["requirement"])] = row["at"]
    told = {one.key: one for one in await told_checks(connection, ids)}
    found = [
        DueRow(row["point_id"], check, told.get((row["point_id"], row["factor"], check.requirement)))
        for row in monitors
        for check in due_checks(_monitor(row), last.get((row["point_id"], row["factor"]), {}), at)
    ]
    return sorted(found, key=place_of)


def place_of(row: DueRow) -> tuple[str, str, str, str]:
    """Return the place of a row in the list: by due time, those without record last."""
    due_at = row.check.due_at.isoformat() if row.check.due_at else "9999"
    return due_at, str(row.point_id), row.check.monitor.factor, row.check.requirement


async def told_checks(connection: Connection, point_ids: Sequence[UUID]) -> list[ToldCheck]:
    """Return what was told of points and stands."""
    rows = await connection.fetch("select * from told_checks where point_id = any($1)", list(point_ids))
    return [
        ToldCheck(
            row["point_id"], row["factor"], Requirement(row["requirement"]), DueState(row["state"]), row["due_at"]
        )
        for row in rows
    ]


async def keep_told(tx: Connection, told: ToldCheck, at: datetime) -> None:
    """Write that a check was told."""
    await tx.execute("insert into told_checks values ($1, $2, $3, $4, $5, $6)", *told.key, told.state, told.due_at, at)


async def forget_told(tx: Connection, told: ToldCheck) -> None:
    """Write that it stands no more."""
    await tx.execute("delete from told_checks where point_id = $1 and factor = $2 and requirement = $3", *told.key)


def _monitor(row: asyncpg.Record) -> Monitor:
    return Monitor(row["monitor_id"], row["factor"], row["kind"], row["since"], row["until"])
