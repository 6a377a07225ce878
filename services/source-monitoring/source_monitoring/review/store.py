"""SQL of day reviews, their steps, and corrections."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_judging import store as judged
from park_judging.domain.park_calendar import day_span
from park_schemas.codes import Period

from source_monitoring.domain.corrections import Correction, CorrectionKind
from source_monitoring.domain.review_states import Review, ReviewAction, ReviewState

Row: TypeAlias = dict[str, Any]


def review_of(row: asyncpg.Record | None) -> Review:
    """Return the review of a row; a day without one is raw."""
    if row is None:
        return Review()
    return Review(
        ReviewState(row["state"]),
        row["version"],
        row["reviewed_by_id"],
        row["approved_by_id"],
        row["approved_version"],
    )


async def one(connection: Connection, point_id: UUID, day: date, *, for_update: bool = False) -> asyncpg.Record | None:
    """Return the row of a day, None when it has none yet."""
    return await connection.fetchrow(
        f"select * from day_reviews where point_id = $1 and day = $2{' for update' if for_update else ''}",
        point_id,
        day,
    )


async def save(
    tx: Connection,
    key: tuple[UUID, date],
    review: Review,
    *,
    enterprise_id: UUID | None,
    digest: str,
    issues: Sequence[Row],
    names: tuple[str | None, str | None],
    at: datetime,
) -> None:
    """Write a review as it stands after a step; `names` are those of reviewer and approver."""
    await tx.execute(
        "insert into day_reviews (point_id, day, enterprise_id, version, state, digest, issues, changed_at,"
        " reviewed_by_id, reviewed_by, approved_by_id, approved_by, approved_version)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " on conflict (point_id, day) do update set version = excluded.version, state = excluded.state,"
        " digest = excluded.digest, issues = excluded.issues, changed_at = excluded.changed_at,"
        " reviewed_by_id = excluded.reviewed_by_id, reviewed_by = excluded.reviewed_by,"
        " approved_by_id = excluded.approved_by_id, approved_by = excluded.approved_by,"
        " approved_version = excluded.approved_version",
        *key, enterprise_id, review.version, review.state.value, digest, list(issues), at,
        review.reviewed_by, names[0], review.approved_by, names[1], review.approved_version,
    )  # fmt: skip


async def add_step(
    tx: Connection,
    key: tuple[UUID, date],
    before: Review,
    after: Review,
    action: ReviewAction,
    *,
    actor: tuple[UUID | None, str],
    reason: str,
    evidence: Sequence[Row],
    digest: str,
    at: datetime,
) -> None:
    """Add a step to the record of a day. Steps are never changed."""
    await tx.execute(
        "insert into review_steps select $1, $2, coalesce(max(step), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12"
        " from review_steps where point_id = $1 and day = $2",
        *key, after.version, action.value, before.state.value, after.state.value, *actor, reason, list(evidence), digest, at,
    )  # fmt: skip


async def steps(connection: Connection, point_id: UUID, day: date) -> list[asyncpg.Record]:
    """Return the steps of a day, first to last."""
    return await connection.fetch(
        "select * from review_steps where point_id = $1 and day = $2 order by step", point_id, day
    )


async def listed(
    connection: Connection,
    point_ids: Sequence[UUID],
    *,
    state: str | None,
    since: date | None,
    until: date | None,
    with_issues: bool | None,
    limit: int,
    after: tuple[date, UUID] | None,
) -> list[asyncpg.Record]:
    """Return reviews, newest day first; the place `after` is (day, point) of the last one seen."""
    return await connection.fetch(
        "select * from day_reviews where point_id = any($1) and ($2::text is null or state = $2)"
        " and ($3::date is null or day >= $3) and ($4::date is null or day <= $4)"
        " and ($5::boolean is null or (issues <> '[]') = $5)"
        " and ($7::date is null or (day, point_id) < ($7, $8)) order by day desc, point_id desc limit $6",
        list(point_ids), state, since, until, with_issues, limit, *(after or (None, None)),
    )  # fmt: skip


async def counts(connection: Connection, point_ids: Sequence[UUID]) -> dict[str, int]:
    """Return how many days of the points stand in each state."""
    rows = await connection.fetch(
        "select state, count(*) as days from day_reviews where point_id = any($1) group by state", list(point_ids)
    )
    return {row["state"]: row["days"] for row in rows}


async def contents(connection: Connection, point_id: UUID, day: date) -> list[judged.Assessment]:
    """Return what is reviewed: the newest hours of the day, then the day itself."""
    start, end = day_span(day)
    hours = await judged.assessments(connection, point_id, Period.HOUR, start, end)
    return [*hours, *await judged.assessments(connection, point_id, Period.DAY, start, end)]


def digest_of(made: Sequence[judged.Assessment]) -> str:
    """Return the SHA-256 (hex) of assessments: period, start, revision and factors; the time of computing is left out."""
    encoder = msgspec.json.Encoder(order="deterministic")
    text = hashlib.sha256()
    for one_made in made:
        text.update(encoder.encode([one_made.period, one_made.period_start.timestamp(), one_made.factors]))
    return text.hexdigest()


async def correction_at(connection: Connection, point_id: UUID, hour_start: datetime) -> dict[str, Correction]:
    """Return the corrections in force of an hour, by factor."""
    rows = await connection.fetch(
        "select correction_id, factor, kind, value from corrections"
        " where point_id = $1 and hour_start = $2 and withdrawn_at is null",
        point_id, hour_start,
    )  # fmt: skip
    return {
        row["factor"]: Correction(row["correction_id"], row["factor"], CorrectionKind(row["kind"]), row["value"])
        for row in rows
    }


async def corrections(connection: Connection, point_id: UUID, since: datetime, until: datetime) -> list[asyncpg.Record]:
    """Return all corrections of hours in [since, until), withdrawn ones too, newest first."""
    return await connection.fetch(
        "select * from corrections where point_id = $1 and hour_start >= $2 and hour_start < $3"
        " order by created_at desc, correction_id",
        point_id, since, until,
    )  # fmt: skip


async def authors_of_corrections(connection: Connection, point_id: UUID, day: date) -> frozenset[UUID]:
    """Return who wrote the corrections in force on a day."""
    rows = await connection.fetch(
        "select distinct author_id from corrections where point_id = $1 and hour_start >= $2 and hour_start < $3"
        " and withdrawn_at is null",
        point_id, *day_span(day),
    )  # fmt: skip
    return frozenset(row["author_id"] for row in rows)


async def add_correction(tx: Connection, row: Row) -> None:
    """Store a correction; the keys of the row are the columns. Raises asyncpg.UniqueViolationError when one is in force."""
    names = ", ".join(row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await tx.execute(f"insert into corrections ({names}) values ({places})", *row.values())


async def withdraw_correction(
    tx: Connection, correction_id: UUID, who: str, why: str, at: datetime
) -> asyncpg.Record | None:
    """End a correction; return its row, None when there is none in force."""
    return await tx.fetchrow(
        "update corrections set withdrawn_at = $2, withdrawn_by = $3, withdrawal_reason = $4"
        " where correction_id = $1 and withdrawn_at is null returning *",
        correction_id, at, who, why,
    )  # fmt: skip
