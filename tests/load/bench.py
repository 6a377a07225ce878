"""`make bench`: the figures of the whole path on this machine, printed as a table. Nothing here is asserted.

It starts the platform as `make up` does (own folder and ports, no simulator), registers outlets with their loggers over
the public API, and drives frames of 15 factors over TCP with 9014 asked for. Phases: start, latency at a modest rate,
sustained rate, backlog (50 000 frames waiting for a stopped consumer). CPU figures are differences of /proc.
"""

import asyncio
import json
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import uvloop
from aiokafka import AIOKafkaConsumer
from devstack.proc_table import figures_of
from hj212 import NEED_DATA, Decoder, Edition, Fields, Packet, encode
from park_chassis.testing import free_port

REPOSITORY = Path(__file__).parents[2]
FACTORS = (
    *("w00000", "w01001", "w01002", "w01009", "w01010", "w01014", "w01017", "w01018"),
    *("w01019", "w20111", "w20115", "w20117", "w20119", "w21003", "w21011"),
)
OUTLETS = int(os.environ.get("PARK_BENCH_OUTLETS", "100"))
FRAMES = int(os.environ.get("PARK_BENCH_FRAMES", "50000"))
CREDIT_CODE = "91320700MABENCH001"
WINDOW = 32
LATENCY_SECONDS = 20
COD_LIMIT = 50.0
PARK_TIME = timedelta(hours=8)


@dataclass
class Park:
    """The running platform and its registered outlets: point id by MN."""

    folder: Path
    access: dict[str, Any]
    outlets: dict[str, str] = field(default_factory=dict)

    def pids(self) -> dict[str, int]:
        status = json.loads((self.folder / "status.json").read_text())
        return {name: entry["pid"] for name, entry in status["processes"].items() if entry["state"] == "ready"}

    def cpu(self) -> dict[str, float]:
        """Return CPU seconds spent so far by each process."""
        return {name: figures_of(pid).cpu_s for name, pid in self.pids().items()}

    async def stored(self, connection: "asyncpg.Connection[asyncpg.Record]") -> int:
        """Return how many frames are in the store."""
        return int(await connection.fetchval("select count(*) from source_monitoring.frames"))


@contextmanager
def running_park() -> Iterator[tuple[Park, float]]:
    """Start the platform; give it and the seconds it took."""
    folder = Path(tempfile.mkdtemp(prefix="park-bench-"))
    folder.chmod(0o755)
    env = {
        **os.environ,
        "PARK_DEMO_DIR": str(folder),
        "PARK_HTTP_PORT": str(free_port()),
        "PARK_HJ212_PORT": str(free_port()),
        "PARK_DEMO_WITHOUT": "simulator,seed-park",
    }
    devstack = [sys.executable, "-m", "devstack"]
    began = time.perf_counter()
    subprocess.run([*devstack, "up"], env=env, cwd=REPOSITORY, check=True, stdout=sys.stderr)
    try:
        yield Park(folder, json.loads((folder / "demo.json").read_text())), time.perf_counter() - began
    finally:
        subprocess.run([*devstack, "down"], env=env, cwd=REPOSITORY, check=False, stdout=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)


