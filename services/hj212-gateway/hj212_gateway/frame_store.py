"""The newest frames of one device out of the evidence of every gateway, with what was refused of them."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from park_chassis.database import Connection

from hj212_gateway.domain.evidence_blocks import Entry, open_payload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK_BACK = (timedelta(minutes=10), timedelta(hours=6), timedelta(days=7), timedelta(days=60))
_BLOCKS_AT_ONCE = 20
_MOST_BLOCKS = 30

Seen = Mapping[str, tuple[int, int]]
"""For each gateway: number of the newest block seen, and how many of its entries."""


class Found(NamedTuple):
    """One frame and its place: block of a gateway, and index in it."""

    gateway: str
    block: int
    number: int
    at: datetime
    entry: Entry


async def connections_of(connection: Connection, mn: str) -> frozenset[bytes]:
    """Return the connections a device has used lately: what was no frame on them may have been one of its own."""
    rows = await connection.fetch(
        """select connection_id from device_sessions where mn = $1
           union select connection_id from (select connection_id from device_connections where mn = $1
                                            order by opened_at desc limit 20) as newest""",
        mn,
    )
    return frozenset(row["connection_id"].bytes for row in rows)


async def newest(
    connection: Connection, mn: str, at: datetime, limit: int
) -> tuple[list[Found], dict[str, tuple[int, int]]]:
    """Return up to `limit` newest frames of a device, oldest first, and what has been seen with them."""
    theirs = await connections_of(connection, mn)
    heads = await _heads(connection)  # first: what is written meanwhile comes with the next page
    found: list[Found] = []
    for window in _LOOK_BACK:
        rows = await connection.fetch(
            """select gateway, block, payload from evidence_blocks
               where last_at >= $2 and mns @> array[$1::text] order by last_at desc, block desc limit $3""",
            mn,
            at - window,
            _MOST_BLOCKS,
        )
        found = _in_time(await _read(rows, mn, theirs))
        if len(found) >= limit or len(rows) == _MOST_BLOCKS:
            break
    since = max(found[-limit:][0].at, at - _LOOK_BACK[0]) if found else at - _LOOK_BACK[0]
    noise = await connection.fetch(
        """select gateway, block, payload from evidence_blocks
           where last_at >= $2 and mns @> array[''] and not mns @> array[$1::text] order by last_at desc limit $3""",
        mn,
        since,
        _MOST_BLOCKS,
    )
    everything = _in_time(found + await _read(noise, mn, theirs))
    return [one for one in everything if one.block < heads[one.gateway][0]][-limit:], heads


async def after(
    connection: Connection, mn: str, seen: Seen, limit: int
) -> tuple[list[Found], dict[str, tuple[int, int]]]:
    """Return up to `limit` frames that were written after `seen`, in the order of their chains, and what is seen now."""
    theirs = await connections_of(connection, mn)
    now_seen = dict(seen)
    found: list[Found] = []
    for gateway, (end, _) in (await _heads(connection)).items():
        block, index = seen.get(gateway, (0, 0))
        while block < end and len(found) < limit:
            rows = await _blocks_from(connection, mn, gateway, block, end)
            ours = [one for one in await _read(rows, mn, theirs) if (one.block, one.number) >= (block, index)]
            room = limit - len(found)
            found += ours[:room]
            if len(ours) > room:
                now_seen[gateway] = (ours[room].block, ours[room].number)
                return _in_time(found), now_seen
            if len(rows) < _BLOCKS_AT_ONCE:
                now_seen[gateway] = (end, 0)
                break
            block, index = rows[-1]["block"] + 1, 0
            now_seen[gateway] = (block, 0)
    return _in_time(found), now_seen


async def _blocks_from(connection: Connection, mn: str, gateway: str, block: int, end: int) -> list[Any]:
    return await connection.fetch(
        """select gateway, block, payload from evidence_blocks
           where gateway = $2 and block >= $3 and block < $4 and mns && array[$1::text, ''] order by block limit $5""",
        mn,
        gateway,
        block,
        end,
        _BLOCKS_AT_ONCE,
    )


async def _heads(connection: Connection) -> dict[str, tuple[int, int]]:
    """Return for each chain the place after its newest block."""
    rows = await connection.fetch(
        """with recursive names as (
               (select gateway from evidence_blocks order by gateway limit 1)
               union all
               select (select gateway from evidence_blocks where gateway > names.gateway order by gateway limit 1)
               from names where names.gateway is not null)
           select gateway, (select max(block) from evidence_blocks as b where b.gateway = names.gateway) as block
           from names where gateway is not null"""
    )
    return {row["gateway"]: (row["block"] + 1, 0) for row in rows}


async def _read(rows: list[Any], mn: str, theirs: frozenset[bytes]) -> list[Found]:
    """Open blocks beside the event loop; entries in the order of the rows."""
    return await asyncio.to_thread(lambda: [one for row in rows for one in _entries(row, mn, theirs)])


def _entries(row: Any, mn: str, theirs: frozenset[bytes]) -> list[Found]:
    """Return the entries of a block that are the device's: its frames, and what was no frame but came from it."""
    named = b"MN=" + mn.encode() + b";"
    return [
        Found(row["gateway"], row["block"], index, _EPOCH + timedelta(microseconds=entry.at_us), entry)
        for index, entry in enumerate(open_payload(row["payload"]))
        if entry.mn == mn or (not entry.mn and (entry.connection_id in theirs or named in entry.raw))
    ]


def _in_time(found: list[Found]) -> list[Found]:
    return sorted(found, key=lambda one: (one.at, one.gateway, one.block, one.number))


async def refusals(
    connection: Connection, found: Iterable[Found]
) -> dict[tuple[datetime, str, bytes], tuple[str, str]]:
    """Return (reason, detail) of those frames that were turned away, by time, peer and bytes."""
    frames = list(found)
    if not frames:
        return {}
    rows = await connection.fetch(
        "select received_at, peer, raw, reason, detail from rejected_frames where received_at = any($1) and peer = any($2)",
        sorted({one.at for one in frames}),
        sorted({one.entry.peer for one in frames}),
    )
    return {(row["received_at"], row["peer"], row["raw"]): (row["reason"], row["detail"]) for row in rows}


def connection_text(entry: Entry) -> str:
    """Return the id of the connection as text."""
    return str(UUID(bytes=entry.connection_id))
