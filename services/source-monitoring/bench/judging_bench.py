"""`make bench-judging`: one source-monitoring process with a broker and Postgres beside it, everything included.

    .venv/bin/python services/source-monitoring/bench/judging_bench.py [--outlets 300] [--frames 120000] [--days 37]

1. Throughput: frames of 15 factors, each with a limit, wait in the topic; the process starts and takes them all.
Frames/s between the
   first and the last one stored, CPU of the process and of Postgres beside it.
2. Latency: half of that rate, but at most 2 500 frames/s (half the target), for 20 s; one frame in a hundred is over
a limit. Time from
   writing the frame to reading its finding from the topic, both at this program.
3. Size: bytes a reading of what was stored, indexes included.
4. Queries over HTTP on a tenth of a year of the park (stored_history.py): a day of an outlet, a year of its daily means.

Nothing is asserted; it prints a table. The program that sends and reads shares the two cores with what is measured.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import stored_history
from aiokafka import AIOKafkaProducer, TopicPartition
from devstack.kafka import Broker
from devstack.postgres import Postgres
from park_chassis.kafka import create_topics, new_consumer
from park_chassis.testing import TEST_SECRET, RunningService, running_service
from park_judging.testing import factor, limit, point, readings
from park_schemas.envelope import Event, decode_event, encode_body, encode_headers
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded
from pydantic import SecretStr
from source_monitoring.settings import Settings

FACTORS = [f"w{number:05d}" for number in range(21001, 21016)]
_TICKS = os.sysconf("SC_CLK_TCK")
_LATENCY_S = 20
_MOST_LATENCY_RATE = 2500
_POOL = 200
"""Different bodies per outlet: making each frame anew would cost more than judging it."""


@dataclass
class Field:
    """The outlets and the connections of the bench."""

    outlets: list[PointRecord]
    producer: AIOKafkaProducer
    settings: Settings
    service: RunningService

    async def count(self, query: str) -> int:
        connection = await asyncpg.connect(self.service.env["PARK_DATABASE_URL"])
        try:
            return int(await connection.fetchval(query) or 0)
        finally:
            await connection.close()


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far; 0 once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def cpu_of_children(pid: int) -> float:
    """CPU seconds of a process and of its direct children: Postgres and its backends."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return cpu_s(pid) + sum(cpu_s(int(child)) for child in children)


def outlets_of(count: int) -> list[PointRecord]:
    kinds = [factor(code, "mg/L", 2) for code in FACTORS]
    return [point(*(limit(code, averaging="hour") for code in FACTORS), factors=kinds) for _ in range(count)]


def record_of(
    of: PointRecord, at: datetime, draw: random.Random, *, over: bool
) -> tuple[list[tuple[str, bytes]], bytes, bytes]:
    """Return headers, body and key of one frame."""
    values = {code: f"{draw.uniform(1, 45):.2f}" for code in FACTORS}
    if over:
        values[FACTORS[0]] = f"{draw.uniform(51, 90):.2f}"
    event = readings(of, at, values, received_at=datetime.now(UTC))
    return encode_headers(event), encode_body(event.body), event.subject.encode()


async def fill(field: Field, frames: int, start: datetime) -> None:
    """Write frames into the topic: the outlets in turn, every 30 s of their time."""
    draw = random.Random(7)
    waiting: list[Any] = []
    for number in range(frames):
        of = field.outlets[number % len(field.outlets)]
        at = start + timedelta(seconds=30 * (number // len(field.outlets)))
        headers, body, key = record_of(of, at, draw, over=False)
        waiting.append(await field.producer.send("telemetry.readings.v1", value=body, key=key, headers=headers))
        if len(waiting) == 2000:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)


async def until(condition: Callable[[], Awaitable[bool]], within_s: float) -> None:
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.1)


async def throughput(field: Field, frames: int, postgres_pid: int) -> float:
    """Take the waiting frames; return frames/s."""
    stored = "select count(*) from frames"
    if field.service.process:
        field.service.kill()
    before_postgres = cpu_of_children(postgres_pid)
    await field.service.start()

    async def begun() -> bool:
        return await field.count(stored) > 0

    await until(begun, 60)
    process = field.service.process
    assert process is not None  # noqa: S101 - started above
    began, first, at_first = time.perf_counter(), await field.count(stored), cpu_s(process.pid)

    async def done() -> bool:
        return await field.count(stored) >= frames

    await until(done, 240)
    took = time.perf_counter() - began
    rate = (frames - first) / took
    busy = (cpu_s(process.pid) - at_first) / (frames - first)
    postgres = cpu_of_children(postgres_pid) - before_postgres
    print(
        f"throughput            {rate:10,.0f} frames/s = {rate * len(FACTORS):,.0f} values/s"
        f" ({frames - first:,} frames in {took:.1f} s)"
    )
    print(
        f"  CPU of the process  {busy * 1e6:10.0f} us a frame = {1 / busy:,.0f} frames/s on a core of its own,"
        f" Postgres {postgres / frames * 1e6:.0f} us"
    )
    return rate


