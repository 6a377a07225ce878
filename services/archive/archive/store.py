"""All SQL of the master data. Columns carry the names of the record's fields; the store never decides anything."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.codes import Medium, PointKind

from archive.domain.records import Device, Enterprise, Kind, Limit, Point, Record
from archive.domain.row_rules import KnownPoint, Surroundings

AnyRecord = TypeVar("AnyRecord", bound=Record)


@dataclass(frozen=True)
class Table:
    """Where a kind of record lives: table, identifier column, natural-key column, class, and what a search looks at."""

    name: str
    identifier: str
    key: str
    record: type[Record]
    searched: tuple[str, ...] = ()


TABLES: Mapping[Kind, Table] = {
    Kind.ENTERPRISES: Table(
        "enterprises", "enterprise_id", "credit_code", Enterprise, ("name_zh", "name_en", "credit_code", "industry")
    ),
    Kind.POINTS: Table("points", "point_id", "code", Point, ("code", "name_zh", "name_en")),
    Kind.DEVICES: Table("devices", "device_id", "mn", Device, ("mn", "point_code", "manufacturer")),
    Kind.LIMITS: Table("limits", "limit_row_id", "point_code", Limit),
}


@dataclass(frozen=True)
class Stored(Generic[AnyRecord]):
    """A record as it stands: our identifier, its version, who changed it last and when."""

    identifier: UUID
    record: AnyRecord
    version: int
    changed_at: datetime
    changed_by: str


async def lock_for_writing(tx: Connection) -> None:
    """Let one writer of master data in at a time: checks across records stay true, and events leave in order."""
    await tx.execute("select pg_advisory_xact_lock(hashtext('archive-writer'))")


def _stored(row: Any, table: Table) -> Stored[Any]:
    fields = {name: row[name] for name in table.record.__struct_fields__}
    if table.record is Point:
        fields["enterprise"] = row["enterprise"] or ""
    return Stored(
        row[table.identifier],
        msgspec.convert(fields, table.record),
        row["version"],
        row["changed_at"],
        row["changed_by"],
    )


async def by_identifier(tx: Connection, kind: Kind, identifier: UUID) -> Stored[Any] | None:
    """Return the record of an identifier."""
    table = TABLES[kind]
    row = await tx.fetchrow(f"select * from {table.name} where {table.identifier} = $1", identifier)
    return _stored(row, table) if row else None


async def by_keys(tx: Connection, kind: Kind, keys: Collection[str] | None = None) -> dict[str, Stored[Any]]:
    """Return records by natural key (a limit by its `key`); of all keys when `keys` is None.

    For limits `keys` are point codes.
    """
    table = TABLES[kind]
    where = "" if keys is None else f"where {table.key} = any($1)"
    arguments = [] if keys is None else [list(keys)]
    rows = await tx.fetch(f"select * from {table.name} {where} order by {table.key}", *arguments)
    return {found.record.key: found for found in (_stored(row, table) for row in rows)}


async def save(tx: Connection, kind: Kind, stored: Iterable[Stored[Any]]) -> None:
    """Insert or replace records by identifier."""
    table = TABLES[kind]
    names = table.record.__struct_fields__
    columns = (table.identifier, *names, "version", "changed_at", "changed_by")
    places = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    await tx.executemany(
        f"insert into {table.name} ({', '.join(columns)}) values ({places}) "
        f"on conflict ({table.identifier}) do update set {changes}",
        [(one.identifier, *_cells(one.record), one.version, one.changed_at, one.changed_by) for one in stored],
    )


def _cells(record: Record) -> list[Any]:
    cells: list[Any] = []
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name == "factors":
            value = msgspec.to_builtins(value)
        elif name == "enterprise":
            value = value or None
        cells.append(value)
    return cells


async def delete_limits(tx: Connection, identifiers: Collection[UUID]) -> None:
    """Remove limits that a new list of the point no longer has; their history stays in revisions."""
    await tx.execute("delete from limits where limit_row_id = any($1)", list(identifiers))


async def surroundings(tx: Connection, centre: tuple[float, float]) -> Surroundings:
    """Return what rows are held against."""
    enterprises = await tx.fetch("select credit_code from enterprises")
    points = await tx.fetch("select code, medium, factors, point_kind from points")
    devices = await tx.fetch("select mn, point_code, active from devices")
    return Surroundings(
        centre=centre,
        enterprises=frozenset(row["credit_code"] for row in enterprises),
        points={
            row["code"]: KnownPoint(
                Medium(row["medium"]),
                {one["factor"]: one["unit"] for one in row["factors"]},
                PointKind(row["point_kind"]) if row["point_kind"] else None,
            )
            for row in points
        },
        devices_at={row["point_code"]: row["mn"] for row in devices if row["active"]},
        mn_spellings={row["mn"].upper(): row["mn"] for row in devices},
    )


async def points_of(tx: Connection, enterprises: Collection[str]) -> set[str]:
    """Return the codes of the points of enterprises given by credit code."""
    rows = await tx.fetch("select code from points where enterprise = any($1)", list(enterprises))
    return {row["code"] for row in rows}


async def devices_of(tx: Connection, points: Collection[str]) -> set[str]:
    """Return the MNs of the devices of points given by code."""
    rows = await tx.fetch("select mn from devices where point_code = any($1)", list(points))
    return {row["mn"] for row in rows}


async def identifiers(tx: Connection, kind: Kind, keys: Collection[str]) -> dict[str, UUID]:
    """Return {natural key: identifier}."""
    table = TABLES[kind]
    rows = await tx.fetch(
        f"select {table.key} as key, {table.identifier} as identifier from {table.name} where {table.key} = any($1)",
        list(keys),
    )
    return {row["key"]: row["identifier"] for row in rows}
