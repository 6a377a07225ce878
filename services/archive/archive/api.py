"""HTTP: park, enterprises, points, devices, limits, history. Parse, call, shape."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response, page
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.row_reading import read_row
from park_schemas.identifiers import uuid7

from archive import changes, listing, park_store, registry, store
from archive.changes import Author
from archive.domain.limit_rules import complete_limit, overlap_problem, overlapping
from archive.domain.park_map import problems_of_map
from archive.domain.records import Kind
from archive.domain.records import Limit as LimitRecord
from archive.domain.sheets import LIMITS
from archive.form_reading import checked_record, invalid_form
from archive.forms import DeviceForm, EnterpriseForm, Form, LimitForm, ParkForm, PointForm
from archive.listing import Wanted
from archive.settings import Settings

Search = Annotated[str | None, Query(max_length=80, description="Part of a name, code or number")]
Active = Annotated[bool | None, Query(description="Only active, or only inactive records")]

_NAMES = {
    Kind.ENTERPRISES: ("企业", "enterprise"),
    Kind.POINTS: ("点位", "point"),
    Kind.DEVICES: ("数采仪", "device"),
}


def author_of(principal: Principal, origin: str = "form") -> Author:
    """Return who changes something now."""
    return Author(principal.username, principal.display_name, now(), origin)


def router(database: Database, settings: Settings) -> APIRouter:
    """Return every route of the master data."""
    routes = APIRouter()
    _add_park(routes, database, settings.park_id)
    for add in (_add_enterprises, _add_points, _add_devices, _add_limits, _add_history):
        add(routes, database)
    return routes


def _add_park(routes: APIRouter, database: Database, park_id: UUID | None) -> None:
    @routes.get("/park")
    async def read_park(_: Annotated[Principal, Depends(require("map:read"))]) -> Response:
        async with database.reading() as connection:
            stored = await park_store.park(connection)
        if stored is None:
            raise NotFound("园区", "park", "")
        return json_response(_park_shape(stored))

    @routes.put("/park")
    async def put_park(form: ParkForm, principal: Annotated[Principal, Depends(require("archive:write"))]) -> Response:
        async with database.transaction() as tx:
            await _put_park(tx, form, author_of(principal), park_id)
            stored = await park_store.park(tx)
        return json_response(_park_shape(stored) if stored else None)

    @routes.get("/park/map")
    async def read_map(_: Annotated[Principal, Depends(require("map:read"))]) -> Response:
        async with database.reading() as connection:
            content = await park_store.park_map(connection)
        if content is None:
            raise NotFound("园区地图", "park map", "")
        return json_response(content, headers={"Cache-Control": "private, max-age=300"})

    @routes.post("/registry/republish")
    async def republish(_: Annotated[Principal, Depends(require("archive:write"))]) -> Response:
        """State every record on the registry topics anew, for topics that were lost."""
        async with database.transaction() as tx:
            await store.lock_for_writing(tx)
            count = await registry.state_everything(tx, (await changes.the_park(tx)).park_id, now())
        return json_response({"stated": count})


def _park_shape(stored: park_store.StoredPark) -> dict[str, Any]:
    park = stored.park
    return {
        "park_id": park.park_id,
        "code": park.code,
        "name_zh": park.name_zh,
        "name_en": park.name_en,
        "centre": [park.longitude, park.latitude],
        "address": park.address,
        "leading_industries": park.leading_industries,
        "version": stored.version,
        "changed_at": stored.changed_at,
    }


async def _put_park(tx: Connection, form: ParkForm, author: Author, park_id: UUID | None) -> None:
    await store.lock_for_writing(tx)
    before = await park_store.park(tx)
    _refuse_stale(form, before.version if before else 0)
    longitude, latitude = form.centre
    content = form.map if form.map is not None else await park_store.park_map(tx)
    content = content or {"type": "FeatureCollection", "features": []}
    problems = problems_of_map(content, form.centre)
    if not (73 <= longitude <= 136 and 3 <= latitude <= 54):
        problems.insert(0, Problem("centre", str(form.centre), "应为 [经度, 纬度]", "must be [longitude, latitude]"))
    if problems:
        raise invalid_form(problems)
    new = park_store.Park(
        park_id=before.park.park_id if before else park_id or uuid7(),
        code=form.code,
        name_zh=form.name_zh,
        name_en=form.name_en or form.name_zh,
        longitude=longitude,
        latitude=latitude,
        address=form.address,
        leading_industries=form.leading_industries,
    )
    if before is not None and before.park == new and form.map in (None, await park_store.park_map(tx)):
        return
    version = before.version + 1 if before else 1
    await park_store.save_park(tx, new, content, version=version, at=author.at, by=author.username)
    await park_store.add_revisions(
        tx,
        [changes.park_revision(before.park if before else None, new, version, author, map_given=form.map is not None)],
    )


def _add_enterprises(routes: APIRouter, database: Database) -> None:
    may_read = Depends(require("archive:read"))
    may_write = Depends(require("archive:write"))

    @routes.get("/enterprises")
    async def list_enterprises(
        principal: Annotated[Principal, may_read],
        q: Search = None,
        active: Active = None,
        risk_level: str | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        wanted = Wanted(principal.enterprise_id, q, active, risk_level)
        return await _list(database, "enterprises", "credit_code", wanted, limit, cursor)

    @routes.get("/enterprises/{enterprise_id}")
    async def read_enterprise(enterprise_id: UUID, principal: Annotated[Principal, may_read]) -> Response:
        return json_response(await _one(database, "enterprises", "enterprise_id", enterprise_id, principal))

    @routes.post("/enterprises", status_code=201)
    async def add_enterprise(form: EnterpriseForm, principal: Annotated[Principal, may_write]) -> Response:
        return await _store_form(database, Kind.ENTERPRISES, form, form.texts(), principal, None)

    @routes.put("/enterprises/{enterprise_id}")
    async def put_enterprise(
        enterprise_id: UUID, form: EnterpriseForm, principal: Annotated[Principal, may_write]
    ) -> Response:
        return await _store_form(database, Kind.ENTERPRISES, form, form.texts(), principal, enterprise_id)


def _add_points(routes: APIRouter, database: Database) -> None:
    may_read = Depends(require("point:read"))
    may_write = Depends(require("archive:write"))

    @routes.get("/points")
    async def list_points(
        principal: Annotated[Principal, may_read],
        medium: str | None = None,
        enterprise_id: UUID | None = None,
        q: Search = None,
        active: Active = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        wanted = Wanted(principal.enterprise_id or enterprise_id, q, active, medium)
        return await _list(database, "points", "code", wanted, limit, cursor)

    @routes.get("/points/{point_id}")
    async def read_point(point_id: UUID, principal: Annotated[Principal, may_read]) -> Response:
        point = await _one(database, "points", "point_id", point_id, principal)
        async with database.reading() as connection:
            point["limits"] = _limits(await listing.limits_at(connection, point["code"]))
            device = await listing.one_of(connection, "devices", "mn", point["mn"], Wanted()) if point["mn"] else None
        point["device"] = _without_secret(device, principal) if device else None
        return json_response(point)

    @routes.post("/points", status_code=201)
    async def add_point(form: PointForm, principal: Annotated[Principal, may_write]) -> Response:
        return await _store_form(database, Kind.POINTS, form, form.texts("enterprise_id"), principal, None)

    @routes.put("/points/{point_id}")
    async def put_point(point_id: UUID, form: PointForm, principal: Annotated[Principal, may_write]) -> Response:
        return await _store_form(database, Kind.POINTS, form, form.texts("enterprise_id"), principal, point_id)


def _add_devices(routes: APIRouter, database: Database) -> None:
    may_read = Depends(require("device:read"))
    may_write = Depends(require("device:write"))

    @routes.get("/devices")
    async def list_devices(
        principal: Annotated[Principal, may_read],
        q: Search = None,
        active: Active = None,
        edition: str | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        wanted = Wanted(principal.enterprise_id, q, active, edition)
        return await _list(database, "devices", "mn", wanted, limit, cursor, principal)

    @routes.get("/devices/{mn}")
    async def read_device(mn: str, principal: Annotated[Principal, may_read]) -> Response:
        device = await _one(database, "devices", "mn", mn, principal)
        return json_response(_without_secret(device, principal))

    @routes.post("/devices", status_code=201)
    async def add_device(form: DeviceForm, principal: Annotated[Principal, may_write]) -> Response:
        return await _store_form(database, Kind.DEVICES, form, form.texts("point_id"), principal, None)

    @routes.put("/devices/{mn}")
    async def put_device(mn: str, form: DeviceForm, principal: Annotated[Principal, may_write]) -> Response:
        if form.mn != mn:
            raise Refused("mn-differs", "MN 不可更改，请登记新数采仪", "an MN cannot change; register a new device")
        async with database.reading() as connection:
            identifier = await changes.identifier_of(connection, Kind.DEVICES, mn)
        if identifier is None:
            raise NotFound("数采仪", "device", mn)
        return await _store_form(database, Kind.DEVICES, form, form.texts("point_id"), principal, identifier)


def _add_limits(routes: APIRouter, database: Database) -> None:
    @routes.get("/points/{point_id}/limits")
    async def read_limits(
        point_id: UUID, principal: Annotated[Principal, Depends(require("point:read"))], on: date | None = None
    ) -> Response:
        point = await _one(database, "points", "point_id", point_id, principal)
        async with database.reading() as connection:
            return json_response(page(_limits(await listing.limits_at(connection, point["code"], on))))

    @routes.put("/points/{point_id}/limits")
    async def put_limits(
        point_id: UUID,
        forms: list[LimitForm],
        principal: Annotated[Principal, Depends(require("archive:write"))],
    ) -> Response:
        async with database.transaction() as tx:
            await store.lock_for_writing(tx)
            stored = await store.by_identifier(tx, Kind.POINTS, point_id)
            if stored is None:
                raise NotFound("点位", "point", point_id)
            code = stored.record.code
            limits = await _checked_limits(tx, code, forms)
            await changes.replace_limits(tx, code, limits, author_of(principal))
            return json_response(page(_limits(await listing.limits_at(tx, code))))


async def _checked_limits(tx: Connection, code: str, forms: list[LimitForm]) -> list[LimitRecord]:
    around = await store.surroundings(tx, (await changes.the_park(tx)).centre)
    limits: list[LimitRecord] = []
    problems: list[Problem] = []
    for number, form in enumerate(forms):
        values, found = read_row(LIMITS, form.texts(code))
        limit, more = complete_limit(values, around) if not found else (None, [])
        found += more
        other = overlapping(limit, limits) if limit is not None else None
        if limit is not None and other is not None:
            found.append(overlap_problem(limit, other))
        elif limit is not None:
            limits.append(limit)
        problems += [Problem(f"[{number}].{one.column}", one.value, one.what_zh, one.what_en) for one in found]
    if problems:
        raise invalid_form(problems, "limits")
    return limits


def _add_history(routes: APIRouter, database: Database) -> None:
    @routes.get("/revisions")
    async def list_revisions(
        _: Annotated[Principal, Depends(require("archive:write"))],
        kind: Kind | None = None,
        entity_id: UUID | None = None,
        key: str | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        place = decode_cursor(cursor)
        before = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
        async with database.reading() as connection:
            rows = await park_store.revisions(
                connection, kind=kind, entity_id=entity_id, key=key, before=before, limit=limit + 1
            )
        last = rows[limit - 1] if len(rows) > limit else None
        next_cursor = encode_cursor(last.changed_at.isoformat(), str(last.revision_id)) if last else None
        return json_response(page(rows[:limit], next_cursor))


async def _list(
    database: Database,
    what: str,
    key: str,
    wanted: Wanted,
    limit: int,
    cursor: str | None,
    principal: Principal | None = None,
) -> Response:
    place = decode_cursor(cursor)
    async with database.reading() as connection:
        rows = await listing.page_of(connection, what, wanted, after=place[0] if place else None, limit=limit + 1)
        total = await listing.count_of(connection, what, wanted)
    shown = [_shape(row) if principal is None else _without_secret(row, principal) for row in rows[:limit]]
    return json_response(page(shown, encode_cursor(rows[limit - 1][key]) if len(rows) > limit else None, total))


async def _one(database: Database, what: str, column: str, value: Any, principal: Principal) -> dict[str, Any]:
    async with database.reading() as connection:
        row = await listing.one_of(connection, what, column, value, Wanted(principal.enterprise_id))
    if row is None:
        raise NotFound(*_NAMES[Kind(what)], value)
    return _shape(row)


def _shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the natural key of the owner where its id stands beside it."""
    return {name: value for name, value in row.items() if name != "enterprise"}


