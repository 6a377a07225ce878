"""What the gateway says besides readings, as bodies of events."""

from datetime import datetime

from hj212 import Packet
from park_schemas.park_time import at_park
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import DeviceInfoReported, FrameRejected, SplitSetIncomplete

from hj212_gateway.domain.split_sets import IncompleteSet

_RAW_KEPT = 9 * 1024


def device_info(packet: Packet, device: DeviceRecord, at: datetime) -> DeviceInfoReported:
    """Return what a registered device said that is no reading (parameters, states, logs), received at `at`."""
    data_time = packet.data_time
    return DeviceInfoReported(
        mn=packet.mn,
        point_id=device.point_id,
        command=packet.cn,
        system_type=packet.st,
        received_at=at,
        items=[
            {name: found if isinstance(found, str) else ",".join(found) for name, found in group.items()}
            for group in packet.cp
        ],
        data_time=at_park(data_time) if data_time else None,
        request_id=packet.qn,
    )


def frame_rejected(peer: str, mn: str | None, reason: str, detail: str, raw: bytes, at: datetime) -> FrameRejected:
    """Return what was turned away, and why; of very long bytes the beginning."""
    cut = len(raw) > _RAW_KEPT
    return FrameRejected(peer=peer, reason=reason, detail=detail, received_at=at, raw=raw[:_RAW_KEPT], mn=mn, cut=cut)


def split_set_incomplete(found: IncompleteSet, at: datetime) -> SplitSetIncomplete:
    """Return which packets of a split message were missing at its deadline."""
    key = found.key
    return SplitSetIncomplete(
        mn=key.mn,
        point_id=found.point_id,
        command=key.command,
        data_time=key.data_time,
        packets=key.packets,
        received=found.received,
        missing=found.missing,
        reason=found.reason,
        recorded_at=at,
    )
