"""A report cut into packets when it does not fit into one data segment; items are never cut.

Every packet repeats ST, CN, PW, MN, Flag and DataTime.  Sources: HJ 212-2017 6.3.2, appendix C.49, C.50; HJ 212-2025
8.1.2 (PNUM and PNO of one digit, hence at most 9 packets).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from .editions import MAX_SEGMENT, RULES, SPLIT_BIT, Edition
from .encoding import Fields, assemble, cp_text, header_fields
from .errors import LocalProtocolError

_MAX_PACKETS: Final = {Edition.HJ_2025: 9}
_DEFAULT_MAX_PACKETS: Final = 9999

Item = Mapping[str, "str | Sequence[str]"]


def split_fields(fields: Fields, edition: Edition, *, limit: int = MAX_SEGMENT) -> list[Fields]:
    """Return `fields` as one or more packets whose data segments have at most `limit` bytes.

    Several packets get the split bit, PNUM and PNO and, like the printed C.49, the QN of `fields`; give each its own
    with ``dataclasses.replace`` if wanted. Raises LocalProtocolError if one item alone does not fit, or there would be
    more packets than the edition can number.
    """
    cp_limit = RULES[edition].cp_limit
    whole = cp_text(fields.cp).encode()
    head = len(assemble(header_fields(fields, edition), ""))
    if head + len(whole) <= limit and len(whole) <= cp_limit:
        return [fields]
    most = _MAX_PACKETS.get(edition, _DEFAULT_MAX_PACKETS)
    flag = (fields.flag or 0) | SPLIT_BIT
    numbered = replace(fields, flag=flag, pnum=most, pno=most, cp=())
    room = min(limit - len(assemble(header_fields(numbered, edition), "")), cp_limit)
    parts = _distribute(fields.cp, room)
    if len(parts) > most:
        raise LocalProtocolError(f"{len(parts)} packets, edition {edition.value} can number {most}")
    return [replace(fields, flag=flag, pnum=len(parts), pno=number, cp=part) for number, part in enumerate(parts, 1)]


def _distribute(cp: Sequence[Item], room: int) -> list[list[Item]]:
    leading = [item for item in cp if item.keys() == {"DataTime"}]
    base = len(cp_text(leading).encode())
    parts: list[list[Item]] = []
    used = room + 1
    for item in cp:
        if item in leading:
            continue
        size = len(cp_text([item]).encode()) + 1
        if base + size > room:
            raise LocalProtocolError(f"item {next(iter(item))} alone takes {size} bytes, {room - base} are free")
        if used + size > room:
            parts.append([*leading])
            used = base
        parts[-1].append(item)
        used += size
    return parts
