"""A stored frame held against the limits of its point: what is new in it, valid, and has a limit in force that day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from park_chassis.frame_revisions import Entry, Frame, Stored, believed_time
from park_schemas.codes import Period
from park_standards.validity import MARKS, verdict_of_mark

from park_judging.domain.applied_limits import AppliedLimit, HeldAgainst, PointLimits
from park_judging.domain.findings import Occasion
from park_judging.domain.holding import Held, hold
from park_judging.domain.periods import end_of, park_date
from park_judging.domain.watching import Watch, WatchKey, see

REPORTED = "reported"
COMPUTED = "computed"


@dataclass
class WatchBook:
    """The open watches of the points at hand, and what has changed in them."""

    open: dict[WatchKey, Watch]
    changed: dict[WatchKey, Watch | None] = field(default_factory=dict)
    points: set[UUID] = field(init=False)
    """Points that have, or had in this batch, an open watch."""

    def __post_init__(self) -> None:
        self.points = {key[0] for key in self.open}

    def see(self, key: WatchKey, held: Held, at: datetime) -> bool:
        """Take a verdict in; return whether it is to be reported."""
        before = self.open.get(key)
        seen = see(before, violated=held.violated, ratio=held.ratio, at=at)
        if seen.watch is None:
            self.open.pop(key, None)
        else:
            self.open[key] = seen.watch
            self.points.add(key[0])
        if seen.watch != before:
            self.changed[key] = seen.watch
        return seen.report

    def end_withdrawn(self, limits: Mapping[UUID, PointLimits], newest: Mapping[UUID, datetime]) -> list[WatchKey]:
        """End and return the watches whose limit applies no more at the newest time of the point: nothing else ends them.

        Late data of a time before the watch's newest value says nothing about today's limits.
        """
        applied = {
            point_id: {limit.row.limit_id for limit in limits[point_id].limits if limit.in_force(park_date(at))}
            for point_id, at in newest.items()
        }
        ended = [
            key
            for key, watch in self.open.items()
            if key[0] in newest and newest[key[0]] > watch.last_at and key[3] not in applied[key[0]]
        ]
        for key in ended:
            del self.open[key]
            self.changed[key] = None
        return ended


@dataclass(frozen=True, slots=True)
class Judged:
    """A value to be reported as violated or complied."""

    held: Held
    occasion: Occasion


@dataclass
class Tally:
    """How many values were looked at, for the counters."""

    judged: int = 0
    not_valid: int = 0


def judge_frame(
    stored: Stored,
    limits: PointLimits,
    edition: str,
    book: WatchBook,
    *,
    clock_tolerance: timedelta,
    minute_interval: timedelta,
    tally: Tally,
) -> list[Judged]:
    """Return what is to be reported of a frame. Only entries that are new in this revision are judged.

    Each valid value is held against each limit in force on the park date of its data_time whose averaging period is not
    shorter than the value's. The watches are kept by the believed time, so that a mad clock does not freeze them.
    """
    frame = stored.frame
    period = Period(frame.period)
    table = limits.by_entry[period]
    if not table:
        return []
    marks = _judged_marks(edition)
    watched = limits.point.point_id in book.points
    reports: list[Judged] = []
    for key, entry in frame.entries.items():
        against = table.get(key)
        if against is None or entry.value is None or key not in stored.fresh or _is_superseded(frame, against):
            continue
        if entry.mark and entry.mark not in marks:
            tally.not_valid += 1
            continue
        tally.judged += 1
        if watched or not against.calm_low < entry.value < against.calm_high:
            held = _hold_entry(frame, entry, against, limits, period, book, believed_time(frame, clock_tolerance))
            reports += [Judged(one, _occasion(frame, period, minute_interval)) for one in held]
            watched = watched or bool(held)
    return reports


def _hold_entry(
    frame: Frame, entry: Entry, against: HeldAgainst, limits: PointLimits, period: Period, book: WatchBook, at: datetime
) -> list[Held]:
    """Return the comparisons of one entry that are to be reported."""
    day = park_date(frame.data_time)
    reported = []
    for limit in against.limits:
        key = watch_key_of(limits, limit, period, REPORTED)
        is_calm = entry.value is not None and limit.safe_low < entry.value < limit.safe_high
        if limit.in_force(day) and (key in book.open or not is_calm):
            held = hold(entry.text or "", limit)
            if book.see(key, held, at):
                reported.append(held)
    return reported


@cache
def _judged_marks(edition: str) -> frozenset[str]:
    """The marks of an edition whose values are judged. An edition that is not listed is read as 2017."""
    known = edition if edition in MARKS else "2017"
    return frozenset(mark for mark in MARKS[known] if verdict_of_mark(mark, known).judged)


def watch_key_of(limits: PointLimits, limit: AppliedLimit, period: Period, origin: str) -> WatchKey:
    """Return the key under which a limit of a point is watched."""
    return (limits.point.point_id, limit.row.factor, period.value, limit.row.limit_id, origin)


def _is_superseded(frame: Frame, against: HeldAgainst) -> bool:
    return bool(against.better) and any(key in frame.entries for key in against.better)


def _occasion(frame: Frame, period: Period, minute_interval: timedelta) -> Occasion:
    return Occasion(
        period=period,
        start=frame.data_time,
        end=end_of(period, frame.data_time, minute_interval),
        origin=REPORTED,
        revision=frame.revision,
        mn=frame.mn,
    )
