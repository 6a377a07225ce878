"""Many tasks given to one person at once; each is done or refused by itself, with its reason."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_chassis.http import json_response
from pydantic import Field

from task_dispatch.api.action_forms import AssigneeForm, DispatchForm
from task_dispatch.api.actions import take
from task_dispatch.api.callers import work_for
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash

MOST = 200


class BatchForm(AssigneeForm):
    """The tasks, and to whom they are given."""

    task_ids: list[UUID] = Field(min_length=1, max_length=MOST)


def router(parts: Parts) -> APIRouter:
    """Return the route that dispatches many."""
    routes = APIRouter(tags=["tasks"])

    @routes.post("/tasks/batch-dispatch")
    async def dispatch_many(
        form: BatchForm, who: Annotated[Principal, Depends(require("task:dispatch"))], key: IdempotencyKey = None
    ) -> Response:
        one = DispatchForm(**form.model_dump(exclude={"task_ids", "version"}))

        async def work() -> Response:
            # Always in the same order, so that two batches at once cannot lock each other out.
            results = {task_id: await _dispatch(parts, tx, who, task_id, one) for task_id in sorted(set(form.task_ids))}
            items = [results[task_id] for task_id in dict.fromkeys(form.task_ids)]
            return json_response({"items": items, "done": sum(item["done"] for item in items)})

        async with parts.database.transaction() as tx:
            return await once(tx, who, key, request_hash("POST /tasks/batch-dispatch", form.model_dump_json()), work)

    return routes


async def _dispatch(parts: Parts, tx: Connection, who: Principal, task_id: UUID, form: DispatchForm) -> dict[str, Any]:
    try:
        async with tx.transaction():
            held = await work_for(tx, task_id, who, lock=True)
            step = await take(parts, tx, who, held, "dispatch", form)
    except Refused as error:
        why = {"code": error.code, "title": error.zh, "title_en": error.en}
        return {"task_id": task_id, "done": False, "task": None, "error": why}
    return {"task_id": task_id, "done": True, "task": step.work.task, "error": None}
