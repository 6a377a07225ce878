"""Metrics of frames, counted in plain dicts and handed to Prometheus once a second: a labelled counter costs a lock a frame."""

from collections import Counter as Tally

from hj212 import Packet, codes
from prometheus_client import Counter, Gauge, Histogram

CONNECTIONS = Gauge("park_gateway_connections", "Open connections of data loggers")
FRAMES = Counter("park_gateway_frames", "Frames received", ["edition", "command"])
REJECTED = Counter("park_gateway_frames_rejected", "Bytes not taken", ["reason"])
DEVIATIONS = Counter("park_gateway_deviations", "Tolerances used", ["deviation"])
UNKNOWN_PRUNED = Counter("park_gateway_unknown_devices_pruned", "Unknown devices dropped from the list at its bound")
MOVED = Counter(
    "park_gateway_devices_moved", "Devices that came online at another gateway while a connection stood here"
)
LOOP_LAG = Gauge("park_gateway_loop_lag_seconds", "How late the event loop woke up for its last look")
CLOSED = Counter("park_gateway_connections_closed", "Connections ended", ["reason"])
ANSWER_SECONDS = Histogram(
    "park_gateway_answer_seconds", "Frame received to answer due", buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5)
)


class FrameCounts:
    """Counts until `flush`. A command that no edition knows counts as `other`: labels must not grow with what devices send."""

    def __init__(self) -> None:
        self._frames: Tally[tuple[str, str]] = Tally()
        self._deviations: Tally[str] = Tally()

    def received(self, packet: Packet) -> None:
        self._frames[packet.edition.value, packet.cn] += 1

    def deviated(self, deviations: frozenset[str]) -> None:
        self._deviations.update(deviations)

    def flush(self) -> None:
        """Hand the counts over."""
        frames, self._frames = self._frames, Tally()
        deviations, self._deviations = self._deviations, Tally()
        for (edition, command), count in frames.items():
            FRAMES.labels(edition, command if codes.command_forms(command) else "other").inc(count)
        for deviation, count in deviations.items():
            DEVIATIONS.labels(deviation).inc(count)
