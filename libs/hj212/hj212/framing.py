"""The frame: ``##``, four digits of length, data segment, four hex digits of CRC, CR LF.

    ## LLLL <data segment> CCCC CR LF      length = bytes of the data segment

:func:`examine` looks at bytes that begin with ``##`` and answers one of three: a :class:`Frame`, :class:`Need` (not
enough bytes to judge), or :class:`Bad` (refused, and where to go on).  The end of a frame is never searched for as
long as the declared length holds: ciphertext may contain any byte.  Only when the length does not hold is the real
end looked for, at ``&&`` + CRC + terminator whose CRC is right.
Source: HJ 212-2017 6.3.1; for what the field sends instead, the clause named on each deviation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from .crc import crc16, crc_text
from .deviations import Deviation
from .errors import Reason
from .profiles import CrcKind, Profile, check_value

HEAD: Final = b"##"
TERMINATOR: Final = b"\r\n"


class Opened(NamedTuple):
    """A plaintext segment whose CRC holds; `key_number` tells which key of the device opened it, None: it came in clear."""

    segment: bytes
    deviations: frozenset[Deviation]
    key_number: int | None = None


Opener = Callable[[bytes, int], Opened | None]
"""Given a segment whose CRC does not match and the declared CRC: the plaintext segment that does match, or None."""


class Frame(NamedTuple):
    """A frame that was found: plaintext segment, bytes it took, tolerances used, key that opened it, its terminator."""

    segment: bytes
    size: int
    deviations: frozenset[Deviation]
    key_number: int | None = None
    tail_open: bool = False


class Need(NamedTuple):
    """Not decidable before `total` bytes are there (an estimate: ask again then)."""

    total: int


class Bad(NamedTuple):
    """Refused; the first `resume` bytes are lost to this frame, the rest may hold the next one."""

    reason: Reason
    message: str
    resume: int
    offset: int = 0
    reply_code: int | None = None
    deviations: frozenset[Deviation] = frozenset()


def build_frame(segment: bytes) -> bytes:
    """Put head, length, CRC and terminator around a data segment."""
    return b"##%04d%b%b\r\n" % (len(segment), segment, crc_text(segment))


def build_odd_frame(
    segment: bytes,
    *,
    crc: CrcKind = CrcKind.HJ212,
    lowercase: bool = False,
    length: bytes | None = None,
    terminator: bytes = TERMINATOR,
) -> bytes:
    """Put a frame around `segment` the way a deviating device does; for simulators and tests only."""
    value = check_value(crc, segment)
    text = b"%04X" % (0 if value is None else value)
    size = b"%04d" % len(segment) if length is None else length
    return HEAD + size + segment + (text.lower() if lowercase else text) + terminator


# --- the parts --------------------------------------------------------------------------------------------------

_NOTHING: Final[frozenset[Deviation]] = frozenset()
_HEX_4: Final = re.compile(rb"[0-9A-Fa-f]{4}")
_HEX_SHORT: Final = re.compile(rb"([0-9A-Fa-f]{1,3})(?=\r|\n)")
_TAIL: Final = re.compile(rb"\r\n|\n|\*\*\r\n|\r(?!\Z)")
_TAIL_BEGINNINGS: Final = frozenset({b"", b"\r", b"*", b"**", b"**\r"})
_TAIL_DEVIATIONS: Final = {
    b"\r\n": None,
    b"\n": Deviation.LF_ONLY,
    b"\r": Deviation.CR_ONLY,
    b"**\r\n": Deviation.STARS_AFTER_CRC,
}
_REAL_END: Final = re.compile(rb"&&(?=[0-9A-Fa-f]{4}(?:\r|\n|##|\*\*|\Z))")
_NEXT_HEAD: Final = re.compile(rb"##[0-9]{3}")


class _Check(NamedTuple):
    value: int
    size: int
    deviation: Deviation | None


def _read_check(data: bytes, at: int) -> _Check | None:
    text = data[at : at + 4]
    if _HEX_4.fullmatch(text):
        return _Check(int(text, 16), 4, Deviation.CRC_LOWERCASE if text != text.upper() else None)
    short = _HEX_SHORT.match(data, at)
    return _Check(int(short[1], 16), len(short[1]), Deviation.CRC_UNPADDED) if short else None


def _match_check(segment: bytes, declared: int, profile: Profile, opener: Opener | None) -> Opened | None:
    """Return the plaintext segment if `declared` is its check value under `profile`."""
    if crc16(segment) == declared:
        # One ciphertext in 256 fits its plaintext's CRC as it is.
        if segment.isascii():
            return Opened(segment, _NOTHING)
        opened = opener(segment, declared) if opener is not None else None
        if opened:
            return opened
        return None if _looks_encrypted(segment) else Opened(segment, _NOTHING)
    # Without a check value the closing && is all that speaks for the declared length.
    if profile.crc is CrcKind.NONE and segment.endswith(b"&&"):
        return Opened(segment, frozenset({Deviation.CRC_UNCHECKED}))
    if profile.crc is not CrcKind.HJ212 and check_value(profile.crc, segment) == declared:
        return Opened(segment, frozenset({Deviation.CRC_ALGORITHM}))
    return opener(segment, declared) if opener is not None else None


class Tail(NamedTuple):
    """A terminator: its bytes, the departure it is, and whether more of it may still arrive."""

    size: int
    deviation: Deviation | None
    is_open: bool


def read_tail(data: bytes, at: int, final: bool) -> Tail:
    """Read the terminator that begins at `at`; `final` tells that nothing follows `data`."""
    match = _TAIL.match(data, at)
    if match:
        return Tail(match.end() - at, _TAIL_DEVIATIONS[match[0]], False)
    rest = data[at : at + 4]
    if rest in _TAIL_BEGINNINGS:
        if not final:
            return Tail(0, None, True)
        if rest == b"\r":
            return Tail(1, Deviation.CR_ONLY, False)
    return Tail(0, Deviation.NO_CRLF, False)


# --- the whole --------------------------------------------------------------------------------------------------


def examine(data: bytes, profile: Profile, *, final: bool, opener: Opener | None = None) -> Frame | Need | Bad:
    """Judge `data`, which begins with ``##``.  `final`: no more bytes will come."""
    head = _read_length(data, profile, final)
    if isinstance(head, Need | Bad):
        return head
    size, start = head
    end = start + size
    check = _read_check(data, end)
    if check is None and len(data) < end + 4:
        if not final:
            return Need(max(end + 2, len(data) + 1))
        inner = _NEXT_HEAD.search(data, 2)
        mine = data[: inner.start()] if inner else data
        return _recover(mine, start, profile, opener, final) or _cut_short(mine, end + 4)
    if check is not None:
        opened = _match_check(data[start:end], check.value, profile, opener)
        if opened is not None:
            used = opened.deviations
            if start == 5:
                used |= {Deviation.LENGTH_3_DIGITS}
            return _finish(data, end, check, opened, used, profile, final)
    return _mismatch(data, start, end, profile, opener, final)


