"""Imports of sites and results: plan the rows on what is kept, store the good ones, set the bad ones aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from park_chassis.database import Connection
from park_chassis.sheets.sheet import SheetRow
from park_judging.domain.laboratory.import_rows import PlannedRow
from park_judging.versions import Change

from quality.domain.surveys.import_plan import plan_results, plan_sites
from quality.domain.surveys.records import Campaign, Site
from quality.domain.surveys.rows import Judged
from quality.surveys import recording, store

SheetName = Literal["sites", "results"]


@dataclass(frozen=True, slots=True)
class Order:
    """What to import: into which sheet, for which park, and for results for which campaign."""

    sheet: SheetName
    park_id: UUID
    campaign: Campaign | None
    change: Change


async def planned(tx: Connection, order: Order, rows: Sequence[SheetRow]) -> list[PlannedRow]:
    """Judge rows against what is kept. The caller holds `store.lock`."""
    sites = {code: store.site(row) for code, row in (await store.sites_by_code(tx)).items()}
    if order.campaign is None:
        return plan_sites(rows, sites, order.park_id, reason=order.change.reason)
    standing = await tx.fetch(
        "select * from survey_results where campaign_id = $1 and superseded_at is null", order.campaign.campaign_id
    )
    existing = {row["result_id"]: store.judged(row) for row in standing}
    return plan_results(
        rows,
        order.campaign,
        sites,
        existing,
        withdrawn_ids={row["result_id"] for row in standing if row["withdrawn"]},
        at=order.change.made_at,
        reason=order.change.reason,
    )


async def stored(tx: Connection, order: Order, rows: Sequence[PlannedRow]) -> None:
    """Store what the planned rows make; rejected ones make nothing."""
    kept = await store.sites_by_code(tx)
    for row in rows:
        if isinstance(row.made, Site) and row.report.status != "unchanged":
            before = kept.get(row.made.code)
            if not await store.put_site(tx, row.made, before["version"] if before else 0, order.change):
                raise AssertionError("sites are written by one at a time")
    sites = {row["site_id"]: store.site(row) for row in kept.values()}
    await recording.record_all(tx, sites, [row.made for row in rows if isinstance(row.made, Judged)], order.change)
