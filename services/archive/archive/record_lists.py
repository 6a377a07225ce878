"""Records as people read them: a page, one of them, without what is not for everybody."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Database
from park_chassis.errors import NotFound
from park_chassis.http import json_response, page
from park_chassis.paging import decode_cursor, encode_cursor

from archive import listing
from archive.domain.records import Kind
from archive.listing import Wanted

Search = Annotated[str | None, Query(max_length=80, description="Part of a name, code or number")]
Active = Annotated[bool | None, Query(description="Only active, or only inactive records")]
NAMES = {
    Kind.ENTERPRISES: ("企业", "enterprise"),
    Kind.POINTS: ("点位", "point"),
    Kind.DEVICES: ("数采仪", "device"),
}


async def listed(
    database: Database,
    what: str,
    key: str,
    wanted: Wanted,
    limit: int,
    cursor: str | None,
    principal: Principal | None = None,
) -> Response:
    """Return a page of records, with their number; passwords are kept from a given `principal` who may not see them."""
    place = decode_cursor(cursor)
    async with database.reading() as connection:
        rows = await listing.page_of(connection, what, wanted, after=place[0] if place else None, limit=limit + 1)
        total = await listing.count_of(connection, what, wanted)
    shown = [_shape(row) if principal is None else without_secret(row, principal) for row in rows[:limit]]
    return json_response(page(shown, encode_cursor(rows[limit - 1][key]) if len(rows) > limit else None, total))


async def found_record(database: Database, what: str, column: str, value: Any, principal: Principal) -> dict[str, Any]:
    """Return one record the caller may see. Raises NotFound."""
    async with database.reading() as connection:
        row = await listing.one_of(connection, what, column, value, Wanted(principal.enterprise_id))
    if row is None:
        raise NotFound(*NAMES[Kind(what)], value)
    return _shape(row)


def _shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the natural key of the owner where its id stands beside it."""
    return {name: value for name, value in row.items() if name != "enterprise"}


def without_secret(row: Mapping[str, Any], principal: Principal) -> dict[str, Any]:
    """Return the record without its password unless the caller may change devices."""
    shown = _shape(row)
    if not principal.allows("device:write"):
        shown.pop("password", None)
    return shown
