"""Files taken in: recognised by its bytes, checked, hashed, written once under its SHA-256 with a thumbnail beside.

What is there never changes, and the same file is kept once. The original bytes stay as they came, EXIF included.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Literal, get_args

from PIL import Image, ImageDraw

from park_chassis.file_store.faults import BadFile
from park_chassis.file_store.papers import is_paper, read_paper
from park_chassis.file_store.photos import THUMBNAIL_PX, read_picture
from park_chassis.file_store.settings import FileStoreSettings
from park_chassis.file_store.stores import FileStore
from park_chassis.file_store.videos import is_video, read_video

FileMedia = Literal["photo", "video", "document", "signature"]
_CHUNK = 1 << 20
_MEDIA_ZH: dict[FileMedia, str] = {"photo": "照片", "video": "视频", "document": "文档", "signature": "签名"}


@dataclass(frozen=True)
class Kept:
    """What is known of a file that was taken."""

    sha256: str
    media: FileMedia
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    exif: dict[str, Any] | None = None
    taken_at: datetime | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Looked:
    """A file that was looked at and may be kept; `thumbnail` is a JPEG."""

    kept: Kept
    thumbnail: bytes


class CheckedFiles:
    """The rules for files, before a store."""

    def __init__(self, settings: FileStoreSettings, store: FileStore) -> None:
        self.store = store
        self._most_pixels = settings.evidence_max_pixels
        self._most_seconds = settings.evidence_max_video_s
        self._most: dict[FileMedia, int] = {
            "photo": settings.evidence_max_bytes,
            "signature": settings.evidence_max_bytes,
            "document": settings.evidence_max_document_bytes,
            "video": settings.evidence_max_video_bytes,
        }

    def keep(self, file: BinaryIO, *, kind: str) -> Kept:
        """Check a file and write it; blocking, so call it in a thread. `kind` is what it is said to be. Raises BadFile."""
        looked = self.look(file, kind=kind)
        self.write(looked, file)
        return looked.kept

    def look(self, file: BinaryIO, *, kind: str) -> "Looked":
        """Check a file without writing it; blocking. Raises BadFile."""
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        media = _media_of(file.read(16), kind)
        file.seek(0)
        if size == 0:
            raise BadFile(media, "empty", "文件为空", "the file is empty")
        self._refuse_too_large(media, size)
        return Looked(*self._read(file, media, size))

    def write(self, looked: "Looked", file: BinaryIO) -> None:
        """Write a file that was looked at, and its thumbnail; blocking. What is there already stays as it is."""
        kept, thumbnail = looked.kept, looked.thumbnail
        self.store.put(kept.sha256, file, kept.size, kept.media_type)
        self.store.put(thumbnail_key(kept.sha256), io.BytesIO(thumbnail), len(thumbnail), "image/jpeg")

    def drop(self, sha256: str) -> None:
        """Remove a file and its thumbnail; blocking."""
        self.store.drop(sha256)
        self.store.drop(thumbnail_key(sha256))

    def keep_document(self, content: bytes, media_type: str) -> str:
        """Write a document of our own making and return its hash; blocking."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.store.put(sha256, io.BytesIO(content), len(content), media_type)
        return sha256

    def content(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Return a file, or a part of it, in pieces; blocking."""
        return self.store.read(key, start, length)

    def whole(self, sha256: str) -> bytes:
        """Return a file; blocking."""
        return b"".join(self.store.read(sha256, 0, None))

    def _refuse_too_large(self, media: FileMedia, size: int) -> None:
        most = self._most[media]
        if size > most:
            zh = f"{_MEDIA_ZH[media]}超过 {most / 1_000_000:g} MB 上限"
            raise BadFile(media, "too-large", zh, f"{size} bytes are more than {most}")

    def _read(self, file: BinaryIO, media: FileMedia, size: int) -> tuple[Kept, bytes]:
        sha256 = _hash(file)
        if media == "video":
            video = read_video(file)
            if video.seconds is not None and video.seconds > self._most_seconds:
                most = self._most_seconds
                en = f"{video.seconds:g} s are more than {most}"
                raise BadFile("video", "too-long", f"视频超过 {most} 秒", en)
            card = _card("VIDEO", f"{video.seconds:.0f} s" if video.seconds is not None else "")
            return Kept(sha256, media, video.media_type, size, seconds=video.seconds), card
        if media == "document":
            media_type = read_paper(file)
            return Kept(sha256, media, media_type, size), _card(
                _PAPER_NAMES.get(media_type, "FILE"), f"{size // 1000} kB"
            )
        file.seek(0)
        picture = read_picture(file, media=media, most_pixels=self._most_pixels)
        kept = Kept(sha256, media, picture.media_type, size, picture.width, picture.height, None, picture.exif,
                    picture.taken_at, picture.place)  # fmt: skip
        return kept, picture.thumbnail


def thumbnail_key(sha256: str) -> str:
    """Return under which key the thumbnail (JPEG) of a file lies."""
    return f"{sha256}.thumbnail.jpg"


_PAPER_NAMES = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
}


def _media_of(head: bytes, kind: str) -> FileMedia:
    """Return what a file is by its bytes; what they do not tell is what it is said to be, else a photo (and refused as one)."""
    if is_video(head):
        return "video"
    if is_paper(head):
        return "document"
    said: FileMedia | None = next((media for media in get_args(FileMedia) if media == kind), None)
    return said or "photo"


def _hash(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _card(title: str, line: str) -> bytes:
    """Return a thumbnail for what has no picture of its own."""
    image = Image.new("RGB", (THUMBNAIL_PX, THUMBNAIL_PX * 3 // 4), "#e8eef5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, image.width - 9, image.height - 9), outline="#5b7189", width=2)
    draw.text((image.width / 2, 100), title, fill="#22384f", anchor="mm", font_size=44)
    draw.text((image.width / 2, 160), line, fill="#22384f", anchor="mm", font_size=24)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=82)
    return buffer.getvalue()
