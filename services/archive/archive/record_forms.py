"""A form of a record becomes the record: natural keys, the key that is taken, the version that is stale."""

from typing import Any
from uuid import UUID

from fastapi import Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.sheets.problems import Problem

from archive import changes, listing, store
from archive.changes import Author
from archive.domain.records import Kind
from archive.form_reading import checked_record, invalid_form
from archive.forms import DeviceForm, Form, PointForm
from archive.listing import Wanted
from archive.record_lists import NAMES, without_secret


def author_of(principal: Principal, origin: str = "form") -> Author:
    """Return who changes something now."""
    return Author(principal.username, principal.display_name, now(), origin)


async def store_form(
    database: Database, kind: Kind, form: Form, texts: dict[str, str], principal: Principal, identifier: UUID | None
) -> Response:
    """Check a form and store its record; without `identifier` it is new. Raises NotFound, Refused."""
    async with database.transaction() as tx:
        await store.lock_for_writing(tx)
        existing = await store.by_identifier(tx, kind, identifier) if identifier else None
        if identifier is not None and existing is None:
            raise NotFound(*NAMES[kind], identifier)
        refuse_stale(form, existing.version if existing else 0)
        await _resolve(tx, form, texts, existing)
        around = await store.surroundings(tx, (await changes.the_park(tx)).centre)
        record = checked_record(kind, texts, around)
        holder = await changes.identifier_of(tx, kind, record.key)
        if holder is not None and holder != identifier:
            zh, en = NAMES[kind]
            raise Refused("key-taken", f"{zh} {record.key} 已存在", f"{en} {record.key} exists already", id=holder)
        stored = await changes.put(tx, kind, record, existing, author_of(principal))
        row = await listing.one_of(tx, kind.value, store.TABLES[kind].identifier, stored.identifier, Wanted())
    return json_response(without_secret(row or {}, principal), 200 if identifier else 201)


def refuse_stale(form: Form, version: int) -> None:
    """Raise Refused (409) when the form was made from another version."""
    if form.version is not None and form.version != version:
        raise Refused(
            "stale", "记录已被他人修改，请刷新", "the record has changed since; read it again", version=version
        )


async def _resolve(tx: Connection, form: Form, texts: dict[str, str], existing: store.Stored[Any] | None) -> None:
    """Put natural keys where a form gave identifiers, and the stored password where a device form gave none."""
    if isinstance(form, PointForm) and form.enterprise_id is not None:
        owner = await store.by_identifier(tx, Kind.ENTERPRISES, form.enterprise_id)
        if owner is None:
            raise invalid_form(
                [Problem("enterprise_id", str(form.enterprise_id), "企业不在档案中", "no such enterprise")]
            )
        texts["enterprise"] = owner.record.credit_code
    if isinstance(form, DeviceForm):
        if form.point_id is not None:
            point = await store.by_identifier(tx, Kind.POINTS, form.point_id)
            if point is None:
                raise invalid_form([Problem("point_id", str(form.point_id), "点位不在档案中", "no such point")])
            texts["point_code"] = point.record.code
        if form.password is None and existing is not None:
            texts["password"] = existing.record.password
