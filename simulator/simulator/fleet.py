"""All loggers in one process: one beat for everybody, one small task a line that connects again with back-off."""

import asyncio
import logging
import random

from simulator.figures import Figures
from simulator.logger import LoggerLine
from simulator.state_file import StateFile

log = logging.getLogger(__name__)

_BEAT_S = 0.2
_SAVE_EACH_S = 10.0
_REPORT_EACH_S = 60.0
_LASTING_S = 5.0
_BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)


class Fleet:
    """The loggers of the park against one host and port."""

    def __init__(self, lines: list[LoggerLine], state: StateFile, figures: Figures, host: str, port: int) -> None:
        self.lines = lines
        self._state = state
        self._figures = figures
        self._host = host
        self._port = port

    async def run(self) -> None:
        """Play until cancelled; the state is saved at the end."""
        async with asyncio.TaskGroup() as tasks:
            try:
                for line in self.lines:
                    tasks.create_task(self._keep_connected(line))
                tasks.create_task(self._report())
                await self._beat()
            finally:
                self._state.save()
                for line in self.lines:
                    line.close()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        saved = loop.time()
        while True:
            for line in self.lines:
                line.beat()
                # A fleet of hundreds must not hold the loop for a whole round of catching up.
                await asyncio.sleep(0)
            if loop.time() - saved > _SAVE_EACH_S:
                self._state.save()
                saved = loop.time()
            await asyncio.sleep(_BEAT_S)

    async def _keep_connected(self, line: LoggerLine) -> None:
        await asyncio.sleep(random.random())
        failures = 0
        while True:
            if not line.wants_line():
                await asyncio.sleep(0.5)
                continue
            began = asyncio.get_running_loop().time()
            try:
                await asyncio.get_running_loop().create_connection(lambda: line, self._host, self._port)
            except OSError as error:
                self._figures.refused_connections += 1
                if failures == 0:
                    log.warning("no connection", extra={"mn": line.site.mn, "error": str(error)})
            while line.is_connected:
                await asyncio.sleep(0.3)
            # A host that takes the line and drops it at once is treated like one that does not take it.
            failures = 0 if asyncio.get_running_loop().time() - began > _LASTING_S else failures + 1
            await asyncio.sleep(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)] * (0.5 + random.random()))

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(_REPORT_EACH_S)
            connected = sum(line.is_connected for line in self.lines)
            waiting = sum(line.backlog for line in self.lines)
            log.info("fleet", extra={"connected": connected, "waiting": waiting, **self._figures.shown()})
