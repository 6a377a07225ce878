"""Plans of recurring work: written, changed, ended. No round is made twice, whatever is changed."""

from datetime import date
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_schemas.identifiers import uuid7

from task_dispatch.api.parts import Parts
from task_dispatch.api.plan_forms import PlanForm, refuse_wrong, refused
from task_dispatch.api.plan_reading import Officer, add_reading, shaped
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain.plans import (
    Plan,
    due_on,
)
from task_dispatch.store import plans as stored


def router(parts: Parts) -> APIRouter:
    """Return the routes of plans. All want task:dispatch: an unannounced inspection must not be announced here."""
    routes = APIRouter(tags=["plans"])
    _add_writing(routes, parts)
    add_reading(routes, parts)
    return routes


def _add_writing(routes: APIRouter, parts: Parts) -> None:
    @routes.post("/plans", status_code=201)
    async def create_plan(form: PlanForm, who: Officer, key: IdempotencyKey = None) -> Response:
        async def make() -> Response:
            plan = form.plan(plan_id=uuid7(), version=1, who=who, made_by=who.username, at=now())
            await refuse_wrong(parts, tx, plan)
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
            await refuse_wrong(parts, tx, plan)
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
    raise refused(
        "first_due",
        f"该计划已生成 {made[0]['round'] + 1} 期任务, 改变起始日或周期请停用后新建",
        f"{made[0]['round'] + 1} rounds of this plan are tasks already: end it and make a new one to change day or cycle",
    )
