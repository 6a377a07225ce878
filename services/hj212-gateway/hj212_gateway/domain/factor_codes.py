"""Factor codes of HJ/T 212-2005 become those of 2017, the one language of everything behind the gateway.

Loggers of 2005 send them, and so do many later ones, beside codes of 2017 in one frame. The successor is the "original code"
column of HJ 212-2017 appendix B (hj212.codes). What was sent stays in the raw frame and the evidence. Codes without a successor
are passed on as they are: the judging side sets them aside as unknown.

ASSUMPTION: where the unit of the editions differs (S04, S08: MPa, a01017, a01013: kPa) a logger keeps to the unit of the code it
sends. To disprove: a logger of 2005 whose S08 reads like kilopascals.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from hj212 import codes

_MEGAPASCAL_TO_KILOPASCAL = 3


def _successors() -> dict[str, str]:
    current = {row.code for row in codes.FACTORS if row.edition in ("2017", "2025")}
    legacy = [row for row in codes.FACTORS if row.edition not in ("2017", "2025") and row.code not in current]
    found = {row.code: codes.current_code(row.code, row.medium) or codes.current_code(row.code) for row in legacy}
    return {code: successor for code, successor in found.items() if successor is not None}


SUCCESSORS: Mapping[str, str] = MappingProxyType(_successors())
"""2005 code -> 2017 code."""
SHIFTS: Mapping[str, int] = MappingProxyType({"S04": _MEGAPASCAL_TO_KILOPASCAL, "S08": _MEGAPASCAL_TO_KILOPASCAL})
"""2005 code -> power of ten from its unit to its successor's."""


def shifted(code: str, text: str) -> str:
    """Return a value of a 2005 code in the unit of its successor; what is no number stays as it is."""
    places = SHIFTS.get(code)
    if places is None:
        return text
    try:
        return f"{Decimal(text).scaleb(places):f}"
    except InvalidOperation:
        return text
