"""A stored frame held against the limits of its point: what is new in it, valid, and has a limit in force that day."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from park_chassis.frame_revisions import EntryKey, Frame, Stored, believed_time
from park_schemas.codes import Period
from park_standards.validity import MARKS, verdict_of_mark

from park_judging.domain.applied_limits import VALUE_ATTRIBUTES, AppliedLimit, PointLimits
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

    def see(self, key: WatchKey, held: Held, at: datetime) -> bool:
        """Take a verdict in; return whether it is to be reported."""
        before = self.open.get(key)
        seen = see(before, violated=held.violated, ratio=held.ratio, at=at)
        if seen.watch is None:
            self.open.pop(key, None)
        else:
            self.open[key] = seen.watch
        if seen.watch != before:
            self.changed[key] = seen.watch
        return seen.report


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
    day = park_date(frame.data_time)
    at = believed_time(frame, clock_tolerance)
    reports: list[Judged] = []
    for key, entry in frame.entries.items():
        rows = table.get(key)
        if rows is None or entry.value is None or key not in stored.fresh or _superseded(key, frame, period):
            continue
        if not verdict_of_mark(entry.mark, edition if edition in MARKS else "2017").judged:
            tally.not_valid += 1
            continue
        tally.judged += 1
        for limit in rows:
            watch_key = watch_key_of(limits, limit, period, REPORTED)
            if limit.safe_low < entry.value < limit.safe_high and watch_key not in book.open:
                continue
            if limit.in_force(day):
                held = hold(entry.text or "", limit)
                if book.see(watch_key, held, at):
                    reports.append(Judged(held, _occasion(frame, period, minute_interval)))
    return reports


def watch_key_of(limits: PointLimits, limit: AppliedLimit, period: Period, origin: str) -> WatchKey:
    """Return the key under which a limit of a point is watched."""
    return (limits.point.point_id, limit.row.factor, period.value, limit.row.limit_id, origin)


def _superseded(key: EntryKey, frame: Frame, period: Period) -> bool:
    """Say whether the frame holds a better attribute for the same value (a minute record with both Avg and Rtd)."""
    factor, attribute = key
    converted = attribute.startswith("Zs")
    better = VALUE_ATTRIBUTES[period, converted]
    return any((factor, name) in frame.entries for name in better[: better.index(attribute)])


def _occasion(frame: Frame, period: Period, minute_interval: timedelta) -> Occasion:
    return Occasion(
        period=period,
        start=frame.data_time,
        end=end_of(period, frame.data_time, minute_interval),
        origin=REPORTED,
        revision=frame.revision,
        mn=frame.mn,
    )
