"""All SQL of passwords that are being handed over to devices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection

from hj212_gateway.domain.credentials import Handover


async def offer(tx: Connection, command_id: UUID, mn: str, old: str, new: str, at: datetime, ends_at: datetime) -> None:
    """Note that a new password is about to go to a device; a second attempt of the same command changes nothing."""
    await tx.execute(
        """insert into credential_handovers (command_id, mn, kind, old_value, new_value, state, offered_at, ends_at)
           values ($1, $2, 'password', $3, $4, 'offered', $5, $6) on conflict do nothing""",
        command_id,
        mn,
        old,
        new,
        at,
        ends_at,
    )


async def confirm(tx: Connection, command_id: UUID, at: datetime, old_until: datetime) -> Any:
    """Note that the device has the new one; return the row with who asked, None when that was known or it is no such command."""
    return await tx.fetchrow(
        """update credential_handovers as h set state = 'confirmed', confirmed_at = $2, ends_at = $3
           from device_commands as c where h.command_id = $1 and c.command_id = $1 and h.state = 'offered'
           returning h.*, c.requested_by""",
        command_id,
        at,
        old_until,
    )


async def drop(tx: Connection, command_id: UUID) -> None:
    """The device has refused: only the old one counts."""
    await tx.execute(
        "update credential_handovers set state = 'dropped' where command_id = $1 and state = 'offered'", command_id
    )


async def open_handovers(connection: Connection, at: datetime) -> list[Handover]:
    """Return what is being handed over, oldest first."""
    rows = await connection.fetch(
        """select command_id, mn, old_value, new_value, state, ends_at from credential_handovers
           where state <> 'dropped' and ends_at > $1 order by offered_at""",
        at,
    )
    return [Handover(*row) for row in rows]
