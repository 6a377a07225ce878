"""The header of a data segment: ``QN=..;ST=..;CN=..;PW=..;MN=..;Flag=..;[PNUM=..;PNO=..;][RF=..;]CP=&&..&&``.

Two readers stand behind the same tests.  :func:`read_header` is the clear one: it reads fields by name, in any order,
and names each departure.  :func:`read_strict_header` takes only headers without any departure, by one regular
expression, and returns None for everything else.
Source: HJ 212-2017 6.3.2 and table 3; HJ/T 212-2005 table 3; HJ 212-2025 table 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from .deviations import Deviation
from .editions import RULES, SPLIT_BIT, Edition, detect_edition
from .errors import Reason, RemoteProtocolError

NO_EXTRA: Final[Mapping[str, str]] = MappingProxyType({})
NONE_NAMED: Final[frozenset[Deviation]] = frozenset()


class Header(NamedTuple):
    """The header fields; absent ones are None, except `st` and `mn`, which are then empty.

    `fields` are the known fields as sent, in their order, with their exact text; `extra` the unknown ones;
    `cp_from`..`cp_to` the half-open byte range of the text between ``CP=&&`` and the closing ``&&``.
    """

    qn: str | None
    st: str
    cn: str
    pw: str | None
    mn: str
    flag: int | None
    pnum: int | None
    pno: int | None
    rf: int | None
    edition: Edition
    cp_from: int
    cp_to: int
    fields: tuple[tuple[str, str], ...] | None
    extra: Mapping[str, str]
    deviations: frozenset[Deviation]


HeaderFields = tuple[
    str | None,
    str,
    str,
    str | None,
    str,
    int | None,
    int | None,
    int | None,
    int | None,
    Edition,
    int,
    int,
    tuple[tuple[str, str], ...] | None,
    Mapping[str, str],
    frozenset[Deviation],
]
"""The fields of a :class:`Header` in its order, as a plain tuple."""


# --- the clear reader -------------------------------------------------------------------------------------------

KNOWN_FIELDS: Final = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
_BY_FOLDED_NAME: Final = {name.lower(): name for name in KNOWN_FIELDS}
_SEPARATOR: Final = re.compile("[;,]")
_QN: Final = re.compile("[0-9]{17}")
_ST: Final = re.compile("[0-9A-Z]{2}")
_CN: Final = re.compile("[0-9]{4}")
_PW: Final = re.compile("[0-9a-zA-Z]{6}")
_INTEGER: Final = re.compile("-?[0-9]{1,9}")


def read_header(segment: bytes, edition: Edition | None = None) -> Header:
    """Read the header of `segment` by field name; `edition` fixes what is otherwise recognised.

    Raises RemoteProtocolError (reason HEADER, reply code 8) if there is no CN: such a segment is no command.
    """
    text = segment.decode("latin-1")
    named: set[Deviation] = set()
    cp_from, cp_to, head = _find_cp(text, named)
    known, extra = _split_fields(head, named)
    if not known.get("CN"):
        raise RemoteProtocolError(Reason.HEADER, "no CN in the header: not a command", reply_code=8)
    flag = _integer(known.get("Flag"))
    mn, st = known.get("MN", ""), known.get("ST", "")
    found = edition or detect_edition(flag, mn, st)
    _judge_fields(known, flag, found, named)
    pnum, pno = _packet_numbers(known, flag, found, named)
    if cp_to - cp_from > RULES[found].cp_limit:
        named.add(Deviation.CP_TOO_LONG)
    return Header(
        qn=known.get("QN"),
        st=st,
        cn=known["CN"],
        pw=known.get("PW"),
        mn=mn,
        flag=flag,
        pnum=pnum,
        pno=pno,
        rf=_integer(known.get("RF")),
        edition=found,
        cp_from=cp_from,
        cp_to=cp_to,
        fields=tuple(known.items()),
        extra=MappingProxyType(extra) if extra else NO_EXTRA,
        deviations=frozenset(named),
    )


def _find_cp(text: str, named: set[Deviation]) -> tuple[int, int, str]:
    """Return the byte range of the CP content and the header text before ``CP=``."""
    at = text.find("CP=&&")
    if at < 0:
        named.add(Deviation.CP_MISSING)
        at = text.find("CP=")
        head = text if at < 0 else text[:at]
        return len(text), len(text), head.rstrip("&")
    start = at + 5
    if text.endswith("&&") and len(text) >= start + 2:
        return start, len(text) - 2, text[:at]
    named.add(Deviation.CP_UNCLOSED)
    return start, len(text), text[:at]


def _split_fields(head: str, named: set[Deviation]) -> tuple[dict[str, str], dict[str, str]]:
    known: dict[str, str] = {}
    extra: dict[str, str] = {}
    parts = _SEPARATOR.split(head)
    irregular = "," in head or bool(parts[-1].strip()) or "" in parts[:-1]
    if irregular and Deviation.CP_MISSING not in named:
        named.add(Deviation.HEADER_SEPARATOR)
    for part in parts:
        name, _, value = part.partition("=")
        if name != name.strip() or value != value.strip():
            named.add(Deviation.HEADER_BLANKS)
            name, value = name.strip(), value.strip()
        if not name and not value:
            continue
        proper = _BY_FOLDED_NAME.get(name.lower())
        if proper is None:
            named.add(Deviation.HEADER_UNKNOWN_FIELD)
            extra.setdefault(name, value)
            continue
        if proper != name:
            named.add(Deviation.HEADER_CASE)
        if proper in known:
            named.add(Deviation.HEADER_REPEATED_FIELD)
            continue
        known[proper] = value
    return known, extra


def _integer(text: str | None) -> int | None:
    return int(text) if text is not None and _INTEGER.fullmatch(text) else None


_MISSING: Final = {
    "QN": Deviation.QN_MISSING,
    "ST": Deviation.ST_FORMAT,
    "PW": Deviation.PW_MISSING,
    "MN": Deviation.MN_MISSING,
    "Flag": Deviation.FLAG_MISSING,
}
_FORMAT: Final = (
    ("QN", _QN, Deviation.QN_FORMAT),
    ("ST", _ST, Deviation.ST_FORMAT),
    ("CN", _CN, Deviation.CN_FORMAT),
)


def _judge_fields(known: dict[str, str], flag: int | None, edition: Edition, named: set[Deviation]) -> None:
    rules = RULES[edition]
    # HJ/T 212-2005 appendix: 9014 carries neither PW nor MN.
    bare_ack = edition is Edition.HJT_2005 and known["CN"] == "9014"
    for name in rules.required - known.keys():
        if not (bare_ack and name in ("PW", "MN")):
            named.add(_MISSING[name])
    for name, pattern, deviation in _FORMAT:
        if name in known and not pattern.fullmatch(known[name]):
            named.add(deviation)
    _judge_credentials(known, edition, named)
    if "Flag" in known and (flag is None or not 0 <= flag <= 255):
        named.add(Deviation.FLAG_FORMAT)
    elif edition is Edition.UNKNOWN:
        named.add(Deviation.VERSION_BITS)
    if "RF" in known and not (rules.resend_field and known["RF"] == "1"):
        named.add(Deviation.RESEND_FIELD)
    order = tuple(known)
    if not any(order == tuple(name for name in proper if name in known) for proper in rules.orders):
        named.add(Deviation.HEADER_ORDER)


# HJ 212-2025 C.2: before activation the logger has no MN; the host's 9013 to it repeats the empty MN.
_UNNAMED_DEVICE_COMMANDS: Final = frozenset({"1001", "1002", "9013"})


def _judge_credentials(known: dict[str, str], edition: Edition, named: set[Deviation]) -> None:
    pw = known.get("PW")
    if pw == "":
        named.add(Deviation.PW_EMPTY)
    elif pw is not None and not _PW.fullmatch(pw):
        named.add(Deviation.PW_FORMAT)
    mn = known.get("MN")
    if mn == "":
        if edition is not Edition.HJ_2025 or known["CN"] not in _UNNAMED_DEVICE_COMMANDS:
            named.add(Deviation.MN_EMPTY)
    elif mn is not None and not RULES[edition].mn.fullmatch(mn):
        named.add(Deviation.MN_FORMAT)


def _packet_numbers(
    known: dict[str, str], flag: int | None, edition: Edition, named: set[Deviation]
) -> tuple[int | None, int | None]:
    pnum, pno = known.get("PNUM"), known.get("PNO")
    split = flag is not None and bool(flag & SPLIT_BIT)
    if pnum is None and pno is None:
        # HJ/T 212-2005 itself prints its requests with Flag=3 and no numbers.
        if split and edition is not Edition.HJT_2005:
            named.add(Deviation.SPLIT_BIT_WITHOUT_PNUM)
        return None, None
    # HJ/T 212-2005 prints split uploads without any Flag.
    if not split and not (flag is None and edition is Edition.HJT_2005):
        named.add(Deviation.PNUM_WITHOUT_SPLIT_BIT)
    total, index = _integer(pnum), _integer(pno)
    width = RULES[edition].packet_number
    formed = all(text is not None and width.fullmatch(text) for text in (pnum, pno))
    if not formed or total is None or index is None or not 1 <= index <= total:
        named.add(Deviation.PACKET_NUMBER)
    return total, index


# --- the quick reader -------------------------------------------------------------------------------------------

# 2017 and 2025: every field, fixed order.  2005: QN and Flag may be missing, MN has 14 characters.
_STRICT: Final = re.compile(
    r"(?:QN=([0-9]{17});)?ST=([0-9A-Z]{2});CN=([0-9]{4});PW=([0-9a-zA-Z]{6});"
    r"MN=(?:([0-9A-F]{24})|([0-9A-Za-z]{14}));(?:Flag=([0-9]{1,3});)?"
    r"(?:PNUM=([0-9]{1,4});PNO=([0-9]{1,4});)?(?:RF=(1);)?CP=&&"
)
LONG_CP: Final = frozenset({Deviation.CP_TOO_LONG})
_HEAD_ROOM: Final = 128

# (Flag text, no QN, short MN, no PNUM, no RF) -> edition and Flag.  Only combinations free of any departure.
_COMBINATIONS: Final = (
    *((flag, False, False, flag not in "67", True, Edition.HJ_2017) for flag in "4567"),
    *(
        (flag, False, False, flag not in ("10", "11"), no_rf, Edition.HJ_2025)
        for flag in ("8", "9", "10", "11")
        for no_rf in (False, True)
    ),
    *((flag, no_qn, True, True, True, Edition.HJT_2005) for flag in "0123" for no_qn in (False, True)),
    *((flag, no_qn, True, False, True, Edition.HJT_2005) for flag in "23" for no_qn in (False, True)),
    *((None, no_qn, True, no_pnum, True, Edition.HJT_2005) for no_qn in (False, True) for no_pnum in (False, True)),
)
STRICT_EDITIONS: Final[dict[tuple[str | None, bool, bool, bool, bool], tuple[Edition, int | None, int]]] = {
    (flag, no_qn, short_mn, no_pnum, no_rf): (edition, None if flag is None else int(flag), RULES[edition].cp_limit)
    for flag, no_qn, short_mn, no_pnum, no_rf, edition in _COMBINATIONS
}


def read_strict_header(segment: bytes) -> HeaderFields | None:
    """Read a header that has no departure from its edition; None means: use :func:`read_header`.

    The fields come as a plain tuple: naming them would cost as much as finding them, and the packet unpacks them anyway.

    `segment` must be ASCII and end with ``&&``. A CP above its limit is read, and named.
    """
    match = _STRICT.match(segment[:_HEAD_ROOM].decode("ascii"))
    if match is None:
        return None
    qn, st, cn, pw, mn, mn_2005, flag, pnum, pno, rf = match.groups()
    found = STRICT_EDITIONS.get((flag, qn is None, mn is None, pnum is None, rf is None))
    cp_from, cp_to = match.end(), len(segment) - 2
    if found is None or cp_to < cp_from:
        return None
    edition, flag_number, cp_limit = found
    if st == "21" and edition is Edition.HJ_2025:  # in this order: reading an enum member costs more
        return None
    total = index = None
    if pnum is not None:
        if edition is Edition.HJ_2025 and (len(pnum) > 1 or len(pno) > 1):
            return None
        total, index = int(pnum), int(pno)
        if not 1 <= index <= total:
            return None
    named = NONE_NAMED if cp_to - cp_from <= cp_limit else LONG_CP
    # fmt: off
    return (
        qn, st, cn, pw, mn or mn_2005, flag_number, total, index, 1 if rf else None, edition, cp_from, cp_to,
        None, NO_EXTRA, named,
    )
    # fmt: on
