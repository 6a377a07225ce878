"""SQL of plans and results. A change is the next version (park_judging.versions)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_judging.versions import Change, supersede

from source_monitoring.domain.manual.dues import Sample
from source_monitoring.domain.manual.plans import Plan
from source_monitoring.domain.manual.results import ManualResult
from source_monitoring.domain.manual.verdicts import ManualVerdict
from source_monitoring.domain.mark_states import MarkState

COUNTING = ("submitted", "accepted")
"""Results count from the moment they are entered, until they are returned or withdrawn."""


def plan(row: asyncpg.Record) -> Plan:
    return msgspec.convert(row["body"], Plan)


def result(row: asyncpg.Record) -> ManualResult:
    return msgspec.convert(row["body"], ManualResult)


def verdict(row: asyncpg.Record) -> ManualVerdict:
    return msgspec.convert(row["verdict"], ManualVerdict)


async def lock(tx: Connection) -> None:
    """Let one writer of manual monitoring at a time go on, so that keys, versions and findings are decided on what stands."""
    await tx.execute("select pg_advisory_xact_lock(hashtext('source-monitoring.manual'))")


async def put_plan(tx: Connection, record: Plan, based_on: int, change: Change) -> bool:
    """Store the next version of a plan; False when somebody else changed it since `based_on`."""
    if not await supersede(tx, "manual_plans", "plan_id", record.plan_id, based_on, change.made_at):
        return False
    first = await tx.fetchval("select min(made_at) from manual_plans where plan_id = $1", record.plan_id)
    await tx.execute(
        "insert into manual_plans (plan_id, point_id, stated_at, version, author, reason, made_at, body)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        record.plan_id, record.point_id, first or change.made_at, based_on + 1, change.author, change.reason, change.made_at,
        msgspec.to_builtins(record),
    )  # fmt: skip
    return True


async def one_plan(tx: Connection, plan_id: UUID) -> asyncpg.Record | None:
    """Return the newest version of a plan."""
    return await tx.fetchrow("select * from manual_plans where plan_id = $1 and superseded_at is null", plan_id)


async def plans(
    tx: Connection,
    point_ids: Sequence[UUID],
    *,
    search: str | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[asyncpg.Record]:
    """Return newest versions of the plans of points, newest plan first (identifiers are time-ordered), after an id."""
    return await tx.fetch(
        "select * from manual_plans where superseded_at is null and point_id = any($1)"
        " and ($2::text is null or position(lower($2) in lower((body->>'name_zh') || ' ' || (body->>'name_en'))) > 0)"
        " and ($3::uuid is null or plan_id < $3) order by plan_id desc limit $4",
        list(point_ids), search, after, limit,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A result to be stored: of whose outlet, with its verdict, in which state, by whom."""

    result: ManualResult
    verdict: ManualVerdict
    enterprise_id: UUID | None
    author_id: UUID
    state: MarkState


async def put_result(tx: Connection, one: Entry, based_on: int, change: Change) -> bool:
    """Store the next version of a result; False when somebody else changed it since `based_on`."""
    record = one.result
    if not await supersede(tx, "manual_results", "result_id", record.result_id, based_on, change.made_at):
        return False
    first = await tx.fetchval("select min(entered_at) from manual_results where result_id = $1", record.result_id)
    await tx.execute(
        "insert into manual_results (result_id, point_id, enterprise_id, factor, sampled_at, entered_at, outcome, verdict,"
        " version, author, reason, made_at, body, state, author_id)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        record.result_id, record.point_id, one.enterprise_id, record.factor, record.sampled_at, first or change.made_at,
        one.verdict.outcome, msgspec.to_builtins(one.verdict), based_on + 1, change.author, change.reason, change.made_at,
        msgspec.to_builtins(record), one.state.value, one.author_id,
    )  # fmt: skip
    return True


