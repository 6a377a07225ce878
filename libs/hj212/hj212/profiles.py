"""Profiles: which tolerances, check values and limits apply to a connection or a device.

``LENIENT`` is what a host should use towards the field; ``STRICT`` is the standard.  Named device profiles add what
one family of devices needs (another CRC algorithm, a fixed edition).  A profile is data: derive one with
``dataclasses.replace``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import Final

from .crc import crc16, crc16_arc
from .deviations import CP_DEVIATIONS, Deviation
from .editions import MAX_SEGMENT, Edition
from .layouts import FAST


class CrcKind(enum.StrEnum):
    """Check value algorithms found in the field (the value is the name used on the command line)."""

    HJ212 = "hj212"
    MODBUS_HIGH_FIRST = "modbus-hi"
    MODBUS_LOW_FIRST = "modbus-lo"
    ARC = "arc"
    NONE = "none"


def check_value(kind: CrcKind, segment: bytes) -> int | None:
    """Return the number whose four hex digits `kind` puts after `segment`; None for ``NONE``."""
    if kind is CrcKind.HJ212:
        return crc16(segment)
    if kind is CrcKind.MODBUS_HIGH_FIRST:
        return crc16_arc(segment, 0xFFFF)
    if kind is CrcKind.MODBUS_LOW_FIRST:
        value = crc16_arc(segment, 0xFFFF)
        return (value & 0xFF) << 8 | value >> 8
    return crc16_arc(segment) if kind is CrcKind.ARC else None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is accepted: tolerances, a device's other CRC algorithm, the longest data segment, a fixed edition.

    `max_segment` is in bytes; a larger declared length is taken for a false header (PROTOCOL: resynchronise).
    `edition` None means: recognise it from each header.
    """

    name: str
    tolerated: frozenset[Deviation]
    crc: CrcKind = CrcKind.HJ212
    max_segment: int = MAX_SEGMENT
    edition: Edition | None = None
    judges_cp: bool = field(init=False)
    quick_limit: int = field(init=False)

    def __post_init__(self) -> None:
        # Only a profile that refuses something inside CP has to read CP before the packet is asked for it.
        object.__setattr__(self, "judges_cp", not self.tolerated >= CP_DEVIATIONS)
        object.__setattr__(self, "quick_limit", self._quick_limit())

    def _quick_limit(self) -> int:
        """Return the longest segment the quick path may take; -1 if it must not be used."""
        if not FAST or self.edition is not None:
            return -1
        takes_long = self.tolerated >= {Deviation.SEGMENT_TOO_LONG, Deviation.CP_TOO_LONG}
        return self.max_segment if takes_long else min(self.max_segment, MAX_SEGMENT)


_BY_DEVICE_ONLY = frozenset({Deviation.CRC_ALGORITHM, Deviation.CRC_UNCHECKED})

STRICT: Final = Profile("strict", frozenset())
LENIENT: Final = Profile("lenient", frozenset(Deviation) - _BY_DEVICE_ONLY, max_segment=4096)


def _device(name: str, crc: CrcKind, extra: Deviation) -> Profile:
    return replace(LENIENT, name=name, crc=crc, tolerated=LENIENT.tolerated | {extra})


PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        STRICT,
        LENIENT,
        _device("modbus-hi", CrcKind.MODBUS_HIGH_FIRST, Deviation.CRC_ALGORITHM),
        _device("modbus-lo", CrcKind.MODBUS_LOW_FIRST, Deviation.CRC_ALGORITHM),
        _device("arc", CrcKind.ARC, Deviation.CRC_ALGORITHM),
        _device("no-crc", CrcKind.NONE, Deviation.CRC_UNCHECKED),
        replace(LENIENT, name="2005", edition=Edition.HJT_2005),
        replace(LENIENT, name="surface-water", edition=Edition.SURFACE_WATER),
        replace(LENIENT, name="long-segments", max_segment=9999),
    )
}
"""Ready-made profiles by name."""
