"""The rules `qaqc-due` (a required check of a monitor is due soon) and `qaqc-overdue` (it is overdue: data invalid until the next
pass). Each is told once and ended once; what was told stands in `told_checks`, in the transaction of the finding."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded

from source_monitoring.domain.monitor_checks import REQUIREMENT_NAMES, DueState
from source_monitoring.marking import monitor_store
from source_monitoring.marking.monitor_store import ToldCheck

RULES: Mapping[DueState, str] = MappingProxyType({DueState.DUE: "qaqc-due", DueState.OVERDUE: "qaqc-overdue"})
"""The states that are told, and the rule that tells them."""

_WORDS: Mapping[tuple[DueState, str], tuple[str, str]] = MappingProxyType(
    {
        (DueState.DUE, "violated"): ("应于 {at} 前完成", "is due by {at}"),
        (DueState.DUE, "complied"): ("不再待办", "is not due any more"),
        (DueState.OVERDUE, "violated"): (
            "自 {at} 起逾期,其后数据无效,直至下一次合格检查",
            "has been overdue since {at}: data are invalid from then until the next passed check",
        ),
        (DueState.OVERDUE, "complied"): ("不再逾期", "is overdue no more"),
    }
)


class CheckWatch:
    """Background work."""

    def __init__(self, database: Database, points: Points, *, service: str, every_s: float) -> None:
        self._database = database
        self._points = points
        self._service = service
        self._every_s = every_s

    async def run(self) -> None:
        """Look for checks that are due, for ever."""
        while True:
            await self.look(now())
            await asyncio.sleep(self._every_s)

    async def look(self, at: datetime) -> None:
        """Tell what became due or overdue, and what is so no more, in one transaction; another replica at it is left alone."""
        own = {limits.point.point_id: limits for limits in self._points.own() if limits.point.active}
        async with self._database.transaction() as tx:
            if not await tx.fetchval("select pg_try_advisory_xact_lock(hashtext('check watch ' || current_schema()))"):
                return
            rows = await monitor_store.due(tx, list(own), at)
            for row in rows:
                await self._follow(tx, own[row.point_id], row, at)
            keys = {row.key for row in rows}
            for told in await monitor_store.told_checks(tx, list(own)):
                if told.key not in keys:  # its monitor was voided or replaced
                    await self._end(tx, own[told.point_id], told, at)

    async def _follow(self, tx: Connection, limits: PointLimits, row: monitor_store.DueRow, at: datetime) -> None:
        check, told = row.check, row.told
        if told is not None and (told.state, told.due_at) == (check.state, check.due_at):
            return
        if told is not None:
            await self._end(tx, limits, told, at)
        if check.state in RULES and check.due_at is not None:
            found = ToldCheck(row.point_id, check.monitor.factor, check.requirement, check.state, check.due_at)
            await self._tell(tx, _finding(limits, found, "violated", at))
            await monitor_store.keep_told(tx, found, at)

    async def _end(self, tx: Connection, limits: PointLimits, told: ToldCheck, at: datetime) -> None:
        await self._tell(tx, _finding(limits, told, "complied", at))
        await monitor_store.forget_told(tx, told)

    async def _tell(self, tx: Connection, finding: FindingRecorded) -> None:
        metrics.FINDINGS.labels(finding.rule, finding.verdict).inc()
        await outbox.add(tx, finding_event(self._service, finding))


def _finding(
    limits: PointLimits, told: ToldCheck, verdict: Literal["violated", "complied"], at: datetime
) -> FindingRecorded:
    """Return the finding; begin and end carry the same period start, so that alerting sees one condition."""
    known = limits.factors.get(told.factor)
    factor_zh, factor_en = (known.name_zh, known.name_en) if known else (told.factor, told.factor)
    name_zh, name_en = REQUIREMENT_NAMES[told.requirement]
    zh, en = (words.format(at=f"{at_park(told.due_at):%Y-%m-%d %H:%M}") for words in _WORDS[told.state, verdict])
    body = point_finding(
        limits.point, RULES[told.state], verdict, key=(told.factor, told.requirement, told.due_at.timestamp()),
        start=told.due_at, end=max(at, told.due_at), recorded_at=at,
        zh=f"{limits.point.name_zh}{factor_zh}监测仪的{name_zh}{zh}。",
        en=f"{limits.point.name_en}: {name_en} of the {factor_en} monitor {en}.",
    )  # fmt: skip
    return msgspec.structs.replace(
        body,
        factor=told.factor,
        factor_name_zh=factor_zh,
        factor_name_en=factor_en,
        limit_id=f"qaqc/{told.requirement}",
    )