async def decide(tx: Connection, result_id: UUID, state: MarkState, who: tuple[UUID, str], change: Change) -> None:
    """Write what became of the newest version of a result, and who said so."""
    await tx.execute(
        "update manual_results set state = $2, decided_by_id = $3, decided_by = $4, decided_at = $5, decision_reason = $6"
        " where result_id = $1 and superseded_at is null",
        result_id, state.value, *who, change.made_at, change.reason,
    )  # fmt: skip


async def newest_results(tx: Connection, result_ids: Sequence[UUID]) -> dict[UUID, asyncpg.Record]:
    """Return the newest versions of results by id."""
    rows = await tx.fetch(
        "select * from manual_results where result_id = any($1) and superseded_at is null", list(result_ids)
    )
    return {row["result_id"]: row for row in rows}


async def result_before(tx: Connection, record: ManualResult) -> asyncpg.Record | None:
    """Return the newest earlier result that counts, of the same factor at the same outlet."""
    return await tx.fetchrow(
        "select * from manual_results where point_id = $1 and factor = $2 and sampled_at < $3 and result_id <> $4"
        " and superseded_at is null and state = any($5) and outcome <> 'not-judged'"
        " order by sampled_at desc, result_id desc limit 1",
        record.point_id, record.factor, record.sampled_at, record.result_id, list(COUNTING),
    )  # fmt: skip


async def samples(
    tx: Connection, point_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, list[Sample]]:
    """Return by point the results that count, sampled in [since, until)."""
    rows = await tx.fetch(
        "select point_id, factor, sampled_at, entered_at from manual_results where point_id = any($1)"
        " and superseded_at is null and state = any($4) and sampled_at >= $2 and sampled_at < $3",
        list(point_ids), since, until, list(COUNTING),
    )  # fmt: skip
    found: dict[UUID, list[Sample]] = {}
    for row in rows:
        found.setdefault(row["point_id"], []).append(Sample(row["factor"], row["sampled_at"], row["entered_at"]))
    return found


async def results_of_day(
    tx: Connection, point_id: UUID, factor: str, since: datetime, until: datetime
) -> list[asyncpg.Record]:
    """Return the results of a factor that count, sampled in [since, until), oldest first."""
    return await tx.fetch(
        "select * from manual_results where point_id = $1 and factor = $2 and superseded_at is null and state = any($5)"
        " and sampled_at >= $3 and sampled_at < $4 order by sampled_at, result_id",
        point_id, factor, since, until, list(COUNTING),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A filter of results; `point_ids` are those the reader may see."""

    point_ids: Sequence[UUID]
    factor: str | None = None
    outcome: str | None = None
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def arguments(self) -> tuple[Any, ...]:
        return (list(self.point_ids), self.factor, self.outcome, self.state, self.since, self.until)


_RESULTS = """
    from manual_results where superseded_at is null and point_id = any($1)
      and ($2::text is null or factor = $2)
      and ($3::text is null or outcome = $3)
      and ($4::text is null or state = $4)
      and ($5::timestamptz is null or sampled_at >= $5)
      and ($6::timestamptz is null or sampled_at < $6)
"""


async def results(
    tx: Connection, wanted: Wanted, *, limit: int | None, after: tuple[datetime, UUID] | None = None
) -> list[asyncpg.Record]:
    """Return newest versions, sampled last first, after a place."""
    return await tx.fetch(
        f"select * {_RESULTS} and ($7::timestamptz is null or (sampled_at, result_id) < ($7, $8))"
        " order by sampled_at desc, result_id desc limit $9",
        *wanted.arguments, *(after or (None, None)), limit,
    )  # fmt: skip


async def count_results(tx: Connection, wanted: Wanted) -> Mapping[str, int]:
    """Return how many results a filter fits, by outcome."""
    rows = await tx.fetch(f"select outcome, count(*) as n {_RESULTS} group by outcome", *wanted.arguments)
    return {row["outcome"]: row["n"] for row in rows}
