"""Which minutes of a park day had a record: one number a (device, kind, day), bit m set when DataTime was in minute m.

A day of any rhythm fits in 1440 bits, so that a changed rhythm needs no new bookkeeping and two gateways unite what they
know by a bitwise or.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from park_schemas.park_time import PARK_TIME_ZONE

MINUTES_OF_DAY = 1440
DayBits = Mapping[date, int]


def place_of(at: datetime) -> tuple[date, int]:
    """Return the park day and the minute of it that an instant falls into."""
    local = at.astimezone(PARK_TIME_ZONE)
    return local.date(), local.hour * 60 + local.minute


def instant_of(day: date, minute: int) -> datetime:
    """Return the instant at which a minute of a park day begins, aware."""
    return datetime.combine(day, time(0), PARK_TIME_ZONE) + timedelta(minutes=minute)


def times_in(arrived: DayBits) -> list[datetime]:
    """Return the minutes that had a record, ascending."""
    return [instant_of(day, minute) for day in sorted(arrived) for minute in _bits_of(arrived[day])]


def slot_of(at: datetime, interval_min: int) -> datetime:
    """Return the start of the interval that holds an instant; intervals are counted from midnight, park time."""
    day, minute = place_of(at)
    return instant_of(day, minute - minute % interval_min)


def has_record(arrived: DayBits, slot: datetime, interval_min: int) -> bool:
    """Whether a record came for the interval that begins at `slot`: its DataTime may lie anywhere within."""
    day, minute = place_of(slot)
    return bool(arrived.get(day, 0) >> minute & ((1 << interval_min) - 1))


def missing_slots(arrived: DayBits, begin: datetime, end: datetime, interval_min: int) -> Iterator[datetime]:
    """Yield the intervals that begin in [begin, end) and have no record. `begin` is the start of an interval."""
    slot = begin
    step = timedelta(minutes=interval_min)
    while slot < end:
        if not has_record(arrived, slot, interval_min):
            yield slot
        slot += step


def _bits_of(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
