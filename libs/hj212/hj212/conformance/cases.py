"""What the kit tries, as data: name, clause, edition, the bytes a device sends, and what the host must do.

Three expectations exist: an answer (its CN), silence, or, for bytes that are no frame, an answer to the good frame
sent right after them.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ..codes import COMMANDS
from ..deviations import FACTS, Deviation
from ..editions import ACK_BIT, RULES, SPLIT_BIT, Edition
from ..encoding import Fields, encode, encode_unchecked
from ..framing import build_frame, build_odd_frame
from ..samples import sample_cp
from ..session import QnSequence
from ..session_device import Identity
from ..sm4 import encrypt_frame
from .clauses import clause_of

EDITIONS: Final = (Edition.HJT_2005, Edition.HJ_2017, Edition.HJ_2025)


class Delivery(enum.Enum):
    """How the bytes are written."""

    WHOLE = "in one write"
    DRIP = "byte by byte"


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes to send and what must come back: the CN of the answer and its QN; None means silence."""

    data: bytes
    answer: str | None
    qn: str | None = None
    delivery: Delivery = Delivery.WHOLE


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the kit's table."""

    name: str
    clause: str
    edition: Edition
    parts: tuple[Part, ...]


class Maker:
    """Makes frames of one device, numbered, dated at the given wall time."""

    def __init__(self, identity: Identity, numbers: QnSequence, at: datetime) -> None:
        self.identity = identity
        self._numbers = numbers
        self.at = at

    def fields(self, cn: str = "2011", *, ack: bool = True) -> Fields:
        """Return a real-time report unless told otherwise, with the next QN."""
        me = self.identity
        flag = (RULES[me.edition].version_bits or 0) << 2 | (ACK_BIT if ack else 0)
        factor = "011" if me.edition is Edition.HJT_2005 else "w01018"
        cp = [{"DataTime": self.at.strftime("%Y%m%d%H%M%S")}, {f"{factor}-Rtd": "35.2", f"{factor}-Flag": "N"}]
        return Fields(cn=cn, st=me.st, mn=me.mn, cp=cp, qn=self._numbers.next(self.at), pw=me.pw, flag=flag)

    def frame(self, fields: Fields) -> bytes:
        """Return the strict frame of `fields` (the device's own MN and PW are taken as they are)."""
        own = {Deviation.MN_FORMAT, Deviation.MN_EMPTY, Deviation.PW_FORMAT, Deviation.PW_EMPTY}
        return encode(fields, edition=self.identity.edition, allow=own)

    def good(self) -> Part:
        """Return a plain report that must be acknowledged."""
        fields = self.fields()
        return Part(self.frame(fields), "9014", fields.qn)


# --- dialogues of the appendix ----------------------------------------------------------------------------------


def dialogues(maker: Maker) -> Iterator[Case]:
    """Yield a case for each upload, notice and heartbeat of the maker's edition."""
    edition = maker.identity.edition
    for form in COMMANDS:
        if form.direction != "device->platform" or edition.value not in form.editions:
            continue
        answer = {"upload": "9014", "notice": "9013"}.get(form.kind) or ("9013" if form.cn == "9015" else None)
        # Uploads that only answer a request are tried by the requests of the host.
        if answer is None or form.answers.startswith("none"):
            continue
        fields = replace(maker.fields(form.cn), cp=sample_cp(form, edition, maker.at))
        part = Part(maker.frame(fields), answer, fields.qn)
        yield Case(f"{form.cn} {form.name_en}", clause_of(form.cn, form.kind, edition), edition, (part,))


