"""SQL of land plots, in versions as sites and campaigns."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_judging.versions import Change, supersede

from quality.domain.surveys.plots import Plot

MOST = 2000
"""Plots read at once; no park has more."""


def plot(row: asyncpg.Record) -> Plot:
    return msgspec.convert(row["body"], Plot)


async def put(tx: Connection, record: Plot, based_on: int, change: Change) -> bool:
    """Store the next version of a plot; False when somebody else changed it since `based_on`."""
    if not await supersede(tx, "survey_plots", "plot_id", record.plot_id, based_on, change.made_at):
        return False
    await tx.execute(
        "insert into survey_plots (plot_id, code, enterprise_id, version, author, reason, made_at, body)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        record.plot_id, record.code, record.enterprise_id, based_on + 1,
        change.author, change.reason, change.made_at, msgspec.to_builtins(record),
    )  # fmt: skip
    return True


async def one(tx: Connection, plot_id: UUID) -> asyncpg.Record | None:
    return await tx.fetchrow("select * from survey_plots where plot_id = $1 and superseded_at is null", plot_id)


async def listed(
    tx: Connection,
    *,
    enterprise_id: UUID | None,
    search: str | None = None,
    land_use: str | None = None,
    investigation: str | None = None,
) -> list[asyncpg.Record]:
    """Return newest versions by code; `enterprise_id` narrows to the plots an enterprise user may see."""
    return await tx.fetch(
        "select * from survey_plots where superseded_at is null and ($1::uuid is null or enterprise_id = $1)"
        " and ($2::text is null or position(lower($2) in lower(code || ' ' || (body->>'name_zh'))) > 0)"
        " and ($3::text is null or body->>'land_use' = $3) and ($4::text is null or body->>'investigation' = $4)"
        " order by code limit $5",
        enterprise_id, search, land_use, investigation, MOST,
    )  # fmt: skip


async def holders(tx: Connection) -> dict[UUID, str]:
    """Return the code of the plot each site belongs to, by site."""
    rows = await tx.fetch(
        "select p.code, (s->>'site_id')::uuid as site_id from survey_plots p,"
        " jsonb_array_elements(coalesce(p.body->'sites', '[]')) s where p.superseded_at is null"
    )
    return {row["site_id"]: row["code"] for row in rows}


async def sites(tx: Connection, site_ids: Sequence[UUID]) -> dict[UUID, asyncpg.Record]:
    """Return newest versions of sites by id."""
    rows = await tx.fetch(
        "select * from survey_sites where site_id = any($1) and superseded_at is null order by code", list(site_ids)
    )
    return {row["site_id"]: row for row in rows}
