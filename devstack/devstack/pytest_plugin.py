"""Fixtures `postgres_url`, `database_url` and `kafka_bootstrap`: real servers, one of each a test session.

They are started when the first test asks for them and stopped at the end. With pytest-xdist the workers share Postgres,
where each test makes a database of its own; each worker has its own broker, emptied before each test module, because the
platform's topics have fixed names. Under xdist a keeper process (keeper.py) holds a server; it ends with the session.
The last lines of the run say which servers were used, since only runs on Apache Kafka are of record.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from devstack.empty_broker import delete_all_topics
from devstack.fresh_database import create_database, drop_database
from devstack.kafka import DESCRIPTIONS, Broker
from devstack.keeper import Announcement, announcement_of
from devstack.postgres import Postgres

_FOLDER = pytest.StashKey[Path]()
_KEEPER_TIMEOUT_S = 900.0  # the first start may have to fetch Apache Kafka


class _Node(Protocol):
    """What pytest-xdist hands to pytest_configure_node."""

    config: pytest.Config
    workerinput: dict[str, str]


def pytest_configure(config: pytest.Config) -> None:
    """Make the session's folder, or take over the one the xdist controller made."""
    inherited = getattr(config, "workerinput", {}).get("devstack_folder")
    config.stash[_FOLDER] = Path(inherited or tempfile.mkdtemp(prefix="park-test-"))
    if not inherited:
        config.stash[_FOLDER].chmod(0o755)  # the database's account must enter it


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: _Node) -> None:
    """Tell an xdist worker where the shared servers are announced."""
    node.workerinput["devstack_folder"] = str(node.config.stash[_FOLDER])
    node.workerinput["devstack_controller"] = str(os.getpid())


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """URL of the superuser on a running Postgres (DATABASE_URL when set)."""
    yield from _serve(pytestconfig, "postgres", pytestconfig.stash[_FOLDER])


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """URL of the superuser on a database made for this test alone."""
    url = create_database(postgres_url)
    yield url
    drop_database(postgres_url, url)


@pytest.fixture(scope="session")
def broker_of_worker(pytestconfig: pytest.Config) -> Iterator[str]:
    """host:port of this worker's broker (KAFKA_BOOTSTRAP_SERVERS when set)."""
    yield from _serve(pytestconfig, "kafka", _broker_folder(pytestconfig))


@pytest.fixture(scope="module")
def kafka_bootstrap(broker_of_worker: str, broker_kind: str) -> str:
    """host:port of a broker without any topic of an earlier test module (a broker of somebody else's is left as it is)."""
    if broker_kind != "external":
        delete_all_topics(broker_of_worker)
    return broker_of_worker


@pytest.fixture(scope="session")
def broker_kind(broker_of_worker: str, pytestconfig: pytest.Config) -> str:
    """`apache-kafka`, `tansu-fallback` or `external`: for tests of what the fallback cannot do."""
    return _announced(_broker_folder(pytestconfig), "kafka").kind


def _broker_folder(config: pytest.Config) -> Path:
    worker = getattr(config, "workerinput", {}).get("workerid")
    folder = config.stash[_FOLDER] / worker if worker else config.stash[_FOLDER]
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


def _serve(config: pytest.Config, server: str, folder: Path) -> Iterator[str]:
    controller = getattr(config, "workerinput", {}).get("devstack_controller")
    if controller is not None:
        yield _shared(folder, server, controller)
        return
    running = Postgres(folder / server) if server == "postgres" else Broker(folder / server)
    running.start()
    found = announcement_of(running)
    found.write(folder / f"{server}.json")
    yield found.address
    running.stop()


def _shared(folder: Path, server: str, controller: str) -> str:
    """Return the address of the server all workers share, starting its keeper when we are the first to ask."""
    announced = folder / f"{server}.json"
    with (folder / f"{server}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not announced.exists():
            command = [sys.executable, "-m", "devstack.keeper", server, str(folder), controller]
            log = folder / f"{server}-keeper.log"
            with log.open("ab") as sink:
                keeper = subprocess.Popen(command, stdout=sink, stderr=sink, start_new_session=True)
            deadline = time.monotonic() + _KEEPER_TIMEOUT_S
            while not announced.exists():
                if keeper.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"{server} did not start:\n{log.read_text(errors='replace')}")
                time.sleep(0.05)
    return _announced(folder, server).address


def _announced(folder: Path, server: str) -> Announcement:
    return Announcement(**json.loads((folder / f"{server}.json").read_text(encoding="utf-8")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which servers the run used, and whether it is one of record."""
    folder = terminalreporter.config.stash[_FOLDER]
    for line in record_lines(folder):
        terminalreporter.write_line(line)


def record_lines(folder: Path) -> list[str]:
    """Return the lines of the report on the servers announced in `folder` (none when none was used)."""
    lines = []
    if (folder / "postgres.json").exists():
        lines.append(f"database of this run: {_announced(folder, 'postgres').description}")
    for announced in sorted(folder.rglob("kafka.json"))[:1]:
        found = _announced(announced.parent, "kafka")
        lines.append(_RECORD_LINES.get(found.kind, f"broker of this run: {found.description}"))
    return lines


_RECORD_LINES = {
    "apache-kafka": f"tests of record: {DESCRIPTIONS['apache-kafka']}",
    "tansu-fallback": f"NOT a run of record: {DESCRIPTIONS['tansu-fallback']}",
}


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the shared servers, remove the session's folder; a run on the fallback says so in its very last line."""
    if _FOLDER in config.stash and not hasattr(config, "workerinput"):
        folder = config.stash[_FOLDER]
        reporter: pytest.TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and _RECORD_LINES["tansu-fallback"] in record_lines(folder):
            reporter.write_line(_RECORD_LINES["tansu-fallback"])
        _end_keepers(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _end_keepers(folder: Path) -> None:
    for place in (folder, *(each for each in folder.glob("gw*") if each.is_dir())):
        (place / "end").touch()
    deadline = time.monotonic() + 20.0
    while any(folder.rglob("*.keeper")) and time.monotonic() < deadline:
        time.sleep(0.05)
