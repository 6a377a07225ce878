"""How many of the results that were owed came, and came in time."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from source_monitoring.domain.manual.dues import Due, DueState

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Completion:
    """Counts of periods. `pending` ones (not over yet) and exempt ones are in no rate."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    exempt: int = 0
    pending: int = 0

    @property
    def owed(self) -> int:
        return self.on_time + self.late + self.overdue

    @property
    def rate(self) -> float | None:
        """Share of owed periods whose results came in time (自行监测完成率); None when nothing was owed."""
        return round(self.on_time / self.owed, 4) if self.owed else None

    def plus(self, due: Due) -> "Completion":
        """Return the counts with one more period."""
        place = _PLACES.get(due.state, "pending")
        if due.state is DueState.DONE and due.late:
            place = "late"
        return Completion(**{name: getattr(self, name) + (name == place) for name in _NAMES})


_NAMES = ("on_time", "late", "overdue", "exempt", "pending")
_PLACES = {DueState.DONE: "on_time", DueState.OVERDUE: "overdue", DueState.EXEMPT: "exempt"}


def completion(dues: Iterable[Due], key: Callable[[Due], Key]) -> dict[Key, Completion]:
    """Return the counts by key, in the order keys come up."""
    found: dict[Key, Completion] = {}
    for due in dues:
        found[key(due)] = found.get(key(due), Completion()).plus(due)
    return found
