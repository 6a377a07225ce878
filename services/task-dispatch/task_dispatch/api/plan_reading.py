"""Plans of recurring work read: list, table, and what is coming shown before it comes."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.errors import NotFound
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page

from task_dispatch.api.instants import Instant
from task_dispatch.api.parts import Parts
from task_dispatch.api.plan_forms import refused
from task_dispatch.domain.plans import (
    CYCLE_ZH,
    Plan,
    coming,
    due_on,
    fires_at,
)
from task_dispatch.store import plans as stored

Officer = Annotated[Principal, Depends(require("task:dispatch"))]
LONGEST_PREVIEW = timedelta(days=366 * 3)
PREVIEW_AT_MOST = 2000
EXPORT_AT_MOST = 10_000


def add_reading(routes: APIRouter, parts: Parts) -> None:
    """Add the reading routes of plans."""

    @routes.get("/plans")
    async def list_plans(
        _: Officer, active: bool | None = None, kind: Annotated[str | None, Query(max_length=60)] = None,
        q: Annotated[str | None, Query(max_length=80)] = None, limit: Limit = 50, cursor: Cursor = None,
    ) -> Response:  # fmt: skip
        async with parts.database.reading() as connection:
            found, total = await stored.plans(
                connection, active=active, kind=kind, text=q.lower() if q else None, after=decode_cursor(cursor),
                limit=limit,
            )  # fmt: skip
        last = found[-1] if len(found) == limit else None
        after = encode_cursor(due_on(last, last.round).isoformat(), str(last.plan_id)) if last else None
        return json_response(page([shaped(plan) for plan in found], after, total))

    @routes.get("/plans/export")
    async def export_plans(_: Officer, file_format: Annotated[Format, Query(alias="format")] = "csv") -> Response:
        async with parts.database.reading() as connection:
            found, _total = await stored.plans(
                connection, active=None, kind=None, text=None, after=None, limit=EXPORT_AT_MOST
            )
        return table_response(file_format, "检查计划", COLUMNS, found)

    @routes.get("/plans/preview")
    async def preview(
        _: Officer, until: Annotated[Instant | None, Query(description="A year from now when absent")] = None
    ) -> Response:
        ends = _preview_end(until)
        async with parts.database.reading() as connection:
            found, _total = await stored.plans(
                connection, active=True, kind=None, text=None, after=None, limit=EXPORT_AT_MOST
            )
        items = [item for plan in found for item in _coming(parts, plan, ends)]
        items.sort(key=lambda item: (item["fires_at"], str(item["plan_id"])))
        return json_response({**page(items[:PREVIEW_AT_MOST], None, len(items)), "until": ends})

    @routes.get("/plans/{plan_id}")
    async def read_plan(plan_id: UUID, _: Officer) -> Response:
        async with parts.database.reading() as connection:
            plan = await stored.plan(connection, plan_id)
            if plan is None:
                raise NotFound("计划", "plan", plan_id)
            rounds = await stored.rounds(connection, plan_id)
        return json_response({**shaped(plan), "rounds": rounds, "coming": _coming(parts, plan, _preview_end(None))})


def _preview_end(until: datetime | None) -> datetime:
    at = now()
    if until is not None and until > at + LONGEST_PREVIEW:
        raise refused("until", "预览最长三年", "a preview goes three years ahead at most")
    return until or at + timedelta(days=366)


def _coming(parts: Parts, plan: Plan, until: datetime) -> list[dict[str, Any]]:
    about = {name: getattr(plan, name) for name in ("name_zh", "name_en", "kind", "enterprise_id", "enterprise_name_zh",
             "enterprise_class", "assignee", "assignee_name", "assignee_role")}  # fmt: skip
    return [
        {**msgspec.to_builtins(one), **about, "plan_id": plan.plan_id}
        for one in coming(plan, until, parts.recorder.calendar)
    ]


def shaped(plan: Plan) -> dict[str, Any]:
    """Return a plan whole, with its next round's day and instant."""
    whole = {name: getattr(plan, name) for name in plan.__struct_fields__}
    return {**whole, "next_due": due_on(plan, plan.round), "next_fires_at": fires_at(plan, plan.round)}


COLUMNS: tuple[Column, ...] = (
    Column("计划名称", lambda p: p.name_zh, 36),
    Column("任务类型", lambda p: p.kind, 16),
    Column("企业", lambda p: p.enterprise_name_zh, 28),
    Column("企业分类", lambda p: p.enterprise_class or "", 10),
    Column("周期", lambda p: CYCLE_ZH[p.cycle], 10),
    Column("下次日期", lambda p: due_on(p, p.round).isoformat(), 12),
    Column("任务生成时间", lambda p: fires_at(p, p.round), 20),
    Column("承办人", lambda p: p.assignee_name or p.assignee or p.assignee_role or "", 14),
    Column("状态", lambda p: "启用" if p.active else "停用", 8),
)
