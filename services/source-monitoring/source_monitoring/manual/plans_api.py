"""HTTP of plans: stated by officers, corrected in versions with a reason, listed."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.http_edge import Changing, change_of, conflict, invalid, need_reason, place_of_id
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_judging.sheet_imports.api import columns_of
from park_judging.versions import versions
from park_schemas.identifiers import uuid7
from pydantic import Field

from source_monitoring.domain.manual.factor_names import factors_of
from source_monitoring.domain.manual.frequencies import CYCLES, Frequency
from source_monitoring.domain.manual.plans import MOST_REPORTING_DAYS, Plan, plan_problems
from source_monitoring.domain.manual.sheets import SHEETS
from source_monitoring.http_edge import Reader
from source_monitoring.manual import store
from source_monitoring.manual.edge import PlanWriter, factor_items, point_item


class PlanForm(Changing):
    """A plan. `basis` says where the frequency comes from: permit, HJ 819, the guide of the industry."""

    point_id: UUID
    name_zh: str = Field(min_length=1, max_length=120)
    name_en: str = Field("", max_length=120)
    factors: list[str] = Field(min_length=1, max_length=60, description="HJ 212 codes")
    frequency: Frequency
    times: int = Field(1, ge=1, le=100, description="Samples in each period")
    averaging: Literal["instant", "hour", "day"] = "instant"
    basis: str = Field(min_length=2, max_length=300)
    valid_from: date
    valid_to: date | None = Field(None, description="Inclusive")
    report_within_days: int = Field(0, ge=0, le=MOST_REPORTING_DAYS)
    sampling_method: str = Field("", max_length=120)
    analysis_method: str = Field("", max_length=120)
    executor: Literal["own", "third-party"] = "own"
    laboratory: str = Field("", max_length=120)
    cma_number: str = Field("", max_length=60)
    note: str = Field("", max_length=500)

    def plan(self, plan_id: UUID) -> Plan:
        """Return the plan that the form states. Raises Refused (422) with everything wrong in it."""
        fields = self.model_dump(exclude={"based_on", "reason"})
        fields["name_en"] = fields["name_en"] or fields["name_zh"]
        made = Plan(plan_id=plan_id, **fields)
        problems = plan_problems(made)
        if problems:
            raise invalid(problems)
        return made


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see plans of their outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])
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


def _add_reading(routes: APIRouter, database: Database, points: Points) -> None:
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
            return table_response(file, "自行监测方案", _COLUMNS, items)
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


def plan_item(row: asyncpg.Record) -> dict[str, Any]:
    """Return a plan as it is shown: every field, with its version and who made it."""
    made = store.plan(row)
    cycle = CYCLES[made.frequency]
    return {
        **msgspec.structs.asdict(made), "factor_names": factor_items(made.factors), "frequency_zh": cycle.name_zh,
        "frequency_en": cycle.name_en, **{name: row[name] for name in ("version", "author", "reason", "made_at")},
    }  # fmt: skip


_COLUMNS: list[Column] = [
    Column("企业 / enterprise", lambda one: one["enterprise_name_zh"], 24),
    Column("排口 / outlet", lambda one: one["point_name_zh"], 24),
    Column("方案 / plan", lambda one: one["name_zh"], 24),
    Column("监测因子 / factors", lambda one: "、".join(factor["name_zh"] for factor in one["factor_names"]), 40),
    Column("频次 / frequency", lambda one: one["frequency_zh"]),
    Column("每期次数 / samples", lambda one: one["times"]),
    Column("依据 / basis", lambda one: one["basis"], 40),
    Column("采样方法 / sampling", lambda one: one["sampling_method"]),
    Column("分析方法 / analysis", lambda one: one["analysis_method"]),
    Column("执行单位 / laboratory", lambda one: one["laboratory"] or one["executor"]),
    Column("CMA", lambda one: one["cma_number"]),
    Column("生效 / valid from", lambda one: one["valid_from"].isoformat()),
    Column("失效 / valid to", lambda one: one["valid_to"].isoformat() if one["valid_to"] else ""),
    Column("版本 / version", lambda one: one["version"]),
]