def _read_length(data: bytes, profile: Profile, final: bool) -> tuple[int, int] | Need | Bad:
    """Return (declared length, index of the segment)."""
    if len(data) < 6:
        if final:
            return Bad(Reason.INCOMPLETE, f"only {len(data)} bytes of a frame", len(data), len(data))
        return Need(6)
    digits = data[2:6]
    start = 6
    if not digits.isdigit():
        digits = data[2:5]
        start = 5
        if not digits.isdigit() or Deviation.LENGTH_3_DIGITS not in profile.tolerated:
            shown = data[2:6].decode("latin-1")
            return Bad(Reason.LENGTH_FIELD, f"length field {shown!r} is not 4 digits", 1, 2)
    size = int(digits)
    if size > profile.max_segment:
        return Bad(Reason.LENGTH_LIMIT, f"length {size} above the limit of {profile.max_segment} bytes", 1, 2)
    return size, start


def _cut_short(data: bytes, wanted: int) -> Bad:
    message = f"{len(data)} bytes, the declared length calls for at least {wanted}"
    return Bad(Reason.INCOMPLETE, message, len(data), len(data))


def _finish(
    data: bytes,
    end: int,
    check: _Check,
    opened: Opened,
    used: frozenset[Deviation],
    profile: Profile,
    final: bool,
) -> Frame | Need | Bad:
    """Add the terminator; refuse what the profile does not tolerate."""
    tail = read_tail(data, end + check.size, final)
    if tail.is_open and Deviation.NO_CRLF not in profile.tolerated:
        return Need(len(data) + 1)
    named = set(used)
    if check.deviation is not None:
        named.add(check.deviation)
    if tail.deviation is not None:
        named.add(tail.deviation)
    if len(opened.segment) > 1024:
        named.add(Deviation.SEGMENT_TOO_LONG)
    size = end + check.size + tail.size
    refused = named - profile.tolerated
    if refused:
        return _refuse(frozenset(refused), size, end)
    return Frame(opened.segment, size, frozenset(named), opened.key_number, tail.is_open)


