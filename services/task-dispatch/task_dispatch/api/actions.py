"""What people do to tasks: POST /tasks/{id}/{action}."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Response
from fastapi.exceptions import RequestValidationError
from msgspec.structs import replace
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.http import json_response
from pydantic import ValidationError

from task_dispatch.api.action_checks import Call, bad_deadline
from task_dispatch.api.action_forms import (
    ActionName,
    Form,
)  # fmt: skip
from task_dispatch.api.action_steps import FORMS
from task_dispatch.api.callers import actor_for, refuse_other_version, refuse_unless_allowed, work_for
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.domain.actions import Around
from task_dispatch.domain.work import Step, Work
from task_dispatch.store import tasks


def router(parts: Parts) -> APIRouter:
    """Return the route of actions."""
    routes = APIRouter(tags=["tasks"])

    @routes.post("/tasks/{task_id}/{action}")
    async def act(
        task_id: UUID,
        action: ActionName,
        who: Annotated[Principal, Depends(require("task:read"))],
        body: Annotated[dict[str, Any] | None, Body()] = None,
        key: IdempotencyKey = None,
    ) -> Response:
        form = _read_form(FORMS[action][0], body or {})

        async def work() -> Response:
            held = await work_for(tx, task_id, who, lock=True)
            step = await take(parts, tx, who, held, action, form)
            return json_response(step.work.task)

        async with parts.database.transaction() as tx:
            return await once(tx, who, key, request_hash(str(task_id), action, form.model_dump_json()), work)

    return routes


async def take(parts: Parts, tx: Connection, who: Principal, held: Work, action: ActionName, form: Form) -> Step:
    """Take an action on a locked task and record it; return the last step. Raises Refused."""
    refuse_other_version(held, form.version)
    actor, around = await actor_for(tx, who), await around_of(parts, tx, held)
    refuse_unless_allowed(action, held, actor, around)
    try:
        steps = await FORMS[action][1](Call(held, actor, now(), tx, around.kind), form)
    except life.BadDeadline as error:
        raise bad_deadline(error) from error
    taken = steps[0]
    for number, step in enumerate(steps):
        carried = step if number == 0 else _carry(step, taken)
        taken = await parts.recorder.record(tx, carried)
    return taken


async def around_of(parts: Parts, tx: Connection, work: Work) -> Around:
    """Return what lies around a task and bears on what may be done to it."""
    kind = await parts.book.version(tx, work.task.kind, work.task.kind_version)
    return Around(kind, await tasks.open_children(tx, work.task.task_id))


def _carry(step: Step, before: Step) -> Step:
    """Return a second step of one action with the clocks that the first has started."""
    work = replace(step.work, clocks=before.work.clocks)
    return Step(step.event, work, step.at, step.who, step.detail_zh, step.detail_en, step.announced)


def _read_form(form_class: type[Form], body: dict[str, Any]) -> Form:
    try:
        return form_class.model_validate(body)
    except ValidationError as error:
        located = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors(include_url=False)]
        raise RequestValidationError(located) from error
