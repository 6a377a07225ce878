"""Chassis: the wiring of one service. `app.py` fills it; nothing connects before `serve`."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
import uvicorn
from fastapi import APIRouter, FastAPI
from park_schemas.catalogue import EVENT_TYPES

from park_chassis import parked_api
from park_chassis.compacted_view import CompactedView
from park_chassis.consumption import BatchHandler, Consumption, EventHandler, Handled, Wants
from park_chassis.database import Database
from park_chassis.http import new_app
from park_chassis.kafka import Producer
from park_chassis.logs import configure_logging
from park_chassis.outbox import OutboxRelay
from park_chassis.peers import Peers
from park_chassis.settings import ServiceSettings
from park_chassis.tracing import configure_tracing

log = logging.getLogger(__name__)

Record = TypeVar("Record", bound=msgspec.Struct)
Coroutine = Callable[[], Awaitable[None]]

_RESTART_PAUSES_S = (0.5, 1, 2, 5)


class Chassis:
    """A service as data: routers, handlers by event type, views, background work. `serve` runs it until it is told to stop."""

    def __init__(self, settings: ServiceSettings, *, title_zh: str, title_en: str, uses_database: bool = True) -> None:
        self.settings = settings
        self.app: FastAPI = new_app(settings, title_zh=title_zh, title_en=title_en)
        self.database = Database(
            settings.database_url.get_secret_value(), settings.schema_name, pool_size=settings.database_pool_size
        )
        self.producer = Producer(settings)
        self.peers = Peers(settings)
        self._uses_database = uses_database
        self._uses_producer = False
        self._handlers: dict[str, Handled] = {}
        self._views: list[CompactedView[Any]] = []
        self._followed: set[str] = set()
        self._background: dict[str, Coroutine] = {}
        self._on_start: list[Coroutine] = []
        self._on_stop: list[Coroutine] = []
        self._started = False
        self._waits_for_consumers = True
        self.app.state.ready["started"] = lambda: self._started

    def router(self, router: APIRouter) -> None:
        """Add HTTP routes."""
        self.app.include_router(router)

    def on_event(self, event_type: str, handler: EventHandler) -> None:
        """Handle an event type one by one."""
        self._handlers[event_type] = Handled.one_by_one(handler)

    def on_batch(self, event_type: str, handler: BatchHandler, *, wants: Wants | None = None) -> None:
        """Handle an event type in batches; only those that `wants` says yes to, where it is given."""
        self._handlers[event_type] = Handled(handler, wants)

    def view(self, topic: str, body: type[Record]) -> CompactedView[Record]:
        """Hold a compacted topic in memory; consumers start when it is caught up."""
        view = CompactedView(self.settings, topic, body)
        self._views.append(view)
        return view

    def follows(self, *topics: str) -> None:
        """Say that the service reads topics by a consumer of its own (background work); nothing is started by this."""
        self._followed |= set(topics)

    def background(self, name: str, work: Coroutine) -> None:
        """Run `work` beside the API; it is restarted with back-off when it raises, cancelled at the stop."""
        self._background[name] = work

    def relay_outbox(self) -> None:
        """Publish what the service adds to its outbox."""
        self.publishes()
        self.background("outbox-relay", OutboxRelay(self.database, self.producer).run)

    def publishes(self) -> None:
        """Open the producer at the start (for services that publish without an outbox)."""
        self._uses_producer = True

    def on_start(self, work: Coroutine) -> None:
        """Run once after the connections are open, before consumers start."""
        self._on_start.append(work)

    def on_stop(self, work: Coroutine) -> None:
        """Run once at the stop, before the connections close."""
        self._on_stop.append(work)

    def ready_before_consumers(self) -> None:
        """Count as started before the consumer group has let the service in (a group may take seconds to settle)."""
        self._waits_for_consumers = False

    def ready_when(self, name: str, is_ready: Callable[[], bool]) -> None:
        """Add a part to /health/ready."""
        self.app.state.ready[name] = is_ready

    def subscriptions(self) -> set[str]:
        """Return every topic the service reads."""
        return (
            {EVENT_TYPES[name].topic for name in self._handlers} | {view.topic for view in self._views} | self._followed
        )

    def http_app(self) -> FastAPI:
        """Return the app with every route of the service, for serving, for OpenAPI and for tests."""
        return self.app

    async def serve(self) -> None:
        """Run until SIGTERM or SIGINT: HTTP first (alive, not ready), then connections, views, consumers, background."""
        configure_logging(self.settings.service, log_format=self.settings.log_format, level=self.settings.log_level)
        configure_tracing(self.settings)
        consumption = self._consumption()
        server = _Server(
            uvicorn.Config(
                self.http_app(),
                host=self.settings.http_host,
                port=self.settings.http_port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=5,
            )
        )
        for stop_signal in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(stop_signal, server.handle_exit, stop_signal, None)
        work = asyncio.create_task(self._work(consumption), name="work")
        work.add_done_callback(lambda _: setattr(server, "should_exit", True))
        try:
            await server.serve()
        finally:
            work.cancel()
            outcome = await asyncio.gather(work, return_exceptions=True)
            await self._close()
        if isinstance(outcome[0], Exception):
            raise outcome[0]

    def _consumption(self) -> Consumption | None:
        if not self._handlers:
            return None
        consumption = Consumption(self.settings, self.database, self._handlers)
        self.router(parked_api.router(self.database, consumption))
        return consumption

    async def _work(self, consumption: Consumption | None) -> None:
        if self._uses_database:
            await self.database.open()
        if self._uses_producer:
            await self.producer.open()
        async with asyncio.TaskGroup() as tasks:
            for view in self._views:
                tasks.create_task(_forever(f"view {view.topic}", view.run))
            for view in self._views:
                await view.caught_up.wait()
            for start in self._on_start:
                await start()
            for name, work in self._background.items():
                tasks.create_task(_forever(name, work))
            if consumption is not None:
                tasks.create_task(_forever("consumption", consumption.run))
                if self._waits_for_consumers:
                    await consumption.joined.wait()
            self._started = True
            log.info("service started", extra={"port": self.settings.http_port})

    async def _close(self) -> None:
        for stop in self._on_stop:
            await stop()
        await self.peers.close()
        await self.producer.close()
        await self.database.close()


class _Server(uvicorn.Server):
    """uvicorn ends the process by the same signal once its part is done; ours has work to finish after that (on_stop)."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _forever(name: str, work: Coroutine) -> None:
    failures = 0
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            if _is_being_cancelled():
                raise
            # A library let the end of a task of its own out (aiokafka does when a broker is killed). A task group takes a
            # cancelled child for one that was told to end: the service would go on without its consumer, and say nothing.
            log.exception("background work was cancelled by nobody, starting it again", extra={"work": name})
        except Exception:
            log.exception("background work failed, starting it again", extra={"work": name})
        pause = _RESTART_PAUSES_S[min(failures, len(_RESTART_PAUSES_S) - 1)]
        failures += 1
        await asyncio.sleep(pause)
