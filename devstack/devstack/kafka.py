"""The broker: Apache Kafka itself, one node in KRaft mode, on 127.0.0.1.

Which broker one gets, in this order:
  1. `KAFKA_BOOTSTRAP_SERVERS`, when set: nothing is started.
  2. Apache Kafka from its own jars (kafka_jars.py).
  3. Where those cannot be had, the Tansu broker (kafka_fallback.py); the start and the test report say so.
     `PARK_BROKER=apache-kafka` forbids the fallback, `PARK_BROKER=tansu-fallback` forces it.

Kafka's data folder survives SIGKILL: the log is recovered at the next start. The first clean stop writes a class
archive beside the jars, which halves the start time and the start's CPU from then on.
"""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from devstack import containers, kafka_fallback
from devstack.kafka_jars import KAFKA_VERSION, KafkaUnavailable, java, java_major, kafka_jars
from devstack.kafka_probe import broker_answers
from devstack.ports import LOOPBACK, free_port
from devstack.process import ChildServer, ProcessSpec, Server, StartFailed
from devstack.say import say

Kind = Literal["apache-kafka", "tansu-fallback", "external"]

HEAP = ("-Xmx384m", "-Xms64m")
# The broker moves bytes; the quick compiler and the serial collector cost a third less memory and CPU on two cores.
JVM_OPTIONS = (
    *HEAP,
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    "--enable-native-access=ALL-UNNAMED",
    "-Dorg.slf4j.simpleLogger.logFile=System.out",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)

SETTINGS: dict[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "num.partitions": "3",
    "log.retention.hours": "72",
    "log.retention.bytes": str(1 << 30),
    "log.segment.bytes": str(64 << 20),
    "log.cleaner.dedupe.buffer.size": str(16 << 20),
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "12",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "6",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "3",
    # A broker that was killed may register again only when its old session has run out: 9 s unless told otherwise.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "4",
    "num.recovery.threads.per.data.dir": "2",
}


@dataclass(frozen=True, slots=True)
class PreparedBroker:
    """A broker that is ready to be started. `after_clean_stop` is called once it ended in order."""

    spec: ProcessSpec
    bootstrap_servers: str
    kind: Kind
    after_clean_stop: Callable[[], None]


def prepare(folder: Path, port: int | None = None) -> PreparedBroker:
    """Return Apache Kafka on `folder` ready to be started, or the fallback (see the module text).

    `port` None takes a free one. Raises KafkaUnavailable when neither can be had.
    """
    choice = os.environ.get("PARK_BROKER", "")
    if choice == "tansu-fallback":
        return _prepare_fallback(folder, port or free_port(), "PARK_BROKER=tansu-fallback")
    try:
        return _prepare_kafka(folder, port or free_port())
    except KafkaUnavailable as reason:
        if choice == "apache-kafka":
            raise
        return _prepare_fallback(folder, port or free_port(), str(reason))


def _prepare_kafka(folder: Path, port: int) -> PreparedBroker:
    jars, program = kafka_jars(), java()
    folder.mkdir(parents=True, exist_ok=True)
    properties = _write_properties(folder, port, controller_port=free_port())
    command = (str(program), *JVM_OPTIONS, *_archive_options(jars, program), "-cp", f"{jars}/*")
    if not (folder / "data" / "meta.properties").exists():
        _format(folder, properties, (str(program), *JVM_OPTIONS, "-cp", f"{jars}/*"))
    spec = ProcessSpec(
        name="kafka",
        argv=(*command, "kafka.Kafka", str(properties)),
        cwd=folder,
        ready=lambda _pid: broker_answers(LOOPBACK, port),
        stop_signal=signal.SIGTERM,
        stop_timeout_s=20.0,
    )
    return PreparedBroker(spec, f"{LOOPBACK}:{port}", "apache-kafka", lambda: _keep_archive(jars, program))


def _write_properties(folder: Path, port: int, controller_port: int) -> Path:
    settings = SETTINGS | {
        "log.dirs": str(folder / "data"),
        "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        # A static quorum: the controller's address is taken from here at every start, so ports may change.
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
    }
    file = folder / "server.properties"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    return file


def new_cluster_id() -> str:
    """Return a cluster id as Kafka writes them; never one that begins with a hyphen, which the tool takes for an option."""
    while True:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not cluster.startswith("-"):
            return cluster


