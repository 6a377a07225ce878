"""What chaos is made with: a broker, a Postgres, the gateway, and source-monitoring as the readings store behind it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

from aiokafka import AIOKafkaProducer
from devstack.kafka import Broker
from devstack.postgres import Postgres
from park_chassis.clock import now
from park_chassis.kafka import create_topics
from park_chassis.migrations import migrate
from park_chassis.provisioning import provision
from park_chassis.testing import TEST_SECRET, free_port
from park_schemas.codes import Medium
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord, MonitoredFactor, PointRecord

from gateway_chaos.service_process import ServiceProcess
from gateway_chaos.small_disk import SmallDisk

DATABASE = "chaos"
PACKAGES = ("hj212_gateway", "source_monitoring")
SPOOL_BYTES = 1024 * 1024
_PARK = UUID(int=1)


class Platform:
    """All processes; those that can be victims by name, with the lock that lets only one fault at a time have them."""

    def __init__(self, folder: Path, postgres: Postgres, broker: Broker, starters: ThreadPoolExecutor) -> None:
        self.folder, self.postgres, self.broker = folder, postgres, broker
        self._starters = starters
        self.hj212_port = free_port()
        self.disk = SmallDisk(folder / "spool")
        self.gateway: ServiceProcess
        self.store: ServiceProcess

    @property
    def admin_url(self) -> str:
        """URL of the superuser on the platform's database."""
        return self.postgres.admin_url.rpartition("/")[0] + f"/{DATABASE}"

    async def open(self, mns: list[str]) -> None:
        """Make the database and topics, state the register, start the services, wait until they are ready."""
        urls = await provision(self.postgres.admin_url, dict.fromkeys(PACKAGES, "only-for-tests"), database=DATABASE)
        for package in PACKAGES:
            migrate(urls[package], package, package)
        await create_topics(self.broker.bootstrap_servers)
        await _state_register(self.broker.bootstrap_servers, mns)
        gateway_settings = {
            "PARK_HJ212_PORT": str(self.hj212_port),
            "PARK_SPOOL_DIR": str(self.disk.folder),
            "PARK_SPOOL_AFTER": "PT1S",
            "PARK_SPOOL_MAX_BYTES": str(SPOOL_BYTES),
            "PARK_MAX_WAITING_BYTES": "300000",
        }
        # Hours, days and silent points are not what is looked at here; they would only take time from the rest.
        store_settings = {
            "PARK_CLOSING_INTERVAL_S": "3600",
            "PARK_MISSING_CHECK_INTERVAL_S": "3600",
            "PARK_OFFLINE_CHECK_INTERVAL_S": "3600",
            "PARK_EVIDENCE_DIR": str(self.folder / "evidence"),
        }
        self.gateway = self._service("hj212_gateway", urls, gateway_settings)
        self.store = self._service("source_monitoring", urls, store_settings)
        self.gateway.start()
        self.store.start()
        await self.heal()

    def _service(self, package: str, urls: dict[str, str], settings: dict[str, str]) -> ServiceProcess:
        env = {
            "PARK_DATABASE_URL": urls[package],
            "PARK_KAFKA_BOOTSTRAP_SERVERS": self.broker.bootstrap_servers,
            "PARK_AUTH_SECRET": TEST_SECRET,
            "PARK_HTTP_PORT": str(free_port()),
            "PARK_INSTANCE_ID": f"{package}-chaos",
            "PARK_LOG_FORMAT": "text",
            "PARK_TRACE_SAMPLE_RATIO": "0",
            **settings,
        }
        return ServiceProcess(package, env, self.folder / f"{package}.log")

    async def started(self, start: Callable[[], object]) -> None:
        """Run a start that blocks. The threads live as long as the platform: a child dies with the thread that made it."""
        await asyncio.get_running_loop().run_in_executor(self._starters, start)

    def freeze(self, pid: int | None, number: signal.Signals) -> None:
        """Stop or continue a process and its children (Postgres' backends lead groups of their own)."""
        for one in [] if pid is None else [pid, *_children_of(pid)]:
            with suppress(ProcessLookupError):
                os.kill(one, number)

    async def heal(self, *, within_s: float = 90) -> None:
        """Undo every fault and wait until all are ready. Raises TimeoutError."""
        self.freeze(self.postgres.pid, signal.SIGCONT)
        self.freeze(self.broker.pid, signal.SIGCONT)
        self.gateway.send(signal.SIGCONT)
        self.disk.free(self.gateway.pid)
        await asyncio.gather(self.started(self.broker.start), self.started(self.postgres.start))
        async with asyncio.timeout(within_s):
            while not (await self.gateway.is_ready() and await self.store.is_ready()):
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        self.freeze(self.postgres.pid, signal.SIGCONT)
        self.freeze(self.broker.pid, signal.SIGCONT)
        await asyncio.gather(self.gateway.close(), self.store.close())
        self.disk.close()


@asynccontextmanager
async def running_platform(folder: Path, mns: list[str]) -> AsyncIterator[Platform]:
    """Run everything in `folder` (one that others may enter); the devices `mns` are registered."""
    starters = ThreadPoolExecutor(max_workers=4, thread_name_prefix="starter")
    postgres, broker = Postgres(folder / "postgres"), Broker(folder / "kafka")
    try:
        postgres.start()
        broker.start()
        platform = Platform(folder, postgres, broker, starters)
        try:
            await platform.open(mns)
            yield platform
        finally:
            await platform.close()
    finally:
        broker.stop()
        postgres.stop()
        starters.shutdown()


async def _state_register(kafka: str, mns: list[str]) -> None:
    point = PointRecord(
        point_id=uuid7(),
        park_id=_PARK,
        code="DW001",
        name_zh="总排口",
        name_en="Outlet",
        medium=Medium.WASTE_WATER,
        longitude=119.5,
        latitude=34.5,
        factors=[MonitoredFactor(factor="w01018", name_zh="化学需氧量", name_en="COD", unit="mg/L")],
    )
    async with AIOKafkaProducer(bootstrap_servers=kafka, linger_ms=20, acks="all") as producer:
        stated = Event(
            type="registry.point.stated", source="archive", subject=str(point.point_id), time=now(), body=point
        )
        key = str(point.point_id).encode()
        await producer.send_and_wait(stated.topic, key=key, value=encode_body(point), headers=encode_headers(stated))
        for mn in mns:
            device = DeviceRecord(mn=mn, password="123456", point_id=point.point_id, park_id=_PARK, edition="2017")
            event = Event(type="registry.device.stated", source="archive", subject=mn, time=now(), body=device)
            await producer.send(event.topic, key=mn.encode(), value=encode_body(device), headers=encode_headers(event))


def _children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
