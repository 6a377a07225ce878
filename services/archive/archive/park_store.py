"""SQL of the park itself, of the change history and of the imports."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from park_chassis.database import Connection

from archive.domain.records import Kind


class Park(Struct, frozen=True, kw_only=True):
    """The park of this deployment. Degrees are CGCS2000."""

    park_id: UUID
    code: str
    name_zh: str
    name_en: str
    longitude: float
    latitude: float
    address: str = ""
    leading_industries: str = ""

    @property
    def centre(self) -> tuple[float, float]:
        return self.longitude, self.latitude


@dataclass(frozen=True)
class StoredPark:
    """The park with its version; the map is read apart, it is large."""

    park: Park
    version: int
    changed_at: datetime


async def park(tx: Connection) -> StoredPark | None:
    """Return the park, None before it was stated."""
    names = Park.__struct_fields__
    row = await tx.fetchrow(f"select {', '.join(names)}, version, changed_at from park")
    if row is None:
        return None
    return StoredPark(Park(**{name: row[name] for name in names}), row["version"], row["changed_at"])


async def park_map(tx: Connection) -> Any | None:
    """Return the GeoJSON of the park."""
    return await tx.fetchval("select map from park")


async def save_park(tx: Connection, new: Park, new_map: Any, *, version: int, at: datetime, by: str) -> None:
    """Insert or replace the park and its map."""
    fields = msgspec.structs.asdict(new)
    columns = (*fields, "map", "version", "changed_at", "changed_by")
    places = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    await tx.execute(
        f"insert into park ({', '.join(columns)}) values ({places}) on conflict (singleton) do update set {changes}",
        *fields.values(),
        new_map,
        version,
        at,
        by,
    )


class Revision(Struct, frozen=True, kw_only=True):
    """One change of one record; `changes` is {field: [old, new]}; `origin` is form or import:<id>."""

    revision_id: UUID
    kind: Kind
    entity_id: UUID
    key: str
    version: int
    changed_at: datetime
    changed_by: str
    changed_by_name: str
    origin: str
    changes: dict[str, list[Any]]


async def add_revisions(tx: Connection, revisions: list[Revision]) -> None:
    """Add to the history; it is append-only."""
    names = Revision.__struct_fields__
    places = ", ".join(f"${position}" for position in range(1, len(names) + 1))
    await tx.executemany(
        f"insert into revisions ({', '.join(names)}) values ({places})",
        [tuple(getattr(one, name) for name in names) for one in revisions],
    )


async def revisions(
    tx: Connection,
    *,
    kind: Kind | None,
    entity_id: UUID | None,
    key: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Revision]:
    """Return revisions, newest first, older than the place `before`."""
    rows = await tx.fetch(
        """
        select * from revisions
        where ($1::text is null or kind = $1) and ($2::uuid is null or entity_id = $2)
          and ($3::text is null or key = $3)
          and ($4::timestamptz is null or (changed_at, revision_id) < ($4, $5))
        order by changed_at desc, revision_id desc
        limit $6
        """,
        kind,
        entity_id,
        key,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [msgspec.convert(dict(row), Revision) for row in rows]


class ImportSummary(Struct, frozen=True, kw_only=True):
    """An import without its rows."""

    import_id: UUID
    kind: Kind
    filename: str
    dry_run: bool
    imported_at: datetime
    imported_by: str
    total: int
    accepted: int
    rejected: int


_SUMMARY = ", ".join(ImportSummary.__struct_fields__)


async def add_import(tx: Connection, summary: ImportSummary, rows: list[dict[str, Any]]) -> None:
    """Keep the report of an import."""
    names = ImportSummary.__struct_fields__
    places = ", ".join(f"${position}" for position in range(1, len(names) + 2))
    await tx.execute(
        f"insert into imports ({_SUMMARY}, rows) values ({places})",
        *(getattr(summary, name) for name in names),
        rows,
    )


async def imports(tx: Connection, *, before: UUID | None, limit: int) -> list[ImportSummary]:
    """Return imports, newest first (identifiers are time-ordered)."""
    rows = await tx.fetch(
        f"select {_SUMMARY} from imports where $1::uuid is null or import_id < $1 order by import_id desc limit $2",
        before,
        limit,
    )
    return [ImportSummary(**dict(row)) for row in rows]


async def import_report(tx: Connection, import_id: UUID) -> tuple[ImportSummary, list[dict[str, Any]]] | None:
    """Return an import with the report of each row."""
    row = await tx.fetchrow(f"select {_SUMMARY}, rows from imports where import_id = $1", import_id)
    if row is None:
        return None
    fields = dict(row)
    reported = fields.pop("rows")
    return ImportSummary(**fields), reported
