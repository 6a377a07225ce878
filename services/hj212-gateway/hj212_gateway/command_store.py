"""All SQL of commands to devices."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from park_chassis.database import Connection

from hj212_gateway.domain.command_states import CommandState


class NewCommand(NamedTuple):
    """A request as it is stored."""

    command_id: UUID
    mn: str
    command: str
    parameters: list[dict[str, str]]
    reason: str
    requested_by_id: UUID | None
    requested_by: str
    created_at: datetime
    expires_at: datetime
    state: CommandState


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


async def insert(tx: Connection, new: NewCommand) -> bool:
    """Store a request; False when its id is there already."""
    done = await tx.execute(
        """insert into device_commands (command_id, mn, command, parameters, reason, requested_by_id, requested_by,
                                        created_at, expires_at, state)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing""",
        *new[:-1],
        new.state.value,
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


async def locked(tx: Connection, command_id: UUID) -> Any:
    """Return one command for a change, or None."""
    return await tx.fetchrow("select * from device_commands where command_id = $1 for update", command_id)


async def decide(tx: Connection, command_id: UUID, state: CommandState, by: str, at: datetime) -> None:
    """Store a person's decision; an end gets its time."""
    await tx.execute(
        """update device_commands set state = $2::text, decided_by = $3, decided_at = $4::timestamptz,
             finished_at = case when $2::text = 'queued' then null else $4::timestamptz end where command_id = $1""",
        command_id,
        state.value,
        by,
        at,
    )


async def claim(tx: Connection, mns: list[str], gateway: str, at: datetime) -> list[Any]:
    """Take the oldest queued command of each of these devices for this gateway, a person's before one that fetches a gap."""
    return await tx.fetch(
        """update device_commands set state = 'sent', gateway = $2, sent_at = $3, attempts = attempts + 1
           where command_id in (select distinct on (mn) command_id from device_commands as c
                                where mn = any($1) and state = 'queued' and expires_at > $3
                                  and not exists (select 1 from device_commands as o where o.mn = c.mn and o.state = 'sent')
                                order by mn, origin = 'gap', created_at)
             and state = 'queued' returning *""",
        mns,
        gateway,
        at,
    )


async def expire(tx: Connection, at: datetime) -> list[Any]:
    """End what nobody could send in time; return those commands."""
    return await tx.fetch(
        """update device_commands set state = 'expired', finished_at = $1
           where state in ('awaiting-approval', 'queued') and expires_at <= $1 returning *""",
        at,
    )


async def go_back(tx: Connection, command_id: UUID) -> None:
    """Queue a command again whose connection ended before the device answered anything."""
    await tx.execute(
        "update device_commands set state = 'queued', gateway = null where command_id = $1 and state = 'sent'",
        command_id,
    )


async def finish(tx: Connection, command_id: UUID, ending: Ending) -> Any:
    """Store the end; return the row, None when it had ended before."""
    return await tx.fetchrow(
        """update device_commands set state = $2, finished_at = $3, request_id = $4, code = $5, detail = $6, items = $7
           where command_id = $1 and state = 'sent' returning *""",
        command_id,
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


async def left_sent(tx: Connection, gateway: str) -> list[UUID]:
    """Return the commands that were running when this gateway crashed."""
    rows = await tx.fetch("select command_id from device_commands where gateway = $1 and state = 'sent'", gateway)
    return [row["command_id"] for row in rows]


async def commands(
    connection: Connection,
    *,
    mn: str | None,
    state: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Any]:
    """Return commands, the newest first."""
    return await connection.fetch(
        """select * from device_commands where ($1::text is null or mn = $1) and ($2::text is null or state = $2)
             and ($3::timestamptz is null or (created_at, command_id) < ($3, $4))
           order by created_at desc, command_id desc limit $5""",
        mn,
        state,
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
