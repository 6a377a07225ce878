"""What a scenario does to values and lines while it lasts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from simulator.operations import Mark


class Action(StrEnum):
    """Kinds of effects; the first five change values, the others the line."""

    MULTIPLY = "multiply"
    OFFSET = "offset"
    HOLD = "hold"
    LIMIT_TIMES = "limit_times"
    MARK = "mark"
    INTERVAL = "interval"
    DISCONNECT = "disconnect"
    GAP = "gap"
    BAD_CRC = "bad_crc"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of an action
    UNKNOWN_MN = "unknown_mn"


VALUE_ACTIONS = frozenset({Action.MULTIPLY, Action.OFFSET, Action.HOLD, Action.LIMIT_TIMES})


@dataclass(frozen=True)
class Effect:
    """One effect on some points during [start, end).

    `amount` is the factor, offset, value, multiple of the limit, share of frames (0 to 1) or seconds, by `action`;
    `over_s` lets a value effect grow from nothing to full strength; `text` is the mark or the MN.
    """

    action: Action
    points: frozenset[str]
    start: datetime
    end: datetime
    factor: str = "*"
    amount: float = 0.0
    over_s: float = 0.0
    text: str = ""

    def holds(self, point: str, at: datetime) -> bool:
        return point in self.points and self.start <= at < self.end

    def strength(self, at: datetime) -> float:
        """Return 0 to 1."""
        if self.over_s <= 0:
            return 1.0
        return min(1.0, max(0.0, (at - self.start).total_seconds() / self.over_s))


class Effects:
    """Every effect of the scenario, past ones too: a record of the past is made again with what held then."""

    def __init__(self, effects: Iterable[Effect] = ()) -> None:
        self._by_point: dict[str, list[Effect]] = {}
        for effect in effects:
            for point in effect.points:
                self._by_point.setdefault(point, []).append(effect)

    def on_values(self, point: str, factor: str, at: datetime) -> list[Effect]:
        """Return the effects on a factor's value, in the order of the script."""
        return [
            effect
            for effect in self._by_point.get(point, ())
            if effect.action in VALUE_ACTIONS and effect.factor in (factor, "*") and effect.holds(point, at)
        ]

    def mark(self, point: str, at: datetime) -> Mark | None:
        """Return the mark that a scenario puts on all values of a point."""
        effect = self.on_line(point, Action.MARK, at)
        return Mark(effect.text) if effect else None

    def on_line(self, point: str, action: Action, at: datetime) -> Effect | None:
        """Return the last effect of an action that holds at a point."""
        found = None
        for effect in self._by_point.get(point, ()):
            if effect.action is action and effect.holds(point, at):
                found = effect
        return found
