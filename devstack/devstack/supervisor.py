"""A small process supervisor: starts a table of processes in the order they need each other, restarts what ends,
stops all in reverse, and leaves nothing behind.

Strategy: one guard task a process. A guard waits until what its process depends on is ready (or, for a one-shot, done),
starts it, waits until it is ready, then until it ends, and starts it again after a pause that doubles from 0.5 to 15 s.
Only at the very start does a failure matter to the others: a process that does not become ready in three attempts
ends the whole start. Every child dies with us (process.py); what a child may have left is found by an
environment variable and killed at the next start and at the stop (sweep).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from devstack.proc_table import start_ticks, with_variable
from devstack.process import CannotStart, ProcessSpec, StartFailed, signal_group, spawn
from devstack.say import say
from devstack.status_file import ProcessStatus, StackStatus, State

FOLDER_VARIABLE = "PARK_DEVSTACK_FOLDER"

_POLL_S = 0.1
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 15.0
_STEADY_S = 30.0  # a process that ran so long starts again with the shortest pause
_START_ATTEMPTS = 3
_LOG_LIMIT_BYTES = 20_000_000


class Supervisor:
    """Runs the processes of a table below one folder: logs in `logs/`, the table in `status.json`.

    `begun` is the monotonic time from which the start is counted, for a caller that prepared things before.
    Use from one event loop in the main thread (see process.py for why). Names must be unique and dependencies known.
    """

    def __init__(
        self, folder: Path, specs: Sequence[ProcessSpec], *, broker: str = "", begun: float | None = None
    ) -> None:
        names = [spec.name for spec in specs]
        unknown = {need for spec in specs for need in spec.depends_on} - set(names)
        if unknown or len(set(names)) != len(names):
            raise ValueError(f"unknown dependencies {sorted(unknown)} or names given twice in {names}")
        self._folder = folder
        mark = {FOLDER_VARIABLE: str(folder.resolve())}
        self._specs = {spec.name: replace(spec, env={**spec.env, **mark}) for spec in specs}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._up = {name: asyncio.Event() for name in names}
        self._guards: list[asyncio.Task[None]] = []
        self._broken: asyncio.Future[None] | None = None
        self._few_at_once = asyncio.Semaphore(max(2, os.cpu_count() or 1))
        self._begun = time.monotonic() if begun is None else begun
        self.status = StackStatus(
            broker=broker,
            processes={
                name: ProcessStatus(health_url=spec.health_url, log=str(self._log(name)))
                for name, spec in self._specs.items()
            },
        )

    async def start(self) -> None:
        """Start everything; returns when all is ready. Raises StartFailed (call stop() then)."""
        sweep(self._folder)
        broken = self._broken = asyncio.get_running_loop().create_future()
        all_up = asyncio.ensure_future(self._all_up())
        self._guards = [asyncio.create_task(self._guard(spec), name=spec.name) for spec in self._specs.values()]
        try:
            await asyncio.wait([all_up, broken], return_when=asyncio.FIRST_COMPLETED)
            if broken.done():
                self.status.state, self.status.failure = "failed", str(broken.exception())
                broken.result()
        finally:
            all_up.cancel()
            self._write()
        self.status.state, self.status.start_s = "ready", time.monotonic() - self._begun
        self._write()

    async def _all_up(self) -> None:
        for event in self._up.values():
            await event.wait()

    async def stop(self) -> None:
        """Stop everything in reverse order of start: asked first, killed after the time allowed. Safe to call twice."""
        self.status.state = "stopping"
        self._write()
        for guard in self._guards:
            guard.cancel()
        await asyncio.gather(*self._guards, return_exceptions=True)
        for wave in _waves_last_first(self._specs):
            await asyncio.gather(*(self._stop_one(name) for name in wave))
        sweep(self._folder)
        self._write()

    async def _guard(self, spec: ProcessSpec) -> None:
        for need in spec.depends_on:
            await self._up[need].wait()
        pause, attempts = _FIRST_PAUSE_S, 0
        while True:
            process = await self._bring_up(spec)
            if process is not None:
                pause = await self._watch(spec, process, pause)
                if spec.one_shot:
                    return
            elif not self._up[spec.name].is_set():
                attempts += 1
                if attempts == _START_ATTEMPTS or spec.one_shot:
                    self._note(spec.name, state="failed")
                    self._give_up(StartFailed(spec.name, "启动失败 / did not start", self._log(spec.name)))
                    return
            self._note(spec.name, state="restarting", restarts=self._entry(spec.name).restarts + 1)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _bring_up(self, spec: ProcessSpec) -> subprocess.Popen[bytes] | None:
        """Start the process and wait until it is ready (a one-shot: done); None when it is not."""
        async with self._few_at_once if spec.one_shot else contextlib.nullcontext():
            begun = time.monotonic()
            try:
                process = self._spawn(spec)
            except (OSError, CannotStart) as reason:
                with self._log(spec.name).open("a", encoding="utf-8") as log:
                    log.write(f"{type(reason).__name__}: {reason}\n")
                return None
            while not await _is_ready(spec, process):
                if process.poll() is not None or time.monotonic() - begun > spec.start_timeout_s:
                    self._end(spec.name, "restarting")
                    return None
                await asyncio.sleep(_POLL_S)
        taken = time.monotonic() - begun
        self._note(spec.name, state="done" if spec.one_shot else "ready", ready_s=round(taken, 2))
        if not self._up[spec.name].is_set():
            self._up[spec.name].set()
            done = ("完成", "done") if spec.one_shot else ("就绪", "ready")
            say(f"{spec.name} {done[0]}（{taken:.1f} 秒）", f"{spec.name} {done[1]} ({taken:.1f} s)")
        return process

    def _give_up(self, failure: StartFailed) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_exception(failure)

    async def _watch(self, spec: ProcessSpec, process: subprocess.Popen[bytes], pause: float) -> float:
        """Wait for the end of a process that was ready; return the pause before it is started again."""
        since = time.monotonic()
        while process.poll() is None:
            await asyncio.sleep(_POLL_S)
        self._end(spec.name, "done" if spec.one_shot else "restarting")
        if not spec.one_shot:
            say(
                f"{spec.name} 意外退出（{process.returncode}），将重新启动",
                f"{spec.name} ended with {process.returncode}, starting it again",
            )
        return _FIRST_PAUSE_S if time.monotonic() - since > _STEADY_S else pause

    def _spawn(self, spec: ProcessSpec) -> subprocess.Popen[bytes]:
        log = self._log(spec.name)
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        process = spawn(spec, log)
        self._running[spec.name] = process
        self._note(spec.name, state="starting", pid=process.pid, ticks=start_ticks(process.pid), started_at=time.time())
        return process

    async def _stop_one(self, name: str) -> None:
        process, spec = self._running.get(name), self._specs[name]
        if process is not None:
            if process.poll() is None:
                process.send_signal(spec.stop_signal)
                deadline = time.monotonic() + spec.stop_timeout_s
                while process.poll() is None and time.monotonic() < deadline:
                    await asyncio.sleep(_POLL_S / 2)
            self._end(name, "stopped")
        elif self._entry(name).state != "done":
            self._note(name, state="stopped")

    def _end(self, name: str, state: State) -> None:
        """Kill what is left of a process and its group, reap it, and tell both in one writing: who reads the status
        in between must not find a process ready that has none."""
        process = self._running.pop(name, None)
        if process is None:
            return
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
        self._note(name, state=state, pid=None, ticks=None)

    def _entry(self, name: str) -> ProcessStatus:
        return self.status.processes[name]

    def _note(self, name: str, **changes: object) -> None:
        for field, value in changes.items():
            setattr(self._entry(name), field, value)
        self._write()

    def _write(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.status.write(self._folder / "status.json")

    def _log(self, name: str) -> Path:
        return self._folder / "logs" / f"{name}.log"


async def _is_ready(spec: ProcessSpec, process: subprocess.Popen[bytes]) -> bool:
    if spec.one_shot:
        return process.poll() == 0
    if process.poll() is not None:
        return False
    return spec.ready is None or await asyncio.to_thread(spec.ready, process.pid)


def _waves_last_first(specs: dict[str, ProcessSpec]) -> list[list[str]]:
    """Return the names in groups to stop together: nothing is stopped before all that depend on it are."""
    depth: dict[str, int] = {}

    def depth_of(name: str) -> int:
        if name not in depth:
            depth[name] = 1 + max((depth_of(need) for need in specs[name].depends_on), default=0)
        return depth[name]

    deepest = max(map(depth_of, specs), default=0)
    return [[name for name in specs if depth[name] == level] for level in range(deepest, 0, -1)]


def sweep(folder: Path) -> list[int]:
    """Kill every process that a supervisor of this folder started and that still runs; return their pids.

    Nothing is found normally: this is for grandchildren whose parent was killed while we were dead.
    """
    own = {os.getpid(), os.getppid()}
    left = [pid for pid in with_variable(FOLDER_VARIABLE, str(folder.resolve())) if pid not in own]
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return left


async def run_until_told(supervisor: Supervisor, on_ready: Callable[[], None]) -> None:
    """Start all, call `on_ready`, wait for SIGINT or SIGTERM, stop all. A second signal kills at once.

    Raises StartFailed after everything was stopped again.
    """
    told = asyncio.Event()

    def on_signal() -> None:
        if told.is_set():
            os._exit(1)  # the children die with us
        told.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal)
    starting = asyncio.create_task(supervisor.start())
    stopping = asyncio.create_task(told.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            on_ready()
            await stopping
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        say("正在停止…", "stopping ...")
        await supervisor.stop()
