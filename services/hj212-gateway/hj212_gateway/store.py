"""All SQL of device sessions as the gateway writes them, and of rejected frames."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from park_chassis.database import Connection
from park_schemas.telemetry import FrameRejected

from hj212_gateway.domain.clock_drift import ClockWatch
from hj212_gateway.domain.device_state import DeviceState


def text_of(found: str | None) -> str | None:
    """Postgres keeps no NUL in text; a frame may hold any byte, its bytes are kept beside."""
    return None if found is None else found.replace("\x00", "\ufffd")


async def record_sessions(tx: Connection, states: Iterable[DeviceState], gateway: str) -> None:
    """Store the presence of devices; counters are those of this gateway since it started.

    A device that has come online elsewhere since is not ours to speak of: only the connection that serves it may say it left.
    Rows are locked in the order of their MN, as every gateway does.
    """
    await tx.executemany(
        """insert into device_sessions (mn, point_id, state, since, peer, connection_id, last_frame_at, frames,
                                        bytes_received, clock_skew_s, edition, deviations, gateway, clock_drift_s_per_day,
                                        clock_reference_at, clock_reference_skew_s, takeovers, other_peer, contested_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
           on conflict (mn) do update set point_id = $2, state = $3, since = $4, peer = $5, connection_id = $6,
               last_frame_at = $7, frames = $8, bytes_received = $9, clock_skew_s = $10, edition = $11,
               deviations = $12, gateway = $13, clock_drift_s_per_day = $14, clock_reference_at = $15,
               clock_reference_skew_s = $16, takeovers = $17, other_peer = $18, contested_at = $19
           where device_sessions.connection_id = excluded.connection_id
              or (device_sessions.since <= excluded.since
                  and (excluded.state = 'online' or device_sessions.state = 'offline'
                       or device_sessions.gateway = excluded.gateway))""",
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
            for state in sorted(states, key=lambda state: state.mn)
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
        records=[(f.received_at, f.peer, text_of(f.mn), f.reason, text_of(f.detail), f.raw, f.cut) for f in frames],
        columns=["received_at", "peer", "mn", "reason", "detail", "raw", "cut"],
    )
    await tx.execute(
        "delete from rejected_frames where id <= (select max(id) from rejected_frames) - $1",
        kept,
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
