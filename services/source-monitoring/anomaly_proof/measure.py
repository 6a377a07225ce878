"""Precision and recall of each rule over its scenarios, and false findings a day on clean outlets."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from source_monitoring.domain.anomaly.episodes import Episode

from anomaly_proof import scenarios_gas, scenarios_process, scenarios_records, scenarios_water
from anomaly_proof.clean import CleanRun
from anomaly_proof.drawing import RuleCount
from anomaly_proof.scenario import SCENARIOS, Event, Scenario

ROOMS = (scenarios_gas, scenarios_water, scenarios_process, scenarios_records)
"""Imported for their scenarios, which put themselves on the list."""


@dataclass
class Score:
    """What a rule found of what was to be found."""

    rule_id: str
    events: int = 0
    hit: int = 0
    episodes: int = 0
    false: int = 0

    @property
    def recall(self) -> float:
        return self.hit / self.events if self.events else 0.0

    @property
    def precision(self) -> float | None:
        return (self.episodes - self.false) / self.episodes if self.episodes else None


def overlaps(episode: Episode, event: Event) -> bool:
    """Say whether an anomaly speaks of an event."""
    return episode.started_at <= event.end + event.late and episode.ended_at >= event.start


def measure(seeds: Iterable[int], rules: frozenset[str] | None = None) -> dict[str, Score]:
    """Return the score of each rule (all, or the given ones) over all its scenarios and the seeds."""
    seeds = list(seeds)
    scores: dict[str, Score] = {}
    for one in SCENARIOS:
        if rules is None or one.rule_id in rules:
            score = scores.setdefault(one.rule_id, Score(one.rule_id))
            for seed in seeds:
                _add(score, one, seed)
    return scores


def _add(score: Score, scenario: Scenario, seed: int) -> None:
    case = scenario.build(seed)
    found = [episode for episode in case.judge() if episode.rule_id == scenario.rule_id]
    score.events += len(case.events)
    score.hit += sum(any(overlaps(episode, event) for episode in found) for event in case.events)
    score.episodes += len(found)
    score.false += sum(not any(overlaps(episode, event) for event in case.events) for episode in found)


def counts(scores: Mapping[str, Score]) -> dict[str, RuleCount]:
    """Return the counts of scores, to be kept."""
    return {
        rule_id: RuleCount(events=one.events, hit=one.hit, found=one.episodes, false=one.false)
        for rule_id, one in scores.items()
    }


@dataclass
class CleanCount:
    """What the rules said of clean outlets, how much of it at true exceedances, over how many outlet-days."""

    found: Counter[str]
    at_exceedance: Counter[str]
    days: float


def clean_false(runs: Iterable[CleanRun]) -> CleanCount:
    """Return the false anomalies of each rule on clean outlets."""
    counted = CleanCount(Counter(), Counter(), 0.0)
    for run in runs:
        counted.found += run.counts()
        counted.at_exceedance += run.counts_at_exceedances()
        counted.days += run.days
    return counted
