"""The envelope of the hot path: CloudEvents headers made of bytes prepared beforehand.

Equal to park_schemas.envelope.encode_headers of the same event (a test holds them against each other); a general Event, its
span and its uuid cost more than decoding the frame.
"""

import os
import random
import time
from datetime import datetime
from uuid import UUID

from park_chassis.tracing import current_traceparent, span
from park_schemas.telemetry import POINT_HEADER

SOURCE = "hj212-gateway"
_POOL_BYTES = 64 * 1024


class Identifiers:
    """UUIDv7 and W3C trace ids as text, made from a pool of random hex digits (a fork would repeat it: we do not fork)."""

    def __init__(self) -> None:
        self._pool = ""
        self._at = 0

    def _hex(self, digits: int) -> str:
        if self._at + digits > len(self._pool):
            self._pool, self._at = os.urandom(_POOL_BYTES).hex(), 0
        start = self._at
        self._at = start + digits
        return self._pool[start : self._at]

    def uuid7(self) -> str:
        """Return a new UUIDv7 (RFC 9562 section 5.7) as text."""
        milliseconds = f"{time.time_ns() // 1_000_000:012x}"
        rest = self._hex(19)
        variant = "89ab"[int(rest[3], 16) & 3]
        return f"{milliseconds[:8]}-{milliseconds[8:]}-7{rest[:3]}-{variant}{rest[4:7]}-{rest[7:19]}"

    def unsampled_traceparent(self) -> str:
        """Return the traceparent of a trace that nobody records; it still joins the log lines of one frame."""
        return f"00-{self._hex(32)}-{self._hex(16)}-00"


class ReadingsEnvelope:
    """Makes the headers of telemetry.readings.reported. `sample_ratio` of the frames get a recorded span."""

    def __init__(self, *, sample_ratio: float) -> None:
        self._ids = Identifiers()
        self._sample_ratio = sample_ratio
        self._fixed = (
            ("ce_specversion", b"1.0"),
            ("ce_source", SOURCE.encode()),
            ("ce_type", b"telemetry.readings.reported"),
            ("content-type", b"application/json"),
        )

    def headers(
        self, mn: str, command: str, point_id: UUID, data_time: datetime, raw: bytes
    ) -> list[tuple[str, bytes]]:
        """Return the headers of one frame's event; the raw frame rides in `hj212-frame`.

        `ce_pointid` lets a consumer pass over the frames of points that are not its own without decoding them.
        """
        is_sampled = random.random() < self._sample_ratio  # noqa: S311 - no secret
        traceparent = _recorded(mn, command) if is_sampled else self._ids.unsampled_traceparent()
        return [
            *self._fixed,
            ("ce_id", self._ids.uuid7().encode()),
            ("ce_time", data_time.isoformat().encode()),
            ("ce_subject", mn.encode()),
            (POINT_HEADER, str(point_id).encode()),
            ("traceparent", traceparent.encode()),
            ("hj212-frame", raw),
        ]


def _recorded(mn: str, command: str) -> str:
    with span("frame received", mn=mn, command=command):
        return current_traceparent() or ""
