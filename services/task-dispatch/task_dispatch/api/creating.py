"""A person makes a task, from an alarm or of their own."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_schemas.alarms import Alarm
from park_schemas.codes import TaskState
from park_schemas.identifiers import uuid7
from park_schemas.tasks import Task

from task_dispatch.api.action_checks import bad_deadline, refuse_role
from task_dispatch.api.callers import work_for
from task_dispatch.api.order_forms import SUBJECT, TaskForm, kind_for, park_of, refuse_giving
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.domain.kinds import Kind
from task_dispatch.domain.task_states import ENDED, STATE_ZH
from task_dispatch.making import Order
from task_dispatch.store import tasks


def router(parts: Parts) -> APIRouter:
    """Return the route that makes tasks."""
    routes = APIRouter(tags=["tasks"])

    @routes.post("/tasks", status_code=201)
    async def create_task(
        form: TaskForm, who: Annotated[Principal, Depends(require("task:create"))], key: IdempotencyKey = None
    ) -> Response:
        refuse_giving(form, who)

        async def make() -> Response:
            kind = await kind_for(parts, tx, form.kind, form.details)
            refuse_role(kind, form)
            order = await _order(tx, form, kind, who)
            try:
                made = await parts.maker.make(tx, order, now())
            except life.BadDeadline as error:
                raise bad_deadline(error) from error
            return json_response(made.work.task, 201)

        try:
            async with parts.database.transaction() as tx:
                return await once(tx, who, key, request_hash("POST /tasks", form.model_dump_json()), make)
        except asyncpg.UniqueViolationError as error:
            raise Refused(
                "alarm-has-task", "该告警已有未办结的任务", "the alarm has an open task already", alarm_id=form.alarm_id
            ) from error

    return routes


async def _alarm_of(tx: Connection, alarm_id: UUID | None) -> Alarm | None:
    if alarm_id is None:
        return None
    alarm = await tasks.alarm_seen(tx, alarm_id)
    if alarm is None:
        raise NotFound("告警", "alarm", alarm_id)
    return alarm


async def _parent_of(tx: Connection, parent_id: UUID | None, who: Principal) -> Task | None:
    """Return the task this one is a part of, locked, so that it cannot close meanwhile. Raises Refused, NotFound."""
    if parent_id is None:
        return None
    parent = (await work_for(tx, parent_id, who, lock=True)).task
    if parent.state in ENDED or parent.state is TaskState.VERIFIED:
        raise Refused(
            "parent-has-ended",
            f"任务 {parent.number} {STATE_ZH[parent.state]}, 不能再拆分子任务",
            f"task {parent.number} is {parent.state.value}: it takes no more sub-tasks",
        )
    if parent.parent_id is not None:
        raise Refused(
            "sub-task-of-sub-task", "子任务不能再拆分", "a sub-task has no sub-tasks", status=422,
            errors=[{"where": "parent_id", "what": f"{parent.number} is itself a sub-task"}],
        )  # fmt: skip
    return parent


async def _order(tx: Connection, form: TaskForm, kind: Kind, who: Principal) -> Order:
    alarm = await _alarm_of(tx, form.alarm_id)
    parent = await _parent_of(tx, form.parent_id, who)
    return Order(
        task_id=uuid7(),
        kind=kind,
        origin="person",
        source="sub-task" if parent else "manual",
        title_zh=form.title_zh,
        title_en=form.title_en,
        priority=form.priority,
        park_id=park_of(form, who, alarm.park_id if alarm else parent.park_id if parent else None),
        by=who.username,
        due_at=form.due_at,
        assignee=form.assignee,
        assignee_name=form.assignee_name,
        assignee_role=form.assignee_role.value if form.assignee_role else None,
        note=form.note,
        alarm=alarm,
        parent_id=form.parent_id,
        origin_zh=f"任务 {parent.number}" if parent else "",
        origin_en=f"task {parent.number}" if parent else "",
        details=form.details,
        subject={**_subject_of(parent), **form.subject()},
    )


def _subject_of(parent: Task | None) -> dict[str, object]:
    if parent is None:
        return {}
    return {name: value for name in SUBJECT if (value := getattr(parent, name)) not in (None, "")}
