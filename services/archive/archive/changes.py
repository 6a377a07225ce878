"""Storing changes: record, history and registry events in the caller's transaction. Forms and imports both end here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_schemas.identifiers import uuid7

from archive import park_store, registry, store
from archive.domain.import_plan import status_of
from archive.domain.records import Device, Enterprise, Kind, Limit, Point, Record
from archive.domain.revisions import changes_between
from archive.registry import Touched


@dataclass(frozen=True)
class Author:
    """Who changes what, when, and by which way (form, import:<id>)."""

    username: str
    display_name: str
    at: datetime
    origin: str = "form"


async def the_park(tx: Connection) -> park_store.Park:
    """Return the park. Raises Refused (409, no-park) when it has not been stated yet."""
    stored = await park_store.park(tx)
    if stored is None:
        raise Refused("no-park", "请先登记园区", "state the park first: PUT /park")
    return stored.park


async def put(
    tx: Connection, kind: Kind, record: Record, existing: store.Stored[Record] | None, author: Author
) -> store.Stored[Record]:
    """Store one record (new when `existing` is None) and return it; an unchanged one is left alone."""
    if existing is not None and status_of(record, existing.record) == "unchanged":
        return existing
    new = _next(record, existing, author)
    await _write(tx, kind, [(new, existing)], author)
    await registry.state(tx, (await the_park(tx)).park_id, _touched([record]), author.at)
    return new


async def put_all(tx: Connection, kind: Kind, records: Iterable[Record], author: Author) -> None:
    """Store the changed ones of many records by natural key."""
    wanted = list(records)
    keys = {record.point_code if isinstance(record, Limit) else record.key for record in wanted}
    existing = await store.by_keys(tx, kind, keys)
    changed = [
        (_next(record, existing.get(record.key), author), existing.get(record.key))
        for record in wanted
        if existing.get(record.key) is None or existing[record.key].record != record
    ]
    await _write(tx, kind, changed, author)
    touched = _touched(new.record for new, _ in changed)
    await registry.state(tx, (await the_park(tx)).park_id, touched, author.at)


async def replace_limits(tx: Connection, point_code: str, limits: list[Limit], author: Author) -> None:
    """Make `limits` the whole list of a point; what is no longer listed goes, with a revision that says so."""
    existing = await store.by_keys(tx, Kind.LIMITS, [point_code])
    kept = {limit.key for limit in limits}
    gone = [stored for key, stored in existing.items() if key not in kept]
    await store.delete_limits(tx, [stored.identifier for stored in gone])
    await park_store.add_revisions(tx, [_revision(Kind.LIMITS, stored, None, author) for stored in gone])
    changed = [
        (_next(limit, existing.get(limit.key), author), existing.get(limit.key))
        for limit in limits
        if limit.key not in existing or existing[limit.key].record != limit
    ]
    await _write(tx, Kind.LIMITS, changed, author)
    if gone or changed:
        await registry.state(tx, (await the_park(tx)).park_id, Touched(limited={point_code}), author.at)


def _next(record: Record, existing: store.Stored[Record] | None, author: Author) -> store.Stored[Record]:
    return store.Stored(
        existing.identifier if existing else uuid7(),
        record,
        existing.version + 1 if existing else 1,
        author.at,
        author.username,
    )


async def _write(
    tx: Connection,
    kind: Kind,
    changed: list[tuple[store.Stored[Record], store.Stored[Record] | None]],
    author: Author,
) -> None:
    await store.save(tx, kind, [new for new, _ in changed])
    await park_store.add_revisions(tx, [_revision(kind, before, new, author) for new, before in changed])


def _revision(
    kind: Kind, before: store.Stored[Record] | None, new: store.Stored[Record] | None, author: Author
) -> park_store.Revision:
    """Describe a change; `new` None means the record was removed."""
    shown = new or before
    if shown is None:
        raise AssertionError("a revision is of something")
    old_fields = msgspec.structs.asdict(before.record) if before else None
    new_fields = msgspec.structs.asdict(new.record) if new else {"removed": True}
    version = new.version if new else shown.version + 1
    return park_store.Revision(
        revision_id=uuid7(),
        kind=kind,
        entity_id=shown.identifier,
        key=shown.record.key,
        version=version,
        changed_at=author.at,
        changed_by=author.username,
        changed_by_name=author.display_name,
        origin=author.origin,
        changes=changes_between(old_fields, new_fields),
    )


def _touched(records: Iterable[Record]) -> Touched:
    touched = Touched()
    for record in records:
        match record:
            case Enterprise():
                touched.enterprises.add(record.credit_code)
            case Point():
                touched.points.add(record.code)
            case Device():
                touched.devices.add(record.mn)
            case Limit():
                touched.limited.add(record.point_code)
    return touched


async def identifier_of(tx: Connection, kind: Kind, key: str) -> UUID | None:
    """Return our identifier of a natural key."""
    return (await store.identifiers(tx, kind, [key])).get(key)


def park_revision(
    before: park_store.Park | None, new: park_store.Park, version: int, author: Author, *, map_given: bool
) -> park_store.Revision:
    """Describe a change of the park; of its map only that it was given."""
    changes = changes_between(msgspec.structs.asdict(before) if before else None, msgspec.structs.asdict(new))
    if map_given:
        changes["map"] = [None, "replaced"]
    return park_store.Revision(
        revision_id=uuid7(),
        kind=Kind.PARK,
        entity_id=new.park_id,
        key=new.code,
        version=version,
        changed_at=author.at,
        changed_by=author.username,
        changed_by_name=author.display_name,
        origin=author.origin,
        changes=changes,
    )
