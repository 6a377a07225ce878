"""What a policy would have made of the alarms there were: each is graded anew from its own findings.

Not covered: alarms that other clearing rules would have split or merged, and the repetition of whole episodes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from msgspec import Struct
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel
from park_schemas.supervision import FindingRecorded

from alerting.domain.circumstances import Circumstances, not_known
from alerting.domain.grading import grade
from alerting.domain.policy import GradingPolicy

DRY_RUN_OVER = timedelta(days=30)
_SHOWN = 200
_NOTHING_KNOWN: Mapping[UUID, Circumstances] = MappingProxyType({})


class Regraded(Struct, frozen=True):
    """One alarm and the level it would have reached."""

    alarm_id: UUID
    number: str
    title_zh: str
    title_en: str
    level: AlarmLevel
    would_be: AlarmLevel
    not_known: list[str] = []
    """Circumstances the policy asks for that were not recorded with some finding: they raised nothing."""


def regrade(
    alarm: Alarm,
    findings: Sequence[FindingRecorded],
    policy: GradingPolicy,
    around: Mapping[UUID, Circumstances] = _NOTHING_KNOWN,
) -> Regraded:
    """Grade an alarm's findings by another policy, with what was recorded around them; without any it keeps its level."""
    would_be = grade(findings, policy, around=around) or alarm.level
    lacking = {
        name
        for finding in findings
        if finding.verdict == "violated"
        for step in policy.entry_for(finding).circumstance_steps
        for name in not_known(step, around.get(finding.finding_id))
    }
    return Regraded(
        alarm.alarm_id, alarm.number, alarm.title_zh, alarm.title_en, alarm.level, would_be, sorted(lacking)
    )


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
        "lacking_circumstances": sum(bool(one.not_known) for one in every),
        "differing": differing[:_SHOWN],
    }
