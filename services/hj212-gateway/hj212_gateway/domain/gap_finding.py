"""From what came to what is missing: intervals whose record is overdue, neighbours joined, each range one command's worth."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hj212_gateway.domain.record_days import DayBits, missing_slots, slot_of


@dataclass(frozen=True)
class MissingRange:
    """Neighbouring intervals without a record: DataTimes in [begins, ends), `records` of them."""

    begins: datetime
    ends: datetime
    records: int


@dataclass(frozen=True)
class Looked:
    """The outcome of one look at one kind of record of one device."""

    ranges: list[MissingRange]
    checked_until: datetime
    next_check_at: datetime


def look(
    arrived: DayBits, checked_until: datetime, now: datetime, *, interval_min: int, grace: timedelta, most_records: int
) -> Looked:
    """Find what is overdue: intervals that begin at or after `checked_until` and ended `grace` or longer before `now`.

    `grace` includes how far the device's clock is behind. A range holds at most `most_records` records, because it is
    fetched by one command.
    """
    step = timedelta(minutes=interval_min)
    begin = slot_of(checked_until, interval_min)
    if begin < checked_until:
        begin += step
    end = slot_of(now - grace, interval_min)  # the interval that begins here has not ended before now - grace
    ranges = joined(missing_slots(arrived, begin, end, interval_min), interval_min, most_records)
    reached = max(begin, end)
    return Looked(ranges, reached, reached + step + grace)


def joined(slots: Iterable[datetime], interval_min: int, most_records: int) -> list[MissingRange]:
    """Join neighbouring intervals, given in ascending order, into ranges of at most `most_records`."""
    step = timedelta(minutes=interval_min)
    ranges: list[MissingRange] = []
    for slot in slots:
        last = ranges[-1] if ranges else None
        if last is not None and last.ends == slot and last.records < most_records:
            ranges[-1] = MissingRange(last.begins, slot + step, last.records + 1)
        else:
            ranges.append(MissingRange(slot, slot + step, 1))
    return ranges


def extended(before: MissingRange, found: MissingRange, most_records: int) -> MissingRange | None:
    """Return the union when `found` follows `before` without a step between and both fit into one command, else None."""
    if before.ends != found.begins or before.records + found.records > most_records:
        return None
    return MissingRange(before.begins, found.ends, before.records + found.records)
