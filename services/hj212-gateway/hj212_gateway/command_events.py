"""What is said about commands: that they moved on, that they ended, that a device uses a new password."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis import outbox
from park_chassis.database import Connection
from park_schemas.envelope import Event
from park_schemas.telemetry import CommandChanged, CommandFinished, CredentialChanged

SOURCE = "hj212-gateway"


async def tell_changed(tx: Connection, row: Mapping[str, Any], at: datetime, detail: str = "") -> None:
    """Say that a command is in its present state, which is no end."""
    body = CommandChanged(
        command_id=row["command_id"],
        mn=row["mn"],
        command=row["command"],
        state=row["state"],
        changed_at=at,
        requested_by=row["requested_by"],
        reason=row["reason"],
        attempts=row["attempts"],
        gateway=row["gateway"] or "",
        decided_by=row["decided_by"] or "",
        detail=detail,
    )
    await outbox.add(tx, Event(type="telemetry.command.changed", source=SOURCE, subject=body.mn, time=at, body=body))


async def tell_finished(tx: Connection, row: Mapping[str, Any]) -> None:
    """Say how a command ended."""
    body = finished_body(row)
    await outbox.add(
        tx, Event(type="telemetry.command.finished", source=SOURCE, subject=body.mn, time=body.finished_at, body=body)
    )


def finished_body(row: Mapping[str, Any]) -> CommandFinished:
    """Return the event body of a command that has ended."""
    return CommandFinished(
        command_id=row["command_id"],
        mn=row["mn"],
        command=row["command"],
        outcome=row["state"],
        finished_at=row["finished_at"],
        code=row["code"],
        request_id=row["request_id"],
        items=row["items"],
        requested_by=row["requested_by"],
        reason=row["reason"],
        detail=row["detail"],
        attempts=row["attempts"],
        decided_by=row["decided_by"] or "",
        transcript=f"/commands/{row['command_id']}",
    )


async def tell_credential(
    tx: Connection, *, mn: str, kind: str, value: str, at: datetime, command_id: UUID, requested_by: str
) -> None:
    """Say that a device uses a new password or key; a key itself is not said."""
    body = CredentialChanged(
        mn=mn, kind=kind, value=value, changed_at=at, command_id=command_id, requested_by=requested_by
    )
    await outbox.add(tx, Event(type="telemetry.credential.changed", source=SOURCE, subject=mn, time=at, body=body))
