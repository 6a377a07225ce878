"""A person makes a task, from an alarm or of their own."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, Role
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from task_dispatch.api.actions import bad_deadline
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.domain.kinds import Kind
from task_dispatch.domain.policy import TaskPolicy, feedback_time
from task_dispatch.domain.work import Step
from task_dispatch.recording import record_new
from task_dispatch.store import tasks

NO_PARK = UUID(int=0)


class TaskForm(BaseModel):
    """A new task. Without `due_at` it has the time its priority gives; with an assignee or a role it is dispatched at once."""

    model_config = ConfigDict(extra="forbid")
    title_zh: str = Field(min_length=1, max_length=200)
    title_en: str = Field("", max_length=200)
    kind: str = Field(max_length=60)
    priority: AlarmLevel
    assignee: str | None = Field(None, min_length=1, max_length=100)
    assignee_name: str = Field("", max_length=100)
    assignee_role: Role | None = None
    due_at: AwareDatetime | None = None
    note: str = Field("", max_length=2000)
    alarm_id: UUID | None = None
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
        names = ("subject_id", "subject_name_zh", "subject_name_en", "enterprise_id", "enterprise_name_zh",
                 "longitude", "latitude")  # fmt: skip
        return {name: value for name in names if (value := getattr(self, name)) not in (None, "")}


def router(database: Database, kinds: dict[str, Kind], policy: TaskPolicy) -> APIRouter:
    """Return the route that makes tasks."""
    routes = APIRouter(tags=["tasks"])

    @routes.post("/tasks", status_code=201)
    async def create_task(
        form: TaskForm, who: Annotated[Principal, Depends(require("task:create"))], key: IdempotencyKey = None
    ) -> Response:
        _refuse_unknown(form, kinds, who)

        async def make() -> Response:
            alarm = await _alarm_of(tx, form.alarm_id)
            try:
                steps = await _steps(tx, form, alarm, who, policy)
            except life.BadDeadline as error:
                raise bad_deadline(error) from error
            await record_new(tx, steps, origin="person")
            return json_response(steps[-1].work.task, 201)

        try:
            async with database.transaction() as tx:
                return await once(tx, who, key, request_hash("POST /tasks", form.model_dump_json()), make)
        except asyncpg.UniqueViolationError as error:
            raise Refused(
                "alarm-has-task", "该告警已有未办结的任务", "the alarm has an open task already", alarm_id=form.alarm_id
            ) from error

    return routes


def _refuse_unknown(form: TaskForm, kinds: dict[str, Kind], who: Principal) -> None:
    if form.kind not in kinds:
        raise Refused(
            "unknown-kind",
            f"没有任务类型 {form.kind}",
            f"there is no kind of task {form.kind!r}",
            status=422,
            errors=[{"where": "kind", "what": f"must be one of {', '.join(kinds)}"}],
        )
    if (form.assignee or form.assignee_role) and not who.allows("task:dispatch"):
        raise Refused("not-permitted", "没有权限: task:dispatch", "permission missing: task:dispatch", status=403)


async def _alarm_of(tx: Connection, alarm_id: UUID | None) -> Alarm | None:
    if alarm_id is None:
        return None
    alarm = await tasks.alarm_seen(tx, alarm_id)
    if alarm is None:
        raise NotFound("告警", "alarm", alarm_id)
    return alarm


async def _steps(tx: Connection, form: TaskForm, alarm: Alarm | None, who: Principal, policy: TaskPolicy) -> list[Step]:
    at = now()
    made = life.created(
        task_id=uuid7(),
        number=await tasks.next_number(tx, at_park(at).date()),
        park_id=form.park_id or (alarm.park_id if alarm else who.park_id) or NO_PARK,
        kind=form.kind,
        title_zh=form.title_zh,
        title_en=form.title_en,
        priority=form.priority,
        due_at=form.due_at or at + feedback_time(form.priority, policy),
        by=who.username,
        now=at,
        alarm=alarm,
        **form.subject(),
    )
    if not (form.assignee or form.assignee_role):
        return [made]
    given = life.dispatched(
        made.work,
        assignee=form.assignee,
        name=form.assignee_name,
        role=form.assignee_role.value if form.assignee_role else None,
        due_at=None,
        note=form.note,
        by=who.username,
        now=at,
    )
    return [made, given]