def interaction(maker: Maker) -> Iterator[Case]:
    """Yield the rules of acknowledgement: none, each, split, repeated, never for an answer."""
    edition = maker.identity.edition
    standard = "HJ/T 212-2005 C" if edition is Edition.HJT_2005 else f"HJ 212-{edition.value}"
    numbers = {Edition.HJ_2017: ("C.47", "C.49", "C.50"), Edition.HJ_2025: ("C.55", "C.57", "C.58")}
    plain, split, split_ack = (f"{standard} {number}" for number in numbers.get(edition, ("", "", "")))
    quiet = Part(maker.frame(maker.fields(ack=False)), None)
    yield Case("upload without ack bit is not answered", plain.strip(), edition, (quiet, maker.good()))
    yield Case("split report, every packet acknowledged", split_ack.strip(), edition, tuple(_split(maker, True)))
    yield Case("split report without ack bit", split.strip(), edition, (*_split(maker, False), maker.good()))
    once = maker.good()
    yield Case("repeated report (same QN) is acknowledged again", f"{standard} 6.4", edition, (once, once))
    answer = replace(maker.fields("9013", ack=False), st="91", cp=())
    never = Part(encode_unchecked(answer, edition), None)
    yield Case("an answer is never answered", f"{standard} 6.4", edition, (never, maker.good()))
    drip = replace(maker.good(), delivery=Delivery.DRIP)
    yield Case("report written byte by byte", f"{standard} 6.3.1", edition, (drip,))


def encryption(maker: Maker) -> Iterator[Case]:
    """Yield what HJ 212-2025 6.4.4 asks of a host that knows the device's key; nothing for a device without one."""
    edition, key = maker.identity.edition, maker.identity.key
    if edition is not Edition.HJ_2025 or key is None:
        return
    clause = "HJ 212-2025 6.4.4"
    for cn, name, cp, answer in (
        ("2011", "report", None, "9014"),
        ("1014", "wish for a new key", [{"SKCreateTime": f"{maker.at:%Y%m%d%H%M%S}000"}], "9013"),
    ):
        fields = maker.fields(cn) if cp is None else replace(maker.fields(cn), cp=cp)
        part = Part(encrypt_frame(maker.frame(fields), key), answer, fields.qn)
        yield Case(f"encrypted {name} is opened and answered in clear", clause, edition, (part,))
    other = bytes(byte ^ 0xFF for byte in key)
    closed = Part(encrypt_frame(maker.frame(maker.fields()), other), None)
    yield Case("report under another key is not answered", clause, edition, (closed, maker.good()))
    drip = maker.fields()
    dripped = Part(encrypt_frame(maker.frame(drip), key), "9014", drip.qn, Delivery.DRIP)
    yield Case("encrypted report written byte by byte", clause, edition, (dripped,))


def _split(maker: Maker, ack: bool) -> Iterator[Part]:
    base = maker.fields("2061", ack=ack)
    factors = ("011", "060") if maker.identity.edition is Edition.HJT_2005 else ("w01018", "w21003")
    for number, factor in enumerate(factors, 1):
        fields = replace(
            maker.fields("2061", ack=ack),
            flag=(base.flag or 0) | SPLIT_BIT,
            pnum=2,
            pno=number,
            cp=[base.cp[0], {f"{factor}-Avg": "1.5", f"{factor}-Flag": "N"}],
        )
        yield Part(maker.frame(fields), "9014" if ack else None, fields.qn)


# --- deviations that devices in the field have -------------------------------------------------------------------

Bend = Callable[[bytes], bytes]


def _segment(frame: bytes) -> bytes:
    return frame[6:-6]


def _rebuilt(change: Callable[[bytes], bytes]) -> Bend:
    """Return a bend that changes the data segment and frames it anew."""
    return lambda frame: build_frame(change(_segment(frame)))


def _lowercase(frame: bytes) -> bytes:
    """Vary the value until the CRC has a letter, and write that in lower case."""
    for variant in range(256):
        segment = _segment(frame).replace(b"=35.2", b"=35.%03d" % variant)
        odd = build_odd_frame(segment, lowercase=True)
        if odd != build_frame(segment):
            return odd
    raise AssertionError("no CRC with a letter among 256 values")  # pragma: no cover


_PW: Final = re.compile(rb"PW=[^;]*;")
_QN_ST: Final = re.compile(rb"(QN=[^;]*;)(ST=[^;]*;)")

