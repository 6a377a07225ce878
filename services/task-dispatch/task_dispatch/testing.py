"""Builders for the tests of task-dispatch: alarms, works and actors, of which a test names what matters."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Medium, Role
from park_schemas.identifiers import natural_id

from task_dispatch.domain import life
from task_dispatch.domain.actions import Actor
from task_dispatch.domain.work import Work

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""12:00 in the park."""
PARK = UUID(int=1)
ENTERPRISE = UUID(int=7)
ALARM = UUID(int=21)

OFFICER_PERMISSIONS = ("task:read", "task:create", "task:dispatch", "task:verify", "task:cancel")
WORKER_PERMISSIONS = ("task:read", "task:work")


def alarm(
    level: AlarmLevel = AlarmLevel.YELLOW,
    *,
    version: int = 1,
    state: AlarmState = AlarmState.ACTIVE,
    alarm_id: UUID = ALARM,
    **facts: Any,
) -> Alarm:
    """Return an alarm of a chemical outlet."""
    values: dict[str, Any] = {
        "alarm_id": alarm_id,
        "version": version,
        "number": "AL-20261122-0001",
        "park_id": PARK,
        "rule": "exceedance",
        "level": level,
        "state": state,
        "title_zh": "化学需氧量超标",
        "title_en": "COD over the limit",
        "subject_id": UUID(int=11),
        "subject_name_zh": "废水总排口",
        "subject_name_en": "Main outlet",
        "medium": Medium.WASTE_WATER,
        "started_at": NOON,
        "last_seen_at": NOON,
        "raised_at": NOON,
        "changed_at": NOON,
        "occurrences": version,
        "finding_id": natural_id("finding", alarm_id, version),
        "enterprise_id": ENTERPRISE,
        "enterprise_name_zh": "东江化工",
        "longitude": 118.8,
        "latitude": 32.2,
    }
    return Alarm(**{**values, **facts})


def work(**facts: Any) -> Work:
    """Return a task just made."""
    step = life.created(
        task_id=UUID(int=31),
        number="TK-20261122-0001",
        park_id=PARK,
        kind="exceedance-check",
        title_zh="现场核查",
        title_en="Check on site",
        priority=AlarmLevel.YELLOW,
        due_at=NOON + timedelta(hours=24),
        by="system",
        now=NOON,
        **facts,
    )
    return step.work


def actor(username: str, role: Role = Role.INSPECTOR, *permissions: str) -> Actor:
    """Return a person with the permissions of the role, or exactly those given."""
    usual = WORKER_PERMISSIONS if role in {Role.INSPECTOR, Role.ENTERPRISE} else OFFICER_PERMISSIONS
    return Actor(username, username.title(), role, frozenset(permissions or usual))
