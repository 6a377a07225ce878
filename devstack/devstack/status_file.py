"""status.json: what runs under the supervisor, for `status`, `down`, `restart` and for tests that `kill -9` one."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from devstack.proc_table import is_alive, start_ticks

State = Literal["waiting", "starting", "ready", "restarting", "done", "failed", "stopped"]


@dataclass(slots=True)
class ProcessStatus:
    """One line of the table. `ready_s` is the seconds its last start took; `started_at` is Unix time."""

    state: State = "waiting"
    pid: int | None = None
    ticks: int | None = None
    restarts: int = 0
    started_at: float | None = None
    ready_s: float | None = None
    health_url: str | None = None
    log: str = ""


@dataclass(slots=True)
class StackStatus:
    """The whole stack; `pid` and `ticks` are the supervisor's."""

    state: Literal["starting", "ready", "stopping", "failed"] = "starting"
    pid: int = field(default_factory=os.getpid)
    ticks: int | None = field(default_factory=lambda: start_ticks(os.getpid()))
    start_s: float | None = None
    broker: str = ""
    failure: str = ""
    processes: dict[str, ProcessStatus] = field(default_factory=dict)

    @property
    def supervisor_runs(self) -> bool:
        """Whether the supervisor that wrote this still runs."""
        return is_alive(self.pid, self.ticks)

    def write(self, file: Path) -> None:
        """Write it so that a reader never sees half of it."""
        half = file.with_suffix(".half")
        half.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2), encoding="utf-8")
        half.replace(file)


def read_status(file: Path) -> StackStatus | None:
    """Return what the file says; None when there is no (readable) file."""
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    processes = {name: ProcessStatus(**fields) for name, fields in content.pop("processes").items()}
    return StackStatus(**content, processes=processes)
