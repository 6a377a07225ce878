"""From a packet to the event that says what was measured."""

from collections.abc import Collection
from datetime import datetime

from hj212 import Packet
from park_schemas.codes import DataOrigin, Period
from park_schemas.park_time import at_park
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import Measurement, ReadingsReported

from hj212_gateway.domain.admission import Refusal
from hj212_gateway.domain.factor_codes import SHIFTS, SUCCESSORS, shifted
from hj212_gateway.domain.record_origin import origin_of

PERIOD_OF_COMMAND: dict[str, Period] = {
    "2011": Period.REALTIME,
    "2013": Period.REALTIME,
    "2021": Period.REALTIME,
    "2052": Period.REALTIME,
    "2051": Period.MINUTE,
    "2111": Period.MINUTE,
    "2061": Period.HOUR,
    "2062": Period.HOUR,
    "2031": Period.DAY,
    "2041": Period.DAY,
}
"""Data commands and what their values stand for (HJ 212-2017 table 9; 2013, 2062 and 2111: HJ 212-2025)."""


def translate(
    packet: Packet,
    device: DeviceRecord,
    received_at: datetime,
    *,
    deviations: Collection[str],
    asked_for: bool = False,
    clock_skew_s: float | None = None,
) -> ReadingsReported | Refusal:
    """Return the event of a data packet, or why there is none.

    `deviations` are the packet's (they cost a walk over the CP area, the caller has them already); `asked_for`: it answers a
    history request of ours, so it is supplementary (补传); `clock_skew_s`: how far the device's clock is known to be ahead.

    A packet of a split message (PNUM, PNO) becomes an event of its own with the factors it carries: it is durable and
    answered on its own, and the store unites what has one (MN, CN, DataTime).
    """
    period = PERIOD_OF_COMMAND.get(packet.cn)
    if period is None:
        return Refusal.UNSUPPORTED_COMMAND
    wall_time = packet.data_time
    if wall_time is None:
        return Refusal.NO_DATA_TIME
    data_time = at_park(wall_time)
    origin = origin_of(
        asked_for=asked_for,
        marked_resend=packet.is_resend,
        period=period,
        data_time=data_time,
        received_at=received_at,
        minute_interval_min=device.minute_interval_min,
        clock_skew_s=clock_skew_s,
    )
    return ReadingsReported(
        mn=packet.mn,
        point_id=device.point_id,
        edition=packet.edition.value,
        system_type=packet.st,
        command=packet.cn,
        period=period,
        data_time=data_time,
        received_at=received_at,
        measurements=_measurements(packet),
        request_id=packet.qn,
        supplementary=origin is not DataOrigin.LIVE,
        deviations=sorted(deviations) if deviations else [],
        origin=origin,
    )


def _measurements(packet: Packet) -> list[Measurement]:
    """Unite the readings of a factor, under its 2017 code; they stand side by side in nearly every frame, but need not."""
    found: dict[str, tuple[dict[str, str], str | None]] = {}
    for code, attribute, sent, mark, _, _ in packet.readings():
        factor = SUCCESSORS.get(code, code)
        text = shifted(code, sent) if code in SHIFTS else sent
        known = found.get(factor)
        if known is None:
            found[factor] = ({attribute: text}, mark)
        else:
            known[0][attribute] = text
            if mark != known[1]:
                found[factor] = (known[0], mark)
    return [Measurement(factor=factor, values=values, mark=mark) for factor, (values, mark) in found.items()]
