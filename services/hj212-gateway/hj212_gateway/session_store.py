"""All SQL of device sessions as people look at them, and of the connections that served each device."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from park_chassis.database import Connection
from park_schemas.codes import SessionState
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import SessionChanged

_KEPT_A_DEVICE = 50
_KEPT_FOR = "interval '90 days'"
_NEVER = "never-seen"

_FROM = """
    from unnest($1::text[], $2::uuid[], $3::text[]) as r(mn, point_id, edition) full join device_sessions as s on s.mn = r.mn
    where ($4::text is null or coalesce(s.state, 'never-seen') = $4)
      and ($5::text is null or coalesce(s.mn, r.mn) ilike '%' || $5 || '%' or s.peer like $5 || '%')
      and ($6::text is null or s.edition = $6) and ($7::text is null or s.gateway = $7)
      and ($8::text is null or s.deviations ? $8)
      and ($9::double precision is null or abs(s.clock_skew_s) > $9)
"""


class Wanted(NamedTuple):
    """Which sessions a list shows; None: all. `state` is online, offline or never-seen."""

    state: str | None = None
    query: str | None = None
    edition: str | None = None
    gateway: str | None = None
    deviation: str | None = None
    skew_above_s: float | None = None


async def sessions(
    connection: Connection, register: Sequence[DeviceRecord], wanted: Wanted, *, after_mn: str | None, limit: int
) -> list[Any]:
    """Return sessions of registered and of formerly registered devices, ordered by MN."""
    return await connection.fetch(
        f"""select s.*, coalesce(s.mn, r.mn) as mn, coalesce(r.point_id, s.point_id) as point_id,
                   coalesce(s.state, '{_NEVER}') as state, r.edition as registered_edition, r.mn is not null as registered
            {_FROM} and ($10::text is null or coalesce(s.mn, r.mn) > $10) order by coalesce(s.mn, r.mn) limit $11""",
        *_columns(register),
        *wanted,
        after_mn,
        limit,
    )


async def counts(connection: Connection, register: Sequence[DeviceRecord], wanted: Wanted) -> dict[str, int]:
    """Return how many sessions there are in each state, of those wanted in any."""
    rows = await connection.fetch(
        f"select coalesce(s.state, '{_NEVER}') as state, count(*) as n {_FROM} group by 1",
        *_columns(register),
        *wanted._replace(state=None),
    )
    found = {row["state"]: row["n"] for row in rows}
    return {name: found.get(name, 0) for name in (SessionState.ONLINE.value, SessionState.OFFLINE.value, _NEVER)}


def _columns(register: Sequence[DeviceRecord]) -> tuple[list[str], list[Any], list[str]]:
    return (
        [device.mn for device in register],
        [device.point_id for device in register],
        [device.edition for device in register],
    )


async def unknown(connection: Connection) -> int:
    """Return how many unknown devices are on the list."""
    return int(await connection.fetchval("select count(*) from unknown_devices where dismissed_at is null"))


async def connections(connection: Connection, mn: str) -> list[Any]:
    """Return the recent connections of a device, the newest first."""
    return await connection.fetch(
        """select connection_id, gateway, peer, opened_at, closed_at, reason, frames_after - frames_before as frames
           from device_connections where mn = $1 order by opened_at desc limit $2""",
        mn,
        _KEPT_A_DEVICE,
    )


async def record_connections(tx: Connection, changes: Iterable[SessionChanged], gateway: str) -> None:
    """Store comings and goings in their order."""
    for change in changes:
        if change.state is SessionState.ONLINE:
            await tx.execute(
                """insert into device_connections (mn, connection_id, gateway, peer, opened_at, frames_before, frames_after)
                   values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing""",
                change.mn,
                change.connection_id,
                gateway,
                change.peer,
                change.changed_at,
                max(0, change.frames - 1),
            )
        else:
            await tx.execute(
                """update device_connections set closed_at = $3, reason = $4, frames_after = greatest(frames_before, $5)
                   where mn = $1 and gateway = $2 and closed_at is null""",
                change.mn,
                gateway,
                change.changed_at,
                change.reason,
                change.frames,
            )


async def prune_connections(tx: Connection) -> None:
    """Keep the newest of each device, and none that is old."""
    await tx.execute(
        f"""delete from device_connections as d using (
                select mn, opened_at, connection_id, row_number() over (partition by mn order by opened_at desc) as n
                from device_connections) as ranked
            where d.mn = ranked.mn and d.opened_at = ranked.opened_at and d.connection_id = ranked.connection_id
              and (ranked.n > {_KEPT_A_DEVICE} or d.opened_at < now() - {_KEPT_FOR})"""
    )


async def gone_elsewhere(connection: Connection, gateway: str, since: datetime) -> list[Any]:
    """Return devices that came online at another gateway since then, with the connection that serves them there."""
    return await connection.fetch(
        """select mn, connection_id, since from device_sessions
           where state = 'online' and since >= $2 and gateway <> $1""",
        gateway,
        since,
    )
