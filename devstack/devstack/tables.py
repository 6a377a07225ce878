"""What `status` and `figures` print: plain text columns, and the same as values for `--json`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from devstack.proc_table import figures_of
from devstack.status_file import StackStatus

_STATES = {
    "waiting": "等待/waiting",
    "starting": "启动中/starting",
    "ready": "就绪/ready",
    "restarting": "重启中/restarting",
    "done": "完成/done",
    "failed": "失败/failed",
    "stopped": "已停/stopped",
}


def status_lines(status: StackStatus) -> list[str]:
    """Return one line a process: name, pid, starts after the first, since when (local time), memory, state."""
    lines = [f"{'进程/process':<26} {'pid':>8} {'重启/restarts':>12} {'自/since':>15} {'PSS MiB':>9}  状态/state"]
    for name, entry in status.processes.items():
        since = "-" if entry.started_at is None else _local_time(entry.started_at)
        memory = "-" if entry.pid is None else f"{figures_of(entry.pid).pss_mb:.0f}"
        columns = f"{name:<26} {entry.pid or '-':>8} {entry.restarts:>12} {since:>15} {memory:>9}"
        lines.append(f"{columns}  {_STATES[entry.state]}")
    return lines


def _local_time(unix_time: float) -> str:
    return datetime.fromtimestamp(unix_time, tz=UTC).astimezone().strftime("%m-%d %H:%M:%S")


def figures(status: StackStatus) -> dict[str, Any]:
    """Return memory (MiB), CPU seconds and start seconds of each running process, and the sums.

    The supervisor itself is counted too. Sum PSS, not RSS: pages shared by processes are counted once in it.
    """
    rows: dict[str, dict[str, Any]] = {}
    pids = {name: (entry.pid, entry.ready_s) for name, entry in status.processes.items() if entry.pid is not None}
    for name, (pid, ready_s) in pids.items():
        rows[name] = asdict(figures_of(pid)) | {"ready_s": ready_s}
    whole = asdict(figures_of(status.pid))
    rows["supervisor"] = {
        field: whole[field] - sum(row[field] for row in rows.values())
        for field in ("processes", "rss_mb", "pss_mb", "cpu_s")
    } | {"ready_s": None}
    return {"start_s": status.start_s, "broker": status.broker, "processes": rows, "sum": whole}


def figures_lines(found: dict[str, Any]) -> list[str]:
    """Return the figures as a table, the sum last."""
    lines = [f"{'进程/process':<26} {'RSS MiB':>9} {'PSS MiB':>9} {'CPU s':>8} {'就绪/ready s':>12}"]
    rows = found["processes"] | {"合计/sum": found["sum"] | {"ready_s": found["start_s"]}}
    for name, row in rows.items():
        ready = "-" if row["ready_s"] is None else f"{row['ready_s']:.1f}"
        lines.append(f"{name:<26} {row['rss_mb']:>9.1f} {row['pss_mb']:>9.1f} {row['cpu_s']:>8.1f} {ready:>12}")
    return lines
