"""Append-only segment files: what waits for Kafka while Kafka is away. Blocking code; spool.py runs it in a thread.

Layout of a segment `<number>.spool`: 8 bytes of magic, then records of
    length u32 big-endian | CRC-32 of the payload u32 | payload = msgpack [topic, key, value, [[name, content], ...]]
A segment is only appended to by the run that made it; a crash can cut the last record, which nobody was told is stored. A
record whose checksum is wrong in the middle ends the reading of that segment: it is set aside as `.damaged` and logged, the
others go on. A lock file keeps two processes from the same folder.
"""

import fcntl
import logging
import os
import struct
import threading
import zlib
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

log = logging.getLogger(__name__)

MAGIC = b"PKSPOOL1"
_FRAME = struct.Struct("!II")
SEGMENT_BYTES = 16 * 1024 * 1024


class SpooledRecord(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One Kafka record: topic, key, value, headers."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(SpooledRecord)


class SpoolInUse(Exception):
    """Another process works on this folder."""


class SpoolFull(Exception):
    """The bound is reached, or the disk is full."""


class Place(NamedTuple):
    """A position in the spool: segment number, byte offset."""

    segment: int
    offset: int


def packed(record: SpooledRecord) -> bytes:
    """Return a record as it stands in a segment."""
    payload = _ENCODER.encode(record)
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


class SpoolFiles:
    """The segments of one gateway instance. `bytes_held` is what they take on the disk."""

    def __init__(self, folder: Path, *, most_bytes: int, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Open the folder, making it. Raises SpoolInUse when another process has it."""
        self._folder = folder
        self._most_bytes = most_bytes
        self._segment_bytes = segment_bytes
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SpoolInUse(f"{folder} is in use by another process") from error
        found = sorted(int(path.stem) for path in folder.glob("*.spool"))
        self._sizes = {number: self._path(number).stat().st_size for number in found}
        self._next = found[-1] + 1 if found else 1
        self._file: IO[bytes] | None = None
        self._use = threading.Lock()
        self._current = 0
        self.read_place = Place(found[0] if found else self._next, len(MAGIC))

    @property
    def bytes_held(self) -> int:
        return sum(list(self._sizes.values()))

    @property
    def is_drained(self) -> bool:
        """Whether everything written has been read."""
        return all(
            number < self.read_place.segment or (number == self.read_place.segment and size <= self.read_place.offset)
            for number, size in list(self._sizes.items())
        )

    def append(self, blobs: list[bytes]) -> None:
        """Write packed records and force them to the disk. Raises SpoolFull, then nothing of them counts as written."""
        with self._use:
            self._append(b"".join(blobs))

    def _append(self, content: bytes) -> None:
        if self.bytes_held + len(content) > self._most_bytes:
            raise SpoolFull(f"{self.bytes_held} of {self._most_bytes} bytes are in use")
        file = self._file_for_append()
        before = self._sizes[self._current]
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            self._give_up_segment(before)
            raise SpoolFull(str(error)) from error
        self._sizes[self._current] = before + len(content)

    def read(self, most_bytes: int) -> tuple[list[SpooledRecord], Place]:
        """Return the next records and the place behind them; nothing is removed until `forget_before` that place."""
        with self._use:
            return self._read(most_bytes)

    def _read(self, most_bytes: int) -> tuple[list[SpooledRecord], Place]:
        records: list[SpooledRecord] = []
        place, taken = self.read_place, 0
        for number in sorted(self._sizes):
            if number < place.segment:
                continue
            offset = place.offset if number == place.segment else len(MAGIC)
            found, end, is_whole = self._read_segment(number, offset, most_bytes - taken)
            records += found
            taken += end - offset
            place = Place(number, end)
            if not is_whole:
                self._read_no_further(number, end)
            if taken >= most_bytes or end < self._sizes[number]:
                break
        return records, place

    def forget_before(self, place: Place) -> None:
        """Everything before `place` is in Kafka: remove the segments that hold nothing else."""
        with self._use:
            self.read_place = place
            for number in sorted(self._sizes):
                if number < place.segment or (number == place.segment and self._sizes[number] <= place.offset):
                    if number == self._current:
                        self._close_current()
                    self._remove(number)

    def close(self) -> None:
        self._close_current()
        self._lock.close()

    # --- segments ------------------------------------------------------------------------------------------------

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:012d}.spool"

    def _file_for_append(self) -> IO[bytes]:
        if self._file is not None and self._sizes[self._current] >= self._segment_bytes:
            self._close_current()
        if self._file is None:
            number = self._next
            try:
                self._file = self._path(number).open("xb")
                self._file.write(MAGIC)
                self._file.flush()
                os.fsync(self._file.fileno())
                self._sync_folder()
            except OSError as error:
                self._close_current()
                raise SpoolFull(str(error)) from error
            self._next += 1
            self._current = number
            self._sizes[number] = len(MAGIC)
        return self._file

    def _give_up_segment(self, size: int) -> None:
        """After a failed write the end of the file is unknown: cut it back, and go on in a new segment."""
        try:
            os.truncate(self._path(self._current), size)
        except OSError as error:
            log.warning("segment could not be cut back", extra={"error": str(error), "segment": self._current})
        self._close_current()

    def _close_current(self) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError as error:
                log.warning("segment could not be closed in order", extra={"error": str(error)})
            self._file = None
        self._current = 0

    def _read_no_further(self, number: int, end: int) -> None:
        """What follows in this segment is broken: it ends here from now on."""
        if number == self._current:
            self._close_current()
        self._sizes[number] = end

    def _remove(self, number: int) -> None:
        self._path(number).unlink(missing_ok=True)
        self._sizes.pop(number, None)

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _read_segment(self, number: int, offset: int, most_bytes: int) -> tuple[list[SpooledRecord], int, bool]:
        """Return whole records from `offset`, the offset behind them, and whether nothing broken follows."""
        size = self._sizes[number]
        with self._path(number).open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                return [], size, self._damaged(number, 0, size)
            file.seek(offset)
            data = file.read(min(size - offset, max(most_bytes, 1 << 16)))
        records: list[SpooledRecord] = []
        at = 0
        while at + _FRAME.size <= len(data):
            length, checksum = _FRAME.unpack_from(data, at)
            payload = data[at + _FRAME.size : at + _FRAME.size + length]
            if len(payload) < length:
                break
            if zlib.crc32(payload) != checksum:
                return records, offset + at, self._damaged(number, offset + at, size)
            records.append(_DECODER.decode(payload))
            at += _FRAME.size + length
        is_cut = not at and len(data) > 0 and offset + len(data) >= size
        if is_cut:
            self._damaged(number, offset, size)
        return records, offset + at, not is_cut

    def _damaged(self, number: int, offset: int, size: int) -> bool:
        """Keep a copy of what cannot be read for people to look at."""
        aside = self._path(number).with_suffix(f".{offset}.damaged")
        if number != self._current and not aside.exists():
            log.error("spool segment is damaged", extra={"segment": number, "offset": offset, "bytes": size - offset})
            aside.write_bytes(self._path(number).read_bytes()[offset:])
        return False
