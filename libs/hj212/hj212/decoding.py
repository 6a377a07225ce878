"""One whole frame to a packet: :func:`decode`, and the two ways it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from .crc import TAILS, last_index
from .deviations import FACTS, Deviation
from .editions import MAX_SEGMENT, Edition
from .errors import Reason, RemoteProtocolError
from .framing import HEAD, Bad, Frame, Need, Opener, examine
from .packet import Packet
from .profiles import LENIENT, Profile
from .segment import LONG_CP, NO_EXTRA, NONE_NAMED, STRICT_EDITIONS, read_header, read_strict_header
from .speed import SPEED

KeyFor = Callable[[str], "bytes | Sequence[bytes] | None"]
"""Given an MN: the 16-byte SM4 key of that device, or the keys that may be in use (newest first), or None."""

_HEADS: Final = tuple(b"##%04d" % size for size in range(MAX_SEGMENT + 1))
_LONG: Final = frozenset({Deviation.SEGMENT_TOO_LONG})


def decode(frame: bytes, *, profile: Profile = LENIENT, key_for: KeyFor | None = None) -> Packet:
    """Decode exactly one frame, ``##`` through its terminator.

    Header and CRC are checked; CP is read at first use (under a profile that does not tolerate every CP departure, now).
    `key_for` gives the SM4 key of a device for HJ 212-2025 ciphertext.
    Raises RemoteProtocolError if the bytes are not one frame, or need a tolerance the profile does not have.
    """
    data = frame if type(frame) is bytes else bytes(frame)
    packet = quick_packet(data, profile.quick_limit)
    if packet is not None:
        if profile.judges_cp:
            refuse_untolerated(packet, profile)
        return packet
    if data[:2] != HEAD:
        raise RemoteProtocolError(Reason.NO_HEADER, "frame does not begin with ##")
    verdict = examine(data, profile, final=True, opener=opener_for(key_for))
    if isinstance(verdict, Need):  # pragma: no cover - a final verdict never waits
        raise RemoteProtocolError(Reason.INCOMPLETE, "frame is incomplete")
    if isinstance(verdict, Bad):
        raise error_of(verdict)
    if verdict.size != len(data):
        message = f"{len(data) - verdict.size} bytes after the end of the frame"
        raise RemoteProtocolError(Reason.TRAILING_BYTES, message, offset=verdict.size)
    return packet_of(verdict, data, profile)


def _read_in_python(data: bytes, limit: int) -> Packet | None:
    """Decode a frame that is right in length, CRC and header, its segment ASCII, 1..limit bytes and closed by ``&&``.

    None for all others (nothing is judged here).  The only departure that passes is length, up to `limit`
    (`Profile.quick_limit`): long reports are common in the field.
    """
    segment = data[6:-6]
    size = len(segment)
    if not 0 < size <= limit or not segment.isascii():
        return None
    head = _HEADS[size] if size <= MAX_SEGMENT else b"##%04d" % size
    if not (data.startswith(head) and data.endswith(TAILS[last_index(segment)])):
        return None
    header = read_strict_header(segment)
    if header is None:
        return None
    return Packet(data, segment, header) if size <= MAX_SEGMENT else Packet(data, segment, header, deviations=_LONG)


_QUICK_SLOTS: Final = (
    *("qn", "st", "cn", "pw", "mn", "flag", "pnum", "pno", "rf", "edition", "_cp_from", "_cp_to", "_fields", "extra"),
    *("_header_deviations", "raw", "segment", "encrypted", "_encoding", "_items", "_cp"),
)
"""The slots of a packet in the order the accelerator takes them."""


def _quick_reader() -> Callable[[bytes, int], Packet | None]:
    """Return the compiled form of :func:`_read_in_python` if there is one; the rules are handed to it as data."""
    if SPEED is None:
        return _read_in_python
    combinations = tuple(
        ((*combination, row[0] is Edition.HJ_2025), row) for combination, row in STRICT_EDITIONS.items()
    )
    named = (NONE_NAMED, LONG_CP, _LONG, LONG_CP | _LONG)
    return SPEED.Reader(Packet, _QUICK_SLOTS, combinations, NO_EXTRA, "ascii", named, MAX_SEGMENT).read


quick_packet: Final = _quick_reader()


def packet_of(frame: Frame, raw: bytes, profile: Profile) -> Packet:
    """Make the packet of a frame; raises RemoteProtocolError for a header the profile does not take."""
    segment = frame.segment
    header = read_header(segment, profile.edition)
    encoding, text_deviation = _encoding_of(segment)
    named = frame.deviations | {text_deviation} if text_deviation else frame.deviations
    packet = Packet(raw, segment, header, deviations=named, encoding=encoding, key_number=frame.key_number)
    untolerated = (header.deviations | named) - profile.tolerated
    if untolerated:
        raise not_tolerated(untolerated)
    if profile.judges_cp:
        refuse_untolerated(packet, profile)
    return packet


def refuse_untolerated(packet: Packet, profile: Profile) -> None:
    """Raise RemoteProtocolError if the packet, CP included, needed a tolerance the profile does not have."""
    untolerated = packet.deviations - profile.tolerated
    if untolerated:
        raise not_tolerated(untolerated)


def not_tolerated(deviations: frozenset[Deviation]) -> RemoteProtocolError:
    """Return the error for departures that a profile refuses, with the QnRtn of the first that has one."""
    names = sorted(deviations)
    codes = [code for name in names if (code := FACTS[name].reply_code) is not None]
    listed = "; ".join(f"{name.value} ({FACTS[name].meaning}, {FACTS[name].clause})" for name in names)
    return RemoteProtocolError(
        Reason.NOT_TOLERATED, listed, reply_code=codes[0] if codes else None, deviations=deviations
    )


def error_of(bad: Bad) -> RemoteProtocolError:
    """Return the error for a frame that framing refused."""
    return RemoteProtocolError(
        bad.reason, bad.message, reply_code=bad.reply_code, offset=bad.offset, deviations=bad.deviations
    )


def opener_for(key_for: KeyFor | None) -> Opener | None:
    """Return the function that opens SM4 ciphertext with the keys of `key_for`."""
    if key_for is None:
        return None
    from .sm4 import open_segment  # only needed, and only importable, with the optional extra

    return lambda segment, declared: open_segment(segment, declared, key_for)


def _encoding_of(segment: bytes) -> tuple[str, Deviation | None]:
    if segment.isascii():
        return "ascii", None
    for encoding, deviation in (("utf-8", None), ("gb18030", Deviation.GB18030_TEXT)):
        try:
            segment.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding, deviation
    return "latin-1", Deviation.UNDECODABLE_TEXT
