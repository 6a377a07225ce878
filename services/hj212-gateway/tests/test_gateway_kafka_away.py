"""The broker goes and comes back: what was answered is there, in order, with the spool and without; killed or not."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka import AIOKafkaConsumer
from devstack.kafka import Broker
from hj212 import Edition, Fields, encode
from park_chassis.testing import eventually, token
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from conftest import Field, GatewayOn, Logger

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


@pytest.fixture
def broker() -> Iterator[Broker]:
    with tempfile.TemporaryDirectory(prefix="park-gateway-broker-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        with Broker(Path(name) / "kafka") as running:
            yield running


def frame(device: DeviceRecord, number: int) -> bytes:
    minute, second = divmod(number, 60)
    clock = f"2026112212{minute:02d}{second:02d}"
    cp = [{"DataTime": clock}, {"w01018-Rtd": str(number), "w01018-Flag": "N"}]
    fields = Fields(
        qn=f"{clock}{number % 1000:03d}", st="32", cn="2011", pw=device.password, mn=device.mn, flag=5, cp=cp
    )
    return encode(fields, edition=Edition.HJ_2017)


async def exchange(logger: "Logger", device: DeviceRecord, numbers: range, *, within_s: float) -> None:
    for number in numbers:
        logger.send(frame(device, number))
    for _ in numbers:
        await logger.answer(within_s=within_s)


async def stored_numbers(bootstrap: str, mn: str, count: int) -> list[int]:
    """Return the values of an MN's readings in the order of the topic, once `count` different ones are there."""
    found: list[int] = []
    consumer = AIOKafkaConsumer("telemetry.readings.v1", bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with asyncio.timeout(180), consumer:
        async for record in consumer:
            if record.key == mn.encode():
                body: dict[str, Any] = json.loads(record.value)
                found.append(int(body["measurements"][0]["values"]["Rtd"]))
            if len(set(found)) >= count:
                return found
    return found


def first_seen(numbers: list[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


async def test_without_a_spool_frames_wait_unanswered_and_are_answered_in_order_when_the_broker_is_back(
    broker: Broker, gateway_on: "GatewayOn", tmp_path: Path, device: DeviceRecord
) -> None:
    async with gateway_on(broker.bootstrap_servers) as gateway:
        await gateway.register(device)
        logger = await gateway.logger()
        await exchange(logger, device, range(50), within_s=60)
        broker.kill()
        for number in range(50, 300):
            logger.send(frame(device, number))
        with pytest.raises(TimeoutError):
            await logger.answer(within_s=4)
        broker.start()
        for _ in range(250):
            await logger.answer(within_s=120)
        assert first_seen(await stored_numbers(broker.bootstrap_servers, device.mn, 300)) == list(range(300))
        await logger.close()


async def test_with_a_spool_frames_are_answered_while_the_broker_is_away_although_the_gateway_is_killed(
    broker: Broker, gateway_on: "GatewayOn", tmp_path: Path, device: DeviceRecord
) -> None:
    spool = {"PARK_SPOOL_DIR": str(tmp_path / "spool"), "PARK_SPOOL_AFTER": "PT1S"}
    async with gateway_on(broker.bootstrap_servers, **spool) as gateway:
        await gateway.register(device)
        logger = await gateway.logger()
        await exchange(logger, device, range(50), within_s=60)
        broker.kill()
        logger.send(frame(device, 50))
        with pytest.raises(TimeoutError):
            await logger.answer(within_s=0.5)  # in flight when the broker went: no answer, the device sends it again
        await asyncio.sleep(2)
        again = await gateway.logger()
        await exchange(again, device, range(50, 400), within_s=60)
        assert await _spooling(gateway)
        gateway.service.kill()
        assert list((tmp_path / "spool").rglob("*.spool"))
        broker.start()
        await gateway.service.start()
        last = await gateway.logger()
        await exchange(last, device, range(400, 500), within_s=120)
        assert first_seen(await stored_numbers(broker.bootstrap_servers, device.mn, 500)) == list(range(500))

        async def drained() -> bool:
            return not await _spooling(gateway) and not list((tmp_path / "spool").rglob("*.spool"))

        await eventually(drained)
        await exchange(last, device, range(500, 520), within_s=60)
        await last.close()


async def test_at_the_bound_of_the_spool_frames_are_no_longer_answered_and_none_is_lost(
    broker: Broker, gateway_on: "GatewayOn", tmp_path: Path, device: DeviceRecord
) -> None:
    env = {
        "PARK_SPOOL_DIR": str(tmp_path / "spool"),
        "PARK_SPOOL_AFTER": "PT1S",
        "PARK_SPOOL_MAX_BYTES": str(1024 * 1024),
        "PARK_MAX_WAITING_BYTES": "300000",
    }
    async with gateway_on(broker.bootstrap_servers, **env) as gateway:
        await gateway.register(device)
        logger = await gateway.logger()
        await exchange(logger, device, range(10), within_s=60)
        broker.kill()
        answered, sent = 10, 10
        for number in range(10, 3000):
            logger.send(frame(device, number))
            sent += 1
        while True:
            try:
                await logger.answer(within_s=5)
            except TimeoutError:
                break
            answered += 1
        assert answered < sent
        broker.start()
        for _ in range(sent - answered):
            await logger.answer(within_s=120)
        numbers = await stored_numbers(broker.bootstrap_servers, device.mn, 3000)
        assert first_seen(numbers) == list(range(3000))
        await logger.close()


async def _spooling(gateway: "Field") -> bool:
    async with gateway.service.client(token("device:read")) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return "park_gateway_spooling 1.0" in lines
