"""What a policy would have made of the alarms there were: each is graded anew from its own findings.

Not covered: alarms that other clearing rules would have split or merged, and the repetition of whole episodes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel
from park_schemas.supervision import FindingRecorded

from alerting.domain.grading import grade
from alerting.domain.policy import GradingPolicy

DRY_RUN_OVER = timedelta(days=30)
_SHOWN = 200


class Regraded(Struct, frozen=True):
    """One alarm and the level it would have reached."""

    alarm_id: UUID
    number: str
    title_zh: str
    title_en: str
    level: AlarmLevel
    would_be: AlarmLevel


def regrade(alarm: Alarm, findings: Sequence[FindingRecorded], policy: GradingPolicy) -> Regraded:
    """Grade an alarm's findings by another policy; one without violated findings keeps its level."""
    would_be = grade(findings, policy) or alarm.level
    return Regraded(alarm.alarm_id, alarm.number, alarm.title_zh, alarm.title_en, alarm.level, would_be)


def summary(regraded: Iterable[Regraded]) -> dict[str, Any]:
    """Return how many alarms of each level there were and would have been, and the first 200 that would differ."""
    every = list(regraded)
    were, would_be = Counter(one.level for one in every), Counter(one.would_be for one in every)
    differing = [one for one in every if one.level is not one.would_be]
    return {
        "alarms": len(every),
        "levels": {level.value: {"were": were[level], "would_be": would_be[level]} for level in AlarmLevel},
        "higher": sum(one.would_be.rank > one.level.rank for one in differing),
        "lower": sum(one.would_be.rank < one.level.rank for one in differing),
        "differing": differing[:_SHOWN],
    }
