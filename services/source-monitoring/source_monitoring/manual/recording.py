"""Storing results with all that follows from them, in one transaction: the version, findings in the outbox, the record that
anomaly rule AN35 looks at, the comparison with the monitor.

The caller holds `store.lock`, so what is read is what stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
from park_chassis import outbox
from park_chassis.auth import Principal
from park_chassis.database import Connection
from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at
from park_judging.readings import finding_event
from park_judging.versions import Change
from park_schemas.identifiers import natural_id
from park_standards.units import convert

from source_monitoring.anomaly import records
from source_monitoring.domain.anomaly.window import OutletRecord
from source_monitoring.domain.manual.findings import result_findings
from source_monitoring.domain.manual.results import ManualResult
from source_monitoring.domain.manual.verdicts import ManualVerdict, verdict_of
from source_monitoring.domain.mark_states import MarkState
from source_monitoring.manual import comparing, store
from source_monitoring.manual.store import Entry

SERVICE = "source-monitoring"


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, and why."""

    person: Principal
    change: Change


async def enter(
    tx: Connection, limits: PointLimits, result: ManualResult, newest: asyncpg.Record | None, by: Writing
) -> bool:
    """Store a result as the next version after `newest`; False when it is the same again, which changes nothing.

    A new version has to be accepted anew, whoever wrote it.
    """
    if newest is not None and newest["state"] in store.COUNTING and store.result(newest) == result:
        return False
    await _put(tx, limits, result, verdict_of(limits.point, result), newest, by, MarkState.SUBMITTED)
    return True


async def withdraw(tx: Connection, limits: PointLimits, newest: asyncpg.Record, by: Writing) -> None:
    """Store a version that says that the result counts no more."""
    await _put(tx, limits, store.result(newest), store.verdict(newest), newest, by, MarkState.WITHDRAWN)


async def _put(
    tx: Connection,
    limits: PointLimits,
    result: ManualResult,
    verdict: ManualVerdict,
    newest: asyncpg.Record | None,
    by: Writing,
    state: MarkState,
) -> None:
    entry = Entry(result, verdict, limits.point.enterprise_id, by.person.user_id, state)
    version = newest["version"] if newest is not None else 0
    if not await store.put_result(tx, entry, version, by.change):
        raise AssertionError("results are written by one at a time")
    before = await _before(tx, result, newest)
    await _follow(tx, limits, entry, version + 1, before, by.change)


async def decide(tx: Connection, limits: PointLimits, row: asyncpg.Record, state: MarkState, by: Writing) -> None:
    """Write that another person accepted or returned the newest version. What is returned counts no more."""
    await store.decide(tx, row["result_id"], state, (by.person.user_id, by.person.display_name), by.change)
    entry = Entry(store.result(row), store.verdict(row), row["enterprise_id"], row["author_id"], state)
    if state is MarkState.ACCEPTED:
        await _compare(tx, limits, entry.result)
    else:
        await _follow(tx, limits, entry, row["version"], entry.verdict, by.change)


async def _before(tx: Connection, result: ManualResult, newest: asyncpg.Record | None) -> ManualVerdict | None:
    """Return the verdict that stood: of the version before, else of the sample before."""
    if newest is not None and newest["state"] in store.COUNTING:
        return store.verdict(newest)
    earlier = await store.result_before(tx, result)
    return store.verdict(earlier) if earlier is not None else None


async def _follow(
    tx: Connection, limits: PointLimits, entry: Entry, version: int, before: ManualVerdict | None, change: Change
) -> None:
    """Tell and write what follows from a version."""
    counts = entry.state.value in store.COUNTING
    for finding in result_findings(
        limits.point, entry.result, entry.verdict, version, before=before, counts=counts, at=change.made_at
    ):
        metrics.FINDINGS.labels(finding.rule, finding.verdict).inc()
        await outbox.add(tx, finding_event(SERVICE, finding))
    await _keep_record(tx, limits, entry.result, counts, change)
    await _compare(tx, limits, entry.result)


async def _keep_record(tx: Connection, limits: PointLimits, result: ManualResult, counts: bool, change: Change) -> None:
    """Write the result among the outlet's records, in the unit of its monitor; a daily mean says nothing of half an hour."""
    record_id, point_id = natural_id("manual-record", result.result_id), limits.point.point_id
    await tx.execute("delete from outlet_records where record_id = $1", record_id)
    monitored = limits.factors.get(result.factor)
    if not counts or result.value is None or monitored is None or result.averaging == "day":
        return
    start, end = comparing.window_of(result)
    value = convert(result.value, result.unit, monitored.unit)
    middle = start + timedelta(seconds=(end - start).total_seconds() / 2)
    record = OutletRecord(middle, "manual-result", factor=result.factor, value=value, text=result.report_number)
    await records.keep(tx, [(record_id, point_id, record)], source="person", author=change.author, at=change.made_at)


async def _compare(tx: Connection, limits: PointLimits, result: ManualResult) -> None:
    await comparing.refresh(tx, limits, result.factor, day_at(result.sampled_at))


async def enter_all(
    tx: Connection, points: Mapping[UUID, PointLimits], results: Iterable[ManualResult], by: Writing
) -> int:
    """Store many results, oldest sample first; return how many changed something."""
    ordered = sorted(results, key=lambda one: (one.sampled_at, one.result_id))
    newest = await store.newest_results(tx, [one.result_id for one in ordered])
    changed = 0
    for one in ordered:
        changed += await enter(tx, points[one.point_id], one, newest.get(one.result_id), by)
    return changed
