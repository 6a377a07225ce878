"""Tasks: work with an owner and a deadline. Only task-dispatch makes them. Key: task id."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from park_schemas.codes import AlarmLevel, TaskState


class Task(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole task after a change; `version` rises by one with each. All times are instants."""

    task_id: UUID
    version: int
    number: str
    """For people: TK-YYYYMMDD-NNNN."""
    park_id: UUID
    kind: str
    """exceedance-check, inspection ... : the task type's stable name."""
    state: TaskState
    title_zh: str
    title_en: str
    priority: AlarmLevel
    created_at: datetime
    changed_at: datetime
    due_at: datetime
    created_by: str
    overdue: bool = False
    alarm_id: UUID | None = None
    subject_id: UUID | None = None
    subject_name_zh: str = ""
    subject_name_en: str = ""
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = ""
    assignee: str | None = None
    assignee_name: str = ""
    assignee_role: str | None = None
    """While nobody has signed: the role whose members may; absent once there is an assignee."""
    outcome: str | None = None
    """Set when closed: confirmed, false-alarm, equipment-fault, other."""
    outcome_note: str = ""
    verified_by: str | None = None
    closed_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None
    kind_version: int = 1
    """The version of the kind that the task was made with and keeps."""
    source: str = ""
    """Where it came from: alarm, plan, complaint, supervision, manual, sub-task; empty in events of earlier releases: unknown."""
    source_reference: str = ""
    """Number of the supervision order, code of the plan."""
    parent_id: UUID | None = None
    """The task it is a part of; that one closes only when all its parts have ended."""
    co_assignees: list[str] = []
    """Who works on it beside `assignee`, who leads."""
    cell: str = ""
    """Grid cell (网格) it lies in."""
    missed: list[str] = []
    """Steps whose clock has run out: sign, arrive, handle, report, verify, close."""
    extension_until: datetime | None = None
    """The deadline the owner has asked for and nobody has decided on yet."""
    withheld: bool = False
    """An unannounced inspection that has not begun: the enterprise it is about must not be shown it. Ends with the arrival."""
