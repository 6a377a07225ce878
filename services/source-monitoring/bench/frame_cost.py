"""CPU cost of a frame in source-monitoring: decode, store, judge. Prints microseconds a frame by step.

    .venv/bin/python services/source-monitoring/bench/frame_cost.py [--frames 20000] [--batch 1000] [--over 0.0]

It starts a Postgres of its own (devstack) and needs no broker: events are decoded from the bytes a broker would give. Client
CPU is this process; server CPU is the one Postgres backend that does the writing (read from /proc).
"""

import argparse
import asyncio
import gc
import os
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from devstack.postgres import Postgres
from park_chassis import timeseries
from park_chassis.database import Database
from park_chassis.testing import service_database
from park_judging.readings import ReadingsJudge, frame_of_event
from park_judging.registry import Points
from park_judging.set_aside import SetAside
from park_judging.testing import PointsInMemory, factor, limit, point, readings
from park_schemas.codes import SOURCE_MEDIA
from park_schemas.envelope import decode_event, encode_body, encode_headers
from pydantic import SecretStr
from source_monitoring.anomaly.stream import PacketWatch
from source_monitoring.settings import Settings

FACTORS = [f"w{number:05d}" for number in range(21001, 21016)]
START = datetime(2026, 11, 1, tzinfo=UTC)
_TICKS = os.sysconf("SC_CLK_TCK")


def records(frames: int, points: int, over: float) -> tuple[PointsInMemory, list[Any]]:
    """Return a registry and the (headers, value) of frames of 15 factors each, all with a limit, a share of values over it."""
    draw = random.Random(7)
    kinds = [factor(code, "mg/L", 2) for code in FACTORS]
    outlets = [point(*(limit(code, averaging="hour") for code in FACTORS), factors=kinds) for _ in range(points)]
    made = []
    for index in range(frames):
        of = outlets[index % points]
        values = {
            code: f"{draw.uniform(51, 90) if draw.random() < over else draw.uniform(1, 45):.2f}" for code in FACTORS
        }
        event = readings(of, START + timedelta(seconds=30 * (index // points)), values)
        numbered = msgspec.structs.replace(event.body, request_id=f"{index:017d}")
        made.append((encode_headers(event), encode_body(numbered)))
    return PointsInMemory(outlets), made


def cpu_of(pid: int) -> float:
    """CPU seconds of a process of this machine so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def whole(database: Database, judge: ReadingsJudge, made: list[Any], batch: int) -> tuple[float, float, float]:
    """Handle all records as the consumer loop does; return client, server and wall seconds."""
    client, server, wall = 0.0, 0.0, 0.0
    async with database.pool.acquire() as connection:
        backend = await connection.fetchval("select pg_backend_pid()")
        for first in range(0, len(made), batch):
            chunk = made[first : first + batch]
            before = time.process_time(), cpu_of(backend), time.perf_counter()
            async with connection.transaction():
                await judge.on_readings([decode_event(headers, value) for headers, value in chunk], connection)  # type: ignore[misc]
            after = time.process_time(), cpu_of(backend), time.perf_counter()
            client += after[0] - before[0]
            server += after[1] - before[1]
            wall += after[2] - before[2]
    return client, server, wall


def decode_only(made: list[Any]) -> tuple[float, float]:
    """Return the client seconds of decoding all events, and of making frames of them."""
    begun = time.process_time()
    events = [decode_event(headers, value) for headers, value in made]
    decoded = time.process_time()
    for event in events:
        frame_of_event(event)  # type: ignore[arg-type]
    return decoded - begun, time.process_time() - decoded


async def store_only(database: Database, made: list[Any], batch: int) -> float:
    """Return the client seconds of storing frames that are already made."""
    frames = [frame_of_event(decode_event(headers, value)) for headers, value in made]  # type: ignore[arg-type]
    begun = time.process_time()
    for first in range(0, len(frames), batch):
        async with database.transaction() as tx:
            await timeseries.store(tx, frames[first : first + batch])
    return time.process_time() - begun


async def measure(admin_url: str, frames: int, batch: int, over: float, *, anomalies: bool) -> None:
    registry, made = records(frames, 200, over)
    gc.freeze()  # as park_chassis.command_line does when a service starts
    gc.set_threshold(50_000, 20, 100)
    settings = Settings(
        database_url=SecretStr("unused"),
        kafka_bootstrap_servers="unused",
        auth_secret=SecretStr("x" * 32),
        evidence_dir=Path("unused"),
    )
    decode, build = decode_only(made)
    async with service_database(admin_url, "source_monitoring") as database:
        await timeseries.make_partitions(database, START)
        store = await store_only(database, made, batch)
    async with service_database(admin_url, "source_monitoring") as database:
        await timeseries.make_partitions(database, START)
        known = Points(registry, SOURCE_MEDIA, wait_s=0)
        known.own()  # limits are compiled once a point, not once a frame
        judge = ReadingsJudge(known, settings)
        if anomalies:
            judge.observe(PacketWatch(known).on_batch)
        judge.observe(SetAside(known, settings.clock_tolerance).observe)
        client, server, wall = await whole(database, judge, made, batch)
        again_client, again_server, _ = await whole(database, judge, made, batch)
    micro = 1e6 / frames
    print(f"{frames} frames x 15 factors, batches of {batch}, {over:.0%} of values over their limit; us CPU a frame:")
    print(f"  decode event {decode * micro:7.1f}   make frame {build * micro:7.1f}   store {store * micro:7.1f}")
    print(
        f"  whole (client) {client * micro:7.1f}   whole (Postgres backend) {server * micro:7.1f}   wall {wall * micro:7.1f}"
    )
    print(f"  the same again, all repeated: client {again_client * micro:7.1f}   backend {again_server * micro:7.1f}")
    print(f"  = {1 / (client / frames):,.0f} frames/s a core of the service")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--over", type=float, default=0.0)
    parser.add_argument("--without-anomalies", action="store_true", help="leave out the stream rules AN11 and AN45")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frame-cost-") as folder:
        Path(folder).chmod(0o755)
        with Postgres(Path(folder) / "pg") as postgres:
            asyncio.run(
                measure(
                    postgres.admin_url, given.frames, given.batch, given.over, anomalies=not given.without_anomalies
                )
            )


if __name__ == "__main__":
    main()
