"""Faults of the past, each held by a test: a refused batch, a NUL in an MN, a frame that breaks our own code."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka.errors import KafkaError, OutOfOrderSequenceNumber
from hj212 import Edition, Fields, Packet, Rejected, encode, encode_unchecked
from hj212.framing import build_frame
from hj212_gateway.connection import Answer, Connection
from hj212_gateway.publisher import Broker, Publisher
from park_chassis.testing import eventually, token
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from conftest import Field

MN = "A" * 24


def frame(number: int, *, mn: str = MN) -> bytes:
    cp: list[dict[str, str]] = [{"DataTime": f"202611221200{number:02d}"}, {"w01018-Rtd": "1"}]
    fields = Fields(qn=f"20261122120000{number:03d}", st="32", cn="2011", pw="123456", mn=mn, flag=5, cp=cp)
    return encode_unchecked(fields, Edition.HJ_2017)


# --- a batch that an idempotent producer could not bring through -------------------------------------------------------


class Batch:
    def __init__(self) -> None:
        self.keys: list[bytes] = []

    def append(self, *, key: bytes, value: bytes, timestamp: None, headers: Any) -> object | None:
        if len(self.keys) == 2:
            return None
        self.keys.append(value)
        return object()

    def close(self) -> None:
        """Nothing more goes in."""


class Producer:
    """A producer as aiokafka's: after a batch has failed, the same one refuses every later batch of the partition."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.stored: list[bytes] = []
        self.opened = 1
        self.is_spoilt = False
        self.raw = self

    async def close(self) -> None:
        self.is_spoilt = False

    async def open(self) -> None:
        self.opened += 1

    async def partitions_for(self, topic: str) -> set[int]:
        return {0}

    def create_batch(self) -> Batch:
        return Batch()

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[None]":
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.is_spoilt:
            done.set_exception(OutOfOrderSequenceNumber())
        elif self.failures:
            self.is_spoilt = True
            done.set_exception(self.failures.pop(0))
        else:
            self.stored += batch.keys
            done.set_result(None)
        return done


async def test_a_batch_that_failed_goes_out_again_in_order_through_a_producer_opened_anew() -> None:
    producer = Producer([KafkaError("request timed out"), KafkaError("again")])
    publisher = Publisher(Broker(producer), "t", on_batch_done=lambda: None)  # type: ignore[arg-type]
    await publisher.open()
    told: list[tuple[int, bool]] = []

    def done(number: int) -> Callable[[bool], None]:
        return lambda stored: told.append((number, stored))

    for number in range(5):
        publisher.put(b"key", str(number).encode(), (), done(number))

    async def is_through() -> bool:
        return len(told) == 5

    await eventually(is_through, within_s=60)
    assert producer.stored == [b"0", b"1", b"2", b"3", b"4"]
    assert told == [(number, True) for number in range(5)]
    assert producer.opened == 3
    assert publisher.waiting_bytes == 0


# --- a frame that breaks our own code ----------------------------------------------------------------------------------


class Host:
    """A host whose handling of one frame raises."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.connection: Connection | None = None

    def connected(self, connection: Connection) -> bool:
        return True

    def identified(self, connection: Connection) -> bool:
        return True

    def disconnected(self, connection: Connection, reason: str) -> None:
        self.seen.append(reason)

    def received(self, connection: Connection, packet: Packet, at: Any) -> None:
        if packet.qn == "20261122120000002":
            raise RuntimeError("a bug of ours")
        self.seen.append((packet.qn or "")[-3:])
        connection.answer_later(b"answer", packet.mn)(True)

    def rejected(self, connection: Connection, rejected: Rejected, at: Any) -> None:
        raise RuntimeError("another bug of ours")

    def sent(self, connection: Connection, mn: str, frame: bytes) -> None:
        """Nothing to note."""

    def answer_ready(self, connection: Connection, answer: Answer) -> None:
        connection.flush()

    def keys_of(self, mn: str) -> list[bytes]:
        return []

    def read_size(self) -> int:
        return 16_384

    def has_read(self, connection: Connection, *, filled: bool) -> None:
        """Nobody has to wait."""


async def test_a_frame_that_breaks_our_code_costs_neither_the_frames_after_it_nor_the_connection() -> None:
    host = Host()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(host), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    writer.write(frame(1) + frame(2) + b"##0012 no frame at all\r\n" + frame(3))
    answers = b""
    async with asyncio.timeout(60):
        while len(answers) < 2 * len(b"answer"):
            answers += await reader.read(100)
    assert host.seen == ["001", "003"]
    writer.write(frame(4))
    async with asyncio.timeout(60):
        assert await reader.read(100) == b"answer"
    writer.close()
    await writer.wait_closed()
    server.close()


# --- a NUL in an MN ----------------------------------------------------------------------------------------------------


@pytest.mark.integration
async def test_a_nul_in_an_mn_is_listed_and_stops_neither_the_lists_nor_the_sessions(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    segment = frame(1, mn="BAD_MN000000000000000000")[6:-6].replace(b"BAD_MN", b"BAD\0MN")
    logger.send(build_frame(segment))
    cp: list[dict[str, str]] = [{"DataTime": "20261122120001"}, {"w01018-Rtd": "1"}]
    good = Fields(qn="20261122120000009", st="32", cn="2011", pw="123456", mn=device.mn, flag=5, cp=cp)
    logger.send(encode(good, edition=Edition.HJ_2017))
    assert (await logger.answer()).mn == device.mn

    async def are_listed() -> bool:
        async with gateway.service.client(token("device:read")) as client:
            unknown = (await client.get("/unknown-devices")).json()["items"]
            rejected = (await client.get("/rejected", params={"reason": "unknown-mn"})).json()["items"]
            sessions = (await client.get("/sessions", params={"q": device.mn})).json()["items"]
        return bool(sessions) and any("BAD" in one["mn"] for one in unknown) and any("BAD" in r["mn"] for r in rejected)

    await eventually(are_listed, within_s=60)
    await logger.close()
