"""Where files lie: one small interface, a folder behind it here, S3 in s3_store.py. Keys never change their content."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Protocol

from park_chassis.file_store.settings import FileStoreSettings

CHUNK = 256 * 1024


class FileStore(Protocol):
    """Blocking; call it in a thread. Raises Transient when the store is away, FileNotFoundError for a key that is not there."""

    def put(self, key: str, file: BinaryIO, size: int, media_type: str) -> None:
        """Write a file whole under a key; what is there already stays as it is."""
        ...

    def size(self, key: str) -> int:
        """Return how many bytes lie under a key."""
        ...

    def read(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        """Return `length` bytes (None: all) from `start` on, in pieces."""
        ...

    def drop(self, key: str) -> None:
        """Remove what lies under a key; nothing happens when nothing does."""
        ...


def path_of(key: str) -> str:
    """Return the place of a key in the store: two levels by the first digits of the hash, so that no folder grows giant."""
    return f"{key[:2]}/{key[2:4]}/{key}"


class FolderStore:
    """A folder that all replicas share.

    A file is written whole under another name, flushed, and renamed; a crash leaves at most a temporary file, never half a
    photo under its hash.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, file: BinaryIO, size: int, media_type: str) -> None:
        """Write a file once."""
        path = self._root / path_of(key)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        file.seek(0)
        with NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
            while chunk := file.read(CHUNK):
                part.write(chunk)
            part.flush()
            os.fsync(part.fileno())
        os.replace(part.name, path)
        _flush_folder(path.parent)

    def size(self, key: str) -> int:
        """Return how many bytes lie under a key."""
        return (self._root / path_of(key)).stat().st_size

    def read(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        """Return a part of a file in pieces."""
        with (self._root / path_of(key)).open("rb") as file:
            file.seek(start)
            left = length
            while chunk := file.read(CHUNK if left is None else min(CHUNK, left)):
                left = None if left is None else left - len(chunk)
                yield chunk

    def drop(self, key: str) -> None:
        """Remove a file."""
        (self._root / path_of(key)).unlink(missing_ok=True)


def open_store(settings: FileStoreSettings, room: str = "") -> FileStore:
    """Return the store the settings name; no connection is made here.

    `room` is a folder of its own in it: services that remove files must not share one with services that keep the same file.
    """
    if settings.evidence_store == "s3":
        from park_chassis.file_store.s3_store import S3Store

        return S3Store(settings, room)
    assert settings.evidence_dir is not None  # noqa: S101 - the settings have refused that
    return FolderStore(settings.evidence_dir / room)


def _flush_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
