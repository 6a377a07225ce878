"""SQL of sites, campaigns and results. A change is the next version; the one before is marked as superseded, never altered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_judging.versions import Change, supersede

from quality.domain.surveys.records import Campaign, Result, Site, Verdict
from quality.domain.surveys.rows import Judged

Record = TypeVar("Record", Site, Campaign, Result)


def site(row: asyncpg.Record) -> Site:
    return msgspec.convert(row["body"], Site)


def campaign(row: asyncpg.Record) -> Campaign:
    return msgspec.convert(row["body"], Campaign)


def judged(row: asyncpg.Record) -> Judged:
    return Judged(msgspec.convert(row["body"], Result), msgspec.convert(row["verdict"], Verdict))


async def lock(tx: Connection) -> None:
    """Let one writer of surveys at a time go on, so that keys and versions are decided on what stands."""
    await tx.execute("select pg_advisory_xact_lock(hashtext('quality.surveys'))")


async def put_site(tx: Connection, record: Site, based_on: int, change: Change) -> bool:
    """Store the next version of a site; False when somebody else changed it since `based_on`."""
    if not await supersede(tx, "survey_sites", "site_id", record.site_id, based_on, change.made_at):
        return False
    await tx.execute(
        "insert into survey_sites (site_id, kind, code, enterprise_id, version, author, reason, made_at, body)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        record.site_id, record.kind, record.code, record.enterprise_id, based_on + 1,
        change.author, change.reason, change.made_at, msgspec.to_builtins(record),
    )  # fmt: skip
    return True


async def put_campaign(tx: Connection, record: Campaign, based_on: int, change: Change) -> bool:
    """Store the next version of a campaign; False when somebody else changed it since `based_on`."""
    if not await supersede(tx, "survey_campaigns", "campaign_id", record.campaign_id, based_on, change.made_at):
        return False
    await tx.execute(
        "insert into survey_campaigns (campaign_id, kind, planned_on, version, author, reason, made_at, body)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        record.campaign_id, record.kind, record.planned_on, based_on + 1,
        change.author, change.reason, change.made_at, msgspec.to_builtins(record),
    )  # fmt: skip
    return True


async def put_result(tx: Connection, one: Judged, based_on: int, change: Change, *, withdrawn: bool = False) -> bool:
    """Store the next version of a result; False when somebody else changed it since `based_on`."""
    record = one.result
    if not await supersede(tx, "survey_results", "result_id", record.result_id, based_on, change.made_at):
        return False
    await tx.execute(
        "insert into survey_results (result_id, campaign_id, site_id, kind, item, sampled_at, outcome, withdrawn, verdict,"
        " version, author, reason, made_at, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        record.result_id, record.campaign_id, record.site_id, record.kind, record.item, record.sampled_at,
        one.verdict.outcome, withdrawn, msgspec.to_builtins(one.verdict),
        based_on + 1, change.author, change.reason, change.made_at, msgspec.to_builtins(record),
    )  # fmt: skip
    return True


async def sites_by_code(tx: Connection, codes: Sequence[str] | None = None) -> dict[str, asyncpg.Record]:
    """Return the newest versions of sites by code, all by default."""
    rows = await tx.fetch(
        "select * from survey_sites where superseded_at is null and ($1::text[] is null or code = any($1))",
        None if codes is None else list(codes),
    )
    return {row["code"]: row for row in rows}


async def one_site(tx: Connection, site_id: UUID) -> asyncpg.Record | None:
    return await tx.fetchrow("select * from survey_sites where site_id = $1 and superseded_at is null", site_id)


async def one_campaign(tx: Connection, campaign_id: UUID) -> asyncpg.Record | None:
    return await tx.fetchrow(
        "select * from survey_campaigns where campaign_id = $1 and superseded_at is null", campaign_id
    )


async def newest_results(tx: Connection, result_ids: Sequence[UUID]) -> dict[UUID, asyncpg.Record]:
    """Return the newest versions of results by id."""
    rows = await tx.fetch(
        "select * from survey_results where result_id = any($1) and superseded_at is null", list(result_ids)
    )
    return {row["result_id"]: row for row in rows}


async def result_before(tx: Connection, record: Result) -> asyncpg.Record | None:
    """Return the newest earlier result of the same item at the same site and depth, other than this one."""
    return await tx.fetchrow(
        "select * from survey_results where site_id = $1 and item = $2 and sampled_at < $3 and result_id <> $4"
        " and superseded_at is null and not withdrawn and outcome <> 'not-judged'"
        " and coalesce(body->>'depth', '') = $5 and coalesce(body->>'averaging', '') = $6"
        " order by sampled_at desc, result_id desc limit 1",
        record.site_id, record.item, record.sampled_at, record.result_id, record.depth, record.averaging,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A filter of results; `enterprise_id` narrows to the sites an enterprise user may see."""

    enterprise_id: UUID | None = None
    kind: str | None = None
    campaign_id: UUID | None = None
    site_id: UUID | None = None
    item: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    withdrawn: bool | None = False

    @property
    def arguments(self) -> tuple[Any, ...]:
        return (
            self.enterprise_id, self.kind, self.campaign_id, self.site_id, self.item, self.outcome,
            self.since, self.until, self.withdrawn,
        )  # fmt: skip


