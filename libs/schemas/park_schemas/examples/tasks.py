"""Examples of tasks."""

from msgspec import Struct
from msgspec.structs import replace

from park_schemas.codes import (
    AlarmLevel,
    TaskState,
)
from park_schemas.examples.people_and_times import ALARM, AT, ENTERPRISE, PARK, POINT, TASK, later
from park_schemas.tasks import Task

CREATED = Task(
    task_id=TASK,
    version=1,
    number="TK-20260301-0001",
    park_id=PARK,
    kind="exceedance-check",
    state=TaskState.CREATED,
    title_zh="核查 一号废水总排口 化学需氧量超标",
    title_en="Check COD over its limit at waste water outlet 1",
    priority=AlarmLevel.ORANGE,
    created_at=AT,
    changed_at=AT,
    due_at=later(240),
    created_by="system",
    alarm_id=ALARM,
    subject_id=POINT,
    subject_name_zh="一号废水总排口",
    subject_name_en="Waste water outlet 1",
    enterprise_id=ENTERPRISE,
    enterprise_name_zh="示例化工有限公司",
    longitude=120.6012,
    latitude=31.3044,
)


def task(version: int, state: TaskState, **changes: object) -> Task:
    """Return a later version of the task, with its owner."""
    owned: dict[str, object] = {"assignee": "inspector", "assignee_name": "网格员 王磊"}
    changed: Task = replace(CREATED, version=version, state=state, changed_at=later(version), **{**owned, **changes})
    return changed


UNANNOUNCED = replace(
    CREATED, kind="inspection", title_zh="现场检查 示例化工有限公司", title_en="Inspection of Example Chemicals", alarm_id=None,
    subject_id=None, subject_name_zh="", subject_name_en="", source="plan", withheld=True,
)  # fmt: skip

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    "tasks.task.created": (CREATED, UNANNOUNCED),
    "tasks.task.dispatched": (task(2, TaskState.DISPATCHED),),
    "tasks.task.signed": (task(3, TaskState.SIGNED),),
    "tasks.task.arrived": (task(4, TaskState.ON_SITE),),
    "tasks.task.handled": (task(5, TaskState.HANDLED, source="alarm", kind_version=2, cell="A-03"),),
    "tasks.task.reported": (task(5, TaskState.REPORTED),),
    "tasks.task.verified": (task(6, TaskState.VERIFIED, verified_by="officer"),),
    "tasks.task.returned": (task(6, TaskState.RETURNED),),
    "tasks.task.refused": (task(3, TaskState.REFUSED),),
    "tasks.task.transferred": (task(4, TaskState.DISPATCHED, assignee="inspector2", assignee_name="网格员 李敏"),),
    "tasks.task.joined": (task(4, TaskState.SIGNED, co_assignees=["inspector2"]),),
    "tasks.task.extension-requested": (task(5, TaskState.ON_SITE, extension_until=later(900)),),
    "tasks.task.extension-rejected": (task(6, TaskState.ON_SITE),),
    "tasks.task.extended": (task(5, TaskState.SIGNED, due_at=later(600)),),
    "tasks.task.urged": (task(5, TaskState.SIGNED),),
    "tasks.task.overdue": (task(5, TaskState.SIGNED, overdue=True), task(5, TaskState.SIGNED, missed=["arrive"])),
    "tasks.task.closed": (
        task(
            7, TaskState.CLOSED, verified_by="officer", outcome="confirmed", outcome_note="已整改", closed_at=later(7)
        ),
    ),
    "tasks.task.cancelled": (task(2, TaskState.CANCELLED, outcome_note="重复派单", closed_at=later(2)),),
}
