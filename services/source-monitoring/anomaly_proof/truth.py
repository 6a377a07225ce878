"""What was done to a simulated park and what its services told, and how the two are counted against each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from anomaly_proof.drawing import RuleCount


@dataclass(frozen=True, slots=True)
class Done:
    """Something a rule should tell: at a point (None: anywhere), of a factor ("" any), in [start, end]."""

    rule: str
    point_id: UUID | None
    start: datetime
    end: datetime
    factor: str = ""
    times: int = 1
    """How many findings make it whole, as the three shares of a quantity."""


@dataclass
class Truth:
    """All that was done, the rules that were watched for, the violated findings that were told, and over how many point-days."""

    watched: Sequence[str]
    done: list[Done] = field(default_factory=list)
    told: list[Mapping[str, Any]] = field(default_factory=list)
    point_days: float = 0.0


def counted(truth: Truth) -> dict[str, RuleCount]:
    """Return the counts of each watched rule. A finding that speaks of nothing that was done is false."""
    found = {}
    for rule in truth.watched:
        done = [one for one in truth.done if one.rule == rule]
        told = [one for one in truth.told if one["rule"] == rule]
        hits = sum(min(one.times, sum(_speaks(finding, one) for finding in told)) for one in done)
        false = sum(not any(_speaks(finding, one) for one in done) for finding in told)
        found[rule] = RuleCount(events=sum(one.times for one in done), hit=hits, found=len(told), false=false)
    return found


def _speaks(finding: Mapping[str, Any], done: Done) -> bool:
    start, end = (datetime.fromisoformat(finding[key]) for key in ("period_start", "period_end"))
    right_place = done.point_id is None or finding["subject_id"] == str(done.point_id)
    right_factor = not done.factor or finding.get("factor") == done.factor
    return right_place and right_factor and start <= done.end and end >= done.start