def _format(folder: Path, properties: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [*command, "kafka.tools.StorageTool", "format", "-t", new_cluster_id(), "-c", str(properties)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=120,
    )
    if done.returncode != 0:
        raise KafkaUnavailable(f"StorageTool format failed ({done.returncode}): {done.stdout}{done.stderr}")


def _archive(jars: Path, program: Path) -> Path:
    return jars.parent / f"classes-java{java_major(program)}.jsa"


def _archive_options(jars: Path, program: Path) -> tuple[str, ...]:
    archive = _archive(jars, program)
    if archive.exists():
        return (f"-XX:SharedArchiveFile={archive}", "-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
    return (f"-XX:ArchiveClassesAtExit={archive}.{os.getpid()}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off")


def _keep_archive(jars: Path, program: Path) -> None:
    archive = _archive(jars, program)
    written = archive.with_name(f"{archive.name}.{os.getpid()}")
    if written.exists():
        written.replace(archive)


def _prepare_fallback(folder: Path, port: int, why: str) -> PreparedBroker:
    say(
        f"注意：使用替代消息代理 Tansu（不是 Apache Kafka）：{why}",
        f"NOTE: FALLBACK broker Tansu, not Apache Kafka, because: {why}",
    )
    for chinese, english in kafka_fallback.LACKS:
        say(f"  · {chinese}", english)
    spec = kafka_fallback.spec(folder, port)
    return PreparedBroker(spec, f"{LOOPBACK}:{port}", "tansu-fallback", lambda: None)


class Broker:
    """A broker for a test session or a script; `KAFKA_BOOTSTRAP_SERVERS`, when set, wins and nothing is started.

    `kind` is "apache-kafka", "tansu-fallback" or "external" (known after start).
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._folder, self._port = folder, port
        self._server: Server | None = None
        self._kind: Kind | None = None
        self._address = ""
        self._after_clean_stop: Callable[[], None] = lambda: None
        self._external = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "")

    def start(self) -> Broker:
        """Start, or restart on the same port after a stop or kill. Raises StartFailed, KafkaUnavailable."""
        if self._external:
            return self
        if self._server is None and containers.wanted():
            self._first_start_in_a_container(self._port or free_port())
        elif self._server is None:
            self._first_start()
        else:
            self._server.start()
        return self

    def _first_start(self) -> None:
        attempts = 1 if self._port else 3  # a free port may be taken by somebody else before we listen on it
        for attempt in range(1, attempts + 1):
            prepared = prepare(self._folder, self._port)
            server = ChildServer(prepared.spec, self._folder / "kafka.log")
            try:
                server.start()
            except StartFailed as failure:
                if attempt == attempts or "in use" not in str(failure):
                    raise
                continue
            self._server, self._kind, self._address = server, prepared.kind, prepared.bootstrap_servers
            self._after_clean_stop = prepared.after_clean_stop
            return

    def _first_start_in_a_container(self, port: int) -> None:
        server = containers.kafka(port, SETTINGS)
        server.start()
        self._server, self._kind, self._address = server, "apache-kafka", f"{LOOPBACK}:{port}"

    @property
    def kind(self) -> Kind:
        """Which broker this is. Raises RuntimeError before the first start."""
        if self._external:
            return "external"
        if self._kind is None:
            raise RuntimeError("the broker was not started")
        return self._kind

    @property
    def bootstrap_servers(self) -> str:
        """host:port for clients; empty before the first start."""
        return self._external or self._address

    @property
    def description(self) -> str:
        """One phrase for reports: which broker this is."""
        return DESCRIPTIONS[self.kind]

    @property
    def pid(self) -> int | None:
        """The broker's pid when it runs as our child."""
        return None if self._server is None else self._server.pid

    def stop(self) -> None:
        """Stop in order; does nothing to a broker that is not ours."""
        if self._server is not None:
            self._server.stop()
            self._after_clean_stop()

    def kill(self) -> None:
        """SIGKILL, for tests of recovery."""
        if self._server is not None:
            self._server.kill()

    def __enter__(self) -> Broker:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


DESCRIPTIONS: dict[Kind, str] = {
    "apache-kafka": f"Apache Kafka {KAFKA_VERSION}",
    "tansu-fallback": "FALLBACK broker Tansu (not Apache Kafka) / 替代消息代理 Tansu（非 Apache Kafka）",
    "external": "broker at KAFKA_BOOTSTRAP_SERVERS (not started by us)",
}
