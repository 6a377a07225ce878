"""Crowds of the worst kind against one gateway process: its memory stays bounded, the others get their 9014, all is counted."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hj212 import Edition, Fields, encode
from hj212.framing import build_frame
from park_chassis.testing import eventually, token
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from conftest import Field, Logger

pytestmark = pytest.mark.integration

STRANGERS = 100_000
GROWTH_MIB = 300
"""What the process may grow by: the bounds of its queues (64 MiB each for evidence and records), not the size of the attack."""


def realtime(device: DeviceRecord, number: int) -> bytes:
    clock = f"2026112211{number // 60 % 60:02d}{number % 60:02d}"
    cp = [{"DataTime": clock}, {"w01018-Rtd": "1", "w01018-Flag": "N"}]
    qn = f"{clock}{number % 1000:03d}"
    fields = Fields(qn=qn, st="32", cn="2011", pw=device.password, mn=device.mn, flag=5, cp=list(cp))
    return encode(fields, edition=Edition.HJ_2017)


def stranger(number: int) -> bytes:
    """A good frame of an MN that nobody registered."""
    text = (
        f"QN=20261122110000000;ST=32;CN=2011;PW=1;MN=F{number:023d};Flag=5;CP=&&DataTime=20261122110000;w01018-Rtd=1&&"
    )
    return build_frame(text.encode())


def oversized_cp(device: DeviceRecord) -> bytes:
    """A frame whose length field is honest and far over what the standard allows (1 024 bytes of data segment)."""
    values = ";".join(f"w{number:05d}-Rtd={number}" for number in range(450))
    text = f"QN=20261122110000001;ST=32;CN=2011;PW={device.password};MN={device.mn};Flag=5;CP=&&{values}&&"
    return build_frame(text.encode())


def resident_mib(gateway: "Field") -> float:
    assert gateway.service.process is not None
    pages = int(Path(f"/proc/{gateway.service.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


async def rejected(gateway: "Field") -> dict[str, float]:
    """Return the counts of what was not taken, by reason."""
    async with gateway.service.client(token("device:read")) as client:
        lines = (await client.get("/metrics", timeout=60)).text.splitlines()
    start = 'park_gateway_frames_rejected_total{reason="'
    found = (line.removeprefix(start).partition('"} ') for line in lines if line.startswith(start))
    return {reason: float(value) for reason, _, value in found}


async def push(logger: "Logger", pieces: Callable[[], "list[bytes]"], times: int) -> None:
    for _ in range(times):
        logger.send(b"".join(pieces()))
        await logger.writer.drain()


async def test_a_hundred_thousand_strangers_noise_and_endless_frames_cost_memory_and_others_nothing(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    good, drip = await gateway.logger(), await gateway.logger()
    good.send(realtime(device, 0))
    assert (await good.answer(within_s=60)).cn == "9014"
    before = resident_mib(gateway)
    chance, numbers = random.Random(212), iter(range(STRANGERS))
    endless, noisy, fat = [await gateway.logger() for _ in range(3)]
    crowd = [await gateway.logger() for _ in range(10)]
    attacks: list[Awaitable[None]] = [
        *(push(one, lambda: [stranger(next(numbers)) for _ in range(100)], STRANGERS // 1000) for one in crowd),
        push(endless, lambda: [b"##9999", b"A" * 65_536], 100),
        push(noisy, lambda: [chance.randbytes(65_536)], 50),
        push(fat, lambda: [oversized_cp(device)] * 5, 20),
    ]
    attacking = asyncio.gather(*attacks)
    answered, slow = 0, realtime(device, 1)
    while not attacking.done() or answered < 20:
        drip.send(slow[answered : answered + 1])
        answered += 1
        good.send(realtime(device, answered + 1))
        assert (await good.answer(within_s=60)).cn == "9014"
    await attacking

    async def all_strangers_counted() -> bool:
        return (await rejected(gateway)).get("unknown-mn", 0) == STRANGERS

    await eventually(all_strangers_counted, within_s=120)
    for byte in slow[answered:]:
        drip.send(bytes([byte]))
    assert (await drip.answer(within_s=60)).cn == "9014"
    for logger in (endless, noisy, fat, *crowd):
        await logger.close()
    good.send(realtime(device, answered + 2))
    assert (await good.answer(within_s=60)).cn == "9014"
    counts = await rejected(gateway)
    assert counts["source-over-limit"] > STRANGERS // 2
    assert {"noise", "length_limit"} <= counts.keys()
    assert resident_mib(gateway) < before + GROWTH_MIB
    for logger in (good, drip):
        await logger.close()
