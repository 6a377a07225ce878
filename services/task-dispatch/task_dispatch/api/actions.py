"""What people do to tasks: POST /tasks/{id}/{action}. One form and one short function an action, in one table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Response
from fastapi.exceptions import RequestValidationError
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_schemas.codes import Role
from park_schemas.identifiers import uuid7
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from task_dispatch.api.callers import actor_of, refuse_other_version, refuse_unless_allowed, work_for
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.domain.actions import Actor
from task_dispatch.domain.kinds import Kind, form_errors, photos_missing
from task_dispatch.domain.work import Step, Work
from task_dispatch.recording import record
from task_dispatch.store import evidence, tasks

ActionName = Literal[
    "dispatch",
    "sign",
    "arrive",
    "report",
    "verify",
    "return",
    "refuse",
    "transfer",
    "extend",
    "urge",
    "close",
    "cancel",
]


class Form(BaseModel):
    """`version`, when given, must be the task's present one."""

    model_config = ConfigDict(extra="forbid")
    version: int | None = Field(None, ge=1)


class NoteForm(Form):
    """A note if there is something to say."""

    note: str = Field("", max_length=2000)


class ReasonForm(Form):
    """A reason is needed."""

    reason: str = Field(min_length=1, max_length=2000)


class DispatchForm(NoteForm):
    """To one person, or to all of a role."""

    assignee: str | None = Field(None, min_length=1, max_length=100)
    assignee_name: str = Field("", max_length=100)
    assignee_role: Role | None = None
    due_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "DispatchForm":
        if self.assignee is None and self.assignee_role is None:
            raise ValueError("assignee or assignee_role is needed")
        return self


class TransferForm(ReasonForm):
    """To whom, why."""

    assignee: str = Field(min_length=1, max_length=100)
    assignee_name: str = Field("", max_length=100)


class ExtendForm(ReasonForm):
    """Until when, why."""

    due_at: AwareDatetime


class ArriveForm(Form):
    """Where, in degrees, when the phone knows."""

    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)

    def place(self) -> tuple[float, float] | None:
        """Return (longitude, latitude) when both are there."""
        if self.longitude is None or self.latitude is None:
            return None
        return self.longitude, self.latitude


