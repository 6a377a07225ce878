"""Who is told of an alarm inside the platform, and which steps are worth telling."""

from collections.abc import Sequence

from park_schemas.alarms import Alarm

from alerting.domain.policy import GradingPolicy

TOLD_IN_APP = frozenset({"raised", "escalated", "reopened"})
TOLD_BY_WEBHOOK = frozenset({"raised", "escalated", "acknowledged", "linked", "resolved", "reopened", "closed"})
"""All but plain updates: an integrator who wants each value reads alerting.alarms.v1."""


def recipients(alarm: Alarm, policy: GradingPolicy) -> list[str]:
    """Return who is told of an alarm at its level."""
    return named(alarm, policy.notify[alarm.level])


def named(alarm: Alarm, names: Sequence[str]) -> list[str]:
    """Return `role:<name>` and `enterprise:<id>`, without repeats. What has no enterprise goes to the officers instead."""
    told: list[str] = []
    for name in names:
        if name != "enterprise":
            told.append(f"role:{name}")
        elif alarm.enterprise_id is not None:
            told.append(f"enterprise:{alarm.enterprise_id}")
        else:
            told.append("role:officer")
    return list(dict.fromkeys(told))
