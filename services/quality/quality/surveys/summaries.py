"""What campaigns say of sites, computed from the verdicts that are kept."""

from collections.abc import Sequence
from uuid import UUID

from park_chassis.database import Connection

from quality.domain.surveys.records import Result, Verdict
from quality.domain.surveys.site_verdicts import SiteVerdict, site_verdict
from quality.surveys import store

Judged = dict[UUID, list[tuple[Result, Verdict]]]


async def judged(tx: Connection, site_ids: Sequence[UUID], campaign_id: UUID | None = None) -> Judged:
    """Return the results of a campaign by site, or without one of the campaign each site was sampled in last."""
    rows = await tx.fetch(
        "with own as (select * from survey_results where superseded_at is null and not withdrawn and site_id = any($1)"
        "  and ($2::uuid is null or campaign_id = $2)),"
        " last as (select distinct on (site_id) site_id, campaign_id from own order by site_id, sampled_at desc)"
        " select own.* from own join last using (site_id, campaign_id) order by own.site_id, own.sampled_at",
        list(site_ids), campaign_id,
    )  # fmt: skip
    found: Judged = {}
    for row in rows:
        one = store.judged(row)
        found.setdefault(row["site_id"], []).append((one.result, one.verdict))
    return found


async def verdicts(
    tx: Connection, site_ids: Sequence[UUID], campaign_id: UUID | None = None
) -> dict[UUID, SiteVerdict]:
    """Return what a campaign says of sites, or without one the campaign each was sampled in last. Others are absent."""
    found = await judged(tx, site_ids, campaign_id)
    return {site_id: site_verdict(site_id, samples) for site_id, samples in found.items()}