def _refuse(refused: frozenset[Deviation], size: int, end: int) -> Bad:
    names = ", ".join(sorted(refused))
    return Bad(Reason.NOT_TOLERATED, f"profile does not tolerate {names}", size, end, deviations=refused)


# --- when length and CRC do not hold ----------------------------------------------------------------------------


def _mismatch(
    data: bytes, start: int, end: int, profile: Profile, opener: Opener | None, final: bool
) -> Frame | Need | Bad:
    """The declared end is not the end of a good frame: find the real end, or say what is wrong.

    The verdict waits for the first line feed or frame head at or after the declared end, so that it does not depend on
    how the stream was cut; at the latest for as many bytes as the profile's longest segment needs.
    """
    stop = _evidence_end(data, end)
    if stop is None:
        bound = start + profile.max_segment + 8
        if not final and len(data) < bound:
            return Need(len(data) + 1)
        stop = min(len(data), max(bound, end + 4))
    # A frame head inside means: truncated, and the next frame begins there.  It must not become part of this one,
    # which an 8-bit check would let happen once in 256 times.
    inner = _NEXT_HEAD.search(data, 2, stop)
    resume = inner.start() if inner else stop
    recovered = _recover(data[:resume], start, profile, opener, final or resume < len(data))
    return recovered if recovered is not None else _diagnose(data[:stop], start, end, resume)


def _evidence_end(data: bytes, end: int) -> int | None:
    feed = data.find(b"\n", end)
    head = data.find(HEAD, end, feed if feed >= 0 else len(data))
    if head >= 0:
        return head
    return feed + 1 if feed >= 0 else None


def _recover(
    window: bytes, start: int, profile: Profile, opener: Opener | None, final: bool
) -> Frame | Need | Bad | None:
    """Take the frame whose declared length is wrong but whose CRC holds at its real end; None if there is none."""
    if Deviation.LENGTH_WRONG not in profile.tolerated:
        return None
    for end in _real_ends(window, start, profile.max_segment):
        check = _read_check(window, end)
        opened = _match_check(window[start:end], check.value, profile, opener) if check else None
        if check is not None and opened is not None and opened.deviations != {Deviation.CRC_UNCHECKED}:
            used = opened.deviations | {Deviation.LENGTH_WRONG}
            return _finish(window, end, check, opened, used, profile, final)
    return None


def _real_ends(window: bytes, start: int, limit: int) -> Iterator[int]:
    for match in _REAL_END.finditer(window, start, start + limit + 8):
        yield match.end()


def _diagnose(window: bytes, start: int, end: int, resume: int) -> Bad:
    """Say in which of its parts the frame is broken."""
    segment = window[start:end]
    text = window[end : end + 4].decode("latin-1")
    if not segment.endswith(b"&&"):
        real = next(_real_ends(window, start, len(window)), None)
        if real is not None and real != end:
            message = f"declared length {end - start}, but the segment ends after {real - start} bytes"
            return Bad(Reason.LENGTH_MISMATCH, message, resume, 2, 9)
    check = _read_check(window, end)
    if check is None:
        return Bad(Reason.CRC_MISSING, f"no CRC of 4 hex digits after the segment, but {text!r}", resume, end, 9)
    if _looks_encrypted(segment):
        message = "CP is binary: encrypted (HJ 212-2025 6.4.4), and no key fits"
        return Bad(Reason.ENCRYPTED, message, resume, end, 9)
    message = (
        f"CRC is {text[: check.size]}, the segment gives {crc16(segment):04X}{_other_algorithm(segment, check.value)}"
    )
    return Bad(Reason.CRC_MISMATCH, message, resume, end, 9)


_VERSION_BITS_2: Final = re.compile(rb";Flag=(?:8|9|10|11);")


def _looks_encrypted(segment: bytes) -> bool:
    """Whether CP of a frame with version bits 2 is no text: control characters, or in neither character set."""
    head, found, content = segment.partition(b"CP=&&")
    if not found or not _VERSION_BITS_2.search(head):
        return False
    if any(byte < 32 or byte == 127 for byte in content):
        return True
    return not (_decodes(content, "utf-8") or _decodes(content, "gb18030"))


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


_OTHER_KINDS: Final = (CrcKind.MODBUS_HIGH_FIRST, CrcKind.MODBUS_LOW_FIRST, CrcKind.ARC)


def _other_algorithm(segment: bytes, declared: int) -> str:
    for kind in _OTHER_KINDS:
        if check_value(kind, segment) == declared:
            return f" (it is the {kind.value} value: use that device profile)"
    return ""
