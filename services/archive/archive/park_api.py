"""HTTP: the park, its map, and stating everything anew."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound
from park_chassis.http import json_response
from park_chassis.sheets.problems import Problem
from park_schemas.identifiers import uuid7

from archive import changes, park_store, registry, store
from archive.changes import Author
from archive.domain.park_map import problems_of_map
from archive.form_reading import invalid_form
from archive.forms import ParkForm
from archive.record_forms import author_of, refuse_stale


def add_park(routes: APIRouter, database: Database, park_id: UUID | None) -> None:
    """Add the routes of the park. `park_id`: the id it gets when it is stated for the first time."""

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
    refuse_stale(form, before.version if before else 0)
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
