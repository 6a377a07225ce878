"""All SQL of the keys of devices. What is stored is sealed; nothing here opens it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from park_chassis.database import Connection

from hj212_gateway.domain.device_keys import OPEN, TRANSITIONS, KeyState, KeyStep

_KEPT_A_DEVICE = 50


class NewKey(NamedTuple):
    """A key as it is stored. `command_id` None: a person has entered it."""

    key_id: UUID
    mn: str
    sealed: str
    state: KeyState
    command_id: UUID | None
    set_by: str
    reason: str
    made_at: datetime


async def insert(tx: Connection, new: NewKey) -> None:
    """Store a key; a second attempt of the same command changes nothing."""
    await tx.execute(
        """insert into device_keys (key_id, mn, sealed, state, command_id, set_by, reason, made_at, confirmed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, case when $4 = 'confirmed' then $8::timestamptz end)
           on conflict do nothing""",
        *new,
    )


async def settle(tx: Connection, command_id: UUID, step: KeyStep, at: datetime) -> Any:
    """Take the device's word on the key of a command (confirm or refuse); return the row if that changed it, else None."""
    before, after = TRANSITIONS[step]
    return await tx.fetchrow(
        """update device_keys set state = $3,
             confirmed_at = case when $3 = 'confirmed' then $4::timestamptz else confirmed_at end,
             ended_at = case when $3 = 'dropped' then $4::timestamptz end
           where command_id = $1 and state = any($2) returning *""",
        command_id,
        [state.value for state in before],
        after.value,
        at,
    )


async def use(tx: Connection, key_id: UUID, at: datetime) -> Any:
    """Note the first frame under a key: it is in force, those made before it are retired. Return its row, None if known."""
    before, after = TRANSITIONS[KeyStep.USE]
    row = await tx.fetchrow(
        """update device_keys set state = $3, in_force_at = $4::timestamptz, confirmed_at = coalesce(confirmed_at, $4)
           where key_id = $1 and state = any($2) returning *""",
        key_id,
        [state.value for state in before],
        after.value,
        at,
    )
    if row is not None:
        open_states, retired = TRANSITIONS[KeyStep.SUPERSEDE]
        await tx.execute(
            """update device_keys set state = $4, ended_at = $5
               where mn = $1 and state = any($3) and (made_at, key_id) < ($2, $6)""",
            row["mn"],
            row["made_at"],
            [state.value for state in open_states],
            retired.value,
            at,
            key_id,
        )
    return row


async def retire(tx: Connection, mn: str, key_id: UUID, by: str, reason: str, at: datetime) -> Any:
    """End a key by hand; return its row as it is now, None if the device has no such key. One that had ended stays as it was."""
    before, after = TRANSITIONS[KeyStep.RETIRE]
    await tx.execute(
        """update device_keys set state = $4, ended_at = $5, ended_by = $6, ended_reason = $7
           where mn = $1 and key_id = $2 and state = any($3)""",
        mn,
        key_id,
        [state.value for state in before],
        after.value,
        at,
        by,
        reason,
    )
    return await tx.fetchrow("select * from device_keys where mn = $1 and key_id = $2", mn, key_id)


async def opening(connection: Connection, retired_since: datetime) -> list[Any]:
    """Return the keys that open frames of any device, newest first: the open ones, and those retired since then."""
    return await connection.fetch(
        """select key_id, mn, sealed, state, ended_at from device_keys
           where state = any($1) or (state = 'retired' and ended_at > $2) order by mn, made_at desc, key_id desc""",
        [state.value for state in OPEN],
        retired_since,
    )


async def of_device(connection: Connection, mn: str) -> list[Any]:
    """Return the newest keys of a device, newest first."""
    return await connection.fetch(
        "select * from device_keys where mn = $1 order by made_at desc, key_id desc limit $2", mn, _KEPT_A_DEVICE
    )


async def of_devices(connection: Connection, mns: list[str]) -> list[Any]:
    """Return the keys of devices, newest first a device; nothing that opens a frame."""
    return await connection.fetch(
        """select key_id, mn, state, command_id, set_by, reason, made_at, confirmed_at, in_force_at, ended_at
           from device_keys where mn = any($1) order by mn, made_at desc, key_id desc""",
        mns,
    )


async def newest_commands(connection: Connection, mns: list[str]) -> dict[str, Any]:
    """Return the newest command 1014 of each device that ever had one."""
    rows = await connection.fetch(
        """select distinct on (mn) mn, command_id, state, code, detail, requested_by, created_at, finished_at
           from device_commands where command = '1014' and mn = any($1) order by mn, created_at desc, command_id desc""",
        mns,
    )
    return {row["mn"]: row for row in rows}


async def forget_older(tx: Connection, before: datetime) -> None:
    """Drop keys that ended before: no evidence is left that they would open."""
    await tx.execute("delete from device_keys where ended_at < $1", before)


async def stored(tx: Connection) -> list[tuple[UUID, str]]:
    """Return every key as it is stored, locked for a change."""
    rows = await tx.fetch("select key_id, sealed from device_keys order by key_id for update")
    return [(row["key_id"], row["sealed"]) for row in rows]


async def seal_anew(tx: Connection, key_id: UUID, sealed: str) -> None:
    """Replace what is stored of a key."""
    await tx.execute("update device_keys set sealed = $2 where key_id = $1", key_id, sealed)


async def has_new_since(connection: Connection, mn: str, rest: timedelta, at: datetime) -> bool:
    """Whether a key went out to a device within `rest` before `at`."""
    return bool(
        await connection.fetchval(
            "select exists (select 1 from device_keys where mn = $1 and made_at > $2 and command_id is not null)",
            mn,
            at - rest,
        )
    )
