"""From findings to a level. Pure: the same findings in any order of arrival give the same level.

Source of the shipped steps: the project's warning levels (design-default, there is no statutory grading): multiple of the
limit x duration, first-class pollutants, equipment. Duration builds up: blue for 2 h is yellow, and yellow (also such a
yellow) for 4 h is orange.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import msgspec
from msgspec import Struct
from park_schemas.codes import AlarmLevel
from park_schemas.supervision import FindingRecorded

from alerting.domain.circumstances import Circumstances, holds
from alerting.domain.evidence import Evidence, Track, fold, in_order
from alerting.domain.policy import LEVELS, GradingPolicy, PolicyEntry

_NOTHING_KNOWN: Mapping[UUID, Circumstances] = MappingProxyType({})


class EarlierEpisode(Struct, frozen=True):
    """Level and last violated value of a former episode of the same key; which one it is, where that is asked."""

    level: AlarmLevel
    last_seen_at: datetime
    alarm_id: UUID | None = None
    started_at: datetime | None = None
    is_closed: bool = False

    def holds(self, instant: datetime) -> bool:
        """Return whether an instant of measured time lies within a closed episode."""
        return self.is_closed and self.started_at is not None and self.started_at <= instant <= self.last_seen_at


def grade(
    findings: Iterable[FindingRecorded],
    policy: GradingPolicy,
    *,
    earlier: Sequence[EarlierEpisode] = (),
    around: Mapping[UUID, Circumstances] = _NOTHING_KNOWN,
) -> AlarmLevel | None:
    """Return the highest level the findings of one episode reach; None when none of them broke its rule."""
    episode = list(findings)
    if not episode:
        return None
    entry = policy.entry_for(episode[0])
    return weigh(in_order(episode, entry), entry, earlier=earlier, around=around).reached


def weigh(
    ordered: Iterable[FindingRecorded],
    entry: PolicyEntry,
    *,
    since: Evidence | None = None,
    earlier: Sequence[EarlierEpisode] = (),
    around: Mapping[UUID, Circumstances] = _NOTHING_KNOWN,
) -> Evidence:
    """Fold findings (see in_order) and keep the highest level passed through in `reached`; `around` by finding id."""
    evidence = since or Evidence()
    for finding in ordered:
        evidence = fold(evidence, finding, entry)
        known = around.get(finding.finding_id) if finding.verdict == "violated" else None
        evidence = at_time(evidence, entry, finding.period_end, earlier=earlier, around=known)
    return evidence


def at_time(
    evidence: Evidence,
    entry: PolicyEntry,
    instant: datetime,
    *,
    earlier: Sequence[EarlierEpisode] = (),
    around: Circumstances | None = None,
) -> Evidence:
    """Return the evidence with `reached` raised to what holds at `instant` (time alone raises only conditions)."""
    level, names = level_and_names(evidence, entry, instant, earlier=earlier, around=around)
    if level is None or (evidence.reached is not None and evidence.reached.rank >= level.rank):
        return evidence
    return msgspec.structs.replace(evidence, reached=level, raised_by=names)


def level_now(
    evidence: Evidence, entry: PolicyEntry, instant: datetime, *, earlier: Sequence[EarlierEpisode] = ()
) -> AlarmLevel | None:
    """Return the level that value, duration, repetition and former episodes give together."""
    return level_and_names(evidence, entry, instant, earlier=earlier)[0]


def level_and_names(
    evidence: Evidence,
    entry: PolicyEntry,
    instant: datetime,
    *,
    earlier: Sequence[EarlierEpisode] = (),
    around: Circumstances | None = None,
) -> tuple[AlarmLevel | None, list[str]]:
    """Return the level that everything gives together, and the names of what gave it.

    Value, duration and repetition stand for themselves; former episodes and then circumstances, in the order of the policy,
    raise what has been reached so far.
    """
    if evidence.value_level is None:
        return None, []
    claims = [(evidence.value_level, "value")]
    claims += [
        (_of_duration(track, entry, instant), "duration") for track in evidence.tracks.values() if track.violated
    ]
    claims += [
        (step.level, "repetition")
        for step in entry.repeat_steps
        if _hours_within(evidence, step.within_hours) >= step.count
    ]
    highest = _highest(claims)
    for step in entry.episode_steps:
        within = timedelta(hours=step.within_hours)
        again = any(e.level.rank >= step.base.rank and instant - e.last_seen_at <= within for e in earlier)
        if again and highest.rank >= step.base.rank:
            claims.append((step.level, "history"))
            highest = _highest(claims)
    for circumstance in entry.circumstance_steps:
        if highest.rank >= circumstance.base.rank and holds(circumstance, around):
            claims.append((circumstance.level, circumstance.name))
            highest = _highest(claims)
    return highest, list(dict.fromkeys(name for level, name in claims if level is highest))


def _highest(claims: Iterable[tuple[AlarmLevel, str]]) -> AlarmLevel:
    return max((level for level, _ in claims), key=lambda level: level.rank)


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
