"""SQL of marks, checks of monitors, and lost links."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from park_chassis.database import Connection
from park_standards.quality_control import Check, Span, out_of_control_spans

from source_monitoring.domain.mark_checks import HOLDS_BACK, Found
from source_monitoring.domain.mark_states import MarkState
from source_monitoring.domain.marks import PointMark
from source_monitoring.domain.monitor_checks import requirement_of

Row: TypeAlias = dict[str, Any]
Spans: TypeAlias = dict[str, tuple[Span, ...]]
"""Times whose data are invalid, by factor."""


def mark_of(row: asyncpg.Record) -> PointMark:
    """Return the mark of a row."""
    return PointMark(
        mark_id=row["mark_id"],
        point_id=row["point_id"],
        key=row["key"],
        start=row["start_at"],
        end=row["end_at"],
        state=MarkState(row["state"]),
        factors=tuple(row["factors"]),
        late=row["late"],
        held_back=any(found["code"] in HOLDS_BACK for found in row["contradictions"]),
    )


async def touching(connection: Connection, point_id: UUID, since: datetime, until: datetime) -> list[PointMark]:
    """Return the marks of a point that touch [since, until) and are neither rejected nor withdrawn, in a fixed order."""
    rows = await connection.fetch(
        "select * from marks where point_id = $1 and start_at < $3 and end_at > $2"
        " and state in ('submitted', 'accepted') order by start_at, end_at, mark_id",
        point_id, since, until,
    )  # fmt: skip
    return [mark_of(row) for row in rows]


async def add(tx: Connection, row: Row) -> None:
    """Store a new mark; the keys of the row are the columns."""
    names = ", ".join(row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await tx.execute(f"insert into marks ({names}) values ({places})", *row.values())


async def one(connection: Connection, mark_id: UUID, *, for_update: bool = False) -> asyncpg.Record | None:
    """Return the row of a mark, None when there is none."""
    return await connection.fetchrow(
        f"select * from marks where mark_id = $1{' for update' if for_update else ''}", mark_id
    )


async def decide(
    tx: Connection, mark_id: UUID, state: MarkState, who: tuple[UUID, str], at: datetime, why: str
) -> None:
    """Write what became of a mark, and who said so."""
    await tx.execute(
        "update marks set state = $2, decided_by_id = $3, decided_by = $4, decided_at = $5, decision_reason = $6"
        " where mark_id = $1",
        mark_id, state.value, *who, at, why,
    )  # fmt: skip


async def set_evidence(tx: Connection, mark_id: UUID, evidence: Sequence[Row]) -> None:
    """Write the references to a mark's evidence; they are only ever added to."""
    await tx.execute("update marks set evidence = $2 where mark_id = $1", mark_id, list(evidence))


async def set_contradictions(tx: Connection, mark_id: UUID, found: Iterable[Found]) -> None:
    """Write what speaks against a mark."""
    rows = [{"code": one.code.value, "zh": one.zh, "en": one.en} for one in found]
    await tx.execute("update marks set contradictions = $2 where mark_id = $1", mark_id, rows)


async def listed(
    connection: Connection,
    point_ids: Sequence[UUID],
    *,
    state: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> list[asyncpg.Record]:
    """Return marks of points, newest first; the place `after` is (created at, id) of the last one seen."""
    return await connection.fetch(
        "select * from marks where point_id = any($1) and ($2::text is null or state = $2)"
        " and ($3::timestamptz is null or end_at > $3) and ($4::timestamptz is null or start_at < $4)"
        " and ($6::timestamptz is null or (created_at, mark_id) < ($6, $7))"
        " order by created_at desc, mark_id desc limit $5",
        list(point_ids), state, since, until, limit, *(after or (None, None)),
    )  # fmt: skip


async def add_check(tx: Connection, row: Row) -> bool:
    """Store a check of a monitor with the requirement it meets; return False when the same one is there already."""
    meets = row.get("requirement") or requirement_of(row["kind"], row["figures"].get("check"))
    row = {**row, "requirement": meets or ""}
    names = ", ".join(row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    status = await tx.execute(
        f"insert into control_checks ({names}) values ({places}) on conflict do nothing", *row.values()
    )
    return status.endswith(" 1")


async def checks(connection: Connection, point_id: UUID) -> list[asyncpg.Record]:
    """Return the checks of a point, oldest first."""
    return await connection.fetch(
        "select * from control_checks where point_id = $1 order by at, factor, kind, check_id", point_id
    )


async def out_of_control(connection: Connection, point_id: UUID) -> Spans:
    """Return the spans out of control of each factor that has any. A drift beyond tolerance only adjusts: it passes."""
    of_kind: dict[tuple[str, str], list[Check]] = {}
    for row in await checks(connection, point_id):
        of_kind.setdefault((row["factor"], row["kind"]), []).append(
            Check(row["at"], row["outcome"] != "out-of-control")
        )
    spans: Spans = {}
    for (factor, _), found in of_kind.items():
        found_spans = out_of_control_spans(found)
        if found_spans:
            spans[factor] = (*spans.get(factor, ()), *found_spans)
    return spans


async def link_was_up(connection: Connection, point_id: UUID, since: datetime, until: datetime) -> bool:
    """Say whether a device of the point was connected at any time of [since, until): no lost link covers all of it."""
    return not await connection.fetchval(
        "select exists (select from link_outages where point_id = $1 and since <= $2 and (until is null or until >= $3))",
        point_id, since, until,
    )  # fmt: skip
