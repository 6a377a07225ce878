"""Which connections served which device, on their way to the list of recent ones: bounded in memory, written in batches."""

from collections import deque
from collections.abc import Iterable

from park_schemas.codes import SessionState
from park_schemas.telemetry import SessionChanged

_MOST_WAITING = 40_000
_KEPT_STATES = (SessionState.ONLINE, SessionState.OFFLINE)


class ConnectionLog:
    """Collects the comings and goings of registered devices until they are stored; beyond the bound the oldest are let go."""

    def __init__(self) -> None:
        self._changes: deque[SessionChanged] = deque(maxlen=_MOST_WAITING)

    def put(self, change: SessionChanged) -> None:
        if change.state in _KEPT_STATES:
            self._changes.append(change)

    def take(self) -> list[SessionChanged]:
        """Return and forget what is waiting."""
        changes = list(self._changes)
        self._changes.clear()
        return changes

    def put_back(self, changes: Iterable[SessionChanged]) -> None:
        """Take back what could not be stored."""
        self._changes.extendleft(reversed(list(changes)[: _MOST_WAITING - len(self._changes)]))
