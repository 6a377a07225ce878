"""All SQL of commands to devices."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from park_chassis.database import Connection

from hj212_gateway.domain.command_states import OPEN, CommandState


class NewCommand(NamedTuple):
    """A request as it is stored. `parameters` are CP items in order; `origin` is http, event, gateway or gap."""

    command_id: UUID
    mn: str
    command: str
    parameters: Sequence[Any]
    reason: str
    requested_by_id: UUID | None
    requested_by: str
    created_at: datetime
    expires_at: datetime
    state: CommandState
    origin: str = "http"
    detail: str = ""


class SpokenFrame(NamedTuple):
    """One frame of a dialogue. `direction` is sent or received."""

    at: datetime
    direction: str
    raw: bytes


class Ending(NamedTuple):
    """How a command ended."""

    state: CommandState
    at: datetime
    request_id: str | None
    code: int | None
    detail: str
    items: list[dict[str, str]]


class Held(NamedTuple):
    """A device that is here: which connection serves it, and since when."""

    mn: str
    connection_id: UUID
    since: datetime


class Wanted(NamedTuple):
    """Which commands a list shows; None: all. `begin` and `end` bound the time of the request, half-open."""

    mn: str | None = None
    states: tuple[str, ...] | None = None
    command: str | None = None
    requested_by: str | None = None
    begin: datetime | None = None
    end: datetime | None = None


async def insert(tx: Connection, new: NewCommand) -> bool:
    """Store a request; False when its id is there already. A state that is an end gets its time."""
    done = await tx.execute(
        """insert into device_commands (command_id, mn, command, parameters, reason, requested_by_id, requested_by,
                                        created_at, expires_at, state, origin, detail, finished_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing""",
        *new[:4],
        *new[4:9],
        new.state.value,
        new.origin,
        new.detail,
        None if new.state in OPEN else new.created_at,
    )
    return bool(done.endswith(" 1"))


async def has_open(connection: Connection, mn: str, command: str) -> bool:
    """Whether a device has such a command that has not ended."""
    return bool(
        await connection.fetchval(
            """select exists (select 1 from device_commands where mn = $1 and command = $2
                 and state in ('awaiting-approval', 'queued', 'sent'))""",
            mn,
            command,
        )
    )


async def open_commands(connection: Connection, mn: str) -> int:
    """Return how many commands of a device have not ended."""
    return int(
        await connection.fetchval(
            "select count(*) from device_commands where mn = $1 and state in ('awaiting-approval', 'queued', 'sent')",
            mn,
        )
    )


async def open_by_state(connection: Connection) -> dict[str, int]:
    """Return how many commands are in each state that is no end."""
    rows = await connection.fetch(
        """select state, count(*) as n from device_commands
           where state in ('awaiting-approval', 'queued', 'sent') group by state"""
    )
    return {row["state"]: row["n"] for row in rows}


async def locked(tx: Connection, command_id: UUID) -> Any:
    """Return one command for a change, or None."""
    return await tx.fetchrow("select * from device_commands where command_id = $1 for update", command_id)


async def decide(
    tx: Connection, command_id: UUID, state: CommandState, by: str, at: datetime, *, note: str, detail: str
) -> Any:
    """Store a person's decision and return the row; an end gets its time."""
    return await tx.fetchrow(
        """update device_commands set state = $2::text, decided_by = $3, decided_at = $4::timestamptz, decision_note = $5,
             detail = case when $6::text = '' then detail else $6::text end,
             finished_at = case when $2::text = 'queued' then null else $4::timestamptz end
           where command_id = $1 returning *""",
        command_id,
        state.value,
        by,
        at,
        note,
        detail,
    )


async def claim(tx: Connection, held: Sequence[Held], gateway: str, at: datetime, lease_until: datetime) -> list[Any]:
    """Take the oldest queued command of each of these devices for this gateway, a person's before one that fetches a gap.

    A device whose newer connection is known to be held by another gateway is left to that one.
    """
    return await tx.fetch(
        """with here as (select * from unnest($1::text[], $5::uuid[], $6::timestamptz[]) as h(mn, connection_id, since))
           update device_commands set state = 'sent', gateway = $2, sent_at = $3, attempts = attempts + 1, lease_until = $4
           where command_id in (
               select distinct on (c.mn) c.command_id from device_commands as c join here as h on h.mn = c.mn
               where c.state = 'queued' and c.expires_at > $3
                 and not exists (select 1 from device_commands as o where o.mn = c.mn and o.state = 'sent')
                 and not exists (select 1 from device_sessions as s where s.mn = c.mn and s.state = 'online'
                                   and s.connection_id <> h.connection_id and s.since > h.since)
               order by c.mn, c.origin = 'gap', c.created_at, c.command_id)
             and state = 'queued' returning *""",
        [one.mn for one in held],
        gateway,
        at,
        lease_until,
        [one.connection_id for one in held],
        [one.since for one in held],
    )


async def renew(tx: Connection, running: Iterable[tuple[UUID, int]], lease_until: datetime) -> set[UUID]:
    """Prolong the leases of (command, attempt) that are still ours; return the commands that are."""
    claimed = list(running)
    rows = await tx.fetch(
        """update device_commands set lease_until = $3
           from unnest($1::uuid[], $2::int[]) as r(id, attempt)
           where command_id = r.id and attempts = r.attempt and state = 'sent' returning command_id""",
        [command_id for command_id, _ in claimed],
        [attempt for _, attempt in claimed],
        lease_until,
    )
    return {row["command_id"] for row in rows}


async def lapsed(tx: Connection, at: datetime) -> list[Any]:
    """Return commands whose gateway has not renewed its lease, locked for a change."""
    return await tx.fetch(
        "select * from device_commands where state = 'sent' and lease_until < $1 for update skip locked", at
    )


async def expire(tx: Connection, at: datetime) -> list[Any]:
    """End what nobody could send in time; return those commands."""
    return await tx.fetch(
        """update device_commands set state = 'expired', finished_at = $1
           where state in ('awaiting-approval', 'queued') and expires_at <= $1 returning *""",
        at,
    )


async def go_back(tx: Connection, command_id: UUID, attempt: int, *, was_sent: bool) -> Any:
    """Queue a command again; return the row, None when it is no longer this attempt's. An attempt that sent nothing is none."""
    return await tx.fetchrow(
        """update device_commands set state = 'queued', gateway = null, lease_until = null, attempts = attempts - $3
           where command_id = $1 and state = 'sent' and attempts = $2 returning *""",
        command_id,
        attempt,
        0 if was_sent else 1,
    )


async def finish(tx: Connection, command_id: UUID, attempt: int, ending: Ending) -> Any:
    """Store the end; return the row, None when it had ended before or another attempt is running."""
    return await tx.fetchrow(
        """update device_commands set state = $3, finished_at = $4, request_id = $5, code = $6, detail = $7, items = $8,
             lease_until = null
           where command_id = $1 and attempts = $2 and state = 'sent' returning *""",
        command_id,
        attempt,
        ending.state.value,
        *ending[1:],
    )


async def append_frames(tx: Connection, command_id: UUID, frames: list[SpokenFrame]) -> None:
    """Add to the transcript of a command."""
    before = await tx.fetchval("select count(*) from command_frames where command_id = $1", command_id)
    await tx.executemany(
        "insert into command_frames (command_id, number, at, direction, raw) values ($1, $2, $3, $4, $5)",
        [(command_id, before + number, *frame) for number, frame in enumerate(frames, start=1)],
    )


async def commands(
    connection: Connection, wanted: Wanted, *, before: tuple[datetime, UUID] | None = None, limit: int
) -> list[Any]:
    """Return commands, the newest first."""
    return await connection.fetch(
        """select * from device_commands
           where ($1::text is null or mn = $1) and ($2::text[] is null or state = any($2))
             and ($3::text is null or command = $3) and ($4::text is null or requested_by = $4)
             and ($5::timestamptz is null or created_at >= $5) and ($6::timestamptz is null or created_at < $6)
             and ($7::timestamptz is null or (created_at, command_id) < ($7, $8))
           order by created_at desc, command_id desc limit $9""",
        wanted.mn,
        list(wanted.states) if wanted.states is not None else None,
        *wanted[2:],
        *(before or (None, None)),
        limit,
    )


async def one(connection: Connection, command_id: UUID) -> Any:
    """Return one command, or None."""
    return await connection.fetchrow("select * from device_commands where command_id = $1", command_id)


async def transcript(connection: Connection, command_id: UUID) -> list[Any]:
    """Return the frames of a command in order."""
    return await connection.fetch(
        "select at, direction, raw from command_frames where command_id = $1 order by number", command_id
    )
