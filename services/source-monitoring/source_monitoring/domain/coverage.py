"""Whether stretches of time cover a time without gap."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol


class Stretch(Protocol):
    """Anything with a start and an end: [start, end)."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...


def covered(stretches: Iterable[Stretch], start: datetime, end: datetime) -> bool:
    """Say whether stretches, in any order, cover [start, end) without gap."""
    reached = start
    for one in sorted(stretches, key=lambda one: one.start):
        if one.start <= reached:
            reached = max(reached, one.end)
    return reached >= end
