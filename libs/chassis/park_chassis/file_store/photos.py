"""Photos and drawn signatures: opened whole, so that a broken or giant one is refused; EXIF read, a thumbnail made.

Times in EXIF carry no zone and are read as park time.
"""

import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from park_schemas.park_time import PARK_TIME_ZONE
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from park_chassis.file_store.faults import BadFile

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
THUMBNAIL_PX = 320
_EXIF_SHOWN = ("DateTime", "Make", "Model", "Software", "Orientation")
_INK = 24
"""A pixel this much darker than the lightest is ink (0 to 255)."""
_LEAST_INK_PIXELS = 30


@dataclass(frozen=True)
class Picture:
    """What is known of a picture; `place` is (longitude, latitude)."""

    media_type: str
    width: int
    height: int
    exif: dict[str, Any]
    taken_at: datetime | None
    place: tuple[float, float] | None
    thumbnail: bytes


def read_picture(file: BinaryIO, *, media: str, most_pixels: int) -> Picture:
    """Return what is known of a picture. Raises BadFile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=tuple(MEDIA_TYPES)) as image:
                _refuse_giant(image, media, most_pixels)
                image.load()
                if media == "signature":
                    _refuse_blank(image)
                return _described(image)
    except UnidentifiedImageError as error:
        raise BadFile(
            media, "type", "只接受 JPEG、PNG 或 WebP 照片", "only JPEG, PNG and WebP photos are taken"
        ) from error
    except Image.DecompressionBombError as error:
        raise BadFile(media, "too-many-pixels", "照片像素过大", str(error)) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadFile(media, "not-an-image", "照片已损坏, 无法读取", f"the photo cannot be read: {error}") from error


def for_print(file: BinaryIO, *, most_px: int) -> bytes:
    """Return a picture as a JPEG upright and at most `most_px` wide or high, for a printed document."""
    with Image.open(file) as image:
        return _as_jpeg(image, most_px, quality=85)


def _refuse_giant(image: Image.Image, media: str, most: int) -> None:
    if image.width * image.height > most:
        raise BadFile(
            media,
            "too-many-pixels",
            f"照片像素过大 ({image.width} x {image.height})",
            f"{image.width} x {image.height} pixels are more than {most}",
        )


def _refuse_blank(image: Image.Image) -> None:
    grey = on_white(image).convert("L")
    histogram = grey.histogram()
    lightest = max(value for value, count in enumerate(histogram) if count)
    if sum(histogram[: max(0, lightest - _INK)]) < _LEAST_INK_PIXELS:
        raise BadFile("signature", "blank", "签名是空白的", "the signature is blank: nothing is drawn on it")


def on_white(image: Image.Image) -> Image.Image:
    """Return a picture without transparency, on white paper."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        return paper.convert("RGB")
    return image.convert("RGB")


def _described(image: Image.Image) -> Picture:
    exif = image.getexif()
    named = {ExifTags.TAGS.get(tag, str(tag)): value for tag, value in exif.items()}
    details = exif.get_ifd(ExifTags.IFD.Exif)
    original = details.get(ExifTags.Base.DateTimeOriginal) or named.get("DateTime")
    return Picture(
        media_type=MEDIA_TYPES[str(image.format)],
        width=image.width,
        height=image.height,
        exif={name: str(named[name]).strip("\x00 ")[:200] for name in _EXIF_SHOWN if name in named},
        taken_at=_exif_time(original),
        place=_exif_place(exif.get_ifd(ExifTags.IFD.GPSInfo)),
        thumbnail=_as_jpeg(image, THUMBNAIL_PX, quality=82),
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


def _as_jpeg(image: Image.Image, most_px: int, *, quality: int) -> bytes:
    small = on_white(ImageOps.exif_transpose(image))
    small.thumbnail((most_px, most_px))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
