"""What Linux says of processes: alive or not, memory, CPU time, children. Everything is read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """Resources of a process with all its descendants: MiB (1024 * 1024 bytes) and seconds of CPU.

    `rss_mb` counts pages shared by several processes once for each; `pss_mb` shares them out, so it can be summed.
    """

    processes: int
    rss_mb: float
    pss_mb: float
    cpu_s: float


def start_ticks(pid: int) -> int | None:
    """Return when a process began, in clock ticks since boot; None when there is none. (pid, ticks) is unique."""
    fields = _stat(pid)
    return None if fields is None or fields[0] == "Z" else int(fields[19])


def is_alive(pid: int, ticks: int | None) -> bool:
    """Say whether the very process that had this pid and start time still runs (pids are used again)."""
    return ticks is not None and start_ticks(pid) == ticks


def figures_of(pid: int) -> Figures:
    """Return the resources of the process and its descendants; zeros when it is gone."""
    pids = [pid, *descendants(pid)]
    memory = [_memory_kb(each) for each in pids]
    cpu = [(int(fields[11]) + int(fields[12])) / _TICKS_PER_S for each in pids if (fields := _stat(each))]
    return Figures(
        processes=len(cpu),
        rss_mb=sum(rss for rss, _ in memory) / 1024,
        pss_mb=sum(pss for _, pss in memory) / 1024,
        cpu_s=sum(cpu),
    )


def descendants(pid: int) -> list[int]:
    """Return the pids of all children, their children, and so on."""
    children: dict[int, list[int]] = {}
    for each in _pids():
        fields = _stat(each)
        if fields is not None:
            children.setdefault(int(fields[1]), []).append(each)
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def with_variable(name: str, value: str) -> list[int]:
    """Return the pids of the processes started with this environment variable, as far as we may look."""
    wanted = f"{name}={value}".encode()
    found = []
    for pid in _pids():
        try:
            environment = (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in environment:
            found.append(pid)
    return found


def _pids() -> Iterator[int]:
    return (int(entry) for entry in os.listdir(_PROC) if entry.isdecimal())


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/pid/stat from the state on: the name before it may hold spaces and brackets."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _memory_kb(pid: int) -> tuple[int, int]:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return 0, 0
    sizes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    return sizes.get("Rss", 0), sizes.get("Pss", 0)
