"""Figures of the gateway on this machine: `make bench-gateway` (broker, database and load client run beside it).

Prints frames/s answered, CPU of the gateway process a frame (so frames/s a core), answer p50 and p99 at a steady rate,
memory with many connections, and how many connections a second a reconnect storm gets.
"""

import argparse
import asyncio
import os
import platform
import resource
import tempfile
import time
from pathlib import Path

import uvloop
from aiokafka import AIOKafkaProducer
from devstack.kafka import Broker
from devstack.postgres import Postgres
from load_client import Logger, Tally, connect, report
from park_chassis.clock import now
from park_chassis.kafka import create_topics
from park_chassis.testing import RunningService, free_port, running_service
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord


def mn_of(number: int) -> str:
    return f"BE{number:022d}"


def process_cpu_s(pid: int) -> float:
    """Return user and system CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_048_576


async def register(kafka: str, count: int) -> None:
    """State `count` devices on the register topic."""
    park = uuid7()
    async with AIOKafkaProducer(bootstrap_servers=kafka, linger_ms=20, acks="all") as producer:
        for number in range(count):
            body = DeviceRecord(mn=mn_of(number), password="123456", point_id=uuid7(), park_id=park, edition="2017")  # noqa: S106
            event = Event(type="registry.device.stated", source="archive", subject=body.mn, time=now(), body=body)
            await producer.send(
                event.topic, key=body.mn.encode(), value=encode_body(body), headers=encode_headers(event)
            )


async def throughput(port: int, pid: int, *, connections: int, window: int, seconds: float) -> None:
    tally = Tally()
    loggers = [
        Logger([report(mn_of(n), n * 50 + k) for k in range(50)], tally, window=window) for n in range(connections)
    ]
    await connect(port, loggers)
    for logger in loggers:
        logger.start()
    await asyncio.sleep(1.5)
    began, cpu, answered = time.perf_counter(), process_cpu_s(pid), tally.answered
    tally.latencies.clear()
    await asyncio.sleep(seconds)
    took, cpu, frames = time.perf_counter() - began, process_cpu_s(pid) - cpu, max(1, tally.answered - answered)
    print(
        f"throughput  {connections} connections x {window} in flight: {frames / took:,.0f} frames/s answered, "
        f"gateway {cpu / frames * 1e6:.1f} us CPU a frame = {frames / cpu:,.0f} frames/s a core, "
        f"p50 {tally.percentile(0.5) * 1e3:.0f} ms, p99 {tally.percentile(0.99) * 1e3:.0f} ms, {resident_mib(pid):.0f} MiB"
    )
    await _hang_up(loggers)


async def steady(port: int, pid: int, *, connections: int, rate: int, seconds: float) -> None:
    tally = Tally()
    loggers = [Logger([report(mn_of(n), n * 50 + k) for k in range(20)], tally) for n in range(connections)]
    await connect(port, loggers)
    began, cpu, turn = time.perf_counter(), process_cpu_s(pid), 0
    while (elapsed := time.perf_counter() - began) < seconds:
        due = int(elapsed * rate)
        while turn < due:
            loggers[turn % connections].send_one()
            turn += 1
        await asyncio.sleep(0.002)
    await asyncio.sleep(1)
    cpu = process_cpu_s(pid) - cpu
    print(
        f"steady      {rate:,} frames/s: sent {tally.sent:,}, answered {tally.answered:,}, "
        f"p50 {tally.percentile(0.5) * 1e3:.1f} ms, p99 {tally.percentile(0.99) * 1e3:.1f} ms, "
        f"{cpu / max(1, tally.answered) * 1e6:.1f} us CPU a frame"
    )
    await _hang_up(loggers)


async def many(port: int, pid: int, *, connections: int, seconds: float) -> None:
    before, tally = resident_mib(pid), Tally()
    loggers = [Logger([report(mn_of(n), n)], tally) for n in range(connections)]
    rate = await connect(port, loggers)
    began, cpu = time.perf_counter(), process_cpu_s(pid)
    for start in range(0, connections, 100):
        for logger in loggers[start : start + 100]:
            logger.send_one()
        await asyncio.sleep(max(0.0, seconds * (start + 100) / connections - (time.perf_counter() - began)))
    await asyncio.sleep(2)
    print(
        f"many        {connections:,} connections at {rate:,.0f}/s; a frame each in {seconds:.0f} s: "
        f"answered {tally.answered:,}, p99 {tally.percentile(0.99) * 1e3:.1f} ms, "
        f"{before:.0f} -> {resident_mib(pid):.0f} MiB resident, "
        f"gateway {100 * (process_cpu_s(pid) - cpu) / (time.perf_counter() - began):.0f} % of a core"
    )
    await _hang_up(loggers)
    storm = Tally()
    again = [Logger([report(mn_of(n), n)], storm) for n in range(connections)]
    rate, began = await connect(port, again), time.perf_counter()
    for logger in again:
        logger.send_one()
    while storm.answered < connections and time.perf_counter() - began < 30:
        await asyncio.sleep(0.02)
    print(
        f"storm       {connections:,} reconnected at {rate:,.0f}/s, then a frame each at once: {storm.answered:,} answered "
        f"within {time.perf_counter() - began:.1f} s"
    )
    await _hang_up(again)


async def _hang_up(loggers: list[Logger]) -> None:
    for logger in loggers:
        logger.running = False
        if logger.transport is not None:
            logger.transport.close()
    await asyncio.sleep(0.5)


async def measure(arguments: argparse.Namespace, folder: Path) -> None:
    with Postgres(folder / "postgres") as postgres, Broker(folder / "kafka") as broker:
        await create_topics(broker.bootstrap_servers)
        await register(broker.bootstrap_servers, max(arguments.many, 1000))
        port = free_port()
        environment = {"PARK_HJ212_PORT": str(port), "PARK_LOG_LEVEL": "WARNING", **arguments.env}
        async with running_service(
            "hj212_gateway",
            admin_url=postgres.admin_url,
            kafka=broker.bootstrap_servers,
            log_to=folder / "gateway.log",
            **environment,
        ) as service:
            pid = _pid(service)
            await throughput(port, pid, connections=100, window=20, seconds=arguments.seconds)
            await steady(port, pid, connections=200, rate=arguments.rate, seconds=arguments.seconds)
            if arguments.many:
                await many(port, pid, connections=arguments.many, seconds=arguments.many / 333)
            print((folder / "gateway.log").read_text()[-1500:], end="")


def _pid(service: RunningService) -> int:
    assert service.process is not None  # noqa: S101 - running_service started it
    return service.process.pid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="length of each measurement")
    parser.add_argument("--rate", type=int, default=5000, help="frames a second of the steady run")
    parser.add_argument(
        "--many", type=int, default=10_000, help="connections of the memory and storm run; 0 leaves it out"
    )
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="setting of the gateway")
    arguments = parser.parse_args()
    arguments.env = dict(pair.split("=", 1) for pair in arguments.env)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(
        f"machine     {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before, "
        f"Python {platform.python_version()}, {now():%Y-%m-%d %H:%M} UTC"
    )
    with tempfile.TemporaryDirectory(prefix="park-bench-gateway-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        uvloop.run(measure(arguments, Path(name)))


if __name__ == "__main__":
    main()
