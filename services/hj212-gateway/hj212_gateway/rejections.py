"""What was not taken, on its way to the lists people look at: bounded in memory, written in batches.

Kafka holds every rejected frame (telemetry.rejected.v1); these lists show the newest. When the database is away long enough
for the bound to be met, the oldest waiting entry is dropped from the list and counted.
"""

from collections import deque
from datetime import datetime

from hj212 import Packet
from park_schemas.telemetry import FrameRejected
from prometheus_client import Counter

from hj212_gateway.stranger_store import Stranger

DROPPED = Counter("park_gateway_rejected_not_listed", "Rejected frames that are in Kafka but not in the list")

_MOST_WAITING = 10_000
_TEXT_KEPT = 1100


class Rejections:
    """Collects rejected frames and unknown devices until they are stored."""

    def __init__(self) -> None:
        self._frames: deque[FrameRejected] = deque()
        self._strangers: dict[str, Stranger] = {}

    def put(self, rejected: FrameRejected) -> None:
        if len(self._frames) >= _MOST_WAITING:
            self._frames.popleft()
            DROPPED.inc()
        self._frames.append(rejected)

    def stranger(self, packet: Packet, peer: str, at: datetime) -> None:
        """Count a frame of an MN that is not registered."""
        known = self._strangers.get(packet.mn)
        if known is None and len(self._strangers) >= _MOST_WAITING:
            DROPPED.inc()
            return
        text = packet.raw[:_TEXT_KEPT].decode("utf-8", "replace")
        frames = 1 if known is None else known.frames + 1
        self._strangers[packet.mn] = Stranger(packet.mn, packet.edition.value, peer, at, frames, text, packet.st)

    def take(self) -> tuple[list[FrameRejected], list[Stranger]]:
        """Return and forget what is waiting."""
        frames, strangers = list(self._frames), list(self._strangers.values())
        self._frames.clear()
        self._strangers.clear()
        return frames, strangers

    def put_back(self, frames: list[FrameRejected], strangers: list[Stranger]) -> None:
        """Take back what could not be stored."""
        self._frames.extendleft(reversed(frames))
        while len(self._frames) > _MOST_WAITING:
            self._frames.popleft()
            DROPPED.inc()
        for stranger in strangers:
            self._strangers.setdefault(stranger.mn, stranger)
