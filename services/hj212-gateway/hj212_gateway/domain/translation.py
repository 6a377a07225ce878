"""From a packet to the event that says what was measured."""

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


def translate(packet: Packet, device: DeviceRecord, received_at: datetime) -> ReadingsReported | Refusal:
    """Return the event of a data packet, or why there is none.

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
        supplementary=packet.is_resend,
        deviations=sorted(packet.deviations),
    )


def _measurements(packet: Packet) -> list[Measurement]:
    values: dict[str, dict[str, str]] = {}
    marks: dict[str, str | None] = {}
    for factor, attribute, text, mark, _, _ in packet.readings():
        values.setdefault(factor, {})[attribute] = text
        marks[factor] = mark
    return [Measurement(factor=factor, values=found, mark=marks[factor]) for factor, found in values.items()]
