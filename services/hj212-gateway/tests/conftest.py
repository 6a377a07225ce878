"""A running gateway process, a registered device, and a data logger's side of the wire."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from hj212 import NEED_DATA, Decoder, Packet
from park_chassis.clock import now
from park_chassis.kafka import create_topics
from park_chassis.testing import RunningService, eventually, free_port, running_service, token
from park_schemas.envelope import Event, decode_event, encode_body, encode_headers
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord


@dataclass
class Field:
    """The gateway under test and what is around it."""

    service: RunningService
    kafka: str
    hj212_port: int

    async def register(self, device: DeviceRecord) -> None:
        """State the device on the register topic and wait until the gateway has read it."""
        event = Event(type="registry.device.stated", source="archive", subject=device.mn, time=now(), body=device)
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            await producer.send_and_wait(
                event.topic, key=device.mn.encode(), value=encode_body(device), headers=encode_headers(event)
            )
        written = await self._records_of(event.topic)

        async def is_read() -> bool:
            return await self.figure(f'park_events_received_total{{topic="{event.topic}"}}') >= written

        await eventually(is_read)

    async def _records_of(self, topic: str) -> int:
        """Return how many records a topic has (a gateway reads a register from its beginning)."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka)
        async with consumer:
            consumer.subscribe([topic])
            await consumer.topics()
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            return sum((await consumer.end_offsets(partitions)).values())

    async def figure(self, sample: str) -> float:
        """Return one sample of the gateway's metrics, 0 when it has none of that name."""
        async with self.service.client(token()) as client:
            lines = (await client.get("/metrics")).text.splitlines()
        return next((float(line.removeprefix(f"{sample} ")) for line in lines if line.startswith(f"{sample} ")), 0.0)

    async def reads_handovers_again(self) -> None:
        """Wait until the gateway has learnt what passwords and keys there are now (it looks each second)."""
        sample = "park_gateway_handovers_read_total"
        before = await self.figure(sample)

        async def has_read() -> bool:
            return await self.figure(sample) >= before + 2  # the first may have begun before

        await eventually(has_read)

    async def logger(self, key: bytes | None = None) -> "Logger":
        """Connect as a data logger; with a key it opens what the gateway encrypts."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.hj212_port)
        return Logger(reader, writer, key)

    async def events(self, topic: str, mn: str, count: int, *, within_s: float = 60) -> list[Event[Any]]:
        """Return the first `count` events of an MN on a topic, read by a plain consumer."""
        found: list[Event[Any]] = []
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=self.kafka, auto_offset_reset="earliest")
        async with asyncio.timeout(within_s), consumer:
            async for record in consumer:
                if record.key == mn.encode():
                    found.append(decode_event(record.headers, record.value))
                if len(found) >= count:
                    return found
        return found

    async def until(
        self, topic: str, mn: str, wanted: set[str], facts: Callable[[Event[Any]], set[str]], *, within_s: float = 60
    ) -> set[str]:
        """Read an MN's events until their facts contain all that is wanted, or the time is up; return the facts."""
        found: set[str] = set()
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=self.kafka, auto_offset_reset="earliest")
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s), consumer:
                async for record in consumer:
                    if record.key == mn.encode():
                        found |= facts(decode_event(record.headers, record.value))
                    if wanted <= found:
                        break
        return found


class Logger:
    """A data logger, byte for byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: bytes | None = None) -> None:
        self._reader = reader
        self.writer = writer
        self._decoder = Decoder(key_for=lambda _: key)
        self._passed_over: deque[Packet] = deque()

    def send(self, content: bytes) -> None:
        self.writer.write(content)

    async def answer(self, *, within_s: float = 60) -> Packet:
        """Return the next answer. Raises TimeoutError when none comes, ConnectionError when the gateway hung up."""
        if self._passed_over:
            return self._passed_over.popleft()
        async with asyncio.timeout(within_s):
            return await self._next_packet()

    async def answer_of(self, cn: str, *, within_s: float = 60) -> Packet:
        """Return the next answer with this CN; what comes before it waits for `answer`.

        An answer leaves when its frame is durable, a request of the gateway when the database has it: no order is promised.
        """
        kept, self._passed_over = self._passed_over, deque()
        async with asyncio.timeout(within_s):
            while (found := kept.popleft() if kept else await self._next_packet()).cn != cn:
                self._passed_over.append(found)
        self._passed_over += kept
        return found

    async def _next_packet(self) -> Packet:
        while True:
            found = self._decoder.next_packet()
            if isinstance(found, Packet):
                return found
            if found is NEED_DATA:
                content = await self._reader.read(65536)
                if not content:
                    raise ConnectionResetError
                self._decoder.receive_data(content)

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@pytest.fixture
def device() -> DeviceRecord:
    return DeviceRecord(
        mn=uuid4().hex[:24].upper(), password="123456", point_id=uuid7(), park_id=uuid7(), edition="2017"
    )


class GatewayOn(Protocol):
    """Runs a gateway process on a broker, with settings of the test's own."""

    def __call__(self, kafka: str, **env: str) -> AbstractAsyncContextManager[Field]: ...


@pytest.fixture
def gateway_on(postgres_url: str, tmp_path: Path) -> GatewayOn:
    @asynccontextmanager
    async def run(kafka: str, **env: str) -> AsyncIterator[Field]:
        await create_topics(kafka)
        port = free_port()
        async with running_service(
            "hj212_gateway",
            admin_url=postgres_url,
            kafka=kafka,
            log_to=tmp_path / "gateway.log",
            PARK_HJ212_PORT=str(port),
            **env,
        ) as service:
            yield Field(service, kafka, port)

    return run


@pytest.fixture
async def gateway(gateway_on: GatewayOn, kafka_bootstrap: str) -> AsyncIterator[Field]:
    async with gateway_on(kafka_bootstrap) as field:
        yield field
