"""Videos: the container is walked box by box, so that a cut upload or another file under a false name is refused.

MP4 and QuickTime: ISO/IEC 14496-12 4.2 (boxes), 8.2.2 (mvhd). WebM: RFC 8794 (EBML), RFC 9559 (Matroska). Nothing is decoded.
"""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from park_chassis.file_store.faults import BadFile

_MOST_BOXES = 20_000
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"


@dataclass(frozen=True)
class Video:
    """What is known of a video; `seconds` when its header says so."""

    media_type: str
    seconds: float | None


def is_video(head: bytes) -> bool:
    """Return whether the first bytes are those of a container we know."""
    return head[4:8] == b"ftyp" or head[:4] == _EBML


def read_video(file: BinaryIO) -> Video:
    """Return what is known of a video. Raises BadFile."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(4096)
    if head[4:8] == b"ftyp":
        return _read_mp4(file, size, head[8:12])
    if head[:4] == _EBML and (b"webm" in head[:64] or b"matroska" in head[:64]):
        return _read_webm(head, size)
    raise BadFile("video", "type", "只接受 MP4、MOV 或 WebM 视频", "only MP4, MOV and WebM videos are taken")


def _cut_short(what: str) -> BadFile:
    return BadFile("video", "cut-short", "视频不完整, 请重新上传", f"the video is cut short: {what}")


def _read_mp4(file: BinaryIO, size: int, brand: bytes) -> Video:
    seen, seconds, at = set[bytes](), None, 0
    while at < size:
        kind, body, end = _box(file, at, size)
        seen.add(kind)
        if kind == b"moov":
            seconds = _duration(file, body, end)
        at = end
        if len(seen) > _MOST_BOXES:
            raise BadFile("video", "type", "视频结构异常", "the video has too many boxes")
    if b"moov" not in seen or not seen & {b"mdat", b"moof"}:
        raise _cut_short("it has no " + ("index (moov)" if b"moov" not in seen else "pictures (mdat)"))
    return Video("video/quicktime" if brand == b"qt  " else "video/mp4", seconds)


def _box(file: BinaryIO, at: int, limit: int) -> tuple[bytes, int, int]:
    """Return (type, where its body begins, where it ends). Raises BadFile when it does not end within the limit."""
    file.seek(at)
    header = file.read(16)
    if len(header) < 8:
        raise _cut_short(f"{limit - at} bytes at the end are no box")
    length, kind = struct.unpack(">I4s", header[:8])
    body = at + 8
    if length == 1 and len(header) == 16:
        (length,) = struct.unpack(">Q", header[8:16])
        body = at + 16
    end = limit if length == 0 else at + length
    if end < body or end > limit:
        raise _cut_short(f"box {kind.decode('latin-1')!r} at byte {at} says {length} bytes, {limit - at} are there")
    return kind, body, end


def _duration(file: BinaryIO, at: int, limit: int) -> float | None:
    while at < limit:
        kind, body, end = _box(file, at, limit)
        if kind == b"mvhd":
            file.seek(body)
            header = file.read(32)
            if len(header) < 32:
                return None
            if header[0] == 1:
                scale, duration = struct.unpack(">IQ", header[20:32])
            else:
                scale, duration = struct.unpack(">II", header[12:20])
            return round(duration / scale, 3) if scale else None
        at = end
    return None


def _read_webm(head: bytes, size: int) -> Video:
    at = head.find(_SEGMENT)
    if at < 0 or at + 12 > len(head):
        raise _cut_short("it has no segment")
    first = head[at + 4]
    width = 9 - first.bit_length()  # EBML variable-size integer: leading zeros say how many bytes follow
    length = int.from_bytes(head[at + 4 : at + 4 + width], "big") & ((1 << 7 * width) - 1)
    unknown = (1 << 7 * width) - 1
    if length != unknown and at + 4 + width + length > size:
        raise _cut_short(f"the segment says {length} bytes, {size - at - 4 - width} are there")
    return Video("video/webm", None)
