"""HTTP of plans: stated by officers, corrected in versions with a reason, listed."""

from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.http_edge import change_of, conflict, need_reason, place_of_id
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_judging.sheet_imports.api import columns_of
from park_judging.versions import versions
from park_schemas.identifiers import uuid7

from source_monitoring.domain.manual.factor_names import factors_of
from source_monitoring.domain.manual.frequencies import CYCLES
from source_monitoring.domain.manual.sheets import SHEETS
from source_monitoring.http_edge import Reader
from source_monitoring.manual import store
from source_monitoring.manual.edge import PlanWriter, point_item
from source_monitoring.manual.plan_forms import PlanForm
from source_monitoring.manual.plan_items import PLAN_COLUMNS, plan_item


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see plans of their outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])
    _add_choices(routes, points)
    _add_reading(routes, database, points)

    @routes.post("/plans", status_code=201)
    async def add(writer: PlanWriter, form: PlanForm) -> Response:
        """State a plan."""
        return json_response(await _put(database, points, writer, form, None), 201)

    @routes.put("/plans/{plan_id}")
    async def correct(writer: PlanWriter, plan_id: UUID, form: PlanForm) -> Response:
        """Correct a plan: a new version. Its outlet stays. What is due follows the newest version."""
        need_reason(max(form.based_on, 1), form.reason)
        return json_response(await _put(database, points, writer, form, plan_id))

    return routes


def _add_choices(routes: APIRouter, points: Points) -> None:
    @routes.get("/choices")
    async def choices(_: Reader) -> Response:
        """What forms may hold: the frequencies of plans, the columns of results."""
        frequencies = [{"key": key, "name_zh": one.name_zh, "name_en": one.name_en} for key, one in CYCLES.items()]
        sheets = {name: columns_of(sheet) for name, sheet in SHEETS.items()}
        return json_response({"frequencies": frequencies, "sheets": sheets})

    @routes.get("/points/{point_id}/factors")
    async def factors(reader: Reader, point_id: UUID) -> Response:
        """What can be measured by hand at an outlet, those with limits first."""
        limits = one_point(points, reader, point_id)
        limited = {row.factor for row in limits.point.limits}
        items = [
            {"factor": one.code, "name_zh": one.name_zh, "name_en": one.name_en, "unit": one.unit, "limited": one.code in limited}
            for one in sorted(factors_of(limits.point.medium), key=lambda one: one.code not in limited)
        ]  # fmt: skip
        return json_response(page(items, total=len(items)))


def _add_reading(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/plans")
    async def plans(
        reader: Reader,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        q: Annotated[str | None, Query(max_length=100, description="Part of the name")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Plans, stated last first."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        async with database.reading() as tx:
            rows = await store.plans(
                tx, list(chosen), search=q, after=place_of_id(cursor), limit=None if file else limit
            )
        items = [plan_item(row) | point_item(chosen[row["point_id"]]) for row in rows]
        if file is not None:
            return table_response(file, "自行监测方案", PLAN_COLUMNS, items)
        following = encode_cursor(str(rows[-1]["plan_id"])) if len(rows) == limit else None
        return json_response(page(items, following))

    @routes.get("/plans/{plan_id}")
    async def plan(reader: Reader, plan_id: UUID) -> Response:
        """A plan with its versions, newest first."""
        async with database.reading() as tx:
            row = await visible_plan(tx, points, reader, plan_id)
            made = await versions(tx, "manual_plans", "plan_id", plan_id)
        return json_response(plan_item(row) | point_item(points.get(row["point_id"])) | {"versions": made})


async def visible_plan(tx: Connection, points: Points, reader: Principal, plan_id: UUID) -> asyncpg.Record:
    """Return a plan's newest version. Raises NotFound when it is not there or not the reader's to see."""
    row = await store.one_plan(tx, plan_id)
    if row is None:
        raise NotFound("监测方案", "plan", plan_id)
    one_point(points, reader, row["point_id"])
    return row


async def _put(
    database: Database, points: Points, writer: Principal, form: PlanForm, known: UUID | None
) -> dict[str, Any]:
    limits = one_point(points, writer, form.point_id)
    made = form.plan(known or uuid7())
    async with database.transaction() as tx:
        await store.lock(tx)
        if known is not None:
            before = await visible_plan(tx, points, writer, known)
            if before["point_id"] != made.point_id:
                raise NotFound("监测方案", "plan of this outlet", known)
        if not await store.put_plan(tx, made, form.based_on, change_of(writer, form.reason)):
            raise conflict()
        row = await visible_plan(tx, points, writer, made.plan_id)
    return plan_item(row) | point_item(limits)
