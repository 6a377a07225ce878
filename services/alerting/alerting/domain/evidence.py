"""What the findings of one episode add up to: a fold over the findings in order of their periods.

A track is one period of one limit (hour means against the hourly limit, real-time values against the same limit as an
early sign ...): each is broken and cleared on its own. A run is an unbroken stretch of a track at or above a level.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from park_schemas.codes import AlarmLevel, Period
from park_schemas.supervision import FindingRecorded

from alerting.domain.policy import LEVELS, PolicyEntry
from alerting.domain.steps import level_of_value

LARGEST_GAP_S: dict[Period, int] = {Period.REALTIME: 900, Period.MINUTE: 1800, Period.HOUR: 0, Period.DAY: 0}
"""Time without a value that does not end a run: a few lost real-time values; a lost hour does end it (design-default)."""

REMEMBERED_HOURS = 24


class Run(Struct, frozen=True):
    """An unbroken stretch [since, until] of violated values."""

    since: datetime
    until: datetime


class Track(Struct, frozen=True, omit_defaults=True):
    """State of one period of one limit. `clean` counts values in a row below the clearing ratio; runs by level."""

    period: Period
    last_start: datetime
    last_end: datetime
    violated: bool
    was_violated: bool = False
    clean: int = 0
    runs: dict[AlarmLevel, Run] = {}


class Evidence(Struct, frozen=True, omit_defaults=True):
    """All that grading and clearing need of an episode; instants are aware.

    `value_level` is the highest level a single value gave. `hours` are the starts of violated hours of the last 24 h
    (also of earlier episodes of the key). `reached` is the highest level the fold has passed through.
    """

    tracks: dict[str, Track] = {}
    hours: list[datetime] = []
    started_at: datetime | None = None
    last_seen_at: datetime | None = None
    occurrences: int = 0
    peak_ratio: float | None = None
    value_level: AlarmLevel | None = None
    reached: AlarmLevel | None = None
    raised_by: list[str] = []
    """What gave `reached`, by name."""

    @property
    def stands(self) -> bool:
        """Whether any finding that broke the rule is left; all of them may have been withdrawn."""
        return self.value_level is not None


def track_key(finding: FindingRecorded) -> str:
    """Return which track a finding belongs to."""
    return f"{finding.period.value}/{finding.limit_id}"


def is_late(evidence: Evidence, finding: FindingRecorded, entry: PolicyEntry) -> bool:
    """Return whether the fold has already passed the finding: then it must be done anew over all findings."""
    track = evidence.tracks.get(track_key(finding))
    if track is None:
        return False
    if entry.condition:
        return _place(finding) < (track.last_start, not track.violated, track.last_end)
    return finding.period_start <= track.last_start


def in_order(findings: Iterable[FindingRecorded], entry: PolicyEntry) -> list[FindingRecorded]:
    """Return the findings as the fold wants them, none twice.

    Values: by period, of each period only the newest revision. Conditions: by when they began, and what says that the
    condition is over after what says that it began (both carry the same beginning).
    """
    standing = _standing({finding.finding_id: finding for finding in findings})
    if entry.condition:
        return sorted(standing, key=_place)
    newest: dict[tuple[str, datetime], FindingRecorded] = {}
    for finding in standing:
        key = (track_key(finding), finding.period_start)
        known = newest.get(key)
        if known is None or _revision(finding) > _revision(known):
            newest[key] = finding
    return sorted(newest.values(), key=lambda f: (f.period_end, f.period_start, track_key(f)))


def _standing(known: Mapping[UUID, FindingRecorded]) -> list[FindingRecorded]:
    """Leave out what was withdrawn, and a withdrawal after which the finding was told again."""
    withdrawn = {one.withdraws for one in known.values() if one.withdraws is not None}
    again = {one.reinstates: one.recorded_at for one in known.values() if one.reinstates is not None}
    return [
        one
        for one in known.values()
        if one.finding_id not in withdrawn and not (one.withdraws in again and again[one.withdraws] >= one.recorded_at)
    ]


def _place(finding: FindingRecorded) -> tuple[datetime, bool, datetime]:
    return finding.period_start, finding.verdict == "complied", finding.period_end


def fold(evidence: Evidence, finding: FindingRecorded, entry: PolicyEntry) -> Evidence:
    """Return the evidence with one more finding, which must not be late for its track."""
    key = track_key(finding)
    before = evidence.tracks.get(key)
    if finding.verdict == "complied":
        track = _kept(before, finding, entry)
        return msgspec.structs.replace(evidence, tracks={**evidence.tracks, key: track})
    level = level_of_value(finding, entry)
    return msgspec.structs.replace(
        evidence,
        tracks={**evidence.tracks, key: _broken(before, finding, level, entry)},
        hours=_hours(evidence.hours, finding),
        started_at=min(filter(None, (evidence.started_at, finding.period_start))),
        last_seen_at=max(filter(None, (evidence.last_seen_at, finding.period_end))),
        occurrences=evidence.occurrences + 1,
        peak_ratio=max(filter(None, (evidence.peak_ratio, finding.ratio)), default=None),
        value_level=max(filter(None, (evidence.value_level, level)), key=lambda known: known.rank),
    )


def _revision(finding: FindingRecorded) -> tuple[datetime, str]:
    return finding.recorded_at, str(finding.finding_id)


def _kept(before: Track | None, finding: FindingRecorded, entry: PolicyEntry) -> Track:
    is_clean = finding.ratio is None or finding.ratio < entry.clearing.ratio_below
    return Track(
        period=finding.period,
        last_start=finding.period_start,
        last_end=finding.period_end,
        violated=False,
        was_violated=before is not None and before.was_violated,
        clean=(before.clean + 1 if before is not None else 1) if is_clean else 0,
    )


def _broken(before: Track | None, finding: FindingRecorded, level: AlarmLevel, entry: PolicyEntry) -> Track:
    runs: dict[AlarmLevel, Run] = {}
    allowed = timedelta(seconds=LARGEST_GAP_S[finding.period])
    for at_least in LEVELS[: level.rank]:
        run = before.runs.get(at_least) if before is not None else None
        goes_on = entry.condition or (run is not None and finding.period_start - run.until <= allowed)
        since = min(run.since, finding.period_start) if run is not None and goes_on else finding.period_start
        runs[at_least] = Run(since, max(finding.period_end, since))
    return Track(
        period=finding.period,
        last_start=finding.period_start,
        last_end=finding.period_end,
        violated=True,
        was_violated=True,
        runs=runs,
    )


def _hours(known: list[datetime], finding: FindingRecorded) -> list[datetime]:
    if finding.period is not Period.HOUR:
        return known
    hours = sorted({*known, finding.period_start})
    return [hour for hour in hours if hours[-1] - hour < timedelta(hours=REMEMBERED_HOURS)]
