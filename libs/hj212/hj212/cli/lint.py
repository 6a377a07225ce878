"""``lint``: what is wrong with a frame, where, by which clause, and which profile would take it."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..codes import command_forms, factor, system_type
from ..decoder import Decoder, Event, Rejected
from ..decoding import KeyFor
from ..deviations import FACTS, Deviation
from ..errors import Reason
from ..packet import Packet
from ..profiles import PROFILES, Profile
from .codec import chunks, key_for

_D = Deviation
_TERMINATORS: Final = frozenset({_D.NO_CRLF, _D.LF_ONLY, _D.CR_ONLY})
_CRC_AND_TAIL: Final = rb"[0-9A-Fa-f]{1,4}(?:\*\*)?[\r\n]*\Z"
_LENGTH: Final = rb"(?<=##)[0-9]{3,4}"


def _field(name: bytes) -> bytes:
    return rb"(?<![A-Za-z0-9])" + name + rb"=[^;,=&]*"


# Where in the frame a departure shows; what has no place of its own shows nothing.
_PLACES: Final[dict[Deviation, bytes]] = {
    **dict.fromkeys((_D.CRC_LOWERCASE, _D.CRC_UNPADDED, _D.CRC_ALGORITHM, _D.CRC_UNCHECKED), _CRC_AND_TAIL),
    **dict.fromkeys((_D.NO_CRLF, _D.LF_ONLY, _D.CR_ONLY, _D.STARS_AFTER_CRC), _CRC_AND_TAIL),
    **dict.fromkeys((_D.LENGTH_3_DIGITS, _D.LENGTH_WRONG, _D.SEGMENT_TOO_LONG), _LENGTH),
    **dict.fromkeys((_D.QN_FORMAT,), _field(b"QN")),
    **dict.fromkeys((_D.PW_EMPTY, _D.PW_FORMAT), _field(b"PW")),
    **dict.fromkeys((_D.MN_EMPTY, _D.MN_FORMAT), _field(b"MN")),
    **dict.fromkeys((_D.FLAG_FORMAT, _D.VERSION_BITS, _D.SPLIT_BIT_WITHOUT_PNUM), _field(b"Flag")),
    **dict.fromkeys((_D.PNUM_WITHOUT_SPLIT_BIT, _D.PACKET_NUMBER), rb"PN(?:UM|O)=[^;]*;PN(?:UM|O)=[^;]*"),
    _D.ST_FORMAT: _field(b"ST"),
    _D.CN_FORMAT: _field(b"CN"),
    _D.RESEND_FIELD: _field(b"RF"),
    _D.HEADER_SEPARATOR: rb"[;,]{2,}|,(?=[A-Z])|(?<=[0-9])(?=CP=)",
    _D.HEADER_CASE: rb"(?:FLAG|flag|Qn|qn|St|st|Cn|cn|Pw|pw|Mn|mn)(?==)",
    _D.CP_UNCLOSED: rb"CP=&&",
    _D.CP_BLANKS: rb"(?<=[;,&=])\s+|\s+(?=[;,&=])",
    _D.CP_EMPTY_ITEM: rb"[;,]+(?=&&)|[;,]{2,}",
    _D.CP_NO_EQUALS: rb"(?<=[;,&])[^;,=&]+(?=[;,&])",
    _D.CP_EMPTY_VALUE: rb"[^;,=&]+=(?=[;,&])",
    _D.CP_PLACEHOLDER: "\u2026".encode(),
    _D.ATTRIBUTE_SPELLING: rb"[^;,=&]+-(?:-\w+|td|Rtd-Rtd|FLAG|flag)(?==)",
    _D.DATA_TIME_FORMAT: _field(b"DataTime"),
}


class Finding(NamedTuple):
    """One remark about a frame: `level` is error, warning or note; `start`..`end` the bytes it is about, if any."""

    level: str
    name: str
    text: str
    clause: str = ""
    help: str = ""
    start: int = -1
    end: int = -1


class Report(NamedTuple):
    """All remarks about one frame (or refused bytes) of the input."""

    raw: bytes
    title: str
    findings: list[Finding]


def takers(raw: bytes, keys: KeyFor | None = None) -> list[str]:
    """Return the names of the profiles that take these bytes as a packet."""
    return [name for name, profile in PROFILES.items() if _takes(raw, profile, keys)]


def _takes(raw: bytes, profile: Profile, keys: KeyFor | None) -> bool:
    decoder = Decoder(profile, key_for=keys)
    decoder.receive_data(raw)
    return any(isinstance(event, Packet) for event in decoder.flush())


def explain(event: Event, profile: Profile, keys: KeyFor | None = None) -> Report:
    """Return what there is to say about one packet or refusal decoded with `profile`."""
    if isinstance(event, Rejected):
        return _explain_refusal(event, keys)
    title = f"{event.edition.value} CN={event.cn} ST={event.st} MN={event.mn or '-'} QN={event.qn or '-'}"
    findings = [_finding(event.raw, deviation) for deviation in sorted(event.deviations)]
    return Report(event.raw, title, findings + _content_notes(event))


def _explain_refusal(event: Rejected, keys: KeyFor | None) -> Report:
    names = takers(event.raw, keys)
    advice = f"taken by profile {', '.join(names)}" if names else "no profile takes it"
    start, end = _refused_place(event)
    answer = f"; QnRtn {event.reply_code} if an answer is due" if event.reply_code is not None else ""
    finding = Finding("error", event.reason.value, event.message, "6.3.1", advice + answer, start, end)
    more = [_finding(event.raw, deviation)._replace(level="error") for deviation in sorted(event.deviations)]
    return Report(event.raw, f"refused, {len(event.raw)} bytes", [finding, *more])


_ABOUT_LENGTH: Final = frozenset({Reason.LENGTH_FIELD, Reason.LENGTH_LIMIT, Reason.LENGTH_MISMATCH})


def _refused_place(event: Rejected) -> tuple[int, int]:
    """Return the bytes a refusal is about: the length field, the CRC, or where the bytes end."""
    size = len(event.raw)
    if event.reason in _ABOUT_LENGTH:
        return min(2, size), min(6, size)
    match = re.search(_CRC_AND_TAIL, event.raw)
    if match and event.reason in (Reason.CRC_MISMATCH, Reason.CRC_MISSING):
        return match.start(), max(match.start(), len(event.raw.rstrip(b"\r\n")))
    return size, size


def _finding(raw: bytes, deviation: Deviation) -> Finding:
    fact = FACTS[deviation]
    tolerant = [name for name, profile in PROFILES.items() if deviation in profile.tolerated]
    advice = f"cause: {fact.cause}; tolerated by profile {', '.join(tolerant)}"
    pattern = _PLACES.get(deviation)
    match = re.search(pattern, raw) if pattern else None
    start, end = match.span() if match else (-1, -1)
    return Finding("warning", deviation.value, fact.meaning, fact.clause, advice, start, end)


def _content_notes(packet: Packet) -> list[Finding]:
    """Return notes on codes that the tables do not list: legal, but worth a look."""
    notes = []
    if not command_forms(packet.cn):
        notes.append(
            _note(packet.raw, "unknown_command", f"CN {packet.cn} is in no edition", b"CN=" + packet.cn.encode())
        )
    elif not command_forms(packet.cn, packet.edition):
        text = f"CN {packet.cn} is not a command of edition {packet.edition.value}"
        notes.append(_note(packet.raw, "command_of_other_edition", text, b"CN=" + packet.cn.encode()))
    if packet.st and system_type(packet.st) is None:
        notes.append(
            _note(packet.raw, "unknown_system_type", f"ST {packet.st} is not listed", b"ST=" + packet.st.encode())
        )
    codes = dict.fromkeys(reading.factor_code for reading in packet.readings() if reading.attribute != "Info")
    notes += [
        _note(packet.raw, "unknown_factor", f"factor code {code} is in no table", code.encode() + b"-")
        for code in codes
        if factor(code, packet.edition) is None and not re.fullmatch(r"SB[0-9]{1,3}", code)
    ]
    return notes


def _note(raw: bytes, name: str, text: str, where: bytes) -> Finding:
    start = raw.find(where)
    return Finding("note", name, text, "", "", start, start + len(where))


# --- printing ---------------------------------------------------------------------------------------------------

_WINDOW: Final = 100


def render(report: Report, number: int, offset: int) -> Iterator[str]:
    """Yield the lines of a report, each finding with the piece of the frame it is about."""
    verdict = (
        "clean"
        if not report.findings
        else ", ".join(
            f"{count} {level}{'s' if count > 1 else ''}"
            for level, count in Counter(f.level for f in report.findings).items()
        )
    )
    yield f"#{number} at byte {offset}: {report.title}: {verdict}"
    for finding in report.findings:
        clause = f" [{finding.clause if finding.clause.startswith('HJ') else 'HJ 212-2017 ' + finding.clause}]"
        yield f"  {finding.level}: {finding.name}: {finding.text}{clause if finding.clause else ''}"
        if finding.start >= 0:
            yield from _pointed(report.raw, finding.start, max(finding.end, finding.start + 1))
        if finding.help:
            yield f"      {finding.help}"


def _pointed(raw: bytes, start: int, end: int) -> Iterator[str]:
    first = max(0, start - _WINDOW // 2)
    piece = raw[first : first + _WINDOW]
    shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
    yield f"      {'...' if first else ''}{shown}{'...' if first + _WINDOW < len(raw) else ''}"
    yield " " * (6 + (3 if first else 0) + start - first) + "^" * max(1, min(end, first + _WINDOW) - start)


def reports(data: bytes, profile: Profile, keys: KeyFor | None = None) -> Iterator[tuple[int, Report]]:
    """Yield (byte offset, report) for every packet and refusal in a capture; log prefixes are passed over.

    A capture without any CR is a text file whose line ends were changed: its terminators are not judged.
    """
    decoder = Decoder(profile, key_for=keys)
    decoder.receive_data(data)
    plain_text = b"\r" not in data and b"\n" in data
    offset = 0
    for event in decoder.flush():
        if not (isinstance(event, Rejected) and event.reason is Reason.NOISE):
            report = explain(event, profile, keys)
            if plain_text:
                kept = [finding for finding in report.findings if finding.name not in _TERMINATORS]
                report = report._replace(findings=kept)
            yield offset, report
        offset += len(event.raw)


def run(options: argparse.Namespace) -> int:
    """Print a report per frame and a count; 0 if every frame is clean (notes do not count)."""
    profile, keys = PROFILES[options.profile], key_for(options)
    counted: Counter[str] = Counter()
    for number, (offset, report) in enumerate(reports(b"".join(chunks(options.file)), profile, keys), 1):
        counted["frames"] += 1
        counted.update(finding.level for finding in report.findings)
        sys.stdout.write("\n".join(render(report, number, offset)) + "\n")
    names = (("frames", "frames"), ("error", "errors"), ("warning", "warnings"), ("note", "notes"))
    shown = ", ".join(f"{counted[name]} {plural}" for name, plural in names)
    sys.stdout.write(f"{shown}\n")
    if not counted["frames"]:
        sys.stderr.write("no frame found: nothing in the input begins with ##\n")
        return 1
    return 1 if counted["error"] or counted["warning"] else 0
