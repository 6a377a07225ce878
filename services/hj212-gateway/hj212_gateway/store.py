"""All SQL of the gateway: device sessions, unknown devices, rejected frames."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from park_chassis.database import Connection
from park_schemas.telemetry import FrameRejected

from hj212_gateway.domain.clock_drift import ClockWatch
from hj212_gateway.domain.device_state import DeviceState


def _text(found: str | None) -> str | None:
    """Postgres keeps no NUL in text; a frame may hold any byte, its bytes are kept beside."""
    return None if found is None else found.replace("\x00", "\ufffd")


class Stranger(NamedTuple):
    """Frames of an MN that is not registered, since they were last stored."""

    mn: str
    edition: str
    peer: str
    last_seen: datetime
    frames: int
    text: str


async def record_sessions(tx: Connection, states: Iterable[DeviceState], gateway: str) -> None:
    """Store the presence of devices; counters are those of this gateway since it started."""
    await tx.executemany(
        """insert into device_sessions (mn, point_id, state, since, peer, connection_id, last_frame_at, frames,
                                        bytes_received, clock_skew_s, edition, deviations, gateway, clock_drift_s_per_day,
                                        clock_reference_at, clock_reference_skew_s, takeovers, other_peer, contested_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
           on conflict (mn) do update set point_id = $2, state = $3, since = $4, peer = $5, connection_id = $6,
               last_frame_at = $7, frames = $8, bytes_received = $9, clock_skew_s = $10, edition = $11,
               deviations = $12, gateway = $13, clock_drift_s_per_day = $14, clock_reference_at = $15,
               clock_reference_skew_s = $16, takeovers = $17, other_peer = $18, contested_at = $19
           where device_sessions.since <= excluded.since""",
        [
            (
                state.mn,
                state.point_id,
                state.state.value,
                state.since,
                state.peer,
                state.connection_id,
                state.last_frame_at,
                state.frames,
                state.bytes_received,
                state.clock_skew_s,
                state.edition,
                dict(state.deviations),
                gateway,
                state.clock.drift_s_per_day,
                state.clock.reference_at,
                state.clock.reference_skew_s,
                state.takeovers,
                state.other_peer,
                state.contested_at,
            )
            for state in states
        ],
    )


async def clocks(connection: Connection) -> dict[str, ClockWatch]:
    """Return what is known of the clocks of all devices."""
    rows = await connection.fetch(
        """select mn, clock_skew_s, clock_reference_at, clock_reference_skew_s, clock_drift_s_per_day from device_sessions
           where clock_reference_at is not null"""
    )
    return {
        row["mn"]: ClockWatch(
            row["clock_skew_s"], row["clock_reference_at"], row["clock_reference_skew_s"], row["clock_drift_s_per_day"]
        )
        for row in rows
    }


async def clocks_asked(connection: Connection, since: datetime) -> dict[str, datetime]:
    """Return when each device was last asked to set its clock (1012), by whomever."""
    rows = await connection.fetch(
        """select mn, max(created_at) as at from device_commands where command = '1012' and created_at > $1 group by mn""",
        since,
    )
    return {row["mn"]: row["at"] for row in rows}


async def left_online(connection: Connection, gateway: str) -> list[Any]:
    """Return the sessions that a crashed run of this gateway left online."""
    return await connection.fetch("select * from device_sessions where gateway = $1 and state = 'online'", gateway)


async def end_sessions(tx: Connection, gateway: str, at: datetime) -> None:
    """Mark every session of this gateway as offline."""
    await tx.execute(
        "update device_sessions set state = 'offline', since = $2 where gateway = $1 and state = 'online'", gateway, at
    )


async def record_rejected(tx: Connection, frames: list[FrameRejected], *, kept: int) -> None:
    """Append rejected frames to the list and drop the oldest beyond `kept`."""
    await tx.copy_records_to_table(
        "rejected_frames",
        records=[(f.received_at, f.peer, _text(f.mn), f.reason, _text(f.detail), f.raw, f.cut) for f in frames],
        columns=["received_at", "peer", "mn", "reason", "detail", "raw", "cut"],
    )
    await tx.execute(
        "delete from rejected_frames where id <= (select max(id) from rejected_frames) - $1",
        kept,
    )


async def record_strangers(tx: Connection, strangers: list[Stranger]) -> None:
    """Store unknown devices: first and last time, frames, newest frame as text."""
    await tx.executemany(
        """insert into unknown_devices (mn, edition, peer, first_seen, last_seen, frames, last_raw_text)
           values ($1, $2, $3, $4, $4, $5, $6)
           on conflict (mn) do update set edition = $2, peer = $3, last_seen = greatest(unknown_devices.last_seen, $4),
               frames = unknown_devices.frames + $5, last_raw_text = $6""",
        [(_text(one.mn), one.edition, one.peer, one.last_seen, one.frames, _text(one.text)) for one in strangers],
    )


async def forget_registered(tx: Connection, mns: list[str]) -> None:
    """Take devices that have been registered off the list of unknown ones."""
    await tx.execute("delete from unknown_devices where mn = any($1)", mns)


async def sessions(
    connection: Connection, *, state: str | None, query: str | None, after_mn: str | None, limit: int
) -> list[Any]:
    """Return sessions ordered by MN."""
    return await connection.fetch(
        """select * from device_sessions
           where ($1::text is null or state = $1) and ($2::text is null or mn ilike '%' || $2 || '%' or peer like $2 || '%')
             and ($3::text is null or mn > $3) order by mn limit $4""",
        state,
        query,
        after_mn,
        limit,
    )


async def unknown_devices(connection: Connection, *, after: tuple[datetime, str] | None, limit: int) -> list[Any]:
    """Return unknown devices, the last heard first."""
    seen, mn = after or (None, None)
    return await connection.fetch(
        """select * from unknown_devices where $1::timestamptz is null or (last_seen, mn) < ($1, $2)
           order by last_seen desc, mn desc limit $3""",
        seen,
        mn,
        limit,
    )


async def rejected_frames(
    connection: Connection, *, reason: str | None, mn: str | None, before_id: int | None, limit: int
) -> list[Any]:
    """Return rejected frames, the newest first."""
    return await connection.fetch(
        """select * from rejected_frames where ($1::text is null or reason = $1) and ($2::text is null or mn = $2)
             and ($3::bigint is null or id < $3) order by id desc limit $4""",
        reason,
        mn,
        before_id,
        limit,
    )
