"""Keeps one server running for the workers of a parallel test session: `python -m devstack.keeper postgres DIR PID`.

Ends when the process PID (the session's main process) ends or the file DIR/end appears. The server is our child with
a parent-death signal, so a killed keeper leaves nothing behind either.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from devstack.kafka import Broker
from devstack.postgres import Postgres

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the other processes of a test session need to know of a server."""

    address: str
    kind: str
    description: str

    def write(self, file: Path) -> None:
        """Write it so that a reader never sees half of it."""
        half = file.with_suffix(".half")
        half.write_text(json.dumps(asdict(self)), encoding="utf-8")
        half.replace(file)


def announcement_of(server: Postgres | Broker) -> Announcement:
    """Return what there is to announce of a started server."""
    if isinstance(server, Postgres):
        return Announcement(server.admin_url, "postgres", server.description)
    return Announcement(server.bootstrap_servers, server.kind, server.description)


def keep(server: str, folder: Path, controller: int) -> None:
    """Start the server, announce it, and stop it when the session is over."""
    mark = folder / f"{server}.keeper"
    mark.touch()
    running = Postgres(folder / server) if server == "postgres" else Broker(folder / server)
    try:
        announcement_of(running.start()).write(folder / f"{server}.json")
        while _alive(controller) and not (folder / "end").exists():
            time.sleep(_POLL_S)
    finally:
        running.stop()
        mark.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
