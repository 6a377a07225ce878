"""Makes tasks, whatever they come from: one way for alarms, plans, complaints, supervision orders and people."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel
from park_schemas.park_time import at_park

from task_dispatch.domain import life
from task_dispatch.domain.cells import cell_of
from task_dispatch.domain.clocks import report_deadline
from task_dispatch.domain.kinds import Kind
from task_dispatch.domain.policy import TaskPolicy, feedback_time
from task_dispatch.domain.work import Step
from task_dispatch.recording import Recorder
from task_dispatch.store import people, tasks


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be done, for whom, from where. `origin` is the table's word, `source` the contract's."""

    task_id: UUID
    kind: Kind
    origin: str
    source: str
    title_zh: str
    title_en: str
    priority: AlarmLevel
    park_id: UUID
    by: str
    due_at: datetime | None = None
    assignee: str | None = None
    assignee_name: str = ""
    assignee_role: str | None = None
    note: str = ""
    alarm: Alarm | None = None
    parent_id: UUID | None = None
    source_reference: str = ""
    source_key: str | None = None
    origin_zh: str = ""
    origin_en: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    subject: dict[str, Any] = field(default_factory=dict)
    """subject_id, subject_name_zh, subject_name_en, enterprise_id, enterprise_name_zh, longitude, latitude: what is known."""
    cause: UUID | None = None


class TaskMaker:
    """Makes and dispatches tasks in the caller's transaction."""

    def __init__(self, policy: TaskPolicy, recorder: Recorder) -> None:
        self._policy = policy
        self._recorder = recorder

    def due_at(self, kind: Kind, level: AlarmLevel, start: datetime) -> datetime:
        """Return when feedback is due: by the kind's own clock, else by the policy."""
        own = report_deadline(kind.clocks, level, start, self._recorder.calendar)
        return own or start + feedback_time(level, self._policy)

    async def make(self, tx: Connection, order: Order, at: datetime) -> Step:
        """Make the task, and dispatch it when it has an assignee or a role. Raises BadDeadline, UniqueViolationError."""
        made = await self._made(tx, order, at)
        steps = [made]
        if order.assignee or order.assignee_role:
            given = life.dispatched(
                made.work, assignee=order.assignee, name=order.assignee_name, role=order.assignee_role, due_at=None,
                note=order.note, by=order.by, now=at,
            )  # fmt: skip
            steps.append(given)
        return await self._recorder.record_new(
            tx, steps, origin=order.origin, source_key=order.source_key, cause=order.cause
        )

    async def _made(self, tx: Connection, order: Order, at: datetime) -> Step:
        alarm = order.alarm
        about = {
            "enterprise_id": alarm.enterprise_id if alarm else None,
            "longitude": alarm.longitude if alarm else None,
            "latitude": alarm.latitude if alarm else None,
            **order.subject,
        }
        cells = await people.cells(tx)
        return life.created(
            task_id=order.task_id,
            number=await tasks.next_number(tx, at_park(at).date()),
            park_id=order.park_id,
            kind=order.kind.kind,
            kind_version=order.kind.version,
            title_zh=order.title_zh,
            title_en=order.title_en,
            priority=order.priority,
            due_at=order.due_at or self.due_at(order.kind, order.priority, at),
            by=order.by,
            now=at,
            alarm=alarm,
            details=order.details,
            clock_rules=order.kind.clocks,
            unannounced=order.kind.unannounced,
            origin_zh=order.origin_zh,
            origin_en=order.origin_en,
            source=order.source,
            source_reference=order.source_reference,
            parent_id=order.parent_id,
            cell=cell_of(cells, about["enterprise_id"], about["longitude"], about["latitude"]),
            **order.subject,
        )
