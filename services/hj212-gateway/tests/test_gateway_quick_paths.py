"""The quick forms say what the clear ones say: answers, headers, presence at scale."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hj212 import Edition, Fields, decode, encode, encode_unchecked, reply
from hj212_gateway.domain.answer_frames import data_answer
from hj212_gateway.envelope import ReadingsEnvelope
from hj212_gateway.presence import Presence
from park_schemas.envelope import Event, decode_event, encode_body, encode_headers
from park_schemas.examples import EXAMPLES
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import POINT_HEADER, ReadingsReported

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
POINT_ID = uuid7()


def fields(flag: int | None, *, pw: str | None = "123456", mn: str = "A" * 24) -> Fields:
    cp = [{"DataTime": "20261122120000"}, {"w01018-Rtd": "1.5", "w01018-Flag": "N"}]
    return Fields(qn="20261122120000001", st="32", cn="2011", pw=pw, mn=mn, flag=flag, cp=cp)


@pytest.mark.parametrize("command", ["9014", "9013"])
@pytest.mark.parametrize(
    ("edition", "flag", "pw", "mn"),
    [
        (Edition.HJ_2017, 5, "123456", "A" * 24),
        (Edition.HJ_2017, 5, "", "A" * 24),
        (Edition.HJ_2017, 5, None, "A" * 24),
        (Edition.HJ_2017, 5, "密码密码", "A" * 24),
        (Edition.HJ_2017, 7, "123456", "odd-mn"),
        (Edition.HJ_2025, 9, "123456", "A" * 24),
        (Edition.HJT_2005, 1, "123456", "A" * 14),
        (Edition.SURFACE_WATER, 5, "123456", "A" * 14),
    ],
)
def test_the_quick_answer_is_the_librarys(edition: Edition, flag: int, pw: str | None, mn: str, command: str) -> None:
    packet = decode(encode_unchecked(fields(flag, pw=pw, mn=mn), edition))
    assert data_answer(packet, command) == reply(packet, command)


@pytest.mark.parametrize("ratio", [0.0, 1.0], ids=["unsampled", "sampled"])
def test_the_quick_headers_are_those_of_the_envelope(ratio: float) -> None:
    packet = decode(encode(fields(5), edition=Edition.HJ_2017))
    body = EXAMPLES["telemetry.readings.reported"][0]
    assert isinstance(body, ReadingsReported)
    assert isinstance(body, ReadingsReported)
    time = at_park(datetime(2026, 11, 22, 12, 0))  # noqa: DTZ001 - wall time, as on the wire
    quick = ReadingsEnvelope(sample_ratio=ratio).headers(packet.mn, packet.cn, body.point_id, time, packet.raw)
    event = decode_event(quick, encode_body(body))
    slow = encode_headers(
        Event(
            type="telemetry.readings.reported",
            source="hj212-gateway",
            subject=packet.mn,
            time=time,
            body=body,
            id=event.id,
            traceparent=event.traceparent,
            extra_headers=((POINT_HEADER, str(body.point_id).encode()), ("hj212-frame", packet.raw)),
        )
    )
    assert sorted(quick) == sorted(slow)
    assert event.id.version == 7


def test_ids_are_new_each_time_and_ordered_by_time() -> None:
    envelope = ReadingsEnvelope(sample_ratio=0)
    ids = [dict(envelope.headers("MN", "2011", POINT_ID, NOON, b""))["ce_id"] for _ in range(5000)]
    assert len(set(ids)) == 5000
    assert all(UUID(one.decode()).version == 7 and UUID(one.decode()).variant == "specified in RFC 4122" for one in ids)


def test_the_end_of_a_connection_touches_only_the_devices_behind_it() -> None:
    told: list[str] = []
    presence = Presence(lambda change: told.append(f"{change.mn[:2]} {change.state.value} {change.reason}"))
    packets = {}
    for name in ("AA", "BB", "CC"):
        mn = name * 12
        packets[mn] = decode(encode_unchecked(fields(5, mn=mn), Edition.HJ_2017))
    device = DeviceRecord(mn="x", password="123456", point_id=uuid7(), park_id=uuid7(), edition="2017")
    one, two = uuid7(), uuid7()
    for mn, connection in (("AA" * 12, one), ("BB" * 12, one), ("CC" * 12, two)):
        presence.heard(packets[mn], device, connection, "p", NOON)
    presence.heard(packets["BB" * 12], device, two, "p", NOON + timedelta(seconds=1))
    assert presence.devices_behind(two) == {"BB" * 12, "CC" * 12}
    told.clear()
    presence.connection_closed(one, NOON, "closed-by-device")
    assert told == ["AA offline closed-by-device"]
    presence.heard(packets["AA" * 12], device, two, "p", NOON + timedelta(seconds=2))
    presence.connection_closed(two, NOON, "connection-lost")
    assert sorted(told[2:]) == [f"{name} offline connection-lost" for name in ("AA", "BB", "CC")]