_RESULTS = """
    from survey_results r join survey_sites s on s.site_id = r.site_id and s.superseded_at is null
    where r.superseded_at is null
      and ($1::uuid is null or s.enterprise_id = $1)
      and ($2::text is null or r.kind = $2)
      and ($3::uuid is null or r.campaign_id = $3)
      and ($4::uuid is null or r.site_id = $4)
      and ($5::text is null or r.item = $5)
      and ($6::text is null or r.outcome = $6)
      and ($7::timestamptz is null or r.sampled_at >= $7)
      and ($8::timestamptz is null or r.sampled_at < $8)
      and ($9::boolean is null or r.withdrawn = $9)
"""


async def results(
    tx: Connection, wanted: Wanted, *, limit: int | None, after: tuple[datetime, UUID] | None = None
) -> list[asyncpg.Record]:
    """Return newest versions with their site (`site`), sampled last first, after a place."""
    return await tx.fetch(
        f"select r.*, s.body as site {_RESULTS} and ($10::timestamptz is null or (r.sampled_at, r.result_id) < ($10, $11))"
        " order by r.sampled_at desc, r.result_id desc limit $12",
        *wanted.arguments, *(after or (None, None)), limit,
    )  # fmt: skip


async def count_results(tx: Connection, wanted: Wanted) -> Mapping[str, int]:
    """Return how many results a filter fits, by outcome."""
    rows = await tx.fetch(f"select r.outcome, count(*) as n {_RESULTS} group by r.outcome", *wanted.arguments)
    return {row["outcome"]: row["n"] for row in rows}


async def sites(
    tx: Connection,
    *,
    enterprise_id: UUID | None,
    kind: str | None,
    search: str | None,
    after: str | None,
    limit: int | None,
) -> list[asyncpg.Record]:
    """Return newest versions of sites by code, after a code."""
    return await tx.fetch(
        "select * from survey_sites where superseded_at is null and ($1::uuid is null or enterprise_id = $1)"
        " and ($2::text is null or kind = $2) and ($4::text is null or code > $4)"
        " and ($3::text is null or position(lower($3) in lower(code || ' ' || (body->>'name_zh'))) > 0)"
        " order by code limit $5",
        enterprise_id, kind, search, after, limit,
    )  # fmt: skip


async def campaigns(
    tx: Connection,
    *,
    kind: str | None,
    since: date | None,
    until: date | None,
    search: str | None,
    after: tuple[date, UUID] | None,
    limit: int | None,
) -> list[asyncpg.Record]:
    """Return newest versions of campaigns, planned last first, each with its counts by outcome (`outcomes`)."""
    return await tx.fetch(
        "select c.*, (select coalesce(jsonb_object_agg(o.outcome, o.n), '{}') from (select r.outcome, count(*) as n"
        "   from survey_results r where r.campaign_id = c.campaign_id and r.superseded_at is null and not r.withdrawn"
        "   group by r.outcome) o) as outcomes"
        " from survey_campaigns c where c.superseded_at is null and ($1::text is null or c.kind = $1)"
        " and ($2::date is null or c.planned_on >= $2) and ($3::date is null or c.planned_on <= $3)"
        " and ($4::text is null or position(lower($4) in lower(c.body->>'name_zh')) > 0)"
        " and ($5::date is null or (c.planned_on, c.campaign_id) < ($5, $6))"
        " order by c.planned_on desc, c.campaign_id desc limit $7",
        kind, since, until, search, *(after or (None, None)), limit,
    )  # fmt: skip
