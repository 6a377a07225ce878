"""HTTP: limits of a point, read at a day and replaced as a whole."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound
from park_chassis.http import json_response, page
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.row_reading import read_row

from archive import changes, listing, registry, store
from archive.domain.limit_rules import complete_limit, overlap_problem, overlapping
from archive.domain.records import Kind
from archive.domain.records import Limit as LimitRecord
from archive.domain.sheets import LIMITS
from archive.form_reading import invalid_form
from archive.forms import LimitForm
from archive.record_forms import author_of
from archive.record_lists import found_record


def add_limits(routes: APIRouter, database: Database) -> None:
    """Add the routes of limits."""

    @routes.get("/points/{point_id}/limits")
    async def read_limits(
        point_id: UUID, principal: Annotated[Principal, Depends(require("point:read"))], on: date | None = None
    ) -> Response:
        point = await found_record(database, "points", "point_id", point_id, principal)
        async with database.reading() as connection:
            return json_response(page(shaped_limits(await listing.limits_at(connection, point["code"], on))))

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
            return json_response(page(shaped_limits(await listing.limits_at(tx, code))))


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


def shaped_limits(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
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
