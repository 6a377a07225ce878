"""Rules on single packets as they come: AN11 (the device's clock) and AN45 (content said again under another QN).

What they look at is nowhere in the stored readings: how long a packet was on its way, and what the store drops as known.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import msgspec
from park_schemas.codes import Period
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.telemetry import ReadingsReported
from park_standards.anomaly.data_link import Packet, clock_drift, replayed_packets
from park_standards.anomaly.result import Anomaly

CLOCK_SAMPLES = 5
"""So many packets speak together for the clock (their median): a single slow line is no drift."""


@dataclass(frozen=True, slots=True)
class SeenPacket:
    """A packet of a device as it is remembered. The digest covers command, DataTime and every value and mark."""

    mn: str
    request_id: str
    digest: bytes
    data_time: datetime
    received_at: datetime


def digest_of(body: ReadingsReported) -> bytes:
    """Return 16 bytes that stand for everything a packet says, without QN."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{body.command}|{body.data_time.timestamp()}".encode())
    digest.update(msgspec.msgpack.encode(body.measurements))
    return digest.digest()


def sent_at(body: ReadingsReported) -> datetime | None:
    """Return the device's clock when it sent: QN (YYYYMMDDhhmmssZZZ), else DataTime of a realtime value.

    None for re-sent data and for what cannot tell: records of intervals say when they began, not when they were sent.
    """
    if body.supplementary or body.period is not Period.REALTIME:
        return None
    if body.request_id:
        try:
            sent = datetime.fromisoformat(f"{body.request_id[:8]}T{body.request_id[8:14]}")
            return sent.replace(tzinfo=PARK_TIME_ZONE)
        except ValueError:
            return None
    return body.data_time


def clock_of(
    offsets: Sequence[timedelta], received_at: datetime, warn: timedelta, alarm: timedelta
) -> tuple[Anomaly, ...]:
    """Return what the last `CLOCK_SAMPLES` offsets (device less platform) say of the clock; nothing from fewer."""
    if len(offsets) < CLOCK_SAMPLES:
        return ()
    usual = timedelta(seconds=median(offset.total_seconds() for offset in offsets[-CLOCK_SAMPLES:]))
    return clock_drift(received_at + usual, received_at, warn=warn, alarm=alarm)


def replays(known: Iterable[SeenPacket], new: Sequence[SeenPacket], resend_within: timedelta) -> tuple[Anomaly, ...]:
    """Return the replays among `known` and `new` packets of one device that a new one completes.

    ASSUMPTION: the same content under a new QN within `resend_within` is a re-send of a device that got no answer
    (HJ 212-2017 6.2: OverTime x ReCount) and numbers its attempts; to disprove, a fraud that repeats within a minute.
    """
    packets = [*known, *new]
    latest = {packet.request_id for packet in new}
    found = replayed_packets(Packet(p.received_at, p.request_id, p.digest.hex()) for p in packets)
    return tuple(
        anomaly
        for anomaly in found
        if anomaly.evidence["second_request"] in latest
        and not (_is_resend(anomaly) and anomaly.end - anomaly.start <= resend_within)
    )


def _is_resend(anomaly: Anomaly) -> bool:
    return anomaly.evidence["first_request"] != anomaly.evidence["second_request"]
