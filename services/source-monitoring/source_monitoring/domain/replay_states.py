"""The life of a replay: asked for, worked through day by day, looked at, then adopted or left. One literal table.

    queued -> running -> done -> adopting -> adopted
                      |       `-> left
                      `-> failed (of no point anything could be judged)      queued, running -> cancelled

A replay that was left, cancelled or failed changes nothing, and never will.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType


class ReplayState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ADOPTING = "adopting"
    ADOPTED = "adopted"
    LEFT = "left"


class ReplayAction(StrEnum):
    START = "start"
    CANCEL = "cancel"
    ADOPT = "adopt"
    LEAVE = "leave"
    BEGIN = "begin"
    """By the work itself, as the three below."""
    FINISH = "finish"
    FAIL = "fail"


NEXT: Mapping[tuple[ReplayState, ReplayAction], ReplayState] = MappingProxyType(
    {
        (ReplayState.QUEUED, ReplayAction.BEGIN): ReplayState.RUNNING,
        (ReplayState.QUEUED, ReplayAction.CANCEL): ReplayState.CANCELLED,
        (ReplayState.RUNNING, ReplayAction.CANCEL): ReplayState.CANCELLED,
        (ReplayState.RUNNING, ReplayAction.FINISH): ReplayState.DONE,
        (ReplayState.RUNNING, ReplayAction.FAIL): ReplayState.FAILED,
        (ReplayState.DONE, ReplayAction.ADOPT): ReplayState.ADOPTING,
        (ReplayState.DONE, ReplayAction.LEAVE): ReplayState.LEFT,
        (ReplayState.ADOPTING, ReplayAction.FINISH): ReplayState.ADOPTED,
    }
)
"""What is absent here is refused."""

BY_PERSON = (ReplayAction.ADOPT, ReplayAction.LEAVE, ReplayAction.CANCEL)
PERMISSION = "data:replay"
ENDED = frozenset({ReplayState.FAILED, ReplayState.CANCELLED, ReplayState.ADOPTED, ReplayState.LEFT})
JUDGED = frozenset({ReplayState.DONE, ReplayState.ADOPTING, ReplayState.ADOPTED, ReplayState.LEFT})
"""All of it has been judged: its digest says something."""


def allowed(state: ReplayState, changed: int, permissions: Collection[str]) -> list[ReplayAction]:
    """Return the steps a person may take now. There is nothing to adopt when nothing differs."""
    if PERMISSION not in permissions:
        return []
    return [
        action for action in BY_PERSON if (state, action) in NEXT and not (action is ReplayAction.ADOPT and not changed)
    ]
