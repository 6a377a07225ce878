"""SQL of device sessions. Frames, watches and assessments are the libraries'."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from park_chassis.database import Connection
from park_schemas.codes import SessionState
from park_schemas.telemetry import SessionChanged


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


async def take_session(tx: Connection, session: SessionChanged) -> DeviceSession | None:
    """Write a session change; return the row as it was before it, or None when it is the first or an older change.

    An older change (two gateways, a late copy) leaves the row alone.
    """
    before = await tx.fetchrow("select * from device_sessions where mn = $1 for update", session.mn)
    if before is not None and before["changed_at"] >= session.changed_at:
        return None
    await tx.execute(
        "insert into device_sessions (mn, point_id, state, changed_at, last_frame_at, reason)"
        " values ($1, $2, $3, $4, $5, $6)"
        " on conflict (mn) do update set point_id = excluded.point_id, state = excluded.state,"
        " changed_at = excluded.changed_at, reason = excluded.reason,"
        " last_frame_at = coalesce(excluded.last_frame_at, device_sessions.last_frame_at)",
        session.mn, session.point_id, session.state.value, session.changed_at, session.last_frame_at, session.reason,
    )  # fmt: skip
    await _keep_outages(tx, session)
    return None if before is None else _session(before)


async def _keep_outages(tx: Connection, session: SessionChanged) -> None:
    """Keep the times without link: they tell a lost link from data that is missing."""
    if session.state is SessionState.OFFLINE:
        await tx.execute(
            "insert into link_outages (mn, point_id, since) values ($1, $2, $3) on conflict do nothing",
            session.mn, session.point_id, session.changed_at,
        )  # fmt: skip
    elif session.state is SessionState.ONLINE:
        await tx.execute(
            "update link_outages set until = $2 where mn = $1 and until is null and since < $2",
            session.mn, session.changed_at,
        )  # fmt: skip


async def clear_offline(tx: Connection, mn: str) -> None:
    """Note that the offline finding of a device stands no more."""
    await tx.execute("update device_sessions set offline_found_at = null where mn = $1", mn)


async def newly_offline(
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