class ReportForm(Form):
    """What was found, what was done, what it was."""

    findings_text: str = Field(min_length=1, max_length=4000)
    measures: str = Field("", max_length=4000)
    outcome: Literal["confirmed", "false-alarm", "equipment-fault", "other"]
    measured_value: str | float | None = None
    fields: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request: the locked work, who acts, when, and the database for what belongs to the step."""

    work: Work
    actor: Actor
    at: datetime
    tx: Connection
    kinds: dict[str, Kind]


async def _dispatch(call: Call, form: DispatchForm) -> Step:
    role = form.assignee_role.value if form.assignee_role else None
    return life.dispatched(
        call.work, assignee=form.assignee, name=form.assignee_name, role=role, due_at=form.due_at, note=form.note,
        by=call.actor.username, now=call.at,
    )  # fmt: skip


async def _sign(call: Call, _: Form) -> Step:
    return life.signed(call.work, by=call.actor.username, name=call.actor.display_name, now=call.at)


async def _arrive(call: Call, form: ArriveForm) -> Step:
    return life.arrived(call.work, by=call.actor.username, place=form.place(), now=call.at)


async def _report(call: Call, form: ReportForm) -> Step:
    task = call.work.task
    kind = call.kinds.get(task.kind)
    if kind is not None:
        await _refuse_incomplete(call, form, kind)
    note = "; ".join(filter(None, (form.findings_text, form.measures)))
    step = life.reported(call.work, by=call.actor.username, outcome=form.outcome, note=note, now=call.at)
    report = form.model_dump(exclude={"version"})
    if form.measured_value is not None:
        report["measured_value"] = str(form.measured_value)
    await tasks.insert_report(
        call.tx,
        uuid7(),
        step.work.task,
        at=call.at,
        by=call.actor.username,
        name=call.actor.display_name,
        report=report,
    )
    return step


async def _verify(call: Call, form: NoteForm) -> Step:
    return life.verified(call.work, by=call.actor.username, note=form.note, now=call.at)


async def _close(call: Call, form: NoteForm) -> Step:
    return life.closed(call.work, by=call.actor.username, note=form.note, now=call.at)


async def _transfer(call: Call, form: TransferForm) -> Step:
    return life.transferred(
        call.work,
        assignee=form.assignee,
        name=form.assignee_name,
        reason=form.reason,
        by=call.actor.username,
        now=call.at,
    )


async def _extend(call: Call, form: ExtendForm) -> Step:
    return life.extended(call.work, due_at=form.due_at, reason=form.reason, by=call.actor.username, now=call.at)


async def _urge(call: Call, form: NoteForm) -> Step:
    return life.plain(call.work, "urged", by=call.actor.username, reason=form.note, now=call.at)


async def _return(call: Call, form: ReasonForm) -> Step:
    return life.plain(call.work, "returned", by=call.actor.username, reason=form.reason, now=call.at)


async def _refuse(call: Call, form: ReasonForm) -> Step:
    return life.plain(
        call.work, "refused", by=call.actor.username, reason=form.reason, now=call.at,
        assignee=None, assignee_name="", assignee_role=None,
    )  # fmt: skip


async def _cancel(call: Call, form: ReasonForm) -> Step:
    return life.plain(call.work, "cancelled", by=call.actor.username, reason=form.reason, now=call.at)


FORMS: dict[ActionName, tuple[type[Form], Callable[[Call, Any], Awaitable[Step]]]] = {
    "dispatch": (DispatchForm, _dispatch),
    "sign": (NoteForm, _sign),
    "arrive": (ArriveForm, _arrive),
    "report": (ReportForm, _report),
    "verify": (NoteForm, _verify),
    "return": (ReasonForm, _return),
    "refuse": (ReasonForm, _refuse),
    "transfer": (TransferForm, _transfer),
    "extend": (ExtendForm, _extend),
    "urge": (NoteForm, _urge),
    "close": (NoteForm, _close),
    "cancel": (ReasonForm, _cancel),
}


def router(database: Database, kinds: dict[str, Kind]) -> APIRouter:
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
        form_class, do = FORMS[action]
        form = _read_form(form_class, body or {})

        async def work() -> Response:
            held = await work_for(tx, task_id, who, lock=True)
            refuse_other_version(held, form.version)
            refuse_unless_allowed(action, held, actor_of(who))
            try:
                step = await do(Call(held, actor_of(who), now(), tx, kinds), form)
            except life.BadDeadline as error:
                raise bad_deadline(error) from error
            await record(tx, step)
            return json_response(step.work.task)

        async with database.transaction() as tx:
            return await once(tx, who, key, request_hash(str(task_id), action, form.model_dump_json()), work)

    return routes


def bad_deadline(error: life.BadDeadline) -> Refused:
    """Return the answer to a deadline that cannot be."""
    return Refused("bad-deadline", error.zh, error.en, status=422, errors=[{"where": "due_at", "what": error.en}])


async def _refuse_incomplete(call: Call, form: ReportForm, kind: Kind) -> None:
    errors = [{"where": error.where, "what": error.what} for error in form_errors(kind, form.fields)]
    missing = photos_missing(kind, call.work.task.priority, await evidence.photos_of(call.tx, call.work.task.task_id))
    if missing:
        errors.append({"where": "evidence", "what": f"{missing} more photo(s) needed: POST /tasks/{{id}}/evidence"})
    if errors:
        raise Refused(
            "report-incomplete",
            "反馈不完整" + (f", 还需上传 {missing} 张照片" if missing else ""),
            "the report is not complete",
            status=422,
            errors=errors,
        )


def _read_form(form_class: type[Form], body: dict[str, Any]) -> Form:
    try:
        return form_class.model_validate(body)
    except ValidationError as error:
        located = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors(include_url=False)]
        raise RequestValidationError(located) from error
