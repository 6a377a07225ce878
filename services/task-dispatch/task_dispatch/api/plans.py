"""Plans of recurring work: written, listed, exported, and what is coming shown before it comes."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_schemas.codes import AlarmLevel, Role
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from pydantic import BaseModel, ConfigDict, Field

from task_dispatch.api.callers import refuse_faults
from task_dispatch.api.creating import NO_PARK
from task_dispatch.api.instants import Instant
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain.plans import (
    CLASS_CYCLE,
    CYCLE_ZH,
    Cycle,
    EnterpriseClass,
    Plan,
    coming,
    due_on,
    fires_at,
    first_round,
    plan_errors,
)
from task_dispatch.store import plans as stored

Officer = Annotated[Principal, Depends(require("task:dispatch"))]
LONGEST_PREVIEW = timedelta(days=366 * 3)
PREVIEW_AT_MOST = 2000
EXPORT_AT_MOST = 10_000


class PlanForm(BaseModel):
    """A plan. The class of the enterprise says the cycle (A quarter, B half-year, C year); without a class, `cycle` does."""

    model_config = ConfigDict(extra="forbid")
    name_zh: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=200)
    kind: str = Field("inspection", max_length=60)
    enterprise_class: EnterpriseClass | None = None
    cycle: Cycle | None = None
    first_due: date
    lead_days: int = Field(7, ge=0, le=180)
    priority: AlarmLevel = AlarmLevel.BLUE
    park_id: UUID | None = None
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = Field("", max_length=200)
    subject_id: UUID | None = None
    subject_name_zh: str = Field("", max_length=200)
    subject_name_en: str = Field("", max_length=200)
    assignee: str | None = Field(None, min_length=1, max_length=100)
    assignee_name: str = Field("", max_length=100)
    assignee_role: Role | None = None
    details: dict[str, Any] = Field(default_factory=dict)
    active: bool = True
    version: int | None = Field(None, ge=1, description="When changed: the version seen")

    def plan(self, *, plan_id: UUID, version: int, who: Principal, made_by: str, at: datetime) -> Plan:
        """Return the plan it asks for, at its first round that is not over. Raises Refused."""
        cycle = self.cycle or (CLASS_CYCLE[self.enterprise_class] if self.enterprise_class else None)
        if cycle is None:
            raise _refused("cycle", "须给出企业分类或周期", "enterprise_class or cycle is needed")
        today = at_park(at).date()
        if not today - timedelta(days=3660) < self.first_due < today + timedelta(days=3660):
            raise _refused("first_due", "首次日期超出十年范围", "is more than ten years away")
        given = self.model_dump(exclude={"version", "cycle", "park_id", "assignee_role"})
        plan = Plan(
            **given,
            plan_id=plan_id,
            version=version,
            cycle=cycle,
            round=0,
            park_id=self.park_id or who.park_id or NO_PARK,
            assignee_role=self.assignee_role.value if self.assignee_role and not self.assignee else None,
            created_by=made_by,
            changed_at=at,
        )
        return msgspec.structs.replace(plan, round=first_round(plan, today))


def _refused(where: str, zh: str, en: str) -> Refused:
    return Refused("bad-plan", zh, en, status=422, errors=[{"where": where, "what": en, "what_zh": zh}])


def router(parts: Parts) -> APIRouter:
    """Return the routes of plans. All want task:dispatch: an unannounced inspection must not be announced here."""
    routes = APIRouter(tags=["plans"])
    _add_writing(routes, parts)
    _add_reading(routes, parts)
    return routes


def _add_writing(routes: APIRouter, parts: Parts) -> None:
    @routes.post("/plans", status_code=201)
    async def create_plan(form: PlanForm, who: Officer, key: IdempotencyKey = None) -> Response:
        async def make() -> Response:
            plan = form.plan(plan_id=uuid7(), version=1, who=who, made_by=who.username, at=now())
            await _refuse_wrong(parts, tx, plan)
            await stored.insert_plan(tx, plan)
            return json_response(shaped(plan), 201)

        async with parts.database.transaction() as tx:
            return await once(tx, who, key, request_hash("POST /plans", form.model_dump_json()), make)

    @routes.put("/plans/{plan_id}")
    async def change_plan(plan_id: UUID, form: PlanForm, who: Officer) -> Response:
        async with parts.database.transaction() as tx:
            before = await stored.plan_locked(tx, plan_id)
            if before is None:
                raise NotFound("计划", "plan", plan_id)
            if form.version is not None and form.version != before.version:
                raise Refused(
                    "changed-meanwhile",
                    f"计划已被更新(当前版本 {before.version}), 请刷新后重试",
                    f"the plan is version {before.version} now, you saw {form.version}",
                    version=before.version,
                )
            plan = form.plan(plan_id=plan_id, version=before.version + 1, who=who, made_by=before.created_by, at=now())
            plan = await _after_what_was_made(tx, plan, before)
            await _refuse_wrong(parts, tx, plan)
            await stored.update_plan(tx, plan)
        return json_response(shaped(plan))


async def _after_what_was_made(tx: Connection, plan: Plan, before: Plan) -> Plan:
    """Return the plan at the round that follows the last one made: no round is made twice, whatever is changed."""
    made = await stored.rounds(tx, plan.plan_id)
    if not made:
        return plan
    last_due: date = made[0]["due_on"]
    number = plan.round
    while due_on(plan, number) <= last_due:
        number += 1
    # Rounds are numbered through: a changed first day must not give an old number a second task.
    shift = max(0, made[0]["round"] + 1 - number)
    if shift == 0:
        return msgspec.structs.replace(plan, round=number)
    if (plan.first_due, plan.cycle) == (before.first_due, before.cycle):
        return msgspec.structs.replace(plan, round=number + shift)
    raise _refused(
        "first_due",
        f"该计划已生成 {made[0]['round'] + 1} 期任务, 改变起始日或周期请停用后新建",
        f"{made[0]['round'] + 1} rounds of this plan are tasks already: end it and make a new one to change day or cycle",
    )


async def _refuse_wrong(parts: Parts, tx: Connection, plan: Plan) -> None:
    kind = await parts.book.newest(tx, plan.kind)
    refuse_faults("bad-plan", "计划有误", "the plan contradicts itself", plan_errors(plan, kind))


def _add_reading(routes: APIRouter, parts: Parts) -> None:
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
        raise _refused("until", "预览最长三年", "a preview goes three years ahead at most")
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
