"""What happens to a task: each function takes the work and returns the step. Pure.

Invariants (tests/test_task_life_model.py): the version rises by one with each announced step; an ended task never changes;
nobody who worked on a task verifies it; a task that is dispatched has an owner or a role; a request for a later deadline is
decided once, by another person.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, Role, TaskState
from park_schemas.park_time import at_park
from park_schemas.tasks import Task

from task_dispatch.domain.clocks import missed
from task_dispatch.domain.kinds import OUTCOME_ZH, Clock, ClockedStep
from task_dispatch.domain.task_states import EVENT_ZH, next_state
from task_dispatch.domain.work import CoWorker, ExtensionRequest, Step, Work, with_task

SYSTEM = "system"
ROLE_ZH = {"officer": "值班员", "inspector": "网格员", "enterprise": "企业环保员", "administrator": "管理员"}
_BEGINS = frozenset({"arrived", "handled", "reported"})
"""Events by which an inspected enterprise knows of an unannounced inspection anyway."""
CLOCK_ZH: dict[ClockedStep, str] = {
    "sign": "签收",
    "arrive": "到场",
    "handle": "处置",
    "report": "反馈",
    "verify": "核验",
    "close": "办结",
}
EVIDENCE_ZH = {
    "photo": "照片",
    "site": "现场照片",
    "before": "处置前照片",
    "after": "处置后照片",
    "video": "视频",
    "document": "文档",
    "signature": "签名",
}
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
    details: dict[str, Any] | None = None,
    clock_rules: list[Clock] | None = None,
    origin_zh: str = "",
    origin_en: str = "",
    unannounced: bool = False,
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
        withheld=unannounced,
        **({**_subject_of(alarm), **subject} if alarm else subject),
    )
    if alarm:
        origin_zh, origin_en = f"告警 {alarm.number}", f"alarm {alarm.number}"
    work = Work(task=task, details=details or {}, clock_rules=clock_rules or [])
    zh = f"创建任务, 来自{origin_zh}" if origin_zh else "创建任务"
    return Step("created", work, now, by, zh, f"made from {origin_en}" if origin_en else "made")


def dispatched(
    work: Work, *, assignee: str | None, name: str, role: str | None, due_at: datetime | None, note: str, by: str,
    now: datetime,
) -> Step:  # fmt: skip
    """Give it to an owner, or to all of a role. Raises NotAllowed, BadDeadline."""
    moved = {} if due_at is None else _deadline(due_at, now)
    whom_zh = name or assignee or ROLE_ZH.get(role or "", f"角色 {role}")
    whom_en = name or assignee or f"role {role}"
    return _step(
        _begun_anew(work), "dispatched", now, by, _noted(f"派发给{whom_zh}", note), _noted(f"given to {whom_en}", note),
        assignee=assignee, assignee_name=name, assignee_role=None if assignee else role, **moved,
    )  # fmt: skip


def signed(work: Work, *, by: str, name: str, now: datetime) -> Step:
    """The owner takes it; one of a role becomes the owner."""
    return _step(_with_handler(work, by), "signed", now, by, f"{name} 签收", f"signed by {name}",
                 assignee=by, assignee_name=name, assignee_role=None)  # fmt: skip


def arrived(work: Work, *, by: str, place: tuple[float, float] | None, now: datetime) -> Step:
    """The owner is on site; `place` is (longitude, latitude) in degrees."""
    where = f" ({place[0]:.5f}, {place[1]:.5f})" if place else ""
    there = replace(_with_handler(work, by), arrived=True)
    return _step(there, "arrived", now, by, f"到达现场{where}", f"on site{where}")


def handled(work: Work, *, by: str, measures: str, now: datetime) -> Step:
    """What was to be done is done; the report is still due."""
    done = replace(_with_handler(work, by), handled=True)
    return _step(done, "handled", now, by, f"完成处置: {measures}", f"handled: {measures}")


def contributed(work: Work, *, by: str, name: str, text: str, now: datetime) -> Step:
    """A co-worker says what they did; the task itself keeps its version."""
    next_state(work.task.state, "contributed")
    return Step("contributed", _with_handler(work, by), now, by, f"{name} 协办反馈: {text}", f"{name} contributed: {text}",
                announced=False)  # fmt: skip


def joined(work: Work, *, co_workers: list[CoWorker], by: str, now: datetime) -> Step:
    """Set who works on it beside its owner; an empty list makes it one person's task again."""
    names = "、".join(one.name for one in co_workers) or "无"
    joint = replace(work, co_workers=co_workers)
    return _step(
        joint, "joined", now, by, f"协办人: {names}", f"co-workers: {', '.join(one.name for one in co_workers) or 'none'}",
        co_assignees=[one.username for one in co_workers],
    )  # fmt: skip


