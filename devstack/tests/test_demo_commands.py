"""`up`, `status`, `figures`, `restart`, `down` as a person runs them, on a table with one small service."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from devstack.ports import LOOPBACK, free_port
from devstack.stack import is_healthy
from devstack.status_file import read_status

pytestmark = pytest.mark.integration

SERVICE = "fake_park_service"


class Terminal:
    """Runs commands with one data folder and one pair of ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http_port, self.hj212_port = free_port(), free_port()

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {
            "PARK_DEMO_DIR": str(self.folder),
            "PARK_HTTP_PORT": str(self.http_port),
            "PARK_HJ212_PORT": str(self.hj212_port),
            "PARK_DEVSTACK_TABLE": "fake_park_table",
            "PYTHONPATH": str(Path(__file__).parent),
        }
        return subprocess.run(
            [sys.executable, "-m", "devstack", *arguments],
            env={**os.environ, **own, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=480,
        )

    @property
    def health_url(self) -> str:
        return f"http://{LOOPBACK}:{self.http_port}/health/ready"


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    with tempfile.TemporaryDirectory(prefix="park-demo-test-") as folder:
        Path(folder).chmod(0o755)
        made = Terminal(Path(folder))
        yield made
        made.run("down")


def test_down_when_nothing_runs_is_fine(terminal: Terminal) -> None:
    down = terminal.run("down")
    assert (down.returncode, "does not run" in down.stderr) == (0, True)


def test_occupied_port_is_told_with_the_variable_that_changes_it(terminal: Terminal) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        refused = terminal.run("up", PARK_HJ212_PORT=str(port))
    assert refused.returncode == 1
    assert f"端口 {port} 已被占用" in refused.stderr
    assert f"PARK_HJ212_PORT={port + 1}" in refused.stderr


def test_package_that_is_not_installed_is_named(terminal: Terminal) -> None:
    failed = terminal.run("up", PARK_DEVSTACK_TABLE="devstack.services", PARK_DEMO_WITHOUT="nonsense")
    assert failed.returncode == 1
    assert "PARK_DEMO_WITHOUT: no nonsense; there are" in failed.stderr


def test_up_serves_restarts_what_is_killed_and_down_leaves_nothing(terminal: Terminal) -> None:
    started = terminal.run("up")
    assert started.returncode == 0, started.stderr
    assert is_healthy(terminal.health_url)
    access = json.loads((terminal.folder / "demo.json").read_text())
    assert access["password"] in started.stderr
    assert set(access) == {
        *("console_url", "api_url", "hj212_host", "hj212_port", "username", "password", "api_key"),
        *("kafka_bootstrap", "database_url"),
    }
    for private in ("demo.json", "secrets.json"):
        assert stat.S_IMODE((terminal.folder / private).stat().st_mode) == 0o600

    again = terminal.run("up")
    assert again.returncode == 0
    assert "already runs" in again.stderr

    for killed in ("postgres", SERVICE):
        _kill_and_wait_for_its_return(terminal, killed)
    assert terminal.run("restart", SERVICE).returncode == 0
    assert terminal.run("restart", "nobody").returncode == 1

    measured = json.loads(terminal.run("figures", "--json").stdout)
    assert {"postgres", "kafka", SERVICE, "supervisor"} == set(measured["processes"])
    parts = sum(row["pss_mb"] for row in measured["processes"].values())
    assert parts == pytest.approx(measured["sum"]["pss_mb"], rel=0.2)
    assert SERVICE in terminal.run("status").stdout

    status = read_status(terminal.folder / "status.json")
    assert status is not None
    pids = [entry.pid for entry in status.processes.values() if entry.pid is not None]
    assert terminal.run("down").returncode == 0
    assert not any(Path(f"/proc/{pid}/exe").exists() for pid in (status.pid, *pids))
    assert not (terminal.folder / "demo.json").exists()


def _kill_and_wait_for_its_return(terminal: Terminal, name: str) -> None:
    status = read_status(terminal.folder / "status.json")
    assert status is not None
    pid = status.processes[name].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        now = read_status(terminal.folder / "status.json")
        if now is not None and now.processes[name].state == "ready" and now.processes[name].pid != pid:
            break
        time.sleep(0.1)
    else:
        pytest.fail(f"{name} did not come back")
    while not is_healthy(terminal.health_url) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert is_healthy(terminal.health_url)
