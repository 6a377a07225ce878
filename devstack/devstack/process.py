"""One child process of ours: how it is described, how it is started, and how it is made to end with its parent.

Every child gets its own session and process group (Ctrl-C reaches only the parent, a stop reaches the whole group)
and a parent-death signal, so that even `kill -9` of the parent leaves nothing behind. Linux delivers that signal when
the *thread* that forked ends: start children from the main thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

_PR_SET_PDEATHSIG = 1
_READY_POLL_S = 0.03
_LOG_TAIL_LINES = 15


class CannotStart(Exception):
    """Something outside the program keeps it from being started; the message says what to do."""


class StartFailed(Exception):
    """A child ended or stayed silent instead of becoming ready; the message carries the end of its log."""

    def __init__(self, name: str, why: str, log: Path) -> None:
        self.name, self.why, self.log = name, why, log
        super().__init__(f"{name}: {why} (日志/log: {log})\n{tail(log, _LOG_TAIL_LINES)}")


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """What is needed to start one process again and again.

    `env` is added to the parent's environment. `uid`/`gid` drop privileges (only root may set them).
    `ready(pid)` says whether the process with that pid serves; it must not block for longer than about a second.
    `before_start` runs before every start, also before a restart. A `one_shot` is done when it ends with status 0
    and is not started again; it has no `ready`. Times are seconds.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    uid: int | None = None
    gid: int | None = None
    ready: Callable[[int], bool] | None = None
    health_url: str | None = None
    depends_on: tuple[str, ...] = ()
    one_shot: bool = False
    before_start: Callable[[], None] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    start_timeout_s: float = 60.0
    stop_timeout_s: float = 10.0


def spawn(spec: ProcessSpec, log: Path) -> subprocess.Popen[bytes]:
    """Start the process with stdout and stderr appended to `log`.

    Raises OSError when it cannot be executed, CannotStart when its `before_start` refuses.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if spec.before_start is not None:
        spec.before_start()
    with log.open("ab") as sink:
        return subprocess.Popen(
            spec.argv,
            env={**os.environ, **spec.env},
            cwd=spec.cwd,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=spec.uid,
            group=spec.gid,
            extra_groups=None if spec.uid is None else [],
            preexec_fn=_die_with_parent(spec.death_signal),  # noqa: PLW1509 - prctl has no other way in
        )


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """Return the hook that runs between fork and exec; subprocess calls it after the change of user, which would
    otherwise clear the setting again."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # resolved before the fork: no import lock in the child
    parent = os.getpid()

    def hook() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return hook


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the process group led by `pid`; a group that is already gone is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def tail(log: Path, lines: int) -> str:
    """Return the last lines of a log file, or an empty string when there is none."""
    try:
        text = log.read_bytes()[-16_384:].decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


class Server(Protocol):
    """A server that can be started again after a stop or a kill, at the same address."""

    @property
    def pid(self) -> int | None:
        """The pid of the running process, None when it does not run (or not on this machine's table)."""
        ...

    def start(self) -> float:
        """Start and wait until ready; returns the seconds that took. Raises StartFailed."""
        ...

    def stop(self) -> None:
        """Stop in order."""
        ...

    def kill(self) -> None:
        """A power cut."""
        ...


class ChildServer:
    """A server run as our child for the length of a test session or a script (the supervisor has its own loop)."""

    def __init__(self, spec: ProcessSpec, log: Path) -> None:
        self.spec = spec
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The pid of the running process, None when it does not run."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def start(self) -> float:
        """Start and wait until ready; returns the seconds that took. Raises StartFailed."""
        if self.pid is not None:
            return 0.0
        begun = time.monotonic()
        self._process = spawn(self.spec, self.log)
        while not (self.spec.ready is None or self.spec.ready(self._process.pid)):
            if self._process.poll() is not None:
                raise StartFailed(self.spec.name, f"ended with status {self._process.returncode}", self.log)
            if time.monotonic() - begun > self.spec.start_timeout_s:
                self.kill()
                raise StartFailed(self.spec.name, f"not ready after {self.spec.start_timeout_s:.0f} s", self.log)
            time.sleep(_READY_POLL_S)
        return time.monotonic() - begun

    def stop(self) -> None:
        """Ask the process to end, and kill its group when it has not within the time allowed."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(self.spec.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self.spec.stop_timeout_s)
        self.kill()

    def kill(self) -> None:
        """SIGKILL the whole group and reap the leader: a power cut, for tests."""
        if self._process is not None:
            signal_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