# A deviation, and how a good 2017 report is bent into it.
BENDS: Final[tuple[tuple[Deviation, Bend], ...]] = (
    (Deviation.CRC_LOWERCASE, _lowercase),
    (Deviation.LF_ONLY, lambda frame: frame[:-2] + b"\n"),
    (Deviation.NO_CRLF, lambda frame: frame[:-2]),
    (Deviation.STARS_AFTER_CRC, lambda frame: frame[:-2] + b"**\r\n"),
    (Deviation.PW_MISSING, _rebuilt(lambda segment: _PW.sub(b"", segment))),
    (Deviation.PW_EMPTY, _rebuilt(lambda segment: _PW.sub(b"PW=;", segment))),
    (Deviation.SPLIT_BIT_WITHOUT_PNUM, _rebuilt(lambda segment: segment.replace(b"Flag=5", b"Flag=7"))),
    (Deviation.HEADER_CASE, _rebuilt(lambda segment: segment.replace(b"Flag=", b"FLAG="))),
    (Deviation.HEADER_ORDER, _rebuilt(lambda segment: _QN_ST.sub(rb"\2\1", segment))),
    (Deviation.HEADER_SEPARATOR, _rebuilt(lambda segment: segment.replace(b";ST=", b",ST="))),
    (Deviation.CP_BLANKS, _rebuilt(lambda segment: segment.replace(b"&&Data", b"&& Data"))),
    (Deviation.CP_EMPTY_ITEM, _rebuilt(lambda segment: segment[:-2] + b";&&")),
    (Deviation.CP_EMPTY_VALUE, _rebuilt(lambda segment: segment.replace(b"-Rtd=35.2", b"-Rtd="))),
    (Deviation.CP_COMMA_BETWEEN_ITEMS, _rebuilt(lambda segment: segment.replace(b";w01018-Rtd", b",w01018-Rtd"))),
    (Deviation.CP_ITEM_TORN, _rebuilt(lambda segment: segment.replace(b",w01018-Flag", b";w01018-Flag"))),
    (Deviation.ATTRIBUTE_SPELLING, _rebuilt(lambda segment: segment.replace(b"-Rtd=", b"-td="))),
    (Deviation.SEGMENT_TOO_LONG, _rebuilt(lambda segment: segment[:-2] + _many_factors() + b"&&")),
)


def _many_factors() -> bytes:
    return b"".join(b";w2%04d-Rtd=1.25,w2%04d-Flag=N" % (number, number) for number in range(40))


def deviations(maker: Maker) -> Iterator[Case]:
    """Yield a case per named deviation; a host that serves the field acknowledges each of them."""
    for deviation, bend in BENDS:
        fields = maker.fields()
        part = Part(bend(maker.frame(fields)), "9014", fields.qn)
        clause = f"HJ 212-2017 {FACTS[deviation].clause}"
        yield Case(f"tolerates {deviation.value}", clause, maker.identity.edition, (part, maker.good()))


# --- hostile bytes ----------------------------------------------------------------------------------------------


def hostile(maker: Maker) -> Iterator[Case]:
    """Yield bytes that are no frame, each followed by a good report that must not be lost."""
    good = maker.frame(maker.fields())
    broken = good[:-6] + b"0123\r\n"
    rubbish = (
        ("noise before the frame", b"\x00\xffkeep-alive\r\n"),
        ("repeated ##", b"####"),
        ("length that is no number", b"##00A1QN=1;CN=2011\r\n"),
        ("length 9999", b"##9999" + good[6:]),
        ("wrong CRC", broken),
        ("frame cut short", good[:60]),
        ("length too large by one", b"##%04d" % (len(good) - 11) + good[6:-6] + b"0123\r\n"),
        ("segment without any header", build_frame(b"&&&&")),
        ("frame of 200 KiB of #", b"#" * 200_000),
    )
    for name, data in rubbish:
        # Some of these end inside a claimed frame: line feeds let a receiver see that it is over.
        parts = (Part(data + b"\r\n", None), maker.good())
        yield Case(f"survives {name}", "HJ 212-2017 6.3.1", maker.identity.edition, parts)


def all_cases(identities: dict[Edition, Identity], numbers: QnSequence, at: datetime) -> list[Case]:
    """Return every case of the kit, in the order it runs them."""
    cases: list[Case] = []
    for edition in EDITIONS:
        maker = Maker(identities[edition], numbers, at)
        cases += [*dialogues(maker), *interaction(maker), *encryption(maker)]
    maker = Maker(identities[Edition.HJ_2017], numbers, at)
    return [*cases, *deviations(maker), *hostile(maker)]
