"""Watches: after a value broke a limit, its successors are reported too, until the episode is over for sure.

    state        value over       value keeps the limit, ratio >= 0.9   value keeps it well, ratio < 0.9
    not watched  open, violated   nothing                               nothing
    watched      streak 0,        streak 0, complied                    streak + 1, complied; at the 5th the watch ends
                 violated

A value older than the newest one seen by the watch is late: when over it is reported, but it moves no watch. So the
watch depends on the newest values only, whatever order they come in.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

CALM_RATIO = 0.9
"""Below this share of the limit a value counts as calm."""
CALM_STREAK = 5
"""So many calm values in a row end a watch."""

WatchKey: TypeAlias = tuple[UUID, str, str, str, str]
"""(point id, factor, period, limit id, origin); origin is reported (by the device) or computed (by us)."""


@dataclass(frozen=True, slots=True)
class Watch:
    """An open episode."""

    opened_at: datetime
    last_at: datetime
    streak: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a value does: the watch afterwards (None: none), and whether violated or complied is to be reported."""

    watch: Watch | None
    report: bool


def see(watch: Watch | None, *, violated: bool, ratio: float, at: datetime) -> Seen:
    """Return what a value with the given verdict, standing for the time `at`, does to its watch."""
    if watch is None:
        return Seen(Watch(at, at) if violated else None, violated)
    if at <= watch.last_at:
        return Seen(watch, violated)
    if violated or ratio >= CALM_RATIO:
        return Seen(replace(watch, last_at=at, streak=0), report=True)
    if watch.streak + 1 >= CALM_STREAK:
        return Seen(None, report=True)
    return Seen(replace(watch, last_at=at, streak=watch.streak + 1), report=True)
