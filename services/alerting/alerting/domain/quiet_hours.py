"""Quiet hours: when a person or a chat is not disturbed, and from which level on it is all the same.

What falls into quiet hours waits until they end; nothing is dropped. Hours are wall time of the park; an end before the start is
on the next day, equal ones are the whole day.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from msgspec import Struct
from park_schemas.codes import AlarmLevel
from park_schemas.park_time import PARK_TIME_ZONE

_LONGEST_CHAIN = 8


class QuietHours(Struct, frozen=True, forbid_unknown_fields=True):
    """Every day from `start` to before `end` nothing below `override_from` goes by `channel` (a kind, or `all`)."""

    start: time
    end: time
    channel: str = "all"
    override_from: AlarmLevel = AlarmLevel.RED


def quiet_until(quiet: Iterable[QuietHours], kind: str, level: AlarmLevel, at: datetime) -> datetime | None:
    """Return when a message of a level may go by a kind of channel; None: now. `at` is aware, the answer park time."""
    spans = [one for one in quiet if one.channel in {"all", kind} and level.rank < one.override_from.rank]
    free = at.astimezone(PARK_TIME_ZONE)
    for _ in range(_LONGEST_CHAIN):  # spans may touch: the end of one is the start of the next
        ends = [end for one in spans if (end := _end_of(one, free)) is not None]
        if not ends:
            break
        free = max(ends)
    return free if free > at else None


def _end_of(quiet: QuietHours, wall: datetime) -> datetime | None:
    """Return when the quiet span that holds `wall` ends, None when none does."""
    for day in (wall.date() - timedelta(days=1), wall.date()):
        start = datetime.combine(day, quiet.start, PARK_TIME_ZONE)
        end = datetime.combine(day, quiet.end, PARK_TIME_ZONE)
        if end <= start:
            end += timedelta(days=1)
        if start <= wall < end:
            return end
    return None
