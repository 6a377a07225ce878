"""Evidence on the file system, named by its SHA-256: what is there never changes, and the same photo is kept once.

A file is written whole under another name, flushed, and renamed; a crash leaves at most a temporary file, never half a
photo under its hash. The original bytes stay as they came, EXIF included; a thumbnail lies beside them.
"""

import hashlib
import io
import os
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from park_schemas.park_time import PARK_TIME_ZONE
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from task_dispatch.settings import Settings

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
THUMBNAIL_PX = 320
_EXIF_SHOWN = ("DateTime", "Make", "Model", "Software", "Orientation")


class BadPhoto(Exception):
    """The upload is not a photo we take. `reason` is a closed list: empty, too-large, not-an-image, type, too-many-pixels."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = reason
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Photo:
    """A photo that is on disk. Times in EXIF carry no zone and are read as park time."""

    sha256: str
    media_type: str
    size: int
    width: int
    height: int
    exif: dict[str, Any]
    taken_at: datetime | None
    place: tuple[float, float] | None


class EvidenceFiles:
    """The evidence folder."""

    def __init__(self, settings: Settings) -> None:
        self._root = settings.evidence_dir
        self._most_bytes = settings.evidence_max_bytes
        self._most_pixels = settings.evidence_max_pixels

    def path_of(self, sha256: str) -> Path:
        """Return where a file lies."""
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def thumbnail_of(self, sha256: str) -> Path:
        """Return where its thumbnail (JPEG) lies."""
        return self.path_of(sha256).with_suffix(".thumbnail.jpg")

    def refuse_too_large(self, size: int) -> None:
        """Raise BadPhoto when so many bytes are not taken."""
        most = self._most_bytes
        if size > most:
            raise BadPhoto("too-large", f"照片超过 {most / 1_000_000:g} MB 上限", f"{size} bytes are more than {most}")

    def keep(self, content: bytes) -> Photo:
        """Check a photo and write it; blocking, so call it in a thread. Raises BadPhoto."""
        if not content:
            raise BadPhoto("empty", "文件为空", "the file is empty")
        self.refuse_too_large(len(content))
        photo, thumbnail = self._read(content)
        _write_once(self.path_of(photo.sha256), content)
        _write_once(self.thumbnail_of(photo.sha256), thumbnail)
        return photo

    def _read(self, content: bytes) -> tuple[Photo, bytes]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
                    self._refuse_giant(image)
                    image.load()
                    return _described(image, content), _thumbnail(image)
        except UnidentifiedImageError as error:
            raise BadPhoto(
                "type", "只接受 JPEG、PNG 或 WebP 照片", "only JPEG, PNG and WebP photos are taken"
            ) from error
        except Image.DecompressionBombError as error:
            raise BadPhoto("too-many-pixels", "照片像素过大", str(error)) from error
        except (OSError, SyntaxError, ValueError) as error:
            raise BadPhoto("not-an-image", "照片已损坏, 无法读取", f"the photo cannot be read: {error}") from error

    def _refuse_giant(self, image: Image.Image) -> None:
        if image.width * image.height > self._most_pixels:
            raise BadPhoto(
                "too-many-pixels",
                f"照片像素过大 ({image.width} x {image.height})",
                f"{image.width} x {image.height} pixels are more than {self._most_pixels}",
            )


def _described(image: Image.Image, content: bytes) -> Photo:
    exif = image.getexif()
    named = {ExifTags.TAGS.get(tag, str(tag)): value for tag, value in exif.items()}
    details = exif.get_ifd(ExifTags.IFD.Exif)
    original = details.get(ExifTags.Base.DateTimeOriginal) or named.get("DateTime")
    return Photo(
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=MEDIA_TYPES[str(image.format)],
        size=len(content),
        width=image.width,
        height=image.height,
        exif={name: str(named[name]).strip("\x00 ")[:200] for name in _EXIF_SHOWN if name in named},
        taken_at=_exif_time(original),
        place=_exif_place(exif.get_ifd(ExifTags.IFD.GPSInfo)),
    )


def _exif_time(text: object) -> datetime | None:
    try:
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=PARK_TIME_ZONE)
    except ValueError:
        return None


def _exif_place(gps: dict[int, Any]) -> tuple[float, float] | None:
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (longitude, latitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _degrees(parts: Any, reference: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(reference).startswith(negative) else value


def _thumbnail(image: Image.Image) -> bytes:
    small = ImageOps.exif_transpose(image).convert("RGB")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def _write_once(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
