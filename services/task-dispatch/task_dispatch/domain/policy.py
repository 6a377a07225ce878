"""From an alarm to a task: which alarms need one, of which kind, for whom, until when. The policy is data."""

from datetime import datetime, timedelta
from importlib import resources

import msgspec
from msgspec import Struct
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Role


class KindRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Alarms of these rules (an empty list matches all) from `min_level` on become tasks of `kind` for `assignee_role`."""

    rules: list[str]
    kind: str
    min_level: AlarmLevel
    assignee_role: Role
    verb_zh: str
    verb_en: str


class TaskPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """Rules in order, the first that matches decides; deadlines are hours from the alarm's event until feedback with proof."""

    kind_rules: list[KindRule]
    feedback_hours: dict[AlarmLevel, float]
    source: str


class TaskPlan(Struct, frozen=True):
    """The task an alarm needs."""

    kind: str
    assignee_role: Role
    title_zh: str
    title_en: str
    due_at: datetime


def shipped_policy() -> TaskPolicy:
    """Return the policy shipped with the service."""
    text = (resources.files("task_dispatch") / "policies" / "alarm_tasks.json").read_bytes()
    return msgspec.json.decode(text, type=TaskPolicy)


def plan_for(alarm: Alarm, policy: TaskPolicy, now: datetime) -> TaskPlan | None:
    """Return the task an alarm needs now, None when it needs none (too low, over, or no rule speaks of it)."""
    if alarm.state not in {AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED}:
        return None
    rule = next((rule for rule in policy.kind_rules if not rule.rules or alarm.rule in rule.rules), None)
    if rule is None or alarm.level.rank < rule.min_level.rank:
        return None
    return TaskPlan(
        kind=rule.kind,
        assignee_role=rule.assignee_role,
        title_zh=f"{rule.verb_zh}: {alarm.title_zh}",
        title_en=f"{rule.verb_en}: {alarm.title_en}",
        due_at=now + feedback_time(alarm.level, policy),
    )


def feedback_time(level: AlarmLevel, policy: TaskPolicy) -> timedelta:
    """Return how long the owner has at a level."""
    return timedelta(hours=policy.feedback_hours[level])
