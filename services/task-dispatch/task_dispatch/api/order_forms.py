"""What a task is made from: forms, the kind they are for, the park they belong to."""

from typing import Any
from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_schemas.codes import AlarmLevel, Role
from pydantic import BaseModel, ConfigDict, Field

from task_dispatch.api.callers import refuse_faults
from task_dispatch.api.instants import Instant
from task_dispatch.api.parts import Parts
from task_dispatch.domain.forms import form_errors
from task_dispatch.domain.kinds import Kind
from task_dispatch.domain.problem_catalogue import unknown_problem_items

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


def park_of(form: SubjectForm, who: Principal, known: UUID | None) -> UUID:
    """Return the park a task belongs to: as said, as known from its cause, else the caller's."""
    return form.park_id or known or who.park_id or NO_PARK
