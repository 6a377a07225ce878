"""A decoded packet.  Header and CRC were checked when it was made; the CP area is read at first use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from .data_area import Group, Items, Reading, groups_of, parse_data_time, parse_items, readings_of
from .deviations import Deviation
from .editions import ACK_BIT, ANSWER_COMMANDS
from .layouts import Tokens, cut, read
from .segment import HeaderFields, read_header

_NO_DEVIATIONS: Final[frozenset[Deviation]] = frozenset()


class Packet:
    """One HJ 212 packet (immutable by convention).

    `raw` are the bytes as received (a terminator that had not arrived when the stream decoder delivered the packet is
    not in it), `segment` the plaintext data segment the CRC covers.  `qn`, `pw`, `flag`, `pnum`, `pno`, `rf` are None
    when absent; `st` and `mn` are then empty.  `edition` is recognised (or fixed by the profile).  `extra` holds header
    fields the standard does not know.  `encrypted` tells that CP came as SM4 ciphertext; `key_number` is then the place of the
    key that opened it among those the look-up gave.
    Source: HJ 212-2017 6.3.2, table 3.
    """

    __slots__ = (
        "_cp",
        "_cp_from",
        "_cp_to",
        "_encoding",
        "_fields",
        "_header_deviations",
        "_items",
        "_key_number",
        "cn",
        "edition",
        "encrypted",
        "extra",
        "flag",
        "mn",
        "pno",
        "pnum",
        "pw",
        "qn",
        "raw",
        "rf",
        "segment",
        "st",
    )

    _items: Items | None
    _cp: list[Group] | None

    def __init__(
        self,
        raw: bytes,
        segment: bytes,
        header: HeaderFields,
        *,
        deviations: frozenset[Deviation] = _NO_DEVIATIONS,
        encoding: str = "ascii",
        key_number: int | None = None,
    ) -> None:
        (
            self.qn,
            self.st,
            self.cn,
            self.pw,
            self.mn,
            self.flag,
            self.pnum,
            self.pno,
            self.rf,
            self.edition,
            self._cp_from,
            self._cp_to,
            self._fields,
            self.extra,
            self._header_deviations,
        ) = header
        self.raw = raw
        self.segment = segment
        self.encrypted = key_number is not None
        self._key_number = key_number
        self._encoding = encoding
        self._items = None
        self._cp = None
        if deviations:
            self._header_deviations |= deviations

    def __repr__(self) -> str:
        return f"<Packet {self.edition.value} CN={self.cn} ST={self.st} MN={self.mn} QN={self.qn} Flag={self.flag}>"

    def __eq__(self, other: object) -> bool:
        """Equal data segments of the same edition: same message, whatever frame carried it."""
        if not isinstance(other, Packet):
            return NotImplemented
        return self.segment == other.segment and self.edition == other.edition

    def __hash__(self) -> int:
        return hash(self.segment)

    # --- header -------------------------------------------------------------------------------------------------

    @property
    def fields(self) -> Mapping[str, str]:
        """The known header fields with their exact text, in the order they were sent."""
        if self._fields is None:
            self._fields = read_header(self.segment, self.edition).fields
        return dict(self._fields or ())

    @property
    def key_number(self) -> int | None:
        """Which of the device's keys opened the packet (0: the first the look-up gave), None if it came in clear."""
        return (
            self._key_number if self.encrypted else None
        )  # the accelerator makes packets in clear, without the number

    @property
    def lacks_mn(self) -> bool:
        """Whether the header has no MN at all (an empty one is there)."""
        return Deviation.MN_MISSING in self._header_deviations or (not self.mn and "MN" not in self.fields)

    @property
    def needs_ack(self) -> bool:
        """Whether the sender asks for an answer: Flag bit 0, and the packet is no answer itself (6.4.2)."""
        return self.flag is not None and bool(self.flag & ACK_BIT) and self.cn not in ANSWER_COMMANDS

    @property
    def is_split(self) -> bool:
        """Whether this is one of several packets of a message: valid PNUM and PNO are present."""
        return self.pnum is not None and self.pno is not None and 1 <= self.pno <= self.pnum

    @property
    def is_resend(self) -> bool:
        """Whether the sender marked it as supplementary upload (HJ 212-2025: RF=1)."""
        return self.rf == 1

    @property
    def deviations(self) -> frozenset[Deviation]:
        """Every named tolerance this packet needed, CP included; empty for a packet that follows its edition."""
        tokens = self._cut()
        found = tokens[0].deviations(tokens[1]) if tokens else self._parsed().deviations
        return self._header_deviations | found if found else self._header_deviations

    # --- CP -----------------------------------------------------------------------------------------------------

    @property
    def cp_text(self) -> str:
        """The text between ``CP=&&`` and the closing ``&&``."""
        return self.segment[self._cp_from : self._cp_to].decode(self._encoding)

    def _cut(self) -> Tokens | None:
        if self._encoding != "ascii":
            return None
        return cut(self.segment, self._cp_from, self._cp_to, (self.mn, self.cn))

    def _parsed(self) -> Items:
        if self._items is None:
            self._items = parse_items(self.cp_text)
        return self._items

    @property
    def cp(self) -> list[Group]:
        """The items of CP in order, each a dict; a key repeated inside one item holds the list of its values."""
        if self._cp is None:
            tokens = self._cut()
            self._cp = tokens[0].groups(tokens[1]) if tokens else groups_of(self._parsed().groups)
        return self._cp

    def readings(self) -> list[Reading]:
        """Return the factor values in wire order; empty values are absent, marks and sample times are attached."""
        quick = None
        if self._encoding == "ascii":
            quick = read(self.segment, self._cp_from, self._cp_to, (self.mn, self.cn))
        return readings_of(self._parsed().groups) if quick is None else quick

    def value(self, name: str) -> str | None:
        """Return the first non-empty CP value with exactly this key (``QnRtn``, ``PolId``, ``w01018-SN``), or None."""
        for group in self.cp:
            found = group.get(name)
            text = found[0] if isinstance(found, list) else found
            if text:
                return text
        return None

    @property
    def data_time(self) -> datetime | None:
        """DataTime as naive wall time, or None if absent or not a time.

        Start of the interval for CN 2031, 2041, 2051, 2061; the instant of sampling otherwise (HJ 212-2017 table 4).
        """
        start = self._cp_from
        if self.segment.startswith(b"DataTime=", start) and not self.segment[start + 23 : start + 24].isdigit():
            moment = parse_data_time(self.segment[start + 9 : start + 23].decode("latin-1"))
            if moment is not None:
                return moment
        found = self.value("DataTime")
        return parse_data_time(found) if found else None
