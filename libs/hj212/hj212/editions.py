"""The editions of HJ 212 as data: header rules, version bits, answer forms, and how a packet's edition is recognised.

Sources: HJ/T 212-2005 6.3; HJ 212-2017 6.3 and table 3; HJ 212-2025 table 3 (quoted by public implementers, the text
itself was not at hand).  The surface-water dialect is the national specification of 2017/18 for surface-water
stations, which took version bits 2 years before HJ 212-2025 did.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final


class Edition(enum.StrEnum):
    """Edition or dialect a packet is written in."""

    HJT_2005 = "2005"
    HJ_2017 = "2017"
    HJ_2025 = "2025"
    SURFACE_WATER = "surface-water-2017"
    UNKNOWN = "unknown"


ACK_BIT: Final = 1
"""Flag bit 0: an answer is required (HJ 212-2017 calls it A, HJ 212-2025 calls it D; the position is the same)."""
SPLIT_BIT: Final = 2
"""Flag bit 1: PNUM and PNO are present (2017: D, 2025: A; the position is the same)."""

MAX_SEGMENT: Final = 1024
"""Bytes of a data segment (HJ 212-2017 6.3.1, table 2)."""


@dataclass(frozen=True, slots=True)
class EditionRules:
    """What a strictly conforming header of one edition looks like."""

    version_bits: int | None
    orders: tuple[tuple[str, ...], ...]
    required: frozenset[str]
    mn: re.Pattern[str]
    packet_number: re.Pattern[str]
    cp_limit: int
    resend_field: bool
    answers_in_cp: bool


_ORDER_2017 = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO")
_ORDER_2025 = (*_ORDER_2017, "RF")
# The printed examples of 2005 use these three orders; each is accepted as strict.
_ORDERS_2005 = (
    _ORDER_2017,
    ("ST", "CN", "QN", "PW", "MN", "PNO", "PNUM", "Flag"),
    ("ST", "CN", "QN", "PW", "MN", "Flag", "PNUM", "PNO"),
)
_ALL = frozenset({"QN", "ST", "CN", "PW", "MN", "Flag"})
_MN_24_HEX = re.compile(r"[0-9A-F]{24}")
_MN_2005 = re.compile(r"[0-9A-Za-z]{14}")
_UP_TO_4_DIGITS = re.compile(r"[0-9]{1,4}")
_ONE_DIGIT = re.compile(r"[0-9]")

RULES: Final[dict[Edition, EditionRules]] = {
    Edition.HJT_2005: EditionRules(
        0, _ORDERS_2005, frozenset({"ST", "CN", "PW", "MN"}), _MN_2005, _UP_TO_4_DIGITS, 960, False, True
    ),
    Edition.HJ_2017: EditionRules(1, (_ORDER_2017,), _ALL, _MN_24_HEX, _UP_TO_4_DIGITS, 950, False, False),
    Edition.HJ_2025: EditionRules(2, (_ORDER_2025,), _ALL, _MN_24_HEX, _ONE_DIGIT, 950, True, False),
    # ASSUMPTION: apart from MN the surface-water header follows 2017; disprove with the station specification.
    Edition.SURFACE_WATER: EditionRules(
        2, (_ORDER_2017,), _ALL, re.compile(r"[0-9A-Za-z_]{1,24}"), _UP_TO_4_DIGITS, 950, False, False
    ),
    Edition.UNKNOWN: EditionRules(None, (_ORDER_2025,), _ALL, _MN_24_HEX, _UP_TO_4_DIGITS, 950, True, False),
}

ANSWER_COMMANDS: Final = frozenset({"9011", "9012", "9013", "9014"})
"""Commands that answer; they are never answered themselves (HJ 212-2017 6.4.2)."""

_HEX_24 = re.compile(r"[0-9A-Fa-f]{24}")


def detect_edition(flag: int | None, mn: str, st: str) -> Edition:
    """Return the edition a header points to: version bits, then MN shape, then ST.

    A Flag outside 0..255 counts as absent.  Version bits 2 mean HJ 212-2025 for a 24-hex (or not yet assigned,
    empty) MN with an ST other than 21, else the surface-water dialect.
    """
    if flag is None or not 0 <= flag <= 255:
        return Edition.HJ_2017 if _HEX_24.fullmatch(mn) else Edition.HJT_2005
    bits = flag >> 2
    if bits == 2:
        national = (not mn or _HEX_24.fullmatch(mn) is not None) and st != "21"
        return Edition.HJ_2025 if national else Edition.SURFACE_WATER
    return _BY_BITS.get(bits, Edition.UNKNOWN)


_BY_BITS: Final = {0: Edition.HJT_2005, 1: Edition.HJ_2017}
