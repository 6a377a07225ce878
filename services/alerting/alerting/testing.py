"""Builders for the tests of alerting: findings and alarms with everything in them, of which a test names what matters."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from park_schemas.codes import AlarmLevel, Medium, Period, TaskState
from park_schemas.identifiers import natural_id
from park_schemas.supervision import FindingRecorded
from park_schemas.tasks import Task

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""12:00 in the park."""
OUTLET = UUID(int=11)
PARK = UUID(int=1)
ENTERPRISE = UUID(int=7)

_LENGTH = {Period.REALTIME: 0, Period.MINUTE: 600, Period.HOUR: 3600, Period.DAY: 86400}


def finding(
    ratio: float | None = 1.8,
    *,
    at: float = 0,
    period: Period = Period.HOUR,
    verdict: Literal["violated", "complied"] | None = None,
    subject: UUID = OUTLET,
    revision: int = 0,
    **facts: Any,
) -> FindingRecorded:
    """Return a finding whose period starts `at` hours after noon; broken when the ratio is above 1 (or as `verdict` says)."""
    start = NOON + timedelta(hours=at)
    end = start + timedelta(seconds=_LENGTH[period])
    said = verdict or ("violated" if ratio is None or ratio > 1 else "complied")
    rule = facts.get("rule", "exceedance")
    factor = facts.get("factor", "a21026" if rule == "exceedance" else None)
    values: dict[str, Any] = {
        "finding_id": natural_id(rule, subject, factor, period, start, facts.get("limit_id", "limit-1"), revision),
        "rule": rule,
        "verdict": said,
        "park_id": PARK,
        "subject_id": subject,
        "subject_name_zh": "1号排气筒",
        "subject_name_en": "Stack 1",
        "medium": Medium.WASTE_GAS,
        "period": period,
        "period_start": start,
        "period_end": end,
        "recorded_at": end + timedelta(seconds=5 + revision),
        "explanation_zh": "二氧化硫超过限值",
        "explanation_en": "SO2 over its limit",
        "enterprise_id": ENTERPRISE,
        "enterprise_name_zh": "东江化工",
        "factor": factor,
        "factor_name_zh": "二氧化硫" if factor else "",
        "factor_name_en": "SO2" if factor else "",
        "observed": None if ratio is None else f"{50 * ratio:g}",
        "limit": "50" if ratio is not None else None,
        "unit": "mg/m3",
        "ratio": ratio,
        "standard": "GB 31571-2015",
        "clause": "4.3",
        "limit_id": "limit-1",
        "statutory": period is Period.HOUR,
    }
    return FindingRecorded(**{**values, **facts})


def task(alarm_id: UUID | None, **facts: Any) -> Task:
    """Return a task made for an alarm."""
    values: dict[str, Any] = {
        "task_id": natural_id("test-task", alarm_id),
        "version": 1,
        "number": "TK-20261122-0001",
        "park_id": PARK,
        "kind": "exceedance-check",
        "state": TaskState.CREATED,
        "title_zh": "现场核查",
        "title_en": "Check on site",
        "priority": AlarmLevel.YELLOW,
        "created_at": NOON,
        "changed_at": NOON,
        "due_at": NOON + timedelta(hours=24),
        "created_by": "system",
        "alarm_id": alarm_id,
    }
    return Task(**{**values, **facts})
