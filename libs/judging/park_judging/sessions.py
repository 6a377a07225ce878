"""Device sessions in: who is online, and offline findings that begin and end. Readings are handled by `readings.py`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.codes import SessionState
from park_schemas.envelope import Event
from park_schemas.supervision import FindingRecorded
from park_schemas.telemetry import SessionChanged

from park_judging import metrics
from park_judging.domain.offline import came_back, went_offline
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_judging.settings import JudgingSettings

_REPLACED = "replaced"

SessionNote = Callable[[Connection, SessionChanged], Awaitable[None]]
"""What a service keeps of a session change besides, in its transaction; older changes and strangers are not told."""


class DeviceSessions:
    """Keeps the sessions of the own media's devices and finds those that are offline too long."""

    def __init__(
        self, database: Database, points: Points, settings: JudgingSettings, *, also: SessionNote | None = None
    ) -> None:
        self._database = database
        self._points = points
        self._settings = settings
        self._also = also

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
        before = await _session_before(tx, session.mn)
        if before is not None and before.changed_at >= session.changed_at:
            return  # an older change: two gateways, or a late copy
        await _take(tx, session)
        if self._also is not None:
            await self._also(tx, session)
        if before is None or before.offline_found_at is None or session.state is not SessionState.ONLINE:
            return
        await _clear_offline(tx, session.mn)
        await self._record(tx, came_back(limits.point, session.mn, before.changed_at, session.changed_at))

    async def find_offline(self, at: datetime) -> int:
        """Find the devices that have been offline too long at `at`; return how many are new."""
        async with self._database.transaction() as tx:
            found = await _newly_offline(tx, at - timedelta(seconds=self._settings.offline_after_s), at)
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


@dataclass(frozen=True, slots=True)
class DeviceSession:
    """What is known of a device's connection. `offline_found_at` is set while an offline finding stands."""

    mn: str
    point_id: UUID
    state: str
    changed_at: datetime
    last_frame_at: datetime | None
    reason: str
    offline_found_at: datetime | None


async def _session_before(tx: Connection, mn: str) -> DeviceSession | None:
    row = await tx.fetchrow("select * from device_sessions where mn = $1 for update", mn)
    return None if row is None else _session(row)


async def _take(tx: Connection, session: SessionChanged) -> None:
    await tx.execute(
        "insert into device_sessions (mn, point_id, state, changed_at, last_frame_at, reason)"
        " values ($1, $2, $3, $4, $5, $6)"
        " on conflict (mn) do update set point_id = excluded.point_id, state = excluded.state,"
        " changed_at = excluded.changed_at, reason = excluded.reason,"
        " last_frame_at = coalesce(excluded.last_frame_at, device_sessions.last_frame_at)",
        session.mn, session.point_id, session.state.value, session.changed_at, session.last_frame_at, session.reason,
    )  # fmt: skip


async def _clear_offline(tx: Connection, mn: str) -> None:
    """Note that the offline finding of a device stands no more."""
    await tx.execute("update device_sessions set offline_found_at = null where mn = $1", mn)


async def _newly_offline(
    tx: Connection, since_before: datetime, at: datetime, *, limit: int = 200
) -> list[DeviceSession]:
    """Mark up to `limit` devices that went offline before `since_before` as found at `at`; return them, oldest first."""
    rows = await tx.fetch(
        "update device_sessions set offline_found_at = $2 where mn in ("
        " select mn from device_sessions where state = 'offline' and offline_found_at is null and changed_at < $1"
        " order by changed_at limit $3 for update skip locked) returning *",
        since_before, at, limit,
    )  # fmt: skip
    return sorted((_session(row) for row in rows), key=lambda session: session.changed_at)


def _session(row: asyncpg.Record) -> DeviceSession:
    return DeviceSession(**dict(row))
