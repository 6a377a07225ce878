"""Identifiers made by us: UUIDv7 (RFC 9562 section 5.7), and UUIDv5 where a natural key must give the same id twice."""

import os
import time
from uuid import NAMESPACE_URL, UUID, uuid5

_NATURAL_KEYS = uuid5(NAMESPACE_URL, "urn:park-platform:natural-key")


def uuid7(unix_ms: int | None = None) -> UUID:
    """Return a new time-ordered id; `unix_ms` is milliseconds since the epoch (default: now)."""
    millis = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    random = int.from_bytes(os.urandom(10), "big")
    value = (millis & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=value)


def natural_id(*parts: object) -> UUID:
    """Return the id that belongs to a natural key: equal parts give an equal id, on any machine, at any time."""
    return uuid5(_NATURAL_KEYS, "\x1f".join(str(part) for part in parts))
