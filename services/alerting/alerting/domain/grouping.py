"""Grouping and storm control: what a person is told of one group of alarms within a window comes together.

A group is an enterprise, an outlet or a plume (see plume.py); an alarm carries its key from the beginning.

The first alarm is told at once; what follows within the window waits and is told in one message at its end, unless it is
more severe than what was told, then at once. Nothing is dropped: the message says how many alarms it stands for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from park_schemas.alarms import Alarm

_AT_ONCE = timedelta(0)


class Waiting(Struct, frozen=True):
    """A notification that has not been told; `level_rank` is 1 (blue) to 4 (red)."""

    notification_id: UUID
    made_at: datetime
    level_rank: int
    title_zh: str
    title_en: str


class Told(Struct, frozen=True):
    """What the person was told within the window: when last, and the most severe."""

    at: datetime
    level_rank: int


class Message(Struct, frozen=True):
    """One message: the notification it speaks with, how many it stands for, its titles."""

    speaks: UUID
    together: int
    title_zh: str
    title_en: str


def group_key(alarm: Alarm) -> str:
    """Return the group an alarm is told with; alarms of before there were groups: their enterprise, else their place."""
    return alarm.group_key or (
        f"enterprise:{alarm.enterprise_id}" if alarm.enterprise_id else f"outlet:{alarm.subject_id}"
    )


def message_now(
    waiting: Sequence[Waiting], told: Told | None, now: datetime, window: timedelta, wait: timedelta = _AT_ONCE
) -> Message | None:
    """Return the message to send now for all that waits in one group, None while it should wait on.

    `wait`: so long the first of a group waits for others that come with it.
    """
    if not waiting or (told is None and now - min(one.made_at for one in waiting) < wait):
        return None
    speaks = max(waiting, key=lambda one: (one.level_rank, one.made_at))
    within = told is not None and now - told.at < window
    if told is not None and within and speaks.level_rank <= told.level_rank:
        return None
    count = len(waiting)
    if count == 1:
        return Message(speaks.notification_id, 1, speaks.title_zh, speaks.title_en)
    return Message(
        speaks.notification_id, count, f"{speaks.title_zh} 等 {count} 条告警", f"{speaks.title_en} and {count - 1} more"
    )
