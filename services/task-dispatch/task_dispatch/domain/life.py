"""What happens to a task: each function takes the work and returns the step. Pure.

Invariants (tests/test_task_life_model.py): the version rises by one with each announced step; an ended task never changes;
nobody who worked on a task verifies it; a task that is dispatched has an owner or a role.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, TaskState
from park_schemas.park_time import at_park
from park_schemas.tasks import Task

from task_dispatch.domain.kinds import OUTCOME_ZH
from task_dispatch.domain.task_states import EVENT_ZH, next_state
from task_dispatch.domain.work import Step, Work, with_task

SYSTEM = "system"
ROLE_ZH = {"officer": "值班员", "inspector": "网格员", "enterprise": "企业环保员", "administrator": "管理员"}
LEVEL_ZH = {
    AlarmLevel.BLUE: "蓝色",
    AlarmLevel.YELLOW: "黄色",
    AlarmLevel.ORANGE: "橙色",
    AlarmLevel.RED: "红色",
}


class BadDeadline(Exception):
    """The new deadline is not a sensible one; zh and en say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def created(
    *,
    task_id: UUID,
    number: str,
    park_id: UUID,
    kind: str,
    title_zh: str,
    title_en: str,
    priority: AlarmLevel,
    due_at: datetime,
    by: str,
    now: datetime,
    alarm: Alarm | None = None,
    **subject: Any,
) -> Step:
    """Make a task; what it is about comes from the alarm, or from `subject`. Raises BadDeadline."""
    if due_at <= now:
        raise BadDeadline("期限必须晚于当前时间", "the deadline must lie in the future")
    task = Task(
        task_id=task_id,
        version=1,
        number=number,
        park_id=park_id,
        kind=kind,
        state=TaskState.CREATED,
        title_zh=title_zh,
        title_en=title_en or title_zh,
        priority=priority,
        created_at=now,
        changed_at=now,
        due_at=due_at,
        created_by=by,
        **({**_subject_of(alarm), **subject} if alarm else subject),
    )
    origin_zh = f", 来自告警 {alarm.number}" if alarm else ""
    origin_en = f" from alarm {alarm.number}" if alarm else ""
    return Step("created", Work(task=task), now, by, f"创建任务{origin_zh}", f"made{origin_en}")


def dispatched(
    work: Work, *, assignee: str | None, name: str, role: str | None, due_at: datetime | None, note: str, by: str,
    now: datetime,
) -> Step:  # fmt: skip
    """Give it to an owner, or to all of a role. Raises NotAllowed, BadDeadline."""
    moved = {} if due_at is None else _deadline(due_at, now)
    whom_zh = name or assignee or ROLE_ZH.get(role or "", f"角色 {role}")
    whom_en = name or assignee or f"role {role}"
    return _step(
        work, "dispatched", now, by, _noted(f"派发给{whom_zh}", note), _noted(f"given to {whom_en}", note),
        assignee=assignee, assignee_name=name, assignee_role=None if assignee else role, **moved,
    )  # fmt: skip


def signed(work: Work, *, by: str, name: str, now: datetime) -> Step:
    """The owner takes it; one of a role becomes the owner."""
    return _step(_with_handler(work, by), "signed", now, by, f"{name} 签收", f"signed by {name}",
                 assignee=by, assignee_name=name, assignee_role=None)  # fmt: skip


def arrived(work: Work, *, by: str, place: tuple[float, float] | None, now: datetime) -> Step:
    """The owner is on site; `place` is (longitude, latitude) in degrees."""
    where = f" ({place[0]:.5f}, {place[1]:.5f})" if place else ""
    return _step(_with_handler(work, by), "arrived", now, by, f"到达现场{where}", f"on site{where}")


def attached(work: Work, *, by: str, kind: str, sha256: str, now: datetime) -> Step:
    """Evidence was added; the task itself keeps its version."""
    next_state(work.task.state, "attached")
    return Step("attached", _with_handler(work, by), now, by, f"上传{kind} {sha256[:12]}", f"{kind} {sha256[:12]} added",
                announced=False)  # fmt: skip


