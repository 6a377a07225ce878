"""Storing results with what they tell, in one transaction: the version, and the finding in the outbox."""

from collections.abc import Iterable
from uuid import UUID

import asyncpg
from park_chassis import outbox
from park_chassis.database import Connection
from park_judging import metrics
from park_judging.readings import finding_event
from park_judging.versions import Change

from quality.domain.surveys.records import Outcome, Site
from quality.domain.surveys.rows import Judged
from quality.surveys import store
from quality.surveys.findings import survey_finding

SERVICE = "quality"


async def record(
    tx: Connection, site: Site, one: Judged, newest: asyncpg.Record | None, change: Change, *, withdrawn: bool = False
) -> bool:
    """Store a result as the next version after `newest`; False when it is the same again, which changes nothing.

    The caller holds `store.lock`, so `newest` is what stands.
    """
    if newest is not None and not withdrawn and not newest["withdrawn"] and store.judged(newest) == one:
        return False
    version = newest["version"] if newest is not None else 0
    if not await store.put_result(tx, one, version, change, withdrawn=withdrawn):
        raise AssertionError("results are written by one at a time")
    before = await _before(tx, one, newest)
    finding = survey_finding(site, one, version + 1, before=before, withdrawn=withdrawn, at=change.made_at)
    if finding is not None:
        metrics.FINDINGS.labels(finding.rule, finding.verdict).inc()
        await outbox.add(tx, finding_event(SERVICE, finding))
    return True


async def _before(tx: Connection, one: Judged, newest: asyncpg.Record | None) -> Outcome | None:
    """Return the outcome that stood: of the version before, else of the sample before."""
    if newest is not None and not newest["withdrawn"]:
        return Outcome(newest["outcome"])
    earlier = await store.result_before(tx, one.result)
    return Outcome(earlier["outcome"]) if earlier is not None else None


async def record_all(tx: Connection, sites: dict[UUID, Site], judged: Iterable[Judged], change: Change) -> int:
    """Store many results, oldest sample first; return how many changed something."""
    ordered = sorted(judged, key=lambda one: (one.result.sampled_at, one.result.result_id))
    newest = await store.newest_results(tx, [one.result.result_id for one in ordered])
    changed = 0
    for one in ordered:
        changed += await record(tx, sites[one.result.site_id], one, newest.get(one.result.result_id), change)
    return changed
