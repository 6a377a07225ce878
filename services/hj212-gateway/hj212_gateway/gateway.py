"""The gateway: what happens to each packet and to bytes that are none.

Stages of a packet, in order: evidence, who is it (admission), which answer is due (hj212.due_answer), what does it say
(translation), on its way (outlet), and when it is durable, the answer.
"""

import asyncio
import logging
import time
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hj212 import Packet, Reason, Rejected, codes, due_answer
from hj212.editions import ANSWER_COMMANDS
from msgspec import Struct
from msgspec.structs import replace
from park_chassis.clock import now
from park_schemas.codes import Period, SessionState
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import ReadingsReported, SessionChanged

from hj212_gateway.access import Access
from hj212_gateway.command_store import Held
from hj212_gateway.connection import READ_BYTES, Answer, Connection
from hj212_gateway.connection_log import ConnectionLog
from hj212_gateway.domain.admission import DETAILS, Refusal, admit
from hj212_gateway.domain.answer_frames import data_answer
from hj212_gateway.domain.credentials import Credentials
from hj212_gateway.domain.device_keys import DeviceKeys
from hj212_gateway.domain.event_bodies import device_info, frame_rejected, split_set_incomplete
from hj212_gateway.domain.frame_text import header_of
from hj212_gateway.domain.split_sets import IncompleteSet, Standing
from hj212_gateway.domain.translation import translate
from hj212_gateway.envelope import SOURCE, ReadingsEnvelope
from hj212_gateway.evidence_recorder import Direction, EvidenceRecorder
from hj212_gateway.frame_counts import ANSWER_SECONDS, CLOSED, CONNECTIONS, REJECTED, FrameCounts
from hj212_gateway.outlet import Mode, Outlet
from hj212_gateway.presence import Presence
from hj212_gateway.publisher import OnDone
from hj212_gateway.records import Records
from hj212_gateway.rejections import Rejections
from hj212_gateway.turns import Turns

log = logging.getLogger(__name__)

READINGS = "telemetry.readings.v1"
REJECTED_FRAMES = "telemetry.rejected.v1"
SESSIONS = "telemetry.sessions.v1"
DEVICE_INFO = "telemetry.device-info.v1"
TOPICS = (READINGS, REJECTED_FRAMES, SESSIONS, DEVICE_INFO)

_BUSY_BYTES = 1024 * 1024
"""Some 350 records of history: less than a tenth of a second of what one process takes. More waits in the buffers of those who
push it."""


class Devices(Protocol):
    """The device register (a CompactedView)."""

    def get(self, key: str) -> DeviceRecord | None: ...


class Dialogues(Protocol):
    """What runs commands on connections."""

    def heard(self, connection: Connection, packet: Packet, device: DeviceRecord, at: datetime) -> None: ...

    def asked_for(self, mn: str, command: str) -> bool: ...

    def ended(self, connection: Connection) -> None: ...


