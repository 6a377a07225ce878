"""Postgres and Apache Kafka in Docker, by testcontainers: for those who have Docker and say PARK_STACK=docker.

They listen on loopback, at a port we choose, so that a restart keeps the address. testcontainers removes them when our process
ends, however it ends.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg

from devstack.kafka_jars import KAFKA_VERSION
from devstack.kafka_probe import broker_answers
from devstack.ports import LOOPBACK
from devstack.process import CannotStart, StartFailed

POSTGRES_IMAGE = "postgres:18-alpine"
KAFKA_IMAGE = f"apache/kafka:{KAFKA_VERSION}"
_START_TIMEOUT_S = 180.0  # the image may have to be pulled
_POLL_S = 0.2


def wanted() -> bool:
    """Say whether PARK_STACK=docker was set. Raises CannotStart for a value we do not know."""
    choice = os.environ.get("PARK_STACK", "")
    if choice not in {"", "docker", "processes"}:
        raise CannotStart(
            f"PARK_STACK={choice!r}：只能是 docker 或 processes / must be docker or processes (the default)"
        )
    return choice == "docker"


class ContainerServer:
    """A container with a fixed address. Raises CannotStart at the start when Docker does not answer."""

    pid: int | None = None

    def __init__(self, make: Callable[[], Any], ready: Callable[[], bool], image: str) -> None:
        self._make, self._ready, self._image = make, ready, image
        self._container: Any = None

    def start(self) -> float:
        """Start, or start again with the data kept; returns the seconds until ready."""
        begun = time.monotonic()
        try:
            if self._container is None:
                self._container = self._make()
                self._container.start()
            else:
                self._container.get_wrapped_container().start()
        except Exception as reason:  # the Docker client raises what its HTTP library does
            self._container = None
            raise CannotStart(
                f"PARK_STACK=docker，但 Docker 未能启动 {self._image} / Docker could not start {self._image}: {reason}"
            ) from reason
        while not self._ready():
            if time.monotonic() - begun > _START_TIMEOUT_S:
                raise StartFailed(self._image, f"not ready after {_START_TIMEOUT_S:.0f} s", Path(os.devnull))
            time.sleep(_POLL_S)
        return time.monotonic() - begun

    def kill(self) -> None:
        """SIGKILL, with the data kept for the next start."""
        if self._container is not None:
            self._container.get_wrapped_container().kill()

    def stop(self) -> None:
        """Stop and remove it, data included."""
        if self._container is not None:
            self._container.stop()
            self._container = None


def postgres(port: int) -> tuple[ContainerServer, str]:
    """Return a Postgres not yet started and its superuser's URL."""
    password = secrets.token_hex(16)
    url = f"postgresql://postgres:{password}@{LOOPBACK}:{port}/postgres"

    def make() -> Any:
        from testcontainers.core.container import DockerContainer

        container = DockerContainer(POSTGRES_IMAGE).with_bind_ports(5432, port)
        return container.with_env("POSTGRES_PASSWORD", password).with_command("-c max_connections=200 -c timezone=UTC")

    return ContainerServer(make, lambda: _postgres_answers(url), POSTGRES_IMAGE), url


def kafka(port: int, settings: Mapping[str, str]) -> ContainerServer:
    """Return an Apache Kafka not yet started, with our settings, at 127.0.0.1:port."""
    own = {
        "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port}",
        "controller.quorum.voters": "1@localhost:9093",
    }

    def make() -> Any:
        from testcontainers.core.container import DockerContainer

        container = DockerContainer(KAFKA_IMAGE).with_bind_ports(9092, port)
        for name, value in {**settings, **own}.items():
            container = container.with_env(f"KAFKA_{name.upper().replace('.', '_')}", value)
        return container.with_env("KAFKA_HEAP_OPTS", "-Xmx384m -Xms64m")

    return ContainerServer(make, lambda: broker_answers(LOOPBACK, port), KAFKA_IMAGE)


def _postgres_answers(url: str) -> bool:
    async def connect() -> None:
        await (await asyncpg.connect(url, timeout=2)).close()

    try:
        with ThreadPoolExecutor(1) as thread:  # a loop of its own: the caller may be inside one
            thread.submit(asyncio.run, connect()).result()
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    return True
