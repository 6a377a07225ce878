"""Missing data: a point that has sent values and now sends none, whatever its device's connection says.

Rule `missing-data`: violated once when the newest value of the point is older than the setting, complied when values come
again. A point that never sent anything is not watched; one that is taken out of service is forgotten.
"""

import asyncio
from datetime import datetime, timedelta

from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded

from park_judging import metrics, store
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_judging.settings import JudgingSettings

MISSING_DATA = "missing-data"


_BACKLOG_PAUSE = timedelta(minutes=5)


class SilenceWatch:
    """Background work of a judging service."""

    def __init__(self, database: Database, points: Points, settings: JudgingSettings) -> None:
        self._database = database
        self._points = points
        self._settings = settings

    async def run(self) -> None:
        """Look for silent points, for ever."""
        while True:
            await self.look(now())
            await asyncio.sleep(self._settings.missing_check_interval_s)

    async def look(self, at: datetime) -> None:
        """Find points that fell silent before `at`, and those that speak again, in one transaction."""
        deadline = at - timedelta(seconds=self._settings.missing_after_s)
        own = {limits.point.point_id: limits for limits in self._points.own() if limits.point.active}
        async with self._database.transaction() as tx:
            newest = await store.newest_times(tx, list(own))
            silent = await store.silent_points(tx)
            found: list[FindingRecorded] = []
            for point_id, (last, received) in newest.items():
                # A logger that is sending its backlog speaks of long ago, but it is not silent.
                if last < deadline and received < at - _BACKLOG_PAUSE and point_id not in silent:
                    found.append(_fell_silent(own[point_id], last, at))
                elif last >= deadline and point_id in silent:
                    found.append(_speaks_again(own[point_id], silent[point_id], last))
            await self._record(tx, found, at)
            await store.forget_silent(tx, [point_id for point_id in silent if point_id not in own])

    async def _record(self, tx: Connection, found: list[FindingRecorded], at: datetime) -> None:
        for finding in found:
            metrics.FINDINGS.labels(finding.rule, finding.verdict).inc()
        await store.add_silent(
            tx, [(one.subject_id, one.period_start, at) for one in found if one.verdict == "violated"]
        )
        await store.forget_silent(tx, [one.subject_id for one in found if one.verdict == "complied"])
        await outbox.add(tx, *[finding_event(self._settings.service, finding) for finding in found])


def _fell_silent(limits: PointLimits, last: datetime, at: datetime) -> FindingRecorded:
    shown = f"{at_park(last):%Y-%m-%d %H:%M}"
    return point_finding(
        limits.point, MISSING_DATA, "violated", key=last.timestamp(), start=last, end=at, recorded_at=at,
        zh=f"{limits.point.name_zh} 自 {shown} 起没有数据。", en=f"{limits.point.name_en} has sent no data since {shown}.",
    )  # fmt: skip


def _speaks_again(limits: PointLimits, since: datetime, last: datetime) -> FindingRecorded:
    shown = f"{at_park(last):%Y-%m-%d %H:%M}"
    return point_finding(
        limits.point, MISSING_DATA, "complied", key=since.timestamp(), start=since, end=last, recorded_at=last,
        zh=f"{limits.point.name_zh} 已恢复数据,最新时间 {shown}。",
        en=f"{limits.point.name_en} sends data again, newest {shown}.",
    )  # fmt: skip
