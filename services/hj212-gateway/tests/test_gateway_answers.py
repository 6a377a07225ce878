"""A real gateway process on a real broker: what it answers, what it keeps, what it refuses."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hj212 import Edition, Fields, encode
from park_chassis.testing import eventually, token
from park_schemas.codes import Period, SessionState
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from park_schemas.envelope import Event
    from park_schemas.telemetry import ReadingsReported

    from conftest import Field

pytestmark = pytest.mark.integration


def realtime(
    device: DeviceRecord, second: int, *, cod: str = "35.20", password: str | None = None, mn: str | None = None
) -> bytes:
    return encode(
        Fields(
            qn=f"20261122120000{second:03d}",
            st="32",
            cn="2011",
            pw=password or device.password,
            mn=mn or device.mn,
            flag=5,
            cp=[
                {"DataTime": f"202611221200{second:02d}"},
                {"w01018-Rtd": cod, "w01018-Flag": "N"},
                {"w00000-Rtd": "12.5", "w00000-Flag": "N"},
            ],
        ),
        edition=Edition.HJ_2017,
    )


async def test_a_frame_is_answered_when_kafka_has_it_with_the_raw_frame_beside(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    frame = realtime(device, 1)
    logger.send(frame)
    answer = await logger.answer()
    assert (answer.cn, answer.qn, answer.mn, answer.flag) == ("9014", "20261122120000001", device.mn, 4)
    (event,) = await gateway.events("telemetry.readings.v1", device.mn, 1)
    assert dict(event.extra_headers)["hj212-frame"] == frame
    assert event.body.period is Period.REALTIME
    assert event.body.point_id == device.point_id
    assert event.body.data_time.utcoffset() == timedelta(hours=8)
    assert {m.factor: (m.values, m.mark) for m in event.body.measurements} == {
        "w01018": ({"Rtd": "35.20"}, "N"),
        "w00000": ({"Rtd": "12.5"}, "N"),
    }
    await logger.close()


async def test_bad_bytes_lose_nothing_but_themselves(gateway: "Field", device: DeviceRecord) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    bad = realtime(device, 2).replace(b"35.20", b"99.99")
    for byte in bad + realtime(device, 3):
        logger.send(bytes([byte]))
        await logger.writer.drain()
    answer = await logger.answer()
    assert answer.qn == "20261122120000003"
    token_of_operator = token("device:read")
    async with gateway.service.client(token_of_operator) as client:

        async def listed() -> bool:
            found = (await client.get("/rejected", params={"reason": "crc_mismatch"})).json()["items"]
            return any(bytes.fromhex(item["raw_hex"]).startswith(bad[:20]) for item in found)

        await eventually(listed)
        table = await client.get("/rejected", params={"reason": "crc_mismatch", "format": "csv"})
        assert table.headers["content-type"].startswith("text/csv")
        lines = table.text.splitlines()
        assert "Reason" in lines[0]
        assert any("crc_mismatch" in line and device.mn in line for line in lines[1:])
        assert f"PW={device.password}" not in table.text
    await logger.close()


@pytest.mark.parametrize("case", ["wrong-password", "unknown-mn"])
async def test_who_is_not_registered_gets_no_answer_and_is_kept_aside(
    gateway: "Field", device: DeviceRecord, case: str
) -> None:
    await gateway.register(device)
    stranger = "F" * 23 + "1"
    frame = realtime(device, 4, password="654321") if case == "wrong-password" else realtime(device, 4, mn=stranger)
    mn = device.mn if case == "wrong-password" else stranger
    logger = await gateway.logger()
    logger.send(frame)
    with pytest.raises(TimeoutError):
        await logger.answer(within_s=1)
    (event,) = await gateway.events("telemetry.rejected.v1", mn, 1)
    assert (event.body.reason, event.body.raw) == (case, frame)
    logger.send(realtime(device, 5))
    assert (await logger.answer()).qn == "20261122120000005"
    if case == "unknown-mn":
        async with gateway.service.client(token("device:read")) as client:

            async def listed() -> bool:
                items = (await client.get("/unknown-devices")).json()["items"]
                return [item["mn"] for item in items] == [stranger]

            await eventually(listed)
    await logger.close()


async def test_answers_leave_in_the_order_of_the_frames_of_several_devices_behind_one_connection(
    gateway: "Field", device: DeviceRecord
) -> None:
    other = DeviceRecord(
        mn=device.mn[::-1], password="abcdef", point_id=device.point_id, park_id=device.park_id, edition="2017"
    )
    await gateway.register(device)
    await gateway.register(other)
    logger = await gateway.logger()
    logger.send(b"".join(realtime(device if n % 2 else other, n) for n in range(40)))
    answers = [await logger.answer() for _ in range(40)]
    assert [answer.qn for answer in answers] == [f"20261122120000{n:03d}" for n in range(40)]
    await logger.close()


async def test_a_device_that_comes_and_goes_is_announced(gateway: "Field", device: DeviceRecord) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    logger.send(realtime(device, 6))
    await logger.answer()
    await logger.close()
    came, went = await gateway.events("telemetry.sessions.v1", device.mn, 2)
    assert (came.body.state, went.body.state) == (SessionState.ONLINE, SessionState.OFFLINE)
    assert went.body.reason == "closed-by-device"
    async with gateway.service.client(token("device:read")) as client:

        async def offline() -> bool:
            items = (await client.get("/sessions", params={"q": device.mn})).json()["items"]
            return [(item["state"], item["frames"]) for item in items] == [("offline", 1)]

        await eventually(offline)


async def test_a_notice_is_answered_9013_and_a_split_message_packet_by_packet(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    for number, factor in ((1, "w01018"), (2, "w21003")):
        fields = Fields(
            qn=f"2026112212000020{number}",
            st="32",
            cn="2061",
            pw=device.password,
            mn=device.mn,
            flag=7,
            pnum=2,
            pno=number,
            cp=[{"DataTime": "20261122110000"}, {f"{factor}-Avg": "1.5", f"{factor}-Flag": "N"}],
        )
        logger.send(encode(fields, edition=Edition.HJ_2017))
        assert (await logger.answer()).qn == f"2026112212000020{number}"
    events = await gateway.events("telemetry.readings.v1", device.mn, 2)
    assert [event.body.measurements[0].factor for event in events] == ["w01018", "w21003"]
    notice = Fields(qn="20261122120000100", st="32", cn="1013", pw=device.password, mn=device.mn, flag=5, cp=[])
    logger.send(encode(notice, edition=Edition.HJ_2017))
    assert (await logger.answer()).cn == "9013"
    await logger.close()


@pytest.mark.chaos
async def test_every_answered_frame_is_in_kafka_although_the_gateway_is_killed(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    answered: set[str] = set()
    for round_number in range(3):
        logger = await gateway.logger()
        for n in range(200):
            logger.send(realtime(device, n % 60, cod=str(round_number * 200 + n), mn=device.mn))
        count = 0
        while count < 60:
            await logger.answer()
            answered.add(str(round_number * 200 + count))
            count += 1
        gateway.service.kill()
        logger.writer.close()
        await gateway.service.start()
        await asyncio.sleep(0.1)
    assert len(answered) == 180

    def cod_values(event: "Event[ReadingsReported]") -> set[str]:
        return {m.values["Rtd"] for m in event.body.measurements if m.factor == "w01018"}

    stored = await gateway.until("telemetry.readings.v1", device.mn, answered, cod_values)
    assert answered <= stored
