"""Doing and undoing each fault: one row of the table a deed."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence

from gateway_chaos.data_logger import DataLogger, Mood
from gateway_chaos.platform import Platform
from gateway_chaos.schedule import Deed, Fault, Schedule, Victim


class Inflicting:
    """The faults of one schedule. A victim suffers one at a time; a later one waits until it has been undone."""

    def __init__(self, platform: Platform, loggers: Sequence[DataLogger], mood: Mood) -> None:
        self._platform, self._loggers, self._mood = platform, loggers, mood
        self._busy = {victim: asyncio.Lock() for victim in Victim}
        self._deeds: dict[tuple[Victim, Deed], Callable[[float], Awaitable[None]]] = {
            (Victim.GATEWAY, Deed.KILL): self._kill_gateway,
            (Victim.GATEWAY, Deed.FREEZE): self._freeze_gateway,
            (Victim.GATEWAY, Deed.RESTART): self._restart_gateway,
            (Victim.BROKER, Deed.KILL): self._kill_broker,
            (Victim.BROKER, Deed.FREEZE): self._freeze_broker,
            (Victim.POSTGRES, Deed.KILL): self._kill_postgres,
            (Victim.POSTGRES, Deed.FREEZE): self._freeze_postgres,
            (Victim.LOGGERS, Deed.CUT): self._cut,
            (Victim.LOGGERS, Deed.DEAF): self._deafen,
            (Victim.DISK, Deed.FULL): self._fill_disk,
        }

    async def run(self, schedule: Schedule) -> None:
        """Do all faults at their time; returns when the last one is undone."""
        async with asyncio.TaskGroup() as tasks:
            for fault in schedule.faults:
                tasks.create_task(self._one(fault))

    async def _one(self, fault: Fault) -> None:
        await asyncio.sleep(fault.at_s)
        async with self._busy[fault.victim]:
            await self._deeds[fault.victim, fault.deed](fault.for_s)

    async def _kill_gateway(self, for_s: float) -> None:
        await self._platform.gateway.kill()
        await asyncio.sleep(for_s)
        self._platform.gateway.start()

    async def _restart_gateway(self, for_s: float) -> None:
        await self._platform.gateway.terminate()
        await asyncio.sleep(for_s)
        self._platform.gateway.start()

    async def _freeze_gateway(self, for_s: float) -> None:
        await self._freeze(self._platform.gateway.pid, for_s)

    async def _kill_broker(self, for_s: float) -> None:
        self._platform.broker.kill()
        await asyncio.sleep(for_s)
        await self._platform.started(self._platform.broker.start)

    async def _freeze_broker(self, for_s: float) -> None:
        await self._freeze(self._platform.broker.pid, for_s)

    async def _kill_postgres(self, for_s: float) -> None:
        self._platform.postgres.kill()
        await asyncio.sleep(for_s)
        await self._platform.started(self._platform.postgres.start)

    async def _freeze_postgres(self, for_s: float) -> None:
        await self._freeze(self._platform.postgres.pid, for_s)

    async def _freeze(self, pid: int | None, for_s: float) -> None:
        self._platform.freeze(pid, signal.SIGSTOP)
        await asyncio.sleep(for_s)
        self._platform.freeze(pid, signal.SIGCONT)

    async def _cut(self, _: float) -> None:
        for logger in self._loggers:
            logger.cut()

    async def _deafen(self, for_s: float) -> None:
        self._mood.hears.clear()
        await asyncio.sleep(for_s)
        self._mood.hears.set()

    async def _fill_disk(self, for_s: float) -> None:
        self._platform.disk.fill(self._platform.gateway.pid)
        await asyncio.sleep(for_s)
        self._platform.disk.free(self._platform.gateway.pid)
