"""Events in: a device that uses a new password. The register is the truth of passwords, so it is changed here and stated anew."""

import logging
from datetime import datetime

import msgspec
from park_chassis.database import Connection
from park_schemas.envelope import Event
from park_schemas.telemetry import CredentialChanged

from archive import changes, store
from archive.changes import Author
from archive.domain.records import Kind

log = logging.getLogger(__name__)


async def on_credential(event: Event[CredentialChanged], tx: Connection) -> None:
    """Take the new password of a device into the register, with a revision that names the command; twice is once.

    A key (1014) is not kept in the register; a device that has been taken off it since is left alone.
    """
    change = event.body
    if change.kind != "password":
        return
    await store.lock_for_writing(tx)
    stored = (await store.by_keys(tx, Kind.DEVICES, [change.mn])).get(change.mn)
    if stored is None:
        log.warning("a device that is not in the archive uses a new password", extra={"mn": change.mn})
        return
    renewed = msgspec.structs.replace(stored.record, password=change.value)
    await changes.put(tx, Kind.DEVICES, renewed, stored, _author(change, event.time))


def _author(change: CredentialChanged, at: datetime) -> Author:
    return Author(change.requested_by, change.requested_by, at, f"command:{change.command_id}")
