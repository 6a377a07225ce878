"""What is really there afterwards: the topic, the readings store, the evidence."""

import asyncio
import io
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from hj212_gateway.domain.evidence_blocks import Block, BlockHeader, Direction, Hashes, open_payload
from hj212_gateway.evidence_package import Manifest, package, verify
from park_schemas.catalogue import TOPICS

READINGS = "telemetry.readings.v1"


class Published(NamedTuple):
    """A record of the readings topic, in the order of its partition."""

    mn: str
    body: bytes
    event_id: str


class Kept(NamedTuple):
    """A row of the readings store."""

    mn: str
    number: int
    revision: int


class Evidence(NamedTuple):
    """What the evidence says. `fault`: what the verifier found, None when the chain is whole."""

    received: list[bytes]
    missing: int
    last_block: int
    fault: str | None


def without_terminator(raw: bytes) -> bytes:
    """Return the frame as SentFrame.body has it."""
    return raw.rstrip(b"\r\n")


async def ends_of_topic(kafka: str) -> dict[TopicPartition, int]:
    """Return where each partition of the readings topic ends now."""
    async with _reader(kafka) as consumer:
        return await _ends(consumer)


async def published_since(kafka: str, begins: dict[TopicPartition, int]) -> list[Published]:
    """Return every record of the topic from these offsets to the end of now."""
    found: list[Published] = []
    async with _reader(kafka) as consumer:
        for partition, begin in begins.items():
            consumer.seek(partition, begin)
        ends = await _ends(consumer)
        left = {partition for partition, end in ends.items() if end > begins[partition]}
        while left:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                found += [_published(record) for record in records]
            left = {partition for partition in left if await consumer.position(partition) < ends[partition]}
    return found


@asynccontextmanager
async def _reader(kafka: str) -> AsyncIterator[Any]:
    """A consumer of all partitions of the readings topic, of no group."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(READINGS, number) for number in range(TOPICS[READINGS].partitions)])
        yield consumer
    finally:
        # The fetcher of aiokafka 0.14 can miss its cancellation when it is stopped early; a second one reaches it.
        with suppress(TimeoutError):
            await asyncio.wait_for(consumer.stop(), 2)


async def _ends(consumer: Any) -> dict[TopicPartition, int]:
    found: dict[TopicPartition, int] = await consumer.end_offsets(list(consumer.assignment()))
    return found


def _published(record: Any) -> Published:
    headers = dict(record.headers)
    return Published(record.key.decode(), without_terminator(headers["hj212-frame"]), headers["ce_id"].decode())


async def kept(connection: "asyncpg.Connection[Any]", mns: Collection[str]) -> list[Kept]:
    """Return what the readings store holds of these devices, every revision."""
    rows = await connection.fetch(
        'select mn, "values"[1]::int as number, revision from source_monitoring.frames where mn = any($1)', list(mns)
    )
    return [Kept(row["mn"], row["number"], row["revision"]) for row in rows]


async def evidence_since(connection: "asyncpg.Connection[Any]", block: int) -> Evidence:
    """Return what stands in the blocks after `block`, and whether they, with that one before them, prove themselves."""
    rows = await connection.fetch(
        "select * from hj212_gateway.evidence_blocks where block >= $1 order by gateway, block", block
    )
    blocks = [_block(row) for row in rows]
    entries = [entry for one in blocks if one.header.block > block for entry in open_payload(one.payload)]
    verdict = await verified(blocks)
    return Evidence(
        received=[without_terminator(entry.raw) for entry in entries if entry.direction == Direction.RECEIVED],
        missing=sum(one.header.missing for one in blocks if one.header.block > block),
        last_block=max((one.header.block for one in blocks), default=block),
        fault=verdict,
    )


async def verified(blocks: list[Block]) -> str | None:
    """Seal the blocks into a package as the API does and let the offline verifier judge it; None when all is well."""

    async def each() -> AsyncIterator[Block]:
        for block in blocks:
            yield block

    manifest = Manifest("park-hj212-evidence/1", "", "", "", "")
    content = b"".join([piece async for piece in package(manifest, each())])
    fault = verify(io.BytesIO(content)).fault
    return None if fault is None else f"bytes {fault.start} to {fault.end}: {fault.reason}"


def _block(row: Any) -> Block:
    header = BlockHeader(
        block=row["block"],
        first_at=row["first_at_us"],
        frames=row["frames"],
        gateway=row["gateway"],
        last_at=row["last_at_us"],
        missing=row["missing"],
        size=len(row["payload"]),
    )
    previous, own = Hashes(row["previous_sha256"], row["previous_sm3"]), Hashes(row["sha256"], row["sm3"])
    return Block(header, row["payload"], previous, own)
