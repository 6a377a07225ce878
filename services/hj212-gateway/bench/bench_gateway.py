"""Figures of the gateway on this machine: `make bench-gateway` (broker, database and load client run beside it).

Prints frames/s answered, CPU of the gateway process a frame (so frames/s a core) and of the broker beside it (acks=all), answer
times at a steady rate, memory with many connections, how many connections a second a reconnect storm gets, and a backlog of
history accepted while live frames go on: once from loggers that wait for answers, once from loggers that push all they have.
It ends with a table of the goals.
"""

import argparse
import asyncio
import os
import platform
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from aiokafka import AIOKafkaProducer
from devstack.kafka import Broker
from devstack.postgres import Postgres
from load_client import Logger, Tally, connect, history, report
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


def cpu_model() -> str:
    """Return the processor's name as Linux has it, else the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


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


@dataclass
class Bench:
    """The gateway under load, and the table that grows."""

    port: int
    gateway: int
    broker: int | None
    table: list[tuple[str, str, str]] = field(default_factory=list)

    def row(self, what: str, measured: str, goal: str) -> None:
        self.table.append((what, measured, goal))

    def cpu(self) -> tuple[float, float]:
        """Return CPU seconds of the gateway and of the broker so far."""
        return process_cpu_s(self.gateway), process_cpu_s(self.broker) if self.broker is not None else float("nan")


def say(phase: str, text: str) -> None:
    print(f"{phase:<12}{text} [load {os.getloadavg()[0]:.1f}]", flush=True)


async def throughput(bench: Bench, *, connections: int, window: int, seconds: float) -> None:
    tally = Tally()
    loggers = [
        Logger([report(mn_of(n), n * 50 + k) for k in range(50)], tally, window=window) for n in range(connections)
    ]
    await connect(bench.port, loggers)
    for logger in loggers:
        logger.start()
    await asyncio.sleep(1.5)
    began, (cpu, broker_cpu), answered = time.perf_counter(), bench.cpu(), tally.answered
    tally.latencies.clear()
    await asyncio.sleep(seconds)
    cpu, broker_cpu = bench.cpu()[0] - cpu, bench.cpu()[1] - broker_cpu
    took, frames = time.perf_counter() - began, max(1, tally.answered - answered)
    say(
        "throughput",
        f"{connections} connections x {window} in flight: {frames / took:,.0f} frames/s answered, "
        f"gateway {cpu / frames * 1e6:.1f} us CPU a frame, broker {broker_cpu / frames * 1e6:.1f} us, "
        f"p50 {tally.percentile(0.5) * 1e3:.0f} ms, p99 {tally.percentile(0.99) * 1e3:.0f} ms, "
        f"{resident_mib(bench.gateway):.0f} MiB",
    )
    bench.row("frames/s a core, each answered", f"{frames / cpu:,.0f}", ">= 10,000")
    bench.row("frames/s answered, whole machine", f"{frames / took:,.0f}", "")
    bench.row("broker CPU a frame (acks=all)", f"{broker_cpu / frames * 1e6:.1f} us", "counted separately")
    await _hang_up(loggers)


async def steady(bench: Bench, *, connections: int, rate: int, seconds: float) -> None:
    tally = Tally()
    loggers = [Logger([report(mn_of(n), n * 50 + k) for k in range(20)], tally) for n in range(connections)]
    await connect(bench.port, loggers)
    cpu = bench.cpu()[0]
    await _send_at(rate, loggers, seconds)
    await _until(lambda: tally.answered >= tally.sent, 10)
    cpu = bench.cpu()[0] - cpu
    say(
        "steady",
        f"{rate:,} frames/s: sent {tally.sent:,}, answered {tally.answered:,}, p50 {tally.percentile(0.5) * 1e3:.1f} ms, "
        f"p99 {tally.percentile(0.99) * 1e3:.1f} ms, longest {tally.percentile(1) * 1e3:.0f} ms, "
        f"{cpu / max(1, tally.answered) * 1e6:.1f} us CPU a frame",
    )
    bench.row(f"p99 answer at {rate:,} frames/s", f"{tally.percentile(0.99) * 1e3:.0f} ms", "< 250 ms")
    await _hang_up(loggers)


async def _send_at(rate: float, loggers: list[Logger], seconds: float, stop: asyncio.Event | None = None) -> None:
    """Let the loggers send one frame each in turn, so many a second in sum."""
    began, turn = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds and not (stop is not None and stop.is_set()):
        due = int(elapsed * rate)
        while turn < due:
            loggers[turn % len(loggers)].send_one()
            turn += 1
        await asyncio.sleep(0.002)


async def _until(condition: Callable[[], bool], most_s: float) -> float:
    """Wait until the condition holds, at most so long; return the seconds."""
    began = time.perf_counter()
    while not condition() and time.perf_counter() - began < most_s:
        await asyncio.sleep(0.02)
    return time.perf_counter() - began


async def many(bench: Bench, *, connections: int, seconds: float) -> None:
    before, tally = resident_mib(bench.gateway), Tally()
    loggers = [Logger([report(mn_of(n), n)], tally) for n in range(connections)]
    rate = await connect(bench.port, loggers)
    began, cpu = time.perf_counter(), bench.cpu()[0]
    await _send_at(connections / seconds, loggers, seconds)
    await _until(lambda: tally.answered >= tally.sent, 10)
    resident = resident_mib(bench.gateway)
    say(
        "many",
        f"{connections:,} connections at {rate:,.0f}/s; a frame each in {seconds:.0f} s: "
        f"sent {tally.sent:,}, answered {tally.answered:,}, p99 {tally.percentile(0.99) * 1e3:.1f} ms, "
        f"{before:.0f} -> {resident:.0f} MiB resident, "
        f"gateway {100 * (bench.cpu()[0] - cpu) / (time.perf_counter() - began):.0f} % of a core",
    )
    bench.row(
        f"resident with {connections:,} connections, a frame each {seconds:.0f} s", f"{resident:.0f} MiB", "< 1,024 MiB"
    )
    await _hang_up(loggers)


async def storm(bench: Bench, *, connections: int) -> None:
    tally = Tally()
    again = [Logger([report(mn_of(n), n)], tally) for n in range(connections)]
    began = time.perf_counter()
    rate = await connect(bench.port, again)
    for logger in again:
        logger.send_one()
    await _until(lambda: tally.answered >= connections, 30)
    took = time.perf_counter() - began
    say(
        "storm",
        f"{connections:,} connect at {rate:,.0f}/s, then a frame each at once: {tally.answered:,} answered "
        f"{took:.1f} s after the first connect",
    )
    bench.row("new connections/s in a storm, each with an answered frame", f"{tally.answered / took:,.0f}", ">= 1,000")
    await _hang_up(again)


async def backlog(bench: Bench, *, frames: int, loggers: int, live: int, window: int, name: str) -> None:
    """History after an outage beside live frames: `loggers` connections share it, `live` others report once a second each."""
    each = frames // loggers
    past, present = Tally(), Tally()
    senders = [Logger([history(mn_of(n), k) for k in range(each)], past, window, once=True) for n in range(loggers)]
    reporters = [Logger([report(mn_of(loggers + n), n * 50 + k) for k in range(20)], present) for n in range(live)]
    await connect(bench.port, [*senders, *reporters])
    stop = asyncio.Event()
    reporting = asyncio.create_task(_send_at(live, reporters, 600, stop))
    await asyncio.sleep(1)
    for sender in senders:
        sender.start()
    took = await _until(lambda: past.answered >= each * loggers, 240)
    stop.set()
    await reporting
    await _until(lambda: present.answered >= present.sent, 10)
    say(
        "backlog",
        f"{name}: {past.answered:,} of {each * loggers:,} history frames answered in {took:.1f} s = "
        f"{past.answered / took:,.0f}/s, longest {past.percentile(1):.1f} s; live {present.answered:,} of {present.sent:,}: "
        f"p50 {present.percentile(0.5) * 1e3:.0f} ms, p99 {present.percentile(0.99) * 1e3:.0f} ms, "
        f"longest {present.percentile(1) * 1e3:.0f} ms; {resident_mib(bench.gateway):.0f} MiB",
    )
    bench.row(f"{past.answered:,} history frames, {name}", f"{took:.0f} s", "< 180 s")
    bench.row(
        "live frames meanwhile: p99 / longest",
        f"{present.percentile(0.99) * 1e3:.0f} / {present.percentile(1) * 1e3:.0f} ms",
        "< 1,000 ms",
    )
    await _hang_up([*senders, *reporters])


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
            bench = Bench(port, _pid(service), broker.pid)
            try:
                await _phases(bench, arguments)
            finally:
                print((folder / "gateway.log").read_text()[-1500:], end="")
            print_table(bench)


async def _phases(bench: Bench, arguments: argparse.Namespace) -> None:
    phases: dict[str, Callable[[], Awaitable[None]]] = {
        "throughput": lambda: throughput(bench, connections=100, window=20, seconds=arguments.seconds),
        "steady": lambda: steady(bench, connections=200, rate=arguments.rate, seconds=arguments.seconds),
        "many": lambda: many(bench, connections=arguments.many, seconds=30),
        "storm": lambda: storm(bench, connections=arguments.many),
        "backlog": lambda: backlog(
            bench, frames=arguments.history, loggers=500, live=200, window=4, name="4 unanswered at once"
        ),
        "flood": lambda: backlog(
            bench, frames=arguments.history, loggers=500, live=200, window=1 << 20, name="all pushed at once"
        ),
    }
    for name in arguments.only or phases:
        await phases[name]()


def print_table(bench: Bench) -> None:
    """Print what was measured beside what was wanted."""
    width = max(len(what) for what, _, _ in bench.table)
    print(f"\n{'':<{width}}  {'measured':>16}  goal")
    for what, measured, goal in bench.table:
        print(f"{what:<{width}}  {measured:>16}  {goal}")


def _pid(service: RunningService) -> int:
    assert service.process is not None  # noqa: S101 - running_service started it
    return service.process.pid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="length of each measurement")
    parser.add_argument("--rate", type=int, default=5000, help="frames a second of the steady run")
    parser.add_argument("--many", type=int, default=10_000, help="connections of the memory and storm runs")
    parser.add_argument("--history", type=int, default=250_000, help="frames of the backlog runs")
    parser.add_argument("--only", action="append", help="throughput, steady, many, storm, backlog or flood")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="setting of the gateway")
    arguments = parser.parse_args()
    arguments.env = dict(pair.split("=", 1) for pair in arguments.env)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(
        f"machine     {cpu_model()}, {os.cpu_count()} cores for gateway, broker, database and load client together, "
        f"load {os.getloadavg()[0]:.1f} before, "
        f"Python {platform.python_version()}, {now():%Y-%m-%d %H:%M} UTC"
    )
    with tempfile.TemporaryDirectory(prefix="park-bench-gateway-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        uvloop.run(measure(arguments, Path(name)))


if __name__ == "__main__":
    main()
