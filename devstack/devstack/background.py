"""The supervisor as a background process: started, watched until ready, asked to end. One a data folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from devstack.proc_table import is_alive
from devstack.process import tail
from devstack.status_file import ProcessStatus, StackStatus, read_status
from devstack.supervisor import sweep

_POLL_S = 0.1
_STOP_PATIENCE_S = 60.0


class AlreadyRunning(Exception):
    """Another supervisor holds this data folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"演示已在运行（数据目录 {folder}）；先执行 make down 再启动\n"
            f"the demo already runs (data folder {folder}); run make down first"
        )


class NotRunning(Exception):
    """There is no supervisor, or no such process, to talk to."""


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the data folder for the length of the block. Raises AlreadyRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(folder) from error
        yield


def running(folder: Path) -> StackStatus | None:
    """Return the status of the supervisor that runs on this folder, None when there is none."""
    status = read_status(folder / "status.json")
    return status if status is not None and status.supervisor_runs else None


def launch(folder: Path, command: list[str]) -> bool:
    """Start `command` detached, show what it says, and return once its supervisor is ready (False: it failed)."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    log = folder / "logs" / "supervisor.log"
    log.touch(mode=0o600)  # the account's password is printed to it
    log.chmod(0o600)
    log.write_bytes(b"")
    with log.open("ab") as sink:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
    with log.open("rb") as said:
        while True:
            ended = process.poll() is not None
            sys.stderr.buffer.write(said.read())
            sys.stderr.buffer.flush()
            status = read_status(folder / "status.json")
            if status is not None and status.pid == process.pid and status.state == "ready":
                return True
            if ended:
                return False
            time.sleep(_POLL_S)


def stop(folder: Path) -> bool:
    """End the supervisor of this folder and all it runs; False when there was none. Leftovers are killed either way."""
    status = running(folder)
    if status is not None:
        os.kill(status.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_PATIENCE_S
        while is_alive(status.pid, status.ticks) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        if is_alive(status.pid, status.ticks):
            os.kill(status.pid, signal.SIGKILL)  # its children die with it
    sweep(folder)
    return status is not None


def restart(folder: Path, name: str, patience_s: float = 90.0) -> ProcessStatus:
    """End one process and wait until the supervisor has it ready again.

    Raises NotRunning (also for a name that is not in the table), TimeoutError with the end of its log.
    """
    before = _process(folder, name)
    if before.pid is None:
        raise NotRunning(f"{name} 现在没有进程（{before.state}） / {name} has no process now ({before.state})")
    os.kill(before.pid, signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        now = _process(folder, name)
        if now.state == "ready" and (now.pid, now.ticks) != (before.pid, before.ticks):
            return now
        time.sleep(_POLL_S)
    raise TimeoutError(f"{name} 未能恢复 / {name} did not come back\n{tail(Path(before.log), 15)}")


def _process(folder: Path, name: str) -> ProcessStatus:
    status = running(folder)
    if status is None:
        raise NotRunning("演示没有在运行，先执行 make up / the demo does not run; run make up first")
    if name not in status.processes:
        known = ", ".join(status.processes)
        raise NotRunning(f"没有名为 {name} 的进程；有：{known} / no process {name}; there are: {known}")
    return status.processes[name]
