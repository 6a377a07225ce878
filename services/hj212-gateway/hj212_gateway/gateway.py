"""The gateway: what happens to each packet and to bytes that are none.

Stages of a packet, in order: who is it (admission), which answer is due (hj212.due_answer), what does it say (translation),
to Kafka (publisher), and when the broker has acknowledged it, the answer.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from hj212 import Packet, Rejected, due_answer, reply
from hj212.editions import ANSWER_COMMANDS
from park_chassis.clock import now
from park_chassis.compacted_view import CompactedView
from park_chassis.tracing import current_traceparent, span
from park_schemas.codes import Period
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import FrameRejected, ReadingsReported, SessionChanged
from prometheus_client import Counter, Gauge, Histogram

from hj212_gateway.connection import Connection
from hj212_gateway.domain.admission import DETAILS, Refusal, admit
from hj212_gateway.domain.translation import translate
from hj212_gateway.presence import Presence
from hj212_gateway.publisher import Publisher
from hj212_gateway.rejections import Rejections

log = logging.getLogger(__name__)

CONNECTIONS = Gauge("park_gateway_connections", "Open connections of data loggers")
FRAMES = Counter("park_gateway_frames", "Frames received", ["edition", "command"])
REJECTED = Counter("park_gateway_frames_rejected", "Bytes not taken", ["reason"])
DEVIATIONS = Counter("park_gateway_deviations", "Tolerances used", ["deviation"])
ANSWER_SECONDS = Histogram(
    "park_gateway_answer_seconds", "Frame received to answer due", buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5)
)

SOURCE = "hj212-gateway"
_RAW_KEPT = 9 * 1024


class Publishers:
    """One publisher a topic."""

    def __init__(self, readings: Publisher, rejected: Publisher, sessions: Publisher) -> None:
        self.readings = readings
        self.rejected = rejected
        self.sessions = sessions

    def all(self) -> tuple[Publisher, ...]:
        return self.readings, self.rejected, self.sessions


class Gateway:
    """The host of all connections. Everything here runs on the event loop; nothing here waits."""

    def __init__(
        self,
        devices: CompactedView[DeviceRecord],
        rejections: Rejections,
        *,
        max_connections: int,
        max_waiting_bytes: int,
        publishers: Callable[[Callable[[], None]], Publishers],
    ) -> None:
        self._devices = devices
        self._rejections = rejections
        self._max_connections = max_connections
        self._max_waiting_bytes = max_waiting_bytes
        self.publishers = publishers(self._batch_done)
        self.presence = Presence(self.announce)
        self.connections: set[Connection] = set()
        self._to_flush: set[Connection] = set()
        self._paused = False

    # --- connections ---------------------------------------------------------------------------------------------

    def connected(self, connection: Connection) -> bool:
        if len(self.connections) >= self._max_connections:
            REJECTED.labels("too-many-connections").inc()
            return False
        self.connections.add(connection)
        CONNECTIONS.set(len(self.connections))
        return True

    def disconnected(self, connection: Connection, reason: str) -> None:
        self.connections.discard(connection)
        self._to_flush.discard(connection)
        CONNECTIONS.set(len(self.connections))
        self.presence.connection_closed(connection.id, now(), reason)

    def is_full(self) -> bool:
        """Whether more is waiting for Kafka than may wait; then all connections stop reading until it is half as much."""
        if self.publishers.readings.waiting_bytes > self._max_waiting_bytes:
            self._paused = True
        return self._paused

    # --- packets -------------------------------------------------------------------------------------------------

    def received(self, connection: Connection, packet: Packet, at: datetime) -> None:
        FRAMES.labels(packet.edition.value, packet.cn).inc()
        device = self._devices.get(packet.mn)
        refusal = admit(packet, device)
        if refusal is not None or device is None:
            return self._refuse(connection, packet, refusal or Refusal.UNKNOWN_MN, at, done=None)
        self.presence.heard(packet, device, connection.id, connection.peer, at)
        for deviation in packet.deviations:
            DEVIATIONS.labels(deviation.value).inc()
        done = self._answer_when_stored(connection, packet, at)
        if packet.cn in ANSWER_COMMANDS or due_answer(packet) == "9013":
            done(True)
            return None
        event = translate(packet, device, at)
        if isinstance(event, Refusal):
            return self._refuse(connection, packet, event, at, done)
        if event.period is Period.REALTIME:
            self.presence.measured(packet.mn, (event.data_time - at).total_seconds())
        return self._publish_readings(packet, event, done)

    def rejected(self, connection: Connection, rejected: Rejected, at: datetime) -> None:
        if not rejected.raw.strip():
            return  # line feeds between frames are no event
        REJECTED.labels(rejected.reason.value).inc()
        self._put_rejected(connection, None, rejected.reason.value, rejected.message, rejected.raw, at, done=None)

    def _refuse(
        self,
        connection: Connection,
        packet: Packet,
        refusal: Refusal,
        at: datetime,
        done: Callable[[bool], None] | None,
    ) -> None:
        """Keep the frame aside. An unsupported command of a known device is answered once it is kept; nothing else is."""
        REJECTED.labels(refusal.value).inc()
        if refusal is Refusal.UNKNOWN_MN:
            self.presence.heard_stranger(packet.mn, connection.id, connection.peer, at)
            self._rejections.stranger(packet, connection.peer, at)
        if done is not None and refusal is not Refusal.UNSUPPORTED_COMMAND:
            done(False)
            done = None
        self._put_rejected(connection, packet.mn, refusal.value, DETAILS[refusal], packet.raw, at, done)

    def _answer_when_stored(self, connection: Connection, packet: Packet, at: datetime) -> Callable[[bool], None]:
        command = due_answer(packet)
        if command is None:
            return _nothing
        finish = connection.answer_later(reply(packet, command))
        began = asyncio.get_running_loop().time()

        def done(stored: bool) -> None:
            finish(stored)
            ANSWER_SECONDS.observe(asyncio.get_running_loop().time() - began)
            self._flush_soon(connection)

        return done

    # --- to Kafka ------------------------------------------------------------------------------------------------

    def _publish_readings(self, packet: Packet, event: ReadingsReported, done: Callable[[bool], None]) -> None:
        with span("frame received", mn=packet.mn, command=packet.cn):
            envelope = Event(
                type="telemetry.readings.reported",
                source=SOURCE,
                subject=packet.mn,
                time=event.data_time,
                body=event,
                traceparent=current_traceparent(),
                extra_headers=(("hj212-frame", packet.raw),),
            )
        self.publishers.readings.put(packet.mn.encode(), encode_body(event), encode_headers(envelope), done)

    def _put_rejected(
        self,
        connection: Connection,
        mn: str | None,
        reason: str,
        detail: str,
        raw: bytes,
        at: datetime,
        done: Callable[[bool], None] | None,
    ) -> None:
        body = FrameRejected(
            peer=connection.peer,
            reason=reason,
            detail=detail,
            received_at=at,
            raw=raw[:_RAW_KEPT],
            mn=mn,
            cut=len(raw) > _RAW_KEPT,
        )
        self._rejections.put(body)
        key = mn or connection.peer
        event = Event(type="telemetry.frame.rejected", source=SOURCE, subject=key, time=at, body=body)
        self.publishers.rejected.put(key.encode(), encode_body(body), encode_headers(event), done or _nothing)

    def announce(self, change: SessionChanged) -> None:
        event = Event(
            type="telemetry.session.changed", source=SOURCE, subject=change.mn, time=change.changed_at, body=change
        )
        self.publishers.sessions.put(change.mn.encode(), encode_body(change), encode_headers(event), _nothing)

    # --- answers -------------------------------------------------------------------------------------------------

    def _flush_soon(self, connection: Connection) -> None:
        if not self._to_flush:
            asyncio.get_running_loop().call_soon(self._flush_answers)
        self._to_flush.add(connection)

    def _flush_answers(self) -> None:
        due, self._to_flush = self._to_flush, set()
        for connection in due:
            connection.flush()

    def _batch_done(self) -> None:
        if self._paused and self.publishers.readings.waiting_bytes < self._max_waiting_bytes // 2:
            self._paused = False
            for connection in self.connections:
                connection.resume()

    # --- watch ---------------------------------------------------------------------------------------------------

    def close_idle(self, idle_since: datetime) -> None:
        """Close connections that have said nothing since `idle_since`: half-open ones are found this way."""
        for connection in [connection for connection in self.connections if connection.last_heard < idle_since]:
            log.info("idle connection closed", extra=connection.extra())
            connection.close("idle")

    def judge_partial_frames(self, idle_since: datetime) -> None:
        """Give up waiting for the rest of frames whose last byte came before `idle_since`."""
        for connection in self.connections:
            if connection.holds_partial_frame and connection.last_heard < idle_since:
                connection.judge_partial_frame()

    def close_all(self, reason: str) -> None:
        for connection in list(self.connections):
            connection.close(reason)

    def device_of(self, mn: str) -> DeviceRecord | None:
        """Return the registered device of an MN."""
        return self._devices.get(mn)


def _nothing(_: bool) -> None:
    """For records nobody waits for."""