class Gateway:
    """The host of all connections. Everything here runs on the event loop; nothing here waits."""

    def __init__(
        self,
        devices: Devices,
        rejections: Rejections,
        access: Access,
        evidence: EvidenceRecorder,
        records: Records,
        keys: DeviceKeys,
        *,
        max_connections: int,
        max_waiting_bytes: int,
        trace_sample_ratio: float,
    ) -> None:
        self._devices = devices
        self._rejections = rejections
        self._access = access
        self._evidence = evidence
        self.records = records
        self.keys = keys
        self._max_connections = max_connections
        self._readings_envelope = ReadingsEnvelope(sample_ratio=trace_sample_ratio)
        self.outlet: Outlet
        self.dialogues: Dialogues | None = None
        self.credentials = Credentials()
        self.connection_log = ConnectionLog()
        self.presence = Presence(self.announce)
        self._open: dict[UUID, Connection] = {}
        self.counts = FrameCounts()
        self._to_flush: set[Connection] = set()
        self._turns = Turns(busy_bytes=_BUSY_BYTES, most_bytes=max_waiting_bytes, read_bytes=READ_BYTES)

    # --- connections ---------------------------------------------------------------------------------------------

    def connected(self, connection: Connection) -> bool:
        self._open[connection.id] = connection
        CONNECTIONS.set(len(self._open))
        if len(self._open) > self._max_connections:
            connection.close("too-many-connections")
        elif not self._access.is_proxy(connection.source) and not self._access.may_connect(connection.source):
            connection.close("network-not-allowed")
        return not connection.close_reason

    def identified(self, connection: Connection) -> bool:
        """The client's own address is known now (it is another than the first behind a balancer)."""
        if not self._access.may_connect(connection.source):
            connection.close("network-not-allowed")
        return not connection.close_reason

    def disconnected(self, connection: Connection, reason: str) -> None:
        self._open.pop(connection.id, None)
        self._to_flush.discard(connection)
        CONNECTIONS.set(len(self._open))
        CLOSED.labels(reason).inc()
        self.presence.connection_closed(connection.id, now(), reason)
        if self.dialogues is not None:
            self.dialogues.ended(connection)

    def read_size(self) -> int:
        """Return how many bytes the next read of a connection may bring."""
        return self._turns.read_size(self.outlet.waiting_bytes)

    def has_read(self, connection: Connection, *, filled: bool) -> None:
        """A connection has brought something (`filled`: as much as it was let): who has to wait now?"""
        self._turns.after_read(connection, filled, self.outlet.waiting_bytes, self._open.values())

    def progress(self) -> None:
        """Something has become durable: perhaps there is room again."""
        self._turns.after_progress(self.outlet.waiting_bytes, self._open.values())

    # --- packets -------------------------------------------------------------------------------------------------

    def keys_of(self, mn: str) -> list[bytes]:
        """Return the keys that open frames of a device now (HJ 212-2025), newest first."""
        return self.keys.of(mn, now())

    def received(self, connection: Connection, packet: Packet, at: datetime) -> None:
        self.counts.received(packet)
        device = self._devices.get(packet.mn)
        refusal = admit(packet, device)
        if refusal is Refusal.WRONG_PASSWORD and self._is_handed_over(packet, device, at):
            refusal = None
        if refusal is not None or device is None:
            self._turn_away(connection, packet, refusal or Refusal.UNKNOWN_MN, at)
            return
        self._evidence.record(Direction.RECEIVED, connection.id, connection.peer, packet.mn, packet.raw, at)
        if packet.key_number is not None:
            self.keys.used(packet.mn, packet.key_number, at)
        deviations = packet.deviations
        self.presence.heard(packet, device, connection.id, connection.peer, at, deviations)
        if deviations:
            self.counts.deviated(deviations)
        answer_command = due_answer(packet)
        answer = connection.answer_later(data_answer(packet, answer_command), packet.mn) if answer_command else None
        if self.dialogues is not None:
            self.dialogues.heard(connection, packet, device, at)
        if packet.cn in ANSWER_COMMANDS or answer_command == "9013":
            if answer is not None:
                answer(True)
            return
        self._take_data(connection, packet, device, at, deviations, answer)

    def _take_data(
        self,
        connection: Connection,
        packet: Packet,
        device: DeviceRecord,
        at: datetime,
        deviations: frozenset[str],
        answer: Answer | None,
    ) -> None:
        asked_for = self.dialogues is not None and self.dialogues.asked_for(packet.mn, packet.cn)
        skew = self.presence.skew_of(packet.mn)
        event = translate(packet, device, at, deviations=deviations, asked_for=asked_for, clock_skew_s=skew)
        if isinstance(event, Refusal):
            self._keep_other(connection, packet, device, event, at, answer)
            return
        if event.period is Period.REALTIME and not asked_for:
            self.presence.measured(packet.mn, (event.data_time - at).total_seconds(), at)
        done: OnDone = answer or _nothing
        if packet.is_split or event.period is not Period.REALTIME:
            event, done = self._note_record(packet, event, done)
        headers = self._readings_envelope.headers(packet.mn, packet.cn, device.point_id, event.data_time, packet.raw)
        self.outlet.put(READINGS, packet.mn.encode(), encode_body(event), headers, done)

    def _note_record(self, packet: Packet, event: ReadingsReported, done: OnDone) -> tuple[ReadingsReported, OnDone]:
        """A record has arrived when all packets of its message have; what comes of a set after its deadline is marked."""
        match self.records.standing_of(packet, event):
            case Standing.WHOLE:
                return event, self.records.when_durable(event, done)
            case Standing.LATE:
                return replace(event, incomplete=True), done
        return event, done

    def expire_split_sets(self, at: datetime) -> None:
        """Say which split messages are not whole at their deadline."""
        for found in self.records.expire_sets(at):
            self._put_incomplete(found, at)

    def rejected(self, connection: Connection, rejected: Rejected, at: datetime) -> None:
        if not rejected.raw.strip():
            return  # line feeds between frames are no event
        REJECTED.labels(rejected.reason.value).inc()
        if not self._is_kept(connection):
            return
        header = header_of(rejected.raw) if rejected.reason is Reason.ENCRYPTED else None
        mn, detail = (header.mn, self._why_closed(connection, header, at)) if header else (None, rejected.message)
        self._evidence.record(Direction.RECEIVED, connection.id, connection.peer, mn or "", rejected.raw, at)
        self._put_rejected(connection, mn, rejected.reason.value, detail, rejected.raw, at, _nothing)

    def _why_closed(self, connection: Connection, header: Packet, at: datetime) -> str:
        """Say why nobody can read an encrypted frame; who sends it may be a stranger."""
        if self._devices.get(header.mn) is None:
            self.presence.heard_stranger(header.mn, connection.id, connection.peer, at)
            self._rejections.stranger(header, connection.peer, at)
            return "the device is not registered"
        known = len(self.keys_of(header.mn))
        return f"none of the {known} keys of the device opens it" if known else "no key of the device is known"

    def _is_handed_over(self, packet: Packet, device: DeviceRecord | None, at: datetime) -> bool:
        """Whether the password is one of a change that is under way (1072)."""
        return device is not None and self.credentials.accepts(packet.mn, packet.pw, device.password, at)

    def _is_kept(self, connection: Connection) -> bool:
        """Bytes of a source without a registered device are kept up to its limit, then only counted."""
        if self.presence.devices_behind(connection.id) or self._access.stranger_may_be_kept(connection.source):
            return True
        REJECTED.labels("source-over-limit").inc()
        return False

    def _turn_away(self, connection: Connection, packet: Packet, refusal: Refusal, at: datetime) -> None:
        """Who may not speak gets no answer: the standard names no refusal of an upload. What it said is kept aside."""
        REJECTED.labels(refusal.value).inc()
        if not self._is_kept(connection):
            return
        self._evidence.record(Direction.RECEIVED, connection.id, connection.peer, packet.mn, packet.raw, at)
        if refusal is Refusal.UNKNOWN_MN:
            self.presence.heard_stranger(packet.mn, connection.id, connection.peer, at)
            self._rejections.stranger(packet, connection.peer, at)
        self._put_rejected(connection, packet.mn, refusal.value, DETAILS[refusal], packet.raw, at, _nothing)

    def _keep_other(
        self,
        connection: Connection,
        packet: Packet,
        device: DeviceRecord,
        refusal: Refusal,
        at: datetime,
        answer: Answer | None,
    ) -> None:
        """What a registered device says besides readings: answered once it is kept, but for data nobody can place in time."""
        if refusal is Refusal.UNSUPPORTED_COMMAND and codes.command_forms(packet.cn):
            self._put_device_info(packet, device, at, answer or _nothing)
            return
        REJECTED.labels(refusal.value).inc()
        if answer is not None and refusal is not Refusal.UNSUPPORTED_COMMAND:
            answer(False)
            answer = None
        detail = DETAILS[refusal]
        self._put_rejected(connection, packet.mn, refusal.value, detail, packet.raw, at, answer or _nothing)

    # --- on the way ----------------------------------------------------------------------------------------------

    def _put_device_info(self, packet: Packet, device: DeviceRecord, at: datetime, done: OnDone) -> None:
        self._put(
            DEVICE_INFO,
            "telemetry.device-info.reported",
            packet.mn,
            device_info(packet, device, at),
            at,
            done,
            packet.raw,
        )

    def _put_rejected(
        self, connection: Connection, mn: str | None, reason: str, detail: str, raw: bytes, at: datetime, done: OnDone
    ) -> None:
        body = frame_rejected(connection.peer, mn, reason, detail, raw, at)
        self._rejections.put(body)
        self._put(REJECTED_FRAMES, "telemetry.frame.rejected", mn or connection.peer, body, at, done)

    def _put_incomplete(self, found: IncompleteSet, at: datetime) -> None:
        body = split_set_incomplete(found, at)
        self._put(READINGS, "telemetry.split-set.incomplete", body.mn, body, at, _nothing)

    def announce(self, change: SessionChanged) -> None:
        self.connection_log.put(change)
        self._put(SESSIONS, "telemetry.session.changed", change.mn, change, change.changed_at, _nothing)

    def _put(
        self, topic: str, kind: str, key: str, body: Struct, at: datetime, done: OnDone, frame: bytes | None = None
    ) -> None:
        """Send an event on its way; the frame it was made of rides in a header."""
        headers = encode_headers(Event(type=kind, source=SOURCE, subject=key, time=at, body=body))
        if frame is not None:
            headers = [*headers, ("hj212-frame", frame)]
        self.outlet.put(topic, key.encode(), encode_body(body), headers, done)

    # --- answers -------------------------------------------------------------------------------------------------

    def answer_ready(self, connection: Connection, answer: Answer) -> None:
        ANSWER_SECONDS.observe(time.monotonic() - answer.began)
        if not self._to_flush:
            asyncio.get_running_loop().call_soon(self.flush_answers)
        self._to_flush.add(connection)

    def flush_answers(self) -> None:
        """Send every answer that is due."""
        due, self._to_flush = self._to_flush, set()
        for connection in due:
            connection.flush()

    def sent(self, connection: Connection, mn: str, frame: bytes) -> None:
        self._evidence.record(Direction.SENT, connection.id, connection.peer, mn, frame, now())

    # --- watch ---------------------------------------------------------------------------------------------------

    def close_idle(self, idle_since: datetime) -> None:
        """Close connections that have said nothing since `idle_since`: half-open ones are found this way."""
        for connection in [connection for connection in self._open.values() if connection.last_heard < idle_since]:
            log.info("idle connection closed", extra=connection.extra())
            connection.close("idle")

    def judge_partial_frames(self, idle_since: datetime) -> None:
        """Give up waiting for the rest of frames whose last byte came before `idle_since`."""
        for connection in self._open.values():
            if connection.holds_partial_frame and connection.last_heard < idle_since:
                connection.judge_partial_frame()

    def hold_all(self, reason: str) -> None:
        """Read from no connection any more."""
        for connection in self._open.values():
            connection.hold(reason)

    def close_all(self, reason: str) -> None:
        for connection in list(self._open.values()):
            connection.close(reason)

    # --- where devices are ---------------------------------------------------------------------------------------

    def connection_of(self, mn: str) -> Connection | None:
        """Return the connection that serves a device, None when it is not here."""
        state = self.presence.state_of(mn)
        if state is None or state.state is not SessionState.ONLINE:
            return None
        return self._open.get(state.connection_id)

    def held(self) -> list[Held]:
        """Return the devices that are here, each with the connection that serves it."""
        return [Held(state.mn, state.connection_id, state.since) for state in self.presence.online()]

    def settled(self, since: datetime) -> list[str]:
        """Return the MNs that have been here since then, and have not sent late records by themselves since."""
        return [
            state.mn
            for state in self.presence.online()
            if state.since <= since and not self.records.fills_in(state.mn, since)
        ]

    def is_at_ease(self) -> bool:
        """Whether live data leave room for more: Kafka takes them, and little waits."""
        return self.outlet.mode is Mode.DIRECT and self.outlet.waiting_bytes < _BUSY_BYTES

    def system_type_of(self, mn: str) -> str:
        """Return ST of the newest frame of a device."""
        state = self.presence.state_of(mn)
        return state.system_type if state else "32"

    def device_of(self, mn: str) -> DeviceRecord | None:
        """Return the registered device of an MN."""
        return self._devices.get(mn)


def _nothing(_: bool) -> None:
    """For records nobody waits for."""
