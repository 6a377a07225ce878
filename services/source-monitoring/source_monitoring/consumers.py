"""Device sessions in: who is online, and offline findings that end. Readings are handled by park_judging."""

import asyncio
from datetime import datetime, timedelta

from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_judging import metrics
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.codes import SessionState
from park_schemas.envelope import Event
from park_schemas.supervision import FindingRecorded
from park_schemas.telemetry import SessionChanged

from source_monitoring import store
from source_monitoring.domain.offline import came_back, went_offline
from source_monitoring.settings import Settings

_REPLACED = "replaced"


class DeviceSessions:
    """Keeps the sessions of the own media's devices and finds those that are offline too long."""

    def __init__(self, database: Database, points: Points, settings: Settings) -> None:
        self._database = database
        self._points = points
        self._settings = settings

    async def on_session(self, event: Event[SessionChanged], tx: Connection) -> None:
        """Take a session change in. Devices that are not registered, or of other media, are not ours.

        The end of a connection that was replaced by a newer one of the same device is no absence.
        """
        session = event.body
        if session.point_id is None or session.state is SessionState.UNREGISTERED or session.reason == _REPLACED:
            return
        limits = self._points.get(session.point_id) or await self._points.wait_for(session.point_id)
        if not self._points.is_own(limits):
            return
        before = await store.take_session(tx, session)
        if before is None or before.offline_found_at is None or session.state is not SessionState.ONLINE:
            return
        await store.clear_offline(tx, session.mn)
        await self._record(tx, came_back(limits.point, session.mn, before.changed_at, session.changed_at))

    async def find_offline(self, at: datetime) -> int:
        """Find the devices that have been offline too long at `at`; return how many are new."""
        async with self._database.transaction() as tx:
            found = await store.newly_offline(tx, at - timedelta(seconds=self._settings.offline_after_s), at)
            for session in found:
                limits = self._points.get(session.point_id)
                if limits is not None and limits.point.active:
                    await self._record(
                        tx, went_offline(limits.point, session.mn, session.changed_at, session.reason, at)
                    )
        return len(found)

    async def run(self) -> None:
        """Look for devices that are offline too long, for ever."""
        while True:
            await self.find_offline(now())
            await asyncio.sleep(self._settings.offline_check_interval_s)

    async def _record(self, tx: Connection, finding: FindingRecorded) -> None:
        metrics.FINDINGS.labels(finding.rule, finding.verdict).inc()
        await outbox.add(tx, finding_event(self._settings.service, finding))
