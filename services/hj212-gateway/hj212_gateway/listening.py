"""Start, stop, and the slow work beside the event loop's fast one."""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from datetime import timedelta

from park_chassis.clock import now
from park_chassis.database import Database
from park_schemas.codes import SessionState
from park_schemas.registry import DeviceRecord

from hj212_gateway import session_store, store, stranger_store
from hj212_gateway.access import Access
from hj212_gateway.commander import Commander
from hj212_gateway.connection import Connection
from hj212_gateway.domain.device_state import DeviceState
from hj212_gateway.evidence_recorder import EvidenceRecorder
from hj212_gateway.frame_counts import LOOP_LAG, MOVED, UNKNOWN_PRUNED
from hj212_gateway.gateway import Gateway
from hj212_gateway.outlet import Outlet
from hj212_gateway.rejections import Rejections
from hj212_gateway.settings import Settings

log = logging.getLogger(__name__)

_STORE_EVERY_S = 2.0
_WATCH_EVERY_S = 10
_PRUNE_EVERY_S = 600.0
_MOVED_LOOK_BACK = timedelta(minutes=1)
_DRAIN_S = 10.0
_DIALOGUES_S = 5.0
_PARTIAL_FRAME_WAITS = timedelta(seconds=10)


class Listening:
    """The ports, from start to stop."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        gateway: Gateway,
        rejections: Rejections,
        evidence: EvidenceRecorder,
        access: Access,
        commander: Commander,
        open_outlet: Callable[[], Outlet],
    ) -> None:
        self._settings = settings
        self._database = database
        self._gateway = gateway
        self._rejections = rejections
        self._evidence = evidence
        self._access = access
        self._commander = commander
        self._open_outlet = open_outlet
        self._name = settings.instance_id or settings.service
        self._newly_registered: set[str] = set()
        self.servers: list[asyncio.Server] = []

    async def start(self) -> None:
        """Open the way to Kafka, end what a crash left, then the ports."""
        self._gateway.outlet = self._open_outlet()
        await self._gateway.outlet.open()
        await self._end_crashed_sessions()
        async with self._database.reading() as connection:
            self._gateway.presence.remember_clocks(await store.clocks(connection))
        await self._listen(self._settings.hj212_port, None)
        if self._settings.hj212_tls_port is not None:
            await self._listen(self._settings.hj212_tls_port, _tls(self._settings))

    async def _listen(self, port: int, tls: ssl.SSLContext | None) -> None:
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._gateway, behind_proxy=self._access.is_proxy),
            self._settings.hj212_host,
            port,
            backlog=4096,
            reuse_port=self._settings.hj212_reuse_port,
            ssl=tls,
        )
        self.servers.append(server)
        bound = server.sockets[0].getsockname()[1]
        log.info(
            "listening for data loggers",
            extra={"host": self._settings.hj212_host, "hj212_port": bound, "tls": tls is not None},
        )

    async def run_outlet(self) -> None:
        await self._gateway.outlet.run()

    async def stop(self) -> None:
        """Stop accepting and reading, let what is on its way become durable, answer, close, say that the devices are away."""
        if not self.servers:
            return
        for server in self.servers:
            server.close()
        await self._commander.drain(patience_s=_DIALOGUES_S)
        self._gateway.hold_all("stopping")
        await self._gateway.outlet.drain(patience_s=_DRAIN_S)
        self._gateway.flush_answers()
        self._gateway.close_all("gateway-stopped")
        await asyncio.sleep(0.05)
        await self._gateway.outlet.drain(patience_s=_DRAIN_S)
        self._gateway.outlet.close()
        await self._store_once()
        await self._evidence.write()

    async def store_changes(self) -> None:
        """Store presence, unknown devices and rejected frames every two seconds."""
        while True:
            await asyncio.sleep(_STORE_EVERY_S)
            await self._store_once()
            await self._notice_moved()

    async def prune(self) -> None:
        """Let go of old rows of the list of connections."""
        while True:
            await asyncio.sleep(_PRUNE_EVERY_S)
            async with self._database.transaction() as tx:
                await session_store.prune_connections(tx)

    async def watch(self) -> None:
        """Hand metrics over each second; judge partial frames, idle connections and silent devices every ten."""
        seconds = 0
        while True:
            slept_at = time.monotonic()
            await asyncio.sleep(1)
            LOOP_LAG.set(max(0.0, time.monotonic() - slept_at - 1))
            self._gateway.counts.flush()
            self._gateway.expire_split_sets(now())
            seconds += 1
            if seconds % _WATCH_EVERY_S == 0:
                at = now()
                self._gateway.judge_partial_frames(at - _PARTIAL_FRAME_WAITS)
                self._gateway.close_idle(at - self._settings.idle_after)
                self._gateway.presence.check_silence(
                    self._gateway.device_of, at, reports=self._settings.silence_reports
                )

    def device_changed(self, mn: str, device: DeviceRecord | None) -> None:
        if device is not None:
            self._newly_registered.add(mn)

    async def _store_once(self) -> None:
        states = self._gateway.presence.take_changes()
        frames, strangers = self._rejections.take()
        registered, self._newly_registered = self._newly_registered, set()
        changes = self._gateway.connection_log.take()
        if not (states or frames or strangers or registered or changes):
            return
        try:
            async with self._database.transaction() as tx:
                await store.record_sessions(tx, states, self._name)
                await session_store.record_connections(tx, changes, self._name)
                if strangers:
                    await stranger_store.record(tx, strangers)
                    UNKNOWN_PRUNED.inc(await stranger_store.prune(tx, kept=self._settings.unknown_kept))
                await stranger_store.forget(tx, sorted(registered))
                if frames:
                    await store.record_rejected(tx, frames, kept=self._settings.rejected_kept)
        except BaseException:
            self._gateway.presence.put_back(states)
            self._gateway.connection_log.put_back(changes)
            self._rejections.put_back(frames, strangers)
            self._newly_registered |= registered
            raise

    async def _notice_moved(self) -> None:
        """Give up devices whose newer connection another gateway holds: the old one here may be half-open for hours."""
        at = now()
        async with self._database.reading() as connection:
            rows = await session_store.gone_elsewhere(connection, self._name, at - _MOVED_LOOK_BACK)
        for row in rows:
            state = self._gateway.presence.moved(row["mn"], row["connection_id"], row["since"])
            if state is not None:
                MOVED.inc()
                self._gateway.connection_log.put(state.changed(at, "moved"))

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


def _tls(settings: Settings) -> ssl.SSLContext:
    assert settings.hj212_tls_certificate is not None  # noqa: S101 - the settings were validated
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.hj212_tls_certificate, settings.hj212_tls_key)
    return context
