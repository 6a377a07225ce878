"""Storm control: what a person is told of one enterprise (or of one place without one) within a window comes together.

The first alarm is told at once; what follows within the window waits and is told in one message at its end, unless it is
more severe than what was told, then at once. Nothing is dropped: the message says how many alarms it stands for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from park_schemas.alarms import Alarm


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
    """Return the group an alarm is told with: its enterprise, else its place."""
    return str(alarm.enterprise_id or alarm.subject_id)


def message_now(waiting: Sequence[Waiting], told: Told | None, now: datetime, window: timedelta) -> Message | None:
    """Return the message to send now for all that waits in one group, None while it should wait on."""
    if not waiting:
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