def attached(work: Work, *, by: str, kind: str, sha256: str, now: datetime) -> Step:
    """Evidence was added; the task itself keeps its version."""
    next_state(work.task.state, "attached")
    return Step("attached", _with_handler(work, by), now, by, f"上传{EVIDENCE_ZH.get(kind, kind)} (SHA-256 {sha256[:8]}…)",
                f"{kind} added (SHA-256 {sha256[:8]}…)",
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


def extension_requested(work: Work, *, due_at: datetime, reason: str, by: str, now: datetime) -> Step:
    """The owner asks for a later deadline; somebody else decides. Raises BadDeadline when it would not be later."""
    if due_at <= work.task.due_at:
        raise BadDeadline("新期限必须晚于原期限", "the new deadline must be later than the present one")
    _deadline(due_at, now)
    text = at_park(due_at).strftime("%Y-%m-%d %H:%M")
    asked = replace(work, extension=ExtensionRequest(due_at, reason, by, now))
    return _step(
        asked, "extension-requested", now, by, f"申请延期至 {text}: {reason}", f"asked for {text}: {reason}",
        extension_until=due_at,
    )  # fmt: skip


def extension_approved(work: Work, *, note: str, by: str, now: datetime) -> Step:
    """Grant the deadline asked for. Raises BadDeadline when its time has passed meanwhile."""
    asked = _asked(work)
    return extended(work, due_at=asked.due_at, reason=_noted("同意延期", note or asked.reason), by=by, now=now)


def extension_rejected(work: Work, *, reason: str, by: str, now: datetime) -> Step:
    """Do not grant it; the deadline stays."""
    _asked(work)
    return plain(
        replace(work, extension=None), "extension-rejected", by=by, reason=reason, now=now, extension_until=None
    )


def _asked(work: Work) -> ExtensionRequest:
    if work.extension is None:
        raise BadDeadline("没有待批的延期申请", "there is no request for a later deadline")
    return work.extension


def late(work: Work, step: ClockedStep, *, now: datetime) -> Step:
    """The clock of a step ran out before it was taken."""
    zh, en = f"{CLOCK_ZH[step]}环节超时", f"the clock of {step} ran out"
    return _step(missed(work, step, now), "late", now, SYSTEM, zh, en)


def transferred(work: Work, *, assignee: str, name: str, reason: str, by: str, now: datetime) -> Step:
    """Hand it to another owner."""
    whom = name or assignee
    return _step(
        _begun_anew(work), "transferred", now, by, f"转办给 {whom}: {reason}", f"handed to {whom}: {reason}",
        assignee=assignee, assignee_name=name, assignee_role=None, extension_until=None,
    )  # fmt: skip


def _begun_anew(work: Work) -> Work:
    return replace(work, arrived=False, handled=False, extension=None)


def extended(work: Work, *, due_at: datetime, reason: str, by: str, now: datetime) -> Step:
    """Move the deadline later. Raises BadDeadline when it would not be later."""
    if due_at <= work.task.due_at:
        raise BadDeadline("新期限必须晚于原期限", "the new deadline must be later than the present one")
    moved = _deadline(due_at, now)
    text = at_park(due_at).strftime("%Y-%m-%d %H:%M")
    moved["extension_until"] = None
    decided = replace(work, extension=None)
    return _step(
        decided, "extended", now, by, f"延期至 {text}: {reason}", f"deadline moved to {text}: {reason}", **moved
    )


def hastened(work: Work, *, level: AlarmLevel, due_at: datetime, now: datetime) -> Step:
    """The alarm has risen: more urgent, and the deadline not later than the new level's."""
    return _step(
        work, "hastened", now, SYSTEM, f"告警升为{LEVEL_ZH[level]}, 任务加急", f"the alarm rose to {level.value}",
        priority=level, due_at=min(work.task.due_at, due_at),
    )  # fmt: skip


def plain(work: Work, event: str, *, by: str, reason: str, now: datetime, **changes: Any) -> Step:
    """Any step that needs only its reason: returned, refused, urged, cancelled, overdue, extension-rejected."""
    zh = EVENT_ZH[event]
    return _step(work, event, now, by, _noted(zh, reason), _noted(event, reason), **changes)


def _step(work: Work, event: str, now: datetime, by: str, zh: str, en: str, **changes: Any) -> Step:
    state = next_state(work.task.state, event)
    if event in _BEGINS or changes.get("assignee_role") == Role.ENTERPRISE:
        changes["withheld"] = False
    after = with_task(work, state=state, version=work.task.version + 1, changed_at=now, **changes)
    return Step(event, after, now, by, zh, en)


def _deadline(due_at: datetime, now: datetime) -> dict[str, Any]:
    if due_at <= now:
        raise BadDeadline("期限必须晚于当前时间", "the deadline must lie in the future")
    return {"due_at": due_at, "overdue": False}


def _with_handler(work: Work, by: str) -> Work:
    return work if by in work.handlers else replace(work, handlers=[*work.handlers, by])


def _noted(text: str, note: str) -> str:
    """Add a person's note to what happened; one that only repeats it adds nothing."""
    return f"{text}: {note}" if note.strip() and note.strip() not in text else text


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
