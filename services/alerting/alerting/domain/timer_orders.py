"""What a sequence of decisions wants of the timers of alarms, brought together so that it is written once. Pure.

A waiting clear or close keeps its first instant; of the other timers the newest word counts.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from alerting.domain.episode import CLOSE, RESOLVE

FIRST_COUNTS = (RESOLVE, CLOSE)


class TimerOrders:
    """Per (alarm, kind): whether what stands is dropped, and the instant that is set after that."""

    def __init__(self) -> None:
        self._dropped: set[tuple[UUID, str]] = set()
        self._due: dict[tuple[UUID, str], datetime] = {}

    def add(self, alarm_id: UUID, wanted: Mapping[str, datetime | None]) -> None:
        """Take in the timers of one decision: an instant to set, None to drop."""
        for kind, due in wanted.items():
            key = (alarm_id, kind)
            if due is None:
                self._dropped.add(key)
                self._due.pop(key, None)
            elif kind not in FIRST_COUNTS or key not in self._due:
                self._due[key] = due

    def dropped(self) -> list[tuple[UUID, str]]:
        """Return what is to be removed before anything is set."""
        return sorted(self._dropped)

    def due(self) -> Iterator[tuple[UUID, str, datetime]]:
        """Return (alarm, kind, instant) of what is to be set."""
        return ((alarm_id, kind, due) for (alarm_id, kind), due in sorted(self._due.items()))
