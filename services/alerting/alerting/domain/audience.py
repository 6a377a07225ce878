"""Who is told of an alarm, and which steps are worth telling.

A policy names roles, `enterprise` (the alarm's own), `duty:<roster>` (who is on duty then) and `person:<user name>`. Recipients
are `role:<role>`, `enterprise:<id>`, `person:<user name>`.
"""

from collections.abc import Mapping, Sequence

from park_schemas.alarms import Alarm

from alerting.domain.policy import GradingPolicy
from alerting.domain.recipient_names import DUTY, PERSON

TOLD_IN_APP = frozenset({"raised", "escalated", "reopened"})
TOLD_BY_WEBHOOK = frozenset(
    {"raised", "escalated", "acknowledged", "assigned", "suppressed", "linked", "resolved", "reopened", "closed"}
)
"""All but plain updates: an integrator who wants each value reads alerting.alarms.v1."""

FALLBACK = "role:officer"
"""Who is told when nobody is on duty, or when an alarm has no enterprise."""


def recipients(alarm: Alarm, policy: GradingPolicy, duty: Mapping[str, Sequence[str]]) -> list[str]:
    """Return who is told of an alarm at its level."""
    return named(alarm, policy.notify[alarm.level], duty)


def named(alarm: Alarm, names: Sequence[str], duty: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the recipients behind names, without repeats; `duty`: who is on duty now by roster code."""
    told: list[str] = []
    for name in names:
        told += _behind(alarm, name, duty)
    return list(dict.fromkeys(told))


def unmanned(names: Sequence[str], duty: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the rosters among the names on which nobody is on duty now."""
    return [
        name.removeprefix(DUTY) for name in names if name.startswith(DUTY) and not duty.get(name.removeprefix(DUTY))
    ]


def rosters_in(names: Sequence[str]) -> list[str]:
    """Return the codes of the rosters among the names."""
    return [name.removeprefix(DUTY) for name in names if name.startswith(DUTY)]


def _behind(alarm: Alarm, name: str, duty: Mapping[str, Sequence[str]]) -> list[str]:
    if name.startswith(DUTY):
        return [PERSON + one for one in duty.get(name.removeprefix(DUTY), ())] or [FALLBACK]
    if name.startswith(PERSON):
        return [name]
    if name != "enterprise":
        return [f"role:{name}"]
    return [f"enterprise:{alarm.enterprise_id}"] if alarm.enterprise_id is not None else [FALLBACK]
