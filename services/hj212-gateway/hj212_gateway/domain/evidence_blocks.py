"""Evidence blocks: frames byte for byte, compressed, each block's hashes chained to those of the block before.

    payload = zstd(msgpack [entry, ...]);  entry = [direction, connection id, peer, mn, at, device time, raw]
    header  = compact JSON with sorted keys: block, first_at, frames, gateway, last_at, missing, size
    sha256  = SHA-256(sha256 of the block before || header || payload); sm3 likewise with SM3 (GB/T 32905)

The first block of a gateway follows 32 zero bytes. Times are microseconds since 1970 UTC. `missing` counts frames that were
not kept since the block before because the database was away too long; zero in normal life.
"""

import hashlib
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import cramjam
import msgspec
from cryptography.hazmat.primitives.hashes import SM3, Hash

ORIGIN = bytes(32)


class Direction(IntEnum):
    """Which way a frame went."""

    RECEIVED = 0
    SENT = 1


class Entry(NamedTuple):
    """One frame. `mn` is empty for bytes that were no frame; `device_time` is the QN of the frame, empty without one."""

    direction: int
    connection_id: bytes
    peer: str
    mn: str
    at_us: int
    device_time: str
    raw: bytes


class Hashes(NamedTuple):
    """Both digests, 32 bytes each."""

    sha256: bytes
    sm3: bytes


class BlockHeader(msgspec.Struct, frozen=True):
    """What is hashed beside the payload."""

    block: int
    first_at: int
    frames: int
    gateway: str
    last_at: int
    missing: int
    size: int


class Block(NamedTuple):
    """A sealed block."""

    header: BlockHeader
    payload: bytes
    previous: Hashes
    hashes: Hashes


class DamagedBlock(Exception):
    """A payload that cannot be read."""


_PACK = msgspec.msgpack.Encoder()
_UNPACK = msgspec.msgpack.Decoder(list[Entry])


def header_bytes(header: BlockHeader) -> bytes:
    """Return the canonical form: the fields are declared in sorted order, JSON without spaces."""
    return msgspec.json.encode(header)


def chained(previous: Hashes, header: BlockHeader, payload: bytes) -> Hashes:
    """Return the digests of a block that follows `previous`."""
    content = header_bytes(header) + payload
    sm3 = Hash(SM3())
    sm3.update(previous.sm3 + content)
    return Hashes(hashlib.sha256(previous.sha256 + content).digest(), sm3.finalize())


def seal(entries: Sequence[Entry], *, gateway: str, block: int, missing: int, previous: Hashes) -> Block:
    """Return the block of these entries (at least one, in the order in which they were recorded)."""
    payload = bytes(cramjam.zstd.compress(_PACK.encode(entries), 3))
    header = BlockHeader(
        block=block,
        first_at=min(entry.at_us for entry in entries),
        frames=len(entries),
        gateway=gateway,
        last_at=max(entry.at_us for entry in entries),
        missing=missing,
        size=len(payload),
    )
    return Block(header, payload, previous, chained(previous, header, payload))


def open_payload(payload: bytes) -> list[Entry]:
    """Return the entries of a payload. Raises DamagedBlock."""
    try:
        return _UNPACK.decode(bytes(cramjam.zstd.decompress(payload)))
    except (cramjam.DecompressionError, msgspec.MsgspecError) as error:
        raise DamagedBlock(str(error)) from error
