"""The optional compiled accelerator (`_speed.c`), if it was built and not switched off (HJ212_NO_SPEED=1).

Without it everything works the same, in Python. It is used on the quick path only, so HJ212_CLEAR_PATH=1 switches it
off too.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .data_area import Reading
    from .deviations import Deviation
    from .packet import Packet


class Plan(Protocol):
    """One CP layout, compiled: literal keys between values, and where each reading takes its parts from."""

    def values(self, segment: bytes, start: int, stop: int, /) -> tuple[str | None, ...] | None:
        """Return the values and a None if ``segment[start:stop]`` has this layout, else None."""

    def readings(self, segment: bytes, start: int, stop: int, type_: type[Reading], /) -> list[Reading] | None:
        """Return the readings if ``segment[start:stop]`` has this layout, else None."""


class Reader(Protocol):
    """The quick way from a frame to its packet, compiled."""

    def read(self, data: bytes, limit: int, /) -> Packet | None:
        """Decode as `decoding._read_in_python` does."""


class Speed(Protocol):
    """What the compiled module offers."""

    def Reader(  # noqa: N802
        self,
        packet: type[Packet],
        slots: tuple[str, ...],
        combinations: tuple[Any, ...],
        extra: Mapping[str, str],
        encoding: str,
        deviations: tuple[frozenset[Deviation], ...],
        max_segment: int,
        /,
    ) -> Reader:
        """Compile the rules of a strict header (`segment.STRICT_EDITIONS`)."""

    def Plan(self, literals: tuple[bytes, ...], slots: tuple[Any, ...], /) -> Plan:  # noqa: N802
        """Compile a layout."""


def _load() -> Speed | None:
    if os.environ.get("HJ212_NO_SPEED") == "1":
        return None
    try:
        module: Any = importlib.import_module("._speed", __package__)
    except ImportError:
        return None
    found: Speed = module
    return found


SPEED: Final = _load()
MAX_VALUES: Final = 512