async def latency(field: Field, rate: int) -> None:
    """Send at a steady rate; print percentiles of frame to finding."""
    consumer = new_consumer(field.settings, group=None)
    await consumer.start()
    partitions = [TopicPartition("supervision.findings.v1", number) for number in range(6)]
    consumer.assign(partitions)
    await consumer.seek_to_end(*partitions)
    for partition in partitions:
        await consumer.position(partition)
    sent: dict[tuple[UUID, datetime], float] = {}
    took: list[float] = []
    reading = asyncio.ensure_future(_read(consumer, sent, took))
    expected = await _send_steadily(field, rate, sent)
    try:
        await until(lambda: _at_least(took, expected), 30)
    except TimeoutError:
        print(f"  only {len(took)} of {expected} findings came")
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await consumer.stop()
    ordered = sorted(took)
    if not ordered:
        return
    p50, p99 = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    print(
        f"frame to finding      {p50 * 1000:10.0f} ms median, {p99 * 1000:.0f} ms p99, {ordered[-1] * 1000:.0f} ms at most"
    )
    print(f"  at                  {rate:10,.0f} frames/s for {_LATENCY_S} s, {len(took)} findings")


async def _at_least(found: list[float], expected: int) -> bool:
    return len(found) >= expected


async def _send_steadily(field: Field, rate: int, sent: dict[tuple[UUID, datetime], float]) -> int:
    """Send `rate` frames a second in slices of 20 ms; one in a hundred is over. Return how many findings are to come."""
    draw, start = random.Random(11), datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6)
    total, slice_s = rate * _LATENCY_S, 0.02
    began, number, expected = time.perf_counter(), 0, 0
    while number < total:
        target = min(total, int((time.perf_counter() - began + slice_s) * rate))
        for number in range(number, target):  # noqa: B020 - goes on where it stopped
            of = field.outlets[number % len(field.outlets)]
            at = start + timedelta(seconds=number // len(field.outlets))
            over = number % 100 == 0
            headers, body, key = record_of(of, at, draw, over=over)
            if over:
                sent[of.point_id, at] = time.perf_counter()
                expected += 1
            await field.producer.send("telemetry.readings.v1", value=body, key=key, headers=headers)
        number = target
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
    await field.producer.flush()
    lag = time.perf_counter() - began - _LATENCY_S
    if lag > 1:
        print(f"  the sender itself was {lag:.1f} s behind: it could not keep the rate")
    return expected


async def _read(consumer: Any, sent: dict[tuple[UUID, datetime], float], took: list[float]) -> None:
    while True:
        polled = await consumer.getmany(timeout_ms=20)
        at = time.perf_counter()
        for record in [record for records in polled.values() for record in records]:
            body = decode_event(record.headers, record.value).body
            if isinstance(body, FindingRecorded) and body.verdict == "violated" and body.period == "realtime":
                began = sent.pop((body.subject_id, body.period_start), None)
                if began is not None:
                    took.append(at - began)


async def size(field: Field) -> None:
    """Print bytes a reading, indexes included."""
    connection = await asyncpg.connect(field.service.env["PARK_DATABASE_URL"])
    total = await connection.fetchval(
        "select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'frames'::regclass"
    )
    frames = await connection.fetchval("select count(*) from frames")
    await connection.close()
    each = float(total) / frames / len(FACTORS)
    print(
        f"stored                {each:10.1f} bytes a reading ({total / frames:.0f} a frame of {len(FACTORS)}), indexes included"
    )
    print(
        f"  extrapolated        {each * 5e8 / 1e9:10.1f} GB for a year of 5e8 readings"
        f" (from {frames * len(FACTORS):,} measured ones)"
    )


async def bench(folder: Path, count: int, frames: int, days: int) -> None:
    with Postgres(folder / "pg") as postgres, Broker(folder / "kafka") as broker:
        settings = Settings(
            database_url=SecretStr("postgresql://unused"),
            kafka_bootstrap_servers=broker.bootstrap_servers,
            auth_secret=SecretStr(TEST_SECRET),
            evidence_dir=folder / "evidence",
        )
        await create_topics(broker.bootstrap_servers)
        producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, linger_ms=5, max_batch_size=256 * 1024)
        await producer.start()
        outlets = outlets_of(count)
        for of in outlets:
            stated: Event[PointRecord] = Event(
                type="registry.point.stated",
                source="archive",
                subject=str(of.point_id),
                time=datetime.now(UTC),
                body=of,
            )
            await producer.send(
                "registry.points.v1", value=encode_body(of), key=stated.subject.encode(), headers=encode_headers(stated)
            )
        await producer.flush()
        day = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0) - timedelta(days=3)
        async with running_service(
            "source_monitoring",
            admin_url=postgres.admin_url,
            kafka=broker.bootstrap_servers,
            log_to=folder / "service.log",
        ) as service:
            field = Field(outlets, producer, settings, service)
            service.kill()
            await fill(field, frames, day)
            assert postgres.pid is not None  # noqa: S101 - it runs
            rate = await throughput(field, frames, postgres.pid)
            await asyncio.sleep(3)
            await latency(field, min(_MOST_LATENCY_RATE, int(rate / 2)))
            await size(field)
            await stored_history.ask(
                await stored_history.write(service, [of.point_id for of in outlets], FACTORS, days)
            )
        await producer.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outlets", type=int, default=300)
    parser.add_argument("--frames", type=int, default=120_000)
    parser.add_argument("--days", type=int, default=stored_history.DAYS_OF_A_TENTH, help="of stored history to ask")
    given = parser.parse_args()
    print(
        f"{given.outlets} outlets x {len(FACTORS)} factors, each with a limit; {os.cpu_count()} cores,"
        " shared with broker, Postgres and sender"
    )
    with tempfile.TemporaryDirectory(prefix="judging-bench-") as folder:
        Path(folder).chmod(0o755)
        asyncio.run(bench(Path(folder), given.outlets, given.frames, given.days))


if __name__ == "__main__":
    main()
