"""From a packet to the event that says what was measured."""

from collections.abc import Collection
from datetime import datetime

from hj212 import Packet
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import Measurement, ReadingsReported

from hj212_gateway.domain.admission import Refusal

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
    packet: Packet, device: DeviceRecord, received_at: datetime, *, deviations: Collection[str], asked_for: bool = False
) -> ReadingsReported | Refusal:
    """Return the event of a data packet, or why there is none.

    `deviations` are the packet's (they cost a walk over the CP area, the caller has them already); `asked_for`: it answers a
    history request of ours, so it is supplementary (补传).

    A packet of a split message (PNUM, PNO) becomes an event of its own with the factors it carries: it is durable and
    answered on its own, and the store unites what has one (MN, CN, DataTime).
    """
    period = PERIOD_OF_COMMAND.get(packet.cn)
    if period is None:
        return Refusal.UNSUPPORTED_COMMAND
    data_time = packet.data_time
    if data_time is None:
        return Refusal.NO_DATA_TIME
    return ReadingsReported(
        mn=packet.mn,
        point_id=device.point_id,
        edition=packet.edition.value,
        system_type=packet.st,
        command=packet.cn,
        period=period,
        data_time=at_park(data_time),
        received_at=received_at,
        measurements=_measurements(packet),
        request_id=packet.qn,
        supplementary=asked_for or packet.is_resend,
        deviations=sorted(deviations) if deviations else [],
    )


def _measurements(packet: Packet) -> list[Measurement]:
    """Unite the readings of a factor; they stand side by side in nearly every frame, but need not."""
    found: dict[str, tuple[dict[str, str], str | None]] = {}
    for factor, attribute, text, mark, _, _ in packet.readings():
        known = found.get(factor)
        if known is None:
            found[factor] = ({attribute: text}, mark)
        else:
            known[0][attribute] = text
            if mark != known[1]:
                found[factor] = (known[0], mark)
    return [Measurement(factor=factor, values=values, mark=mark) for factor, (values, mark) in found.items()]
