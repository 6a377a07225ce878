"""Examples of alarms and of who is told."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.codes import (
    AlarmLevel,
    AlarmState,
    Medium,
)
from park_schemas.examples.people_and_times import ALARM, AT, ENTERPRISE, FINDING, HOUR, PARK, POINT, TASK, later
from park_schemas.examples.registry import LIMIT

RAISED = Alarm(
    alarm_id=ALARM,
    version=1,
    number="AL-20260301-0001",
    park_id=PARK,
    rule="exceedance",
    level=AlarmLevel.ORANGE,
    state=AlarmState.ACTIVE,
    title_zh="一号废水总排口 化学需氧量超标",
    title_en="COD over its limit at waste water outlet 1",
    subject_id=POINT,
    subject_name_zh="一号废水总排口",
    subject_name_en="Waste water outlet 1",
    medium=Medium.WASTE_WATER,
    started_at=HOUR,
    last_seen_at=HOUR,
    raised_at=AT,
    changed_at=AT,
    occurrences=1,
    finding_id=FINDING,
    enterprise_id=ENTERPRISE,
    enterprise_name_zh="示例化工有限公司",
    enterprise_name_en="Example Chemicals",
    factor="w01018",
    factor_name_zh="化学需氧量",
    factor_name_en="COD",
    observed="180",
    limit="100",
    unit="mg/L",
    ratio=1.8,
    peak_ratio=1.8,
    standard=LIMIT.standard,
    clause=LIMIT.clause,
    statutory=True,
    longitude=120.6012,
    latitude=31.3044,
)
NOTIFICATION = NotificationSent(
    notification_id=UUID("019c0000-0000-7000-8000-000000000101"),
    alarm_id=ALARM,
    channel="webhook",
    recipient="https://city.example/alarms",
    delivered=False,
    level=AlarmLevel.ORANGE,
    title_zh=RAISED.title_zh,
    title_en=RAISED.title_en,
    sent_at=later(1),
    park_id=PARK,
    enterprise_id=ENTERPRISE,
    attempts=6,
    detail="connection refused",
)


def alarm(version: int, state: AlarmState, **changes: object) -> Alarm:
    """Return a later version of the alarm."""
    changed: Alarm = replace(RAISED, version=version, state=state, changed_at=later(version), **changes)
    return changed


SEEN: dict[str, object] = {"acknowledged_by": "officer", "acknowledged_at": later(4)}

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    "alerting.alarm.raised": (RAISED,),
    "alerting.alarm.updated": (alarm(2, AlarmState.ACTIVE, occurrences=2),),
    "alerting.alarm.escalated": (alarm(3, AlarmState.ACTIVE, level=AlarmLevel.RED, ratio=3.2, peak_ratio=3.2),),
    "alerting.alarm.acknowledged": (alarm(4, AlarmState.ACKNOWLEDGED, **SEEN),),
    "alerting.alarm.assigned": (
        alarm(5, AlarmState.ACKNOWLEDGED, **SEEN, assigned_to="zhang.wei", assigned_at=later(5)),
    ),
    "alerting.alarm.suppressed": (
        alarm(5, AlarmState.ACKNOWLEDGED, **SEEN, muted="silence:01939d4e-6a00-7000-8000-0000000000f1"),
    ),
    "alerting.alarm.linked": (alarm(5, AlarmState.ACKNOWLEDGED, **SEEN, task_id=TASK),),
    "alerting.alarm.resolved": (alarm(6, AlarmState.RESOLVED, **SEEN, resolved_at=later(6)),),
    "alerting.alarm.reopened": (alarm(7, AlarmState.ACTIVE, **SEEN),),
    "alerting.alarm.closed": (
        alarm(
            8,
            AlarmState.CLOSED,
            **SEEN,
            task_id=TASK,
            closed_at=later(8),
            closed_by="officer",
            close_reason="handled",
        ),
    ),
    "alerting.notification.sent": (
        NOTIFICATION,
        replace(NOTIFICATION, channel="in-app", recipient="officer", delivered=True, attempts=1, detail=""),
    ),
}
