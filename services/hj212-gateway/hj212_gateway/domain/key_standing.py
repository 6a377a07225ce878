"""Where a device stands with its keys: what opens its frames, whether a newer one is on its way, whether that went wrong."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, NamedTuple

from hj212_gateway.domain.command_states import OPEN, CommandState
from hj212_gateway.domain.device_keys import KeyState

ROTATION: Final = timedelta(days=90)
"""A key is to be replaced after so long (HJ 212-2025 6.4.4)."""

_LEAVES_NOTHING: Final = frozenset({CommandState.SUCCEEDED, CommandState.REJECTED, CommandState.CANCELLED})
"""A 1014 that ended well, or that people did not want in the end."""

IN_USE: Final = frozenset({KeyState.IN_FORCE, KeyState.CONFIRMED})

_STRONGEST_FIRST: Final = (KeyState.IN_FORCE, KeyState.CONFIRMED, KeyState.OFFERED, KeyState.DROPPED, KeyState.RETIRED)


class Handover(StrEnum):
    """What became of the newest 1014."""

    UNDER_WAY = "under-way"
    FAILED = "failed"


class Standing(NamedTuple):
    """A device's place in the list. `key` is the row that says most: in force before confirmed before offered before ended ones.

    `handover` tells of the newest command 1014 while it runs or when it failed after that key was made; None otherwise.
    """

    mn: str
    key: Mapping[str, Any] | None
    handover: Handover | None
    command: Mapping[str, Any] | None
    replace_before: datetime | None

    @property
    def state(self) -> str:
        """State of the key that says most; `none` for a device without one."""
        return str(self.key["state"]) if self.key else "none"

    def is_due(self, at: datetime) -> bool:
        """Whether the key in use is older than the standard lets it be."""
        return self.replace_before is not None and self.replace_before <= at


def replace_before(row: Mapping[str, Any]) -> datetime | None:
    """Return until when a key in use is to be replaced, None for one that is not in use."""
    return row["made_at"] + ROTATION if row["state"] in IN_USE else None


def standings(
    mns: Iterable[str], keys: Sequence[Mapping[str, Any]], commands: Mapping[str, Mapping[str, Any]]
) -> list[Standing]:
    """Return where each device stands, by MN. `keys` newest first a device; `commands`: the newest 1014 of a device."""
    known = {mn: list(rows) for mn, rows in groupby(sorted(keys, key=_mn), key=_mn)}
    return [_standing(mn, known.get(mn, []), commands.get(mn)) for mn in sorted(mns)]


def _standing(mn: str, rows: Sequence[Mapping[str, Any]], command: Mapping[str, Any] | None) -> Standing:
    key = min(rows, key=lambda row: _STRONGEST_FIRST.index(KeyState(row["state"])), default=None)
    handover = _handover(key, command)
    return Standing(mn, key, handover, command if handover else None, replace_before(key) if key else None)


def _handover(key: Mapping[str, Any] | None, command: Mapping[str, Any] | None) -> Handover | None:
    if command is None:
        return None
    state = CommandState(command["state"])
    if state in OPEN:
        return Handover.UNDER_WAY
    # The device may have taken the key without saying so: its first frame under it was the word.
    if state in _LEAVES_NOTHING or (key is not None and key["state"] in IN_USE and _is_newer(key, command)):
        return None
    return Handover.FAILED


def _is_newer(key: Mapping[str, Any], command: Mapping[str, Any]) -> bool:
    return bool(key["command_id"] == command["command_id"] or key["made_at"] >= command["created_at"])


def _mn(row: Mapping[str, Any]) -> str:
    return str(row["mn"])
