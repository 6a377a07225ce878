"""What people do to tasks: POST /tasks/{id}/{action}. One form and one short function an action, in one table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Response
from fastapi.exceptions import RequestValidationError
from msgspec.structs import replace
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_schemas.codes import Role
from park_schemas.identifiers import uuid7
from pydantic import ValidationError

from task_dispatch.api.action_forms import (
    ActionName,
    ArriveForm,
    ContributeForm,
    CoWorkerForm,
    DispatchForm,
    ExtendForm,
    Form,
    HandleForm,
    JoinForm,
    NoteForm,
    ReasonForm,
    ReportForm,
    TransferForm,
)  # fmt: skip
from task_dispatch.api.callers import actor_for, as_errors, refuse_other_version, refuse_unless_allowed, work_for
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.domain.actions import Actor, Around
from task_dispatch.domain.forms import FormError, form_errors
from task_dispatch.domain.kinds import Kind, photos_missing
from task_dispatch.domain.problem_catalogue import unknown_problem_items
from task_dispatch.domain.work import CoWorker, Step, Work
from task_dispatch.store import evidence, tasks


class GivenToRole(Protocol):
    """A form that may name a role."""

    assignee_role: Role | None


@dataclass(frozen=True)
class Call:
    """One request: the locked work, who acts, when, the kind the task was made with, and the transaction."""

    work: Work
    actor: Actor
    at: datetime
    tx: Connection
    kind: Kind | None


async def _dispatch(call: Call, form: DispatchForm) -> list[Step]:
    refuse_role(call.kind, form)
    role = form.assignee_role.value if form.assignee_role else None
    given = life.dispatched(
        call.work, assignee=form.assignee, name=form.assignee_name, role=role, due_at=form.due_at, note=form.note,
        by=call.actor.username, now=call.at,
    )  # fmt: skip
    if form.co_workers is None:
        return [given]
    people = _co_workers(form.co_workers, given.work)
    return [given, life.joined(given.work, co_workers=people, by=call.actor.username, now=call.at)]


async def _sign(call: Call, _: Form) -> list[Step]:
    return [life.signed(call.work, by=call.actor.username, name=call.actor.display_name, now=call.at)]


async def _arrive(call: Call, form: ArriveForm) -> list[Step]:
    return [life.arrived(call.work, by=call.actor.username, place=form.place(), now=call.at)]


async def _handle(call: Call, form: HandleForm) -> list[Step]:
    return [life.handled(call.work, by=call.actor.username, measures=form.measures, now=call.at)]


async def _contribute(call: Call, form: ContributeForm) -> list[Step]:
    who = call.actor
    return [life.contributed(call.work, by=who.username, name=who.display_name, text=form.text, now=call.at)]


async def _report(call: Call, form: ReportForm) -> list[Step]:
    if call.kind is not None:
        await _refuse_incomplete(call, form, call.kind)
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
    return [step]


async def _verify(call: Call, form: NoteForm) -> list[Step]:
    return [life.verified(call.work, by=call.actor.username, note=form.note, now=call.at)]


async def _close(call: Call, form: NoteForm) -> list[Step]:
    return [life.closed(call.work, by=call.actor.username, note=form.note, now=call.at)]


async def _transfer(call: Call, form: TransferForm) -> list[Step]:
    return [
        life.transferred(
            call.work, assignee=form.assignee, name=form.assignee_name, reason=form.reason, by=call.actor.username,
            now=call.at,
        )
    ]  # fmt: skip


async def _join(call: Call, form: JoinForm) -> list[Step]:
    people = _co_workers(form.co_workers, call.work)
    return [life.joined(call.work, co_workers=people, by=call.actor.username, now=call.at)]


async def _request_extension(call: Call, form: ExtendForm) -> list[Step]:
    return [
        life.extension_requested(call.work, due_at=form.due_at, reason=form.reason, by=call.actor.username, now=call.at)
    ]


async def _approve_extension(call: Call, form: NoteForm) -> list[Step]:
    return [life.extension_approved(call.work, note=form.note, by=call.actor.username, now=call.at)]


async def _reject_extension(call: Call, form: ReasonForm) -> list[Step]:
    return [life.extension_rejected(call.work, reason=form.reason, by=call.actor.username, now=call.at)]


async def _extend(call: Call, form: ExtendForm) -> list[Step]:
    return [life.extended(call.work, due_at=form.due_at, reason=form.reason, by=call.actor.username, now=call.at)]


async def _urge(call: Call, form: NoteForm) -> list[Step]:
    return [life.plain(call.work, "urged", by=call.actor.username, reason=form.note, now=call.at)]


async def _return(call: Call, form: ReasonForm) -> list[Step]:
    return [life.plain(call.work, "returned", by=call.actor.username, reason=form.reason, now=call.at)]


async def _refuse(call: Call, form: ReasonForm) -> list[Step]:
    return [
        life.plain(
            call.work, "refused", by=call.actor.username, reason=form.reason, now=call.at,
            assignee=None, assignee_name="", assignee_role=None,
        )
    ]  # fmt: skip


async def _cancel(call: Call, form: ReasonForm) -> list[Step]:
    return [life.plain(call.work, "cancelled", by=call.actor.username, reason=form.reason, now=call.at)]


FORMS: dict[ActionName, tuple[type[Form], Callable[[Call, Any], Awaitable[list[Step]]]]] = {
    "dispatch": (DispatchForm, _dispatch),
    "sign": (NoteForm, _sign),
    "arrive": (ArriveForm, _arrive),
    "handle": (HandleForm, _handle),
    "contribute": (ContributeForm, _contribute),
    "report": (ReportForm, _report),
    "verify": (NoteForm, _verify),
    "return": (ReasonForm, _return),
    "refuse": (ReasonForm, _refuse),
    "transfer": (TransferForm, _transfer),
    "join": (JoinForm, _join),
    "request-extension": (ExtendForm, _request_extension),
    "approve-extension": (NoteForm, _approve_extension),
    "reject-extension": (ReasonForm, _reject_extension),
    "extend": (ExtendForm, _extend),
    "urge": (NoteForm, _urge),
    "close": (NoteForm, _close),
    "cancel": (ReasonForm, _cancel),
}


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


def bad_deadline(error: life.BadDeadline) -> Refused:
    """Return the answer to a deadline that cannot be."""
    return Refused("bad-deadline", error.zh, error.en, status=422, errors=[{"where": "due_at", "what": error.en}])


def refuse_role(kind: Kind | None, form: "GivenToRole") -> None:
    """Raise Refused when a task of the kind is not for the role."""
    if kind is None or form.assignee_role is None or form.assignee_role in kind.work_by:
        return
    roles = ", ".join(role.value for role in kind.work_by)
    raise Refused(
        "not-for-this-role",
        f"{kind.name_zh}不能派发给该角色, 只能派发给 {roles}",
        f"a task of the kind {kind.kind!r} is not for {form.assignee_role.value}",
        status=422,
        errors=[{"where": "assignee_role", "what": f"must be one of {roles}"}],
    )


def _carry(step: Step, before: Step) -> Step:
    """Return a second step of one action with the clocks that the first has started."""
    work = replace(step.work, clocks=before.work.clocks)
    return Step(step.event, work, step.at, step.who, step.detail_zh, step.detail_en, step.announced)


def _co_workers(people: list[CoWorkerForm], work: Work) -> list[CoWorker]:
    named = [CoWorker(one.username, one.name or one.username) for one in people]
    names = [one.username for one in named]
    faults = [
        {"where": f"co_workers.{number}", "what": "is the owner" if name == work.task.assignee else "stands twice"}
        for number, name in enumerate(names)
        if name == work.task.assignee or name in names[:number]
    ]
    if faults:
        raise Refused("bad-co-workers", "协办人有误", "the co-workers are wrong", status=422, errors=faults)
    return named


async def _refuse_incomplete(call: Call, form: ReportForm, kind: Kind) -> None:
    faults = form_errors(kind.fields, form.fields)
    if not faults:
        faults += unknown_problem_items(form.fields, where="fields")
    present = await evidence.counts_by_media(call.tx, call.work.task.task_id)
    missing = photos_missing(kind, call.work.task.priority, present.get("photo", 0))
    if missing:
        en = f"{missing} more photo(s) needed: POST /tasks/{{id}}/evidence"
        faults.append(FormError("evidence", en, f"还需上传 {missing} 张照片"))
    for media, count in kind.evidence.items():
        if (lacking := count - present.get(media, 0)) > 0:
            faults.append(
                FormError(f"evidence.{media}", f"{lacking} more of {media} needed", f"还缺 {lacking} 份{media}")
            )
    if faults:
        zh = "; ".join(fault.what_zh for fault in faults if fault.what_zh)
        raise Refused(
            "report-incomplete", f"反馈不完整: {zh}", "the report is not complete", status=422, errors=as_errors(faults)
        )


def _read_form(form_class: type[Form], body: dict[str, Any]) -> Form:
    try:
        return form_class.model_validate(body)
    except ValidationError as error:
        located = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors(include_url=False)]
        raise RequestValidationError(located) from error
