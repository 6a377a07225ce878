"""Three real gateway processes on one port: devices spread, commands find them, a rolling restart under load loses nothing."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from hj212 import NEED_DATA, Decoder, DeviceSession, Edition, Execute, Fields, Identity, Packet, Send, encode
from park_chassis.clock import now
from park_chassis.testing import RunningService, eventually, free_port, token
from park_schemas.envelope import Event, decode_event, encode_body, encode_headers
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import ReadingsReported

if TYPE_CHECKING:
    from conftest import Field, GatewayOn

pytestmark = pytest.mark.integration

_DEVICES = 24
_START = datetime(2026, 11, 22, 8, 0)  # noqa: DTZ001 - wall time, as on the wire


class Device:
    """A data logger that sends one frame after the other, waits for each 9014, reconnects, and obeys commands."""

    def __init__(self, record: DeviceRecord, port: int) -> None:
        self.record = record
        self._port = port
        self._side = DeviceSession(Identity(record.mn, "32", record.password, Edition.HJ_2017))
        self.sent: set[datetime] = set()
        self.acknowledged: set[datetime] = set()
        self.executed: list[str] = []
        self.connections = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; every frame is sent until it is acknowledged."""
        while not (stop.is_set() and self.sent <= self.acknowledged):
            with suppress(OSError, TimeoutError):
                await self._use_a_connection(stop)
            await asyncio.sleep(0.05)

    async def _use_a_connection(self, stop: asyncio.Event) -> None:
        """Send one frame after the other until the connection ends, or everything sent is acknowledged and it is time to stop."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.connections += 1
        decoder = Decoder()
        try:
            while not (stop.is_set() and self.sent <= self.acknowledged):
                data_time = _START + timedelta(seconds=30 * len(self.acknowledged))
                self.sent.add(data_time)
                writer.write(self._frame(data_time))
                await self._acknowledged(reader, writer, decoder, data_time)
                await asyncio.sleep(0.02)
        finally:
            writer.close()

    async def _acknowledged(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, decoder: Decoder, data_time: datetime
    ) -> None:
        qn = _qn(data_time)
        async with asyncio.timeout(60):
            while data_time not in self.acknowledged:
                content = await reader.read(65536)
                if not content:
                    raise ConnectionResetError
                decoder.receive_data(content)
                while (found := decoder.next_packet()) is not NEED_DATA:
                    if isinstance(found, Packet) and found.cn == "9014" and found.qn == qn:
                        self.acknowledged.add(data_time)
                    elif isinstance(found, Packet):
                        self._obey(found, writer)

    def _obey(self, packet: Packet, writer: asyncio.StreamWriter) -> None:
        actions = self._side.receive(packet, 0.0)
        for action in list(actions):
            if isinstance(action, Execute):
                self.executed.append(packet.cn)
                at = datetime.now(PARK_TIME_ZONE).replace(tzinfo=None)
                actions += self._side.finish(action.request, data=[[{"RtdInterval": "30"}]], at=at, now=0.0)
        for action in actions:
            if isinstance(action, Send):
                writer.write(action.frame)

    def _frame(self, data_time: datetime) -> bytes:
        cp = [{"DataTime": f"{data_time:%Y%m%d%H%M%S}"}, {"w01018-Rtd": "1", "w01018-Flag": "N"}]
        fields = Fields(
            qn=_qn(data_time), st="32", cn="2011", pw=self.record.password, mn=self.record.mn, flag=5, cp=cp
        )
        return encode(fields, edition=Edition.HJ_2017)


def _qn(data_time: datetime) -> str:
    return f"{data_time:%Y%m%d%H%M%S}000"


@asynccontextmanager
async def three_gateways(
    gateway_on: "GatewayOn", kafka: str, tmp_path: Path
) -> AsyncIterator[tuple["Field", list[RunningService]]]:
    """Run three processes on one database, one broker and one port."""
    async with gateway_on(kafka, PARK_HJ212_REUSE_PORT="true") as field:
        others = [
            RunningService(
                "hj212_gateway",
                field.service.env
                | {"PARK_HTTP_PORT": str(free_port()), "PARK_INSTANCE_ID": f"gateway-{number}-{uuid4().hex}"},
                tmp_path / f"gateway-{number}.log",
            )
            for number in (1, 2)
        ]
        try:
            for other in others:
                await other.start()
            yield field, [field.service, *others]
        finally:
            for other in others:
                await other.stop()


async def registered(kafka: str, count: int) -> list[DeviceRecord]:
    """State devices on the register topic."""
    park, records = uuid7(), []
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for _ in range(count):
            mn = uuid4().hex[:24].upper()
            record = DeviceRecord(mn=mn, password="123456", point_id=uuid7(), park_id=park, edition="2017")
            event = Event(type="registry.device.stated", source="archive", subject=mn, time=now(), body=record)
            headers = encode_headers(event)
            await producer.send_and_wait(event.topic, key=mn.encode(), value=encode_body(record), headers=headers)
            records.append(record)
    return records


async def stored(kafka: str, mns: set[str]) -> dict[str, list[datetime]]:
    """Return DataTime (wall time) of every reading that Kafka has of these devices, in order."""
    found: dict[str, list[datetime]] = {mn: [] for mn in mns}
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        await consumer.topics()
        consumer.subscribe(["telemetry.readings.v1"])
        async with asyncio.timeout(180):
            while not consumer.assignment():
                await consumer.getmany(timeout_ms=200)
            ends = await consumer.end_offsets(consumer.assignment())
            await consumer.seek_to_beginning()
            while not all([await consumer.position(tp) >= end for tp, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        if (mn := (record.key or b"").decode()) in found:
                            body = decode_event(record.headers, record.value).body
                            assert isinstance(body, ReadingsReported)
                            data_time = body.data_time
                            found[mn].append(data_time.astimezone(PARK_TIME_ZONE).replace(tzinfo=None))
    finally:
        await consumer.stop()
    return found


async def test_devices_spread_commands_find_them_and_a_rolling_restart_loses_nothing(
    gateway_on: "GatewayOn", kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with three_gateways(gateway_on, kafka_bootstrap, tmp_path) as (field, gateways):
        records = await registered(kafka_bootstrap, _DEVICES)
        devices = [Device(record, field.hj212_port) for record in records]
        stop = asyncio.Event()
        lives = [asyncio.create_task(device.run(stop)) for device in devices]
        try:
            await _all_advance(devices, 3)
            holders = await _ask_each(gateways[0], devices)
            assert len(holders) > 1, "all devices are on one process"
            for gateway in gateways:
                await gateway.stop()
                assert gateway.process is not None
                assert gateway.process.returncode == 0, "it did not end by itself"
                await _all_advance(devices, 3)
                await gateway.start()
                await _all_advance(devices, 3)
        finally:
            stop.set()
            await asyncio.wait_for(asyncio.gather(*lives), 240)
        kept = await stored(kafka_bootstrap, {record.mn for record in records})
    for device in devices:
        times = kept[device.record.mn]
        assert device.acknowledged <= set(times), "acknowledged and not stored"
        assert set(times) <= device.sent, "stored and not sent"
        assert len(times) - len(set(times)) <= device.connections, "came twice without a new connection"
        assert [time for time, _ in itertools.groupby(times)] == sorted(set(times)), "out of order"
    assert sum(device.connections for device in devices) > _DEVICES, "nobody had to connect again"


async def _all_advance(devices: list[Device], frames: int) -> None:
    """Wait until each device has got so many more of its frames acknowledged."""
    before = {device.record.mn: len(device.acknowledged) for device in devices}

    async def have() -> bool:
        return all(len(device.acknowledged) >= before[device.record.mn] + frames for device in devices)

    await eventually(have, within_s=120)


async def _ask_each(gateway: RunningService, devices: list[Device]) -> set[str]:
    """Queue a command for every device at one process; return which processes carried them out."""
    async with gateway.client(token("device:write", "device:read")) as client:
        asked = []
        for device in devices:
            body = {"mn": device.record.mn, "command": "1061", "reason": "where are you"}
            asked.append((await client.post("/commands", json=body)).raise_for_status().json()["command_id"])
        ends: list[dict[str, Any]] = []

        async def are_over() -> bool:
            ends[:] = [(await client.get(f"/commands/{command_id}")).json() for command_id in asked]
            return all(end["finished_at"] for end in ends)

        await eventually(are_over, within_s=120)
    assert {end["state"] for end in ends} == {"succeeded"}
    assert all(device.executed == ["1061"] for device in devices)
    return {end["gateway"] for end in ends}
