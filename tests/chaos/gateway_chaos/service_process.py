"""A service of the platform as a process that is started again whenever it ends, as a cluster does."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx
from devstack.process import ProcessSpec, spawn

_LOOK_EVERY_S = 0.05
_PAUSE_BEFORE_RESTART_S = 0.3


class ServiceProcess:
    """`fell` lists the exit codes of ends that nobody ordered."""

    def __init__(self, package: str, env: Mapping[str, str], log: Path) -> None:
        self._spec = ProcessSpec(package, (sys.executable, "-m", package), env=env)
        self._health = f"http://127.0.0.1:{env['PARK_HTTP_PORT']}"
        self.log = log
        self.fell: list[int] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted = False
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start it; from now on it is kept running."""
        self._wanted = True
        self._process = spawn(self._spec, self.log)
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            if self._wanted and self._process is not None and self._process.poll() is not None:
                self.fell.append(self._process.returncode)
                await asyncio.sleep(_PAUSE_BEFORE_RESTART_S)
                if self._wanted:
                    self._process = spawn(self._spec, self.log)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """End it as `kill -9` does; it stays away until `start`."""
        self._wanted = False
        self.send(signal.SIGKILL)
        await self._gone()

    async def terminate(self, *, within_s: float = 40) -> None:
        """Ask it to end, and wait until it has; it stays away until `start`."""
        self._wanted = False
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(within_s):
                await self._gone()
        except TimeoutError:
            await self.kill()

    def send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def _gone(self) -> None:
        assert self._process is not None
        while self._process.poll() is None:
            await asyncio.sleep(0.02)

    async def is_ready(self) -> bool:
        with suppress(httpx.HTTPError):
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                return (await client.get(f"{self._health}/health/ready")).status_code == 200
        return False

    async def metrics(self) -> dict[str, float]:
        """Return the metrics by name with labels; empty while it does not answer."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                lines = (await client.get(f"{self._health}/metrics")).text.splitlines()
        except httpx.HTTPError:
            return {}
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    async def close(self) -> None:
        """End it for good."""
        if self._keeper is not None:
            self._keeper.cancel()
        if self._process is not None:
            await self.terminate(within_s=25)