def _without_secret(row: Mapping[str, Any], principal: Principal) -> dict[str, Any]:
    shown = _shape(row)
    if not principal.allows("device:write"):
        shown.pop("password", None)
    return shown


def _limits(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return limits as the registry states them, with their row of the standards library and last change."""
    shaped = []
    for row in rows:
        record = LimitRecord(**{name: row[name] for name in LimitRecord.__struct_fields__})
        limit = registry.limit_in_force(record)
        fields = {name: getattr(limit, name) for name in limit.__struct_fields__}
        tail = {
            "standard_limit_id": row["standard_limit_id"],
            "changed_at": row["changed_at"],
            "changed_by": row["changed_by"],
        }
        shaped.append(fields | tail)
    return shaped


async def _store_form(
    database: Database, kind: Kind, form: Form, texts: dict[str, str], principal: Principal, identifier: UUID | None
) -> Response:
    async with database.transaction() as tx:
        await store.lock_for_writing(tx)
        existing = await store.by_identifier(tx, kind, identifier) if identifier else None
        if identifier is not None and existing is None:
            raise NotFound(*_NAMES[kind], identifier)
        _refuse_stale(form, existing.version if existing else 0)
        await _resolve(tx, form, texts, existing)
        around = await store.surroundings(tx, (await changes.the_park(tx)).centre)
        record = checked_record(kind, texts, around)
        holder = await changes.identifier_of(tx, kind, record.key)
        if holder is not None and holder != identifier:
            zh, en = _NAMES[kind]
            raise Refused("key-taken", f"{zh} {record.key} 已存在", f"{en} {record.key} exists already", id=holder)
        stored = await changes.put(tx, kind, record, existing, author_of(principal))
        row = await listing.one_of(tx, kind.value, store.TABLES[kind].identifier, stored.identifier, Wanted())
    return json_response(_without_secret(row or {}, principal), 200 if identifier else 201)


def _refuse_stale(form: Form, version: int) -> None:
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
