"""Keys of devices (HJ 212-2025 6.4.4, CN 1014): which open their frames, and which one is in force.

    offered     the command that carries it is on its way, or nobody knows what became of it
    confirmed   the device has said it took it (9012), or a person has entered it: it may be used from now on
    in-force    a frame came under it
    retired     a newer one is in force, or a person has ended it; it opens what the device sends again for a little
                while, then only old evidence
    dropped     the device has refused it

The first frame under a new key retires the ones before it. ASSUMPTION: the standard says nothing of frames that were under way
when the key changed (PROTOCOL.md 9.2); a device repeats them as they were, so the old key opens `old_for` longer. To disprove: a
logger, or the official text, in which a frame sent again is encrypted anew.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID


class KeyState(StrEnum):
    """Where a key stands."""

    OFFERED = "offered"
    CONFIRMED = "confirmed"
    IN_FORCE = "in-force"
    RETIRED = "retired"
    DROPPED = "dropped"


class KeyStep(StrEnum):
    """What happens to a key."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    USE = "use"
    SUPERSEDE = "supersede"
    RETIRE = "retire"


_S, _P = KeyState, KeyStep

TRANSITIONS: Final[dict[KeyStep, tuple[tuple[KeyState, ...], KeyState]]] = {
    _P.CONFIRM: ((_S.OFFERED,), _S.CONFIRMED),
    _P.REFUSE: ((_S.OFFERED,), _S.DROPPED),
    _P.USE: ((_S.OFFERED, _S.CONFIRMED), _S.IN_FORCE),
    _P.SUPERSEDE: ((_S.OFFERED, _S.CONFIRMED, _S.IN_FORCE), _S.RETIRED),
    _P.RETIRE: ((_S.OFFERED, _S.CONFIRMED, _S.IN_FORCE), _S.RETIRED),
}
"""A step: the states it is taken in, and where it leads; in every other state nothing happens."""

OPEN: Final = frozenset({_S.OFFERED, _S.CONFIRMED, _S.IN_FORCE})
_NEW: Final = TRANSITIONS[_P.USE][0]


class DeviceKey(NamedTuple):
    """One key of a device, 16 bytes. `opens_until`: a retired one opens frames so long."""

    key_id: UUID
    mn: str
    key: bytes
    state: KeyState
    opens_until: datetime | None = None

    def __repr__(self) -> str:
        return f"DeviceKey({self.key_id}, {self.mn}, {self.state})"


class Used(NamedTuple):
    """A key under which the first frame came at `at`."""

    key_id: UUID
    mn: str
    at: datetime


class DeviceKeys:
    """The keys of all devices, by MN; replaced as a whole when they are read again."""

    def __init__(self, *, old_for: timedelta = timedelta(0)) -> None:
        self._old_for = old_for
        self._keys: dict[str, list[DeviceKey]] = {}
        self._used: dict[UUID, Used] = {}

    def put(self, keys: Iterable[DeviceKey]) -> None:
        """Replace what is known; the keys of a device come newest first."""
        self._keys = {}
        for key in keys:
            self._keys.setdefault(key.mn, []).append(key)

    def of(self, mn: str, at: datetime) -> list[bytes]:
        """Return the keys that open frames of a device at `at`, newest first."""
        return [key.key for key in self._opening(mn, at)]

    def used(self, mn: str, number: int, at: datetime) -> None:
        """Note a frame under the key at this place of :meth:`of`: a new one is in force from now on, older ones are not."""
        used = self._opening(mn, at)[number]
        if used.state not in _NEW:
            return
        self._used.setdefault(used.key_id, Used(used.key_id, mn, at))
        known = self._keys[mn]
        place = known.index(used)
        self._keys[mn] = [
            *known[:place],
            used._replace(state=KeyState.IN_FORCE),
            *(self._retired(key, at) for key in known[place + 1 :]),
        ]

    def in_force(self, mn: str) -> bytes | None:
        """Return the key under which a new one is hidden: the newest that was used, else the newest that may be."""
        for state in (KeyState.IN_FORCE, KeyState.CONFIRMED):
            for key in self._keys.get(mn, ()):
                if key.state is state:
                    return key.key
        return None

    def take_used(self) -> list[Used]:
        """Return the keys whose first frame came since the last call."""
        used, self._used = list(self._used.values()), {}
        return used

    def put_back(self, used: Iterable[Used]) -> None:
        """Take back what could not be stored."""
        self._used = {one.key_id: one for one in used} | self._used

    def _opening(self, mn: str, at: datetime) -> list[DeviceKey]:
        return [
            key
            for key in self._keys.get(mn, ())
            if key.state in OPEN or (key.opens_until is not None and at < key.opens_until)
        ]

    def _retired(self, key: DeviceKey, at: datetime) -> DeviceKey:
        if key.state not in OPEN:
            return key
        return key._replace(state=KeyState.RETIRED, opens_until=at + self._old_for)
