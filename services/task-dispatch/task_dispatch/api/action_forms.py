"""Bodies of POST /tasks/{id}/{action}: one form an action."""

from typing import Any, Literal

from park_schemas.codes import Role
from pydantic import BaseModel, ConfigDict, Field, model_validator

from task_dispatch.api.instants import Instant

ActionName = Literal[
    "dispatch",
    "sign",
    "arrive",
    "handle",
    "contribute",
    "report",
    "verify",
    "return",
    "refuse",
    "transfer",
    "join",
    "request-extension",
    "approve-extension",
    "reject-extension",
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


class CoWorkerForm(BaseModel):
    """Somebody who works on it beside the owner."""

    model_config = ConfigDict(extra="forbid")
    username: str = Field(min_length=1, max_length=100)
    name: str = Field("", max_length=100)


class AssigneeForm(NoteForm):
    """To one person, or to all of a role."""

    assignee: str | None = Field(None, min_length=1, max_length=100)
    assignee_name: str = Field("", max_length=100)
    assignee_role: Role | None = None
    due_at: Instant | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "AssigneeForm":
        if self.assignee is None and self.assignee_role is None:
            raise ValueError("assignee or assignee_role is needed")
        return self


class DispatchForm(AssigneeForm):
    """The owner, and who works on it beside them (a joint task)."""

    co_workers: list[CoWorkerForm] | None = Field(None, max_length=20)


class JoinForm(Form):
    """Who works on it beside the owner; an empty list: nobody."""

    co_workers: list[CoWorkerForm] = Field(max_length=20)


class TransferForm(ReasonForm):
    """To whom, why."""

    assignee: str = Field(min_length=1, max_length=100)
    assignee_name: str = Field("", max_length=100)


class ExtendForm(ReasonForm):
    """Until when, why."""

    due_at: Instant


class ArriveForm(Form):
    """Where, in degrees, when the phone knows."""

    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)

    def place(self) -> tuple[float, float] | None:
        """Return (longitude, latitude) when both are there."""
        if self.longitude is None or self.latitude is None:
            return None
        return self.longitude, self.latitude


class HandleForm(Form):
    """What was done."""

    measures: str = Field(min_length=1, max_length=4000)


class ContributeForm(Form):
    """What a co-worker did."""

    text: str = Field(min_length=1, max_length=4000)


class ReportForm(Form):
    """What was found, what was done, what it was."""

    findings_text: str = Field(min_length=1, max_length=4000)
    measures: str = Field("", max_length=4000)
    outcome: Literal["confirmed", "false-alarm", "equipment-fault", "other"]
    measured_value: str | float | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
