"""Fields to bytes, always strictly: what this module emits, the strict profile takes.

A caller that must echo a device's own oddities (its 14-digit MN under a 2017 header) names them in `allow`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from .data_area import parse_items
from .deviations import FACTS, Deviation
from .editions import MAX_SEGMENT, RULES, Edition
from .errors import LocalProtocolError, RemoteProtocolError
from .framing import build_frame
from .packet import Packet
from .segment import read_header

Cp = Sequence[Mapping[str, "str | Sequence[str]"]]
"""Items of CP: each a mapping of keys to their text, or to a list of texts for a key that is repeated."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a packet says, before it is bytes.

    None leaves a header field out (allowed where the edition allows it). `cp` holds the items in order.
    """

    cn: str
    st: str
    mn: str | None
    cp: Cp = field(default_factory=tuple)
    qn: str | None = None
    pw: str | None = "123456"
    flag: int | None = None
    pnum: int | None = None
    pno: int | None = None
    rf: int | None = None


def encode(
    packet: Packet | Fields,
    *,
    edition: Edition | None = None,
    allow: Collection[Deviation] = (),
) -> bytes:
    """Return the frame of `packet`.

    `edition` is needed for Fields; for a Packet it defaults to its own. ``encode(decode(x)) == x`` for every strict
    frame x. Raises LocalProtocolError, naming what is wrong, for anything the edition does not allow, except the
    departures in `allow` (header and CP content only, never framing).
    Source: HJ 212-2017 6.3, table 3.
    """
    if isinstance(packet, Packet):
        edition = edition or packet.edition
        fields: Mapping[str, str] = {**packet.fields, **packet.extra}
        segment = assemble(fields, packet.cp_text)
    elif edition is None:
        raise LocalProtocolError("an edition is needed to encode Fields")
    else:
        segment = assemble(header_fields(packet, edition), cp_text(packet.cp))
    _require_strict(segment, edition, frozenset(allow))
    return build_frame(segment)


def encode_unchecked(fields: Fields, edition: Edition) -> bytes:
    """Return the frame of `fields` without judging them: for simulators and tests of receivers.

    Raises LocalProtocolError only for text that would break out of its place.
    """
    return build_frame(assemble(header_fields(fields, edition), cp_text(fields.cp)))


def header_fields(fields: Fields, edition: Edition) -> dict[str, str]:
    """Return the header fields that are present, in the order of the edition."""
    values: dict[str, str | int | None] = {
        "QN": fields.qn,
        "ST": fields.st,
        "CN": fields.cn,
        "PW": fields.pw,
        "MN": fields.mn,
        "Flag": fields.flag,
        "PNUM": fields.pnum,
        "PNO": fields.pno,
        "RF": fields.rf,
    }
    order = RULES[edition].orders[0]
    names = order if "RF" in order else (*order, "RF")
    return {name: str(value) for name in names if (value := values[name]) is not None}


def assemble(header: Mapping[str, str], cp: str) -> bytes:
    """Return the data segment. Raises LocalProtocolError for header text that would break out of its field."""
    for name, value in header.items():
        if BREAKS_HEADER.search(value) or BREAKS_HEADER.search(name):
            raise LocalProtocolError(f"header field {name} holds a separator or control character: {value!r}")
    head = ";".join(f"{name}={value}" for name, value in header.items())
    return f"{head};CP=&&{cp}&&".encode()


BREAKS_HEADER: Final = re.compile(r"[;,=&#\x00-\x20\x7f]")
_BREAKS_CP: Final = re.compile(r"&&|[\r\n]|##")
_LOG_TEXT: Final = re.compile(r"//.*//", re.DOTALL)


def cp_text(cp: Cp) -> str:
    """Return the text of CP between its ``&&`` for these items.

    Raises LocalProtocolError for a key or value that holds a separator (log text in ``//..//`` may).
    """
    return ";".join(",".join(_pairs(group)) for group in cp)


def _pairs(group: Mapping[str, str | Sequence[str]]) -> list[str]:
    pairs = []
    for key, value in group.items():
        for text in [value] if isinstance(value, str) else value:
            if not key or set(key) & set(";,=&"):
                raise LocalProtocolError(f"CP key {key!r} is empty or holds a separator")
            if _BREAKS_CP.search(text) or (set(text) & set(";,") and not _LOG_TEXT.fullmatch(text)):
                raise LocalProtocolError(f"CP value of {key} holds a separator: {text!r}")
            pairs.append(f"{key}={text}")
    return pairs


def _require_strict(segment: bytes, edition: Edition, allow: frozenset[Deviation]) -> None:
    try:
        header = read_header(segment, edition)
    except RemoteProtocolError as error:
        raise LocalProtocolError(error.message) from error
    found = set(header.deviations)
    found |= parse_items(segment[header.cp_from : header.cp_to].decode()).deviations
    if len(segment) > MAX_SEGMENT:
        found.add(Deviation.SEGMENT_TOO_LONG)
    bits = RULES[edition].version_bits
    if header.flag is not None and bits is not None and header.flag >> 2 != bits:
        raise LocalProtocolError(f"Flag={header.flag} does not carry the version bits of edition {edition.value}")
    if wrong := found - allow:
        listed = "; ".join(f"{name.value}: {FACTS[name].meaning} ({FACTS[name].clause})" for name in sorted(wrong))
        raise LocalProtocolError(f"not allowed in edition {edition.value}: {listed}", deviations=wrong)
