"""The wiring of the gateway, and nothing else."""

import asyncio
import logging
from datetime import timedelta

from park_chassis.chassis import Chassis
from park_chassis.clock import now
from park_chassis.kafka import Producer
from park_schemas.codes import SessionState
from park_schemas.registry import DeviceRecord

from hj212_gateway import api, store
from hj212_gateway.connection import Connection
from hj212_gateway.domain.device_state import DeviceState
from hj212_gateway.gateway import Gateway, Publishers
from hj212_gateway.publisher import Publisher
from hj212_gateway.rejections import Rejections
from hj212_gateway.settings import Settings

log = logging.getLogger(__name__)

_STORE_EVERY_S = 2.0
_WATCH_EVERY_S = 10.0
_DRAIN_S = 10.0
_PARTIAL_FRAME_WAITS = timedelta(seconds=10)


def build(settings: Settings) -> Chassis:
    """Return the gateway as data; it listens once the device register has been read to its end."""
    chassis = Chassis(settings, title_zh="数采网关", title_en="HJ 212 gateway")
    chassis.router(api.router(chassis.database))
    chassis.publishes()
    devices = chassis.view("registry.devices.v1", DeviceRecord)
    rejections = Rejections()
    gateway = Gateway(
        devices,
        rejections,
        max_connections=settings.max_connections,
        max_waiting_bytes=settings.max_waiting_bytes,
        publishers=lambda batch_done: Publishers(
            *(
                Publisher(chassis.producer, topic, on_batch_done=batch_done)
                for topic in ("telemetry.readings.v1", "telemetry.rejected.v1", "telemetry.sessions.v1")
            )
        ),
    )
    service = _Service(settings, chassis, gateway, rejections)
    devices.listen(service.device_changed)
    chassis.on_start(service.start)
    chassis.on_stop(service.stop)
    chassis.background("store presence", service.store_changes)
    chassis.background("watch", service.watch)
    chassis.ready_when("listening", lambda: service.server is not None)
    return chassis


class _Service:
    """Start, stop and the slow work beside the event loop's fast one."""

    def __init__(self, settings: Settings, chassis: Chassis, gateway: Gateway, rejections: Rejections) -> None:
        self._settings = settings
        self._database = chassis.database
        self._producer: Producer = chassis.producer
        self._gateway = gateway
        self._rejections = rejections
        self._name = settings.instance_id or settings.service
        self._newly_registered: set[str] = set()
        self.server: asyncio.Server | None = None

    async def start(self) -> None:
        for publisher in self._gateway.publishers.all():
            await publisher.open()
        await self._end_crashed_sessions()
        self.server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._gateway), self._settings.hj212_host, self._settings.hj212_port, backlog=4096
        )
        port = self.server.sockets[0].getsockname()[1]
        log.info("listening for data loggers", extra={"host": self._settings.hj212_host, "hj212_port": port})

    async def stop(self) -> None:
        """Stop accepting, let Kafka acknowledge what is on its way, answer, close, and say that the devices are away."""
        if self.server is None:
            return
        self.server.close()
        for publisher in self._gateway.publishers.all():
            await publisher.drain(patience_s=_DRAIN_S)
        await asyncio.sleep(0)
        self._gateway.close_all("gateway-stopped")
        await asyncio.sleep(0.05)
        await self._gateway.publishers.sessions.drain(patience_s=_DRAIN_S)
        await self._store_once()

    async def store_changes(self) -> None:
        while True:
            await asyncio.sleep(_STORE_EVERY_S)
            await self._store_once()

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_EVERY_S)
            at = now()
            self._gateway.judge_partial_frames(at - _PARTIAL_FRAME_WAITS)
            self._gateway.close_idle(at - self._settings.idle_after)
            self._gateway.presence.check_silence(self._gateway.device_of, at, reports=self._settings.silence_reports)

    def device_changed(self, mn: str, device: DeviceRecord | None) -> None:
        if device is not None:
            self._newly_registered.add(mn)

    async def _store_once(self) -> None:
        states = self._gateway.presence.take_changes()
        frames, strangers = self._rejections.take()
        registered, self._newly_registered = self._newly_registered, set()
        if not (states or frames or strangers or registered):
            return
        try:
            async with self._database.transaction() as tx:
                await store.record_sessions(tx, states, self._name)
                await store.record_strangers(tx, strangers)
                await store.forget_registered(tx, sorted(registered))
                if frames:
                    await store.record_rejected(tx, frames, kept=self._settings.rejected_kept)
        except BaseException:
            self._gateway.presence.put_back(states)
            self._rejections.put_back(frames, strangers)
            self._newly_registered |= registered
            raise

    async def _end_crashed_sessions(self) -> None:
        at = now()
        async with self._database.transaction() as tx:
            for row in await store.left_online(tx, self._name):
                state = DeviceState(
                    row["mn"],
                    row["point_id"],
                    row["connection_id"],
                    row["peer"],
                    SessionState.OFFLINE,
                    at,
                    row["last_frame_at"],
                    row["edition"],
                    row["frames"],
                )
                self._gateway.announce(state.changed(at, "gateway-stopped"))
            await store.end_sessions(tx, self._name, at)