def reported(work: Work, *, by: str, outcome: str, note: str, now: datetime) -> Step:
    """The owner says what was found and done."""
    step = _step(
        _with_handler(work, by), "reported", now, by,
        _noted(f"反馈: {OUTCOME_ZH.get(outcome, outcome)}", note), _noted(f"reported: {outcome}", note),
    )  # fmt: skip
    answered = replace(step.work, reported_outcome=outcome, reported_note=note)
    return Step(step.event, answered, step.at, step.who, step.detail_zh, step.detail_en)


def verified(work: Work, *, by: str, note: str, now: datetime) -> Step:
    """Another person than the handlers found the report good."""
    return _step(work, "verified", now, by, _noted("核验通过", note), _noted("verified", note), verified_by=by)


def closed(work: Work, *, by: str, note: str, now: datetime) -> Step:
    """Close with the outcome of the verified report; this is what answers the alarm."""
    outcome = work.reported_outcome or "other"
    return _step(
        work, "closed", now, by, _noted(f"办结: {OUTCOME_ZH.get(outcome, outcome)}", note),
        _noted(f"closed: {outcome}", note),
        outcome=outcome, outcome_note=work.reported_note, closed_at=now, overdue=False,
    )  # fmt: skip


def transferred(work: Work, *, assignee: str, name: str, reason: str, by: str, now: datetime) -> Step:
    """Hand it to another owner."""
    whom = name or assignee
    return _step(
        work, "transferred", now, by, f"转办给 {whom}: {reason}", f"handed to {whom}: {reason}",
        assignee=assignee, assignee_name=name, assignee_role=None,
    )  # fmt: skip


def extended(work: Work, *, due_at: datetime, reason: str, by: str, now: datetime) -> Step:
    """Move the deadline later. Raises BadDeadline when it would not be later."""
    if due_at <= work.task.due_at:
        raise BadDeadline("新期限必须晚于原期限", "the new deadline must be later than the present one")
    moved = _deadline(due_at, now)
    text = at_park(due_at).strftime("%Y-%m-%d %H:%M")
    return _step(work, "extended", now, by, f"延期至 {text}: {reason}", f"deadline moved to {text}: {reason}", **moved)


def hastened(work: Work, *, level: AlarmLevel, due_at: datetime, now: datetime) -> Step:
    """The alarm has risen: more urgent, and the deadline not later than the new level's."""
    return _step(
        work, "hastened", now, SYSTEM, f"告警升为{LEVEL_ZH[level]}, 任务加急", f"the alarm rose to {level.value}",
        priority=level, due_at=min(work.task.due_at, due_at),
    )  # fmt: skip


def plain(work: Work, event: str, *, by: str, reason: str, now: datetime, **changes: Any) -> Step:
    """Any step that needs only its reason: returned, refused, urged, cancelled, overdue."""
    zh = EVENT_ZH[event]
    return _step(work, event, now, by, _noted(zh, reason), _noted(event, reason), **changes)


def _step(work: Work, event: str, now: datetime, by: str, zh: str, en: str, **changes: Any) -> Step:
    state = next_state(work.task.state, event)
    after = with_task(work, state=state, version=work.task.version + 1, changed_at=now, **changes)
    return Step(event, after, now, by, zh, en)


def _deadline(due_at: datetime, now: datetime) -> dict[str, Any]:
    if due_at <= now:
        raise BadDeadline("期限必须晚于当前时间", "the deadline must lie in the future")
    return {"due_at": due_at, "overdue": False}


def _with_handler(work: Work, by: str) -> Work:
    return work if by in work.handlers else replace(work, handlers=[*work.handlers, by])


def _noted(text: str, note: str) -> str:
    return f"{text}: {note}" if note else text


def _subject_of(alarm: Alarm) -> dict[str, Any]:
    return {
        "alarm_id": alarm.alarm_id,
        "subject_id": alarm.subject_id,
        "subject_name_zh": alarm.subject_name_zh,
        "subject_name_en": alarm.subject_name_en,
        "enterprise_id": alarm.enterprise_id,
        "enterprise_name_zh": alarm.enterprise_name_zh,
        "longitude": alarm.longitude,
        "latitude": alarm.latitude,
    }