async def register_outlets(park: Park) -> None:
    """Register OUTLETS outlets of 15 factors, a COD limit and a logger each."""
    async with httpx.AsyncClient(base_url=park.access["api_url"], trust_env=False, timeout=30) as client:
        account = {"username": "admin", "password": park.access["password"]}
        token = (await client.post("/auth/sign-in", json=account)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        place = {"code": "BENCH", "name_zh": "压测园区", "name_en": "Bench park", "centre": [119.5, 34.5]}
        (
            await client.put("/park", json={**place, "map": {"type": "FeatureCollection", "features": []}})
        ).raise_for_status()
        owner = {
            "credit_code": CREDIT_CODE,
            "name_zh": "压测企业",
            "name_en": "Bench enterprise",
            "industry": "化学原料",
        }
        enterprise = await client.post("/enterprises", json={**owner, "longitude": 119.5, "latitude": 34.5})
        enterprise.raise_for_status()
        for number in range(OUTLETS):
            await _register(client, park, enterprise.json()["enterprise_id"], number)


async def _register(client: httpx.AsyncClient, park: Park, enterprise_id: str, number: int) -> None:
    point = await client.post(
        "/points",
        json={
            "code": f"DW{number:04d}",
            "name_zh": f"压测排口{number}",
            "name_en": f"Bench outlet {number}",
            "medium": "waste-water",
            "enterprise_id": enterprise_id,
            "longitude": 119.5,
            "latitude": 34.5,
            "factors": [{"factor": factor} for factor in FACTORS],
        },
    )
    if point.is_error:
        raise SystemExit(f"register: {point.text}")
    point_id = point.json()["point_id"]
    limit = {
        "factor": "w01018",
        "averaging": "day",
        "upper": str(COD_LIMIT),
        "unit": "mg/L",
        "standard": "GB 18918-2002",
        "clause": "表1",
        "valid_from": "2020-01-01",
    }
    (await client.put(f"/points/{point_id}/limits", json=[limit])).raise_for_status()
    mn = uuid4().hex[:24].upper()
    device = {"mn": mn, "password": "123456", "point_id": point_id, "edition": "2017"}
    (await client.post("/devices", json=device)).raise_for_status()
    park.outlets[mn] = point_id


class LoadLogger:
    """One logger on one connection: sends with a window of unanswered frames, as a logger with a backlog does."""

    def __init__(self, park: Park, mn: str) -> None:
        self._park = park
        self._mn = mn
        self._decoder = Decoder()
        self._random = random.Random(mn)
        self._number = 0
        self.answered = 0
        self.answer_s: list[float] = []
        self._sent_at: dict[str, float] = {}

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(
            self._park.access["hj212_host"], self._park.access["hj212_port"]
        )

    def frame(self, cod: float = 20.0) -> bytes:
        """Return the next realtime report; each has a DataTime of its own, one second after the one before."""
        self._number += 1
        wall = (
            datetime.now(UTC).replace(microsecond=0) + PARK_TIME - timedelta(days=1) + timedelta(seconds=self._number)
        )
        stamp = f"{wall:%Y%m%d%H%M%S}"
        qn = f"{stamp}{self._number % 1000:03d}"
        cp: list[dict[str, str | list[str]]] = [{"DataTime": stamp}]
        for factor in FACTORS:
            value = f"{cod:.1f}" if factor == "w01018" else f"{self._random.uniform(0, 9):.2f}"
            cp.append({f"{factor}-Rtd": value, f"{factor}-Flag": "N"})
        self._sent_at[qn] = time.perf_counter()
        fields = Fields(qn=qn, st="32", cn="2011", pw="123456", mn=self._mn, flag=5, cp=cp)
        return encode(fields, edition=Edition.HJ_2017)

    async def send(self, frame: bytes) -> None:
        self._writer.write(frame)
        await self._writer.drain()

    async def run(self, frames: list[bytes]) -> None:
        """Send all frames, at most WINDOW of them unanswered."""
        waiting = iter(frames)
        for first in islice(waiting, WINDOW):
            self._writer.write(first)
        for _ in frames:
            await self.answer()
            if (following := next(waiting, None)) is not None:
                self._writer.write(following)

    async def answer(self) -> None:
        """Wait for the next 9014."""
        while not isinstance(found := self._decoder.next_packet(), Packet):
            if found is NEED_DATA:
                self._decoder.receive_data(await self._reader.read(65536))
        self.answered += 1
        if (sent := self._sent_at.pop(found.qn or "", None)) is not None:
            self.answer_s.append(time.perf_counter() - sent)

    async def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def loggers(park: Park) -> AsyncIterator[list[LoadLogger]]:
    everyone = [LoadLogger(park, mn) for mn in park.outlets]
    await asyncio.gather(*(logger.connect() for logger in everyone))
    try:
        yield everyone
    finally:
        for logger in everyone:
            await logger.close()


async def stored_at_least(park: Park, connection: Any, count: int, *, pause_s: float = 0.1) -> float:
    """Wait until so many frames are stored; return the moment (perf_counter)."""
    while await park.stored(connection) < count:
        await asyncio.sleep(pause_s)
    return time.perf_counter()


async def latency(park: Park, everyone: list[LoadLogger], connection: Any) -> dict[str, list[float]]:
    """At 50 frames/s: frame to answer, frame to stored (looked for every 5 ms), and over-limit frame to alarm event."""
    alarm_s: list[float] = []
    over_sent: dict[str, float] = {}
    stored_s: list[float] = []

    async def watch_alarms() -> None:
        consumer = AIOKafkaConsumer(
            "alerting.alarms.v1", bootstrap_servers=park.access["kafka_bootstrap"], auto_offset_reset="earliest"
        )
        async with consumer:
            async for record in consumer:
                sent = over_sent.pop(json.loads(record.value)["subject_id"], None)
                if sent is not None:
                    alarm_s.append(time.perf_counter() - sent)

    async def watch_stored(mn: str, sent: float, count: int) -> None:
        query = "select count(*) from source_monitoring.frames where mn = $1"
        while await pool.fetchval(query, mn) < count:
            await asyncio.sleep(0.005)
        stored_s.append(time.perf_counter() - sent)

    watching = asyncio.create_task(watch_alarms())
    await asyncio.sleep(2)
    sent_of: dict[str, int] = {}
    async with (
        asyncpg.create_pool(park.access["database_url"], min_size=4, max_size=4) as pool,
        asyncio.TaskGroup() as tasks,
    ):
        for tick in range(LATENCY_SECONDS * 50):
            logger = everyone[tick % len(everyone)]
            is_over = tick >= 100 and tick % 10 == 0 and park.outlets[logger._mn] not in over_sent
            frame = logger.frame(95.0 if is_over else 20.0)
            sent = time.perf_counter()
            if is_over:
                over_sent[park.outlets[logger._mn]] = sent
            sent_of[logger._mn] = sent_of.get(logger._mn, 0) + 1
            await logger.send(frame)
            tasks.create_task(logger.answer())
            if tick % 25 == 0:
                tasks.create_task(watch_stored(logger._mn, sent, sent_of[logger._mn]))
            await asyncio.sleep(max(0.0, 0.02 - (time.perf_counter() - sent)))
    await asyncio.sleep(2)
    watching.cancel()
    answer_s = [seconds for logger in everyone for seconds in logger.answer_s]
    return {"frame -> 9014": answer_s, "frame -> stored": stored_s, "frame -> alarm event": alarm_s}


async def sustained(park: Park, everyone: list[LoadLogger], connection: Any) -> dict[str, Any]:
    """FRAMES frames as fast as answers come; then until the last is stored. CPU by process over the whole."""
    before = await park.stored(connection)
    batches = [[logger.frame() for _ in range(FRAMES // len(everyone))] for logger in everyone]
    frames = sum(map(len, batches))
    cpu = park.cpu()
    began = time.perf_counter()
    await asyncio.gather(*(logger.run(batch) for logger, batch in zip(everyone, batches, strict=True)))
    answered = time.perf_counter()
    stored = await stored_at_least(park, connection, before + frames)
    spent = {name: seconds - cpu.get(name, 0) for name, seconds in park.cpu().items()}
    return {"frames": frames, "answered_s": answered - began, "stored_s": stored - began, "cpu": spent}


async def backlog(park: Park, everyone: list[LoadLogger], connection: Any) -> dict[str, float]:
    """Stop source-monitoring, take FRAMES frames in, let it go on, and time until all are stored."""
    pid = park.pids()["source_monitoring"]
    before = await park.stored(connection)
    batches = [[logger.frame() for _ in range(FRAMES // len(everyone))] for logger in everyone]
    frames = sum(map(len, batches))
    os.kill(pid, signal.SIGSTOP)
    began = time.perf_counter()
    try:
        await asyncio.gather(*(logger.run(batch) for logger, batch in zip(everyone, batches, strict=True)))
        taken_in = time.perf_counter() - began
    finally:
        os.kill(pid, signal.SIGCONT)
    resumed = time.perf_counter()
    done = await stored_at_least(park, connection, before + frames)
    return {"frames": frames, "taken_in_s": taken_in, "drained_s": done - resumed}


def show_latency(name: str, seconds: list[float]) -> None:
    if len(seconds) < 2:
        print(f"  {name:<24} too few samples")
        return
    cuts = statistics.quantiles(seconds, n=100)
    print(f"  {name:<24} n={len(seconds):<5} p50 {cuts[49] * 1000:7.1f} ms   p99 {cuts[98] * 1000:7.1f} ms")


def show_sustained(figures: dict[str, Any]) -> None:
    frames = figures["frames"]
    print(f"  answered (9014)          {frames / figures['answered_s']:8.0f} frames/s")
    print(f"  judged and stored        {frames / figures['stored_s']:8.0f} frames/s")
    print("  CPU a frame by process (us)")
    for name, seconds in sorted(figures["cpu"].items(), key=lambda item: -item[1]):
        if seconds / frames > 0.5e-6:
            print(f"    {name:<22} {seconds / frames * 1e6:8.1f}")


def show_memory(park: Park) -> None:
    print("memory (RSS, MiB)")
    total = 0.0
    for name, pid in sorted(park.pids().items()):
        found = figures_of(pid)
        total += found.pss_mb
        print(f"    {name:<22} {found.rss_mb:8.0f}")
    print(f"    {'sum (shared pages once)':<22} {total:7.0f}")


def cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


async def measure(park: Park) -> None:
    await register_outlets(park)
    await asyncio.sleep(2)
    connection = await asyncpg.connect(park.access["database_url"])
    async with loggers(park) as everyone:
        print(f"latency at 50 frames/s of {len(FACTORS)} factors")
        for name, seconds in (await latency(park, everyone, connection)).items():
            show_latency(name, seconds)
        print(f"sustained, {OUTLETS} loggers with {WINDOW} unanswered frames each, load client on the same machine")
        show_sustained(await sustained(park, everyone, connection))
        found = await backlog(park, everyone, connection)
        print(f"backlog of {found['frames']:.0f} frames waiting for source-monitoring")
        print(f"  taken in                 {found['frames'] / found['taken_in_s']:8.0f} frames/s")
        print(
            f"  drained in               {found['drained_s']:8.1f} s = {found['frames'] / found['drained_s']:.0f} frames/s"
        )
    show_memory(park)
    await connection.close()


def main() -> None:
    print(f"machine: {os.cpu_count()} cores, {cpu_name()}, Python {platform.python_version()}, {platform.platform()}")
    with running_park() as (park, seconds):
        print(f"start until everything is ready: {seconds:.1f} s")
        uvloop.run(measure(park))


if __name__ == "__main__":
    main()
