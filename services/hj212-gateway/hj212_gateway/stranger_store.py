"""All SQL of unknown devices: MNs that speak and are not in the register."""

from datetime import datetime
from typing import Any, NamedTuple

from park_chassis.database import Connection

from hj212_gateway.store import text_of


class Stranger(NamedTuple):
    """Frames of an MN that is not registered, since they were last stored."""

    mn: str
    edition: str
    peer: str
    last_seen: datetime
    frames: int
    text: str
    system_type: str


class Wanted(NamedTuple):
    """Which unknown devices a list shows; None: all."""

    dismissed: bool = False
    query: str | None = None
    peer: str | None = None
    edition: str | None = None
    since: datetime | None = None


_WHERE = """
    where (dismissed_at is not null) = $1 and ($2::text is null or mn ilike '%' || $2 || '%')
      and ($3::text is null or peer like $3 || '%') and ($4::text is null or edition = $4)
      and ($5::timestamptz is null or last_seen >= $5)
"""


async def record(tx: Connection, strangers: list[Stranger]) -> None:
    """Store unknown devices: first and last time, frames, newest frame as text."""
    await tx.executemany(
        """insert into unknown_devices (mn, edition, peer, first_seen, last_seen, frames, last_raw_text, system_type)
           values ($1, $2, $3, $4, $4, $5, $6, $7)
           on conflict (mn) do update set edition = $2, peer = $3, last_seen = greatest(unknown_devices.last_seen, $4),
               frames = unknown_devices.frames + $5, last_raw_text = $6, system_type = $7""",
        sorted(
            (
                text_of(one.mn),
                one.edition,
                one.peer,
                one.last_seen,
                one.frames,
                text_of(one.text),
                text_of(one.system_type),
            )
            for one in strangers
        ),
    )


async def prune(tx: Connection, *, kept: int) -> int:
    """Drop those not heard for longest beyond `kept`; return how many."""
    done = await tx.execute(
        """delete from unknown_devices where mn in (
               select mn from unknown_devices order by last_seen desc, mn desc offset $1 limit 20000)""",
        kept,
    )
    return int(done.rpartition(" ")[2])


async def forget(tx: Connection, mns: list[str]) -> None:
    """Take devices that have been registered off the list."""
    await tx.execute("delete from unknown_devices where mn = any($1)", mns)


async def one(connection: Connection, mn: str) -> Any:
    """Return one unknown device, or None."""
    return await connection.fetchrow("select * from unknown_devices where mn = $1", mn)


async def dismiss(tx: Connection, mn: str, at: datetime | None, by: str | None, reason: str | None) -> bool:
    """Hide a device from the list, or (with None) show it again; False when it is not there."""
    done = await tx.execute(
        "update unknown_devices set dismissed_at = $2, dismissed_by = $3, dismissed_reason = $4 where mn = $1",
        mn,
        at,
        by,
        reason,
    )
    return bool(done.endswith(" 1"))


async def strangers(
    connection: Connection, wanted: Wanted, *, after: tuple[datetime, str] | None, limit: int
) -> list[Any]:
    """Return unknown devices, the last heard first."""
    return await connection.fetch(
        f"""select * from unknown_devices {_WHERE} and ($6::timestamptz is null or (last_seen, mn) < ($6, $7))
            order by last_seen desc, mn desc limit $8""",
        *wanted,
        *(after or (None, None)),
        limit,
    )


async def count(connection: Connection, wanted: Wanted) -> int:
    """Return how many there are."""
    return int(await connection.fetchval(f"select count(*) from unknown_devices {_WHERE}", *wanted))
