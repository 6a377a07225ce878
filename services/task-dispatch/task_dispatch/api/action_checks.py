"""What is refused of an action beside its state: roles, deadlines, co-workers, reports that are not complete."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_schemas.codes import Role

from task_dispatch.api.action_forms import (
    CoWorkerForm,
    ReportForm,
)  # fmt: skip
from task_dispatch.api.callers import as_errors
from task_dispatch.domain import life
from task_dispatch.domain.actions import Actor
from task_dispatch.domain.forms import FormError, form_errors
from task_dispatch.domain.kinds import Kind, photos_missing
from task_dispatch.domain.problem_catalogue import unknown_problem_items
from task_dispatch.domain.work import CoWorker, Work
from task_dispatch.store import evidence


@dataclass(frozen=True)
class Call:
    """One request: the locked work, who acts, when, the kind the task was made with, and the transaction."""

    work: Work
    actor: Actor
    at: datetime
    tx: Connection
    kind: Kind | None


class GivenToRole(Protocol):
    """A form that may name a role."""

    assignee_role: Role | None


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


def co_workers(people: list[CoWorkerForm], work: Work) -> list[CoWorker]:
    """Return who is to work beside the owner. Raises Refused (422) for the owner, and for who stands twice."""
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


async def refuse_incomplete(call: Call, form: ReportForm, kind: Kind) -> None:
    """Raise Refused (422) with everything that the report lacks by its kind."""
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
