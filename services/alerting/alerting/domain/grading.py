"""From findings to a level. Pure: the same findings in any order of arrival give the same level.

Source of the shipped steps: the project's warning levels (design-default, there is no statutory grading): multiple of the
limit x duration, first-class pollutants, equipment. Duration builds up: blue for 2 h is yellow, and yellow (also such a
yellow) for 4 h is orange.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from park_schemas.codes import AlarmLevel
from park_schemas.supervision import FindingRecorded

from alerting.domain.evidence import Evidence, Track, fold, in_order
from alerting.domain.policy import LEVELS, GradingPolicy, PolicyEntry


class EarlierEpisode(Struct, frozen=True):
    """Level and last violated value of a former episode of the same key."""

    level: AlarmLevel
    last_seen_at: datetime


def grade(
    findings: Iterable[FindingRecorded], policy: GradingPolicy, *, earlier: Sequence[EarlierEpisode] = ()
) -> AlarmLevel | None:
    """Return the highest level the findings of one episode reach; None when none of them broke its rule."""
    episode = list(findings)
    if not episode:
        return None
    entry = policy.entry_for(episode[0])
    return weigh(in_order(episode, entry), entry, earlier=earlier).reached


def weigh(
    ordered: Iterable[FindingRecorded],
    entry: PolicyEntry,
    *,
    since: Evidence | None = None,
    earlier: Sequence[EarlierEpisode] = (),
) -> Evidence:
    """Fold findings (see in_order) and keep the highest level passed through in `reached`."""
    evidence = since or Evidence()
    for finding in ordered:
        evidence = fold(evidence, finding, entry)
        evidence = at_time(evidence, entry, finding.period_end, earlier=earlier)
    return evidence


def at_time(
    evidence: Evidence, entry: PolicyEntry, instant: datetime, *, earlier: Sequence[EarlierEpisode] = ()
) -> Evidence:
    """Return the evidence with `reached` raised to what holds at `instant` (time alone raises only conditions)."""
    level = level_now(evidence, entry, instant, earlier=earlier)
    if level is None or (evidence.reached is not None and evidence.reached.rank >= level.rank):
        return evidence
    return msgspec.structs.replace(evidence, reached=level)


def level_now(
    evidence: Evidence, entry: PolicyEntry, instant: datetime, *, earlier: Sequence[EarlierEpisode] = ()
) -> AlarmLevel | None:
    """Return the level that value, duration, repetition and former episodes give together."""
    if evidence.value_level is None:
        return None
    levels = [evidence.value_level]
    levels += [_of_duration(track, entry, instant) for track in evidence.tracks.values() if track.violated]
    levels += [step.level for step in entry.repeat_steps if _hours_within(evidence, step.within_hours) >= step.count]
    highest = max(levels, key=lambda level: level.rank)
    for step in entry.episode_steps:
        within = timedelta(hours=step.within_hours)
        again = any(e.level.rank >= step.base.rank and instant - e.last_seen_at <= within for e in earlier)
        if again and highest.rank >= step.base.rank:
            highest = max(highest, step.level, key=lambda level: level.rank)
    return highest


def next_rise(evidence: Evidence, entry: PolicyEntry) -> datetime | None:
    """Return when time alone raises a lasting condition next, None when it does not."""
    if not entry.condition:
        return None
    rises = [
        start
        for track in evidence.tracks.values()
        if track.violated
        for level, start in _starts(track, entry).items()
        if evidence.reached is None or level.rank > evidence.reached.rank
    ]
    return min(rises, default=None)


def _of_duration(track: Track, entry: PolicyEntry, instant: datetime) -> AlarmLevel:
    lasted_until = instant if entry.condition else max(run.until for run in track.runs.values())
    reached = [level for level, start in _starts(track, entry).items() if start <= lasted_until]
    return max(reached, key=lambda level: level.rank, default=LEVELS[0])


def _starts(track: Track, entry: PolicyEntry) -> dict[AlarmLevel, datetime]:
    """Return from when on each level is reached if the violation lasts: by its values, or by the duration of a lower one."""
    starts = {level: run.since for level, run in track.runs.items()}
    began = min(starts.values())
    for level in LEVELS:
        by_duration = [
            (starts[step.base] if step.base else began) + timedelta(hours=step.hours)
            for step in entry.duration_steps
            if step.level is level and (step.base is None or step.base in starts)
        ]
        known = [starts[level]] if level in starts else []
        if candidates := [*known, *by_duration]:
            starts[level] = min(candidates)
    return starts


def _hours_within(evidence: Evidence, hours: float) -> int:
    if not evidence.hours:
        return 0
    newest = evidence.hours[-1]
    return sum(1 for start in evidence.hours if newest - start < timedelta(hours=hours))
