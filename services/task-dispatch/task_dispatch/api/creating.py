"""A person makes a task, from an alarm or of their own."""

from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, Role, TaskState
from park_schemas.identifiers import uuid7
from park_schemas.tasks import Task
from pydantic import BaseModel, ConfigDict, Field

from task_dispatch.api.actions import bad_deadline, refuse_role
from task_dispatch.api.callers import refuse_faults, work_for
from task_dispatch.api.instants import Instant
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.domain.forms import form_errors
from task_dispatch.domain.kinds import Kind
from task_dispatch.domain.problem_catalogue import unknown_problem_items
from task_dispatch.domain.task_states import ENDED, STATE_ZH
from task_dispatch.making import Order
from task_dispatch.store import tasks

NO_PARK = UUID(int=0)


SUBJECT = (
    "subject_id", "subject_name_zh", "subject_name_en", "enterprise_id", "enterprise_name_zh", "longitude", "latitude",
)  # fmt: skip
"""What a task can be about."""


class SubjectForm(BaseModel):
    """What it is about, as far as it is known."""

    model_config = ConfigDict(extra="forbid")
    park_id: UUID | None = None
    subject_id: UUID | None = None
    subject_name_zh: str = Field("", max_length=200)
    subject_name_en: str = Field("", max_length=200)
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = Field("", max_length=200)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)

    def subject(self) -> dict[str, object]:
        """Return what was said of the subject; what was not said is left out."""
        return {name: value for name in SUBJECT if (value := getattr(self, name)) not in (None, "")}


class GivenForm(SubjectForm):
    """To whom it is given, how urgent, until when; with nobody it waits to be dispatched."""

    priority: AlarmLevel
    assignee: str | None = Field(None, min_length=1, max_length=100)
    assignee_name: str = Field("", max_length=100)
    assignee_role: Role | None = None
    due_at: Instant | None = None
    note: str = Field("", max_length=2000)


class TaskForm(GivenForm):
    """A new task. Without `due_at` it has the time its kind or priority gives; `details` answer the kind's order form."""

    title_zh: str = Field(min_length=1, max_length=200)
    title_en: str = Field("", max_length=200)
    kind: str = Field(max_length=60)
    alarm_id: UUID | None = None
    parent_id: UUID | None = None
    details: dict[str, Any] = Field(default_factory=dict)


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


async def kind_for(parts: Parts, tx: Connection, name: str, details: dict[str, Any]) -> Kind:
    """Return the kind in force whose order form the details answer. Raises Refused (422)."""
    kinds = await parts.book.in_force(tx)
    kind = kinds.get(name)
    if kind is None:
        raise Refused(
            "unknown-kind",
            f"没有任务类型 {name}",
            f"there is no kind of task {name!r}",
            status=422,
            errors=[{"where": "kind", "what": f"must be one of {', '.join(kinds)}"}],
        )
    faults = form_errors(kind.order_fields, details, where="details")
    faults = faults or unknown_problem_items(details, where="details")
    refuse_faults("order-incomplete", "派单信息不完整或有误", "the order is not complete", faults)
    return kind


def refuse_giving(form: GivenForm, who: Principal) -> None:
    """Raise Refused when the caller gives the task to somebody and may not."""
    if (form.assignee or form.assignee_role) and not who.allows("task:dispatch"):
        raise Refused("not-permitted", "没有权限: task:dispatch", "permission missing: task:dispatch", status=403)


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


def park_of(form: SubjectForm, who: Principal, known: UUID | None) -> UUID:
    """Return the park a task belongs to: as said, as known from its cause, else the caller's."""
    return form.park_id or known or who.park_id or NO_PARK


def _subject_of(parent: Task | None) -> dict[str, object]:
    if parent is None:
        return {}
    return {name: value for name in SUBJECT if (value := getattr(parent, name)) not in (None, "")}
