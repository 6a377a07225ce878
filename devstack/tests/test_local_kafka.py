"""The broker on real Apache Kafka (or on the fallback, where what it lacks is skipped by name)."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from devstack.kafka import Broker, new_cluster_id
from devstack.kafka_probe import broker_answers
from devstack.ports import LOOPBACK, free_port

pytestmark = pytest.mark.integration


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path / "kafka") as started:
        yield started


async def create_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def produce(bootstrap: str, topic: str, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def read(bootstrap: str, topic: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_acknowledged_records_survive_a_killed_broker_at_the_same_address(broker: Broker) -> None:
    if broker.kind == "tansu-fallback":
        pytest.skip("the fallback broker keeps its log in memory")
    address, topic = broker.bootstrap_servers, f"kept-{secrets.token_hex(4)}"
    await create_topic(address, topic)
    await produce(address, topic, [b"one", b"two", b"three"])
    killed = broker.pid

    broker.kill()
    assert not broker_answers(*_host_and_port(address))
    broker.start()

    assert broker.pid not in {None, killed}
    assert broker.bootstrap_servers == address
    assert await read(address, topic, 3) == [b"one", b"two", b"three"]


async def test_shared_broker_takes_and_gives_back_a_record(kafka_bootstrap: str) -> None:
    topic = f"echo-{secrets.token_hex(4)}"
    await create_topic(kafka_bootstrap, topic)
    await produce(kafka_bootstrap, topic, [b"hello"])
    assert await read(kafka_bootstrap, topic, 1) == [b"hello"]


def test_no_cluster_id_looks_like_an_option_of_the_tool() -> None:
    # One random id in 64 would begin with a hyphen; the broker then did not start and the fallback took its place.
    assert not [one for one in (new_cluster_id() for _ in range(2000)) if one.startswith("-") or len(one) != 22]


def test_probe_says_no_where_nothing_listens() -> None:
    assert not broker_answers(LOOPBACK, free_port())


def test_probe_says_no_to_a_server_that_speaks_something_else() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]

        def answer_like_a_web_server() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        speaker = threading.Thread(target=answer_like_a_web_server)
        speaker.start()
        assert not broker_answers(LOOPBACK, port)
        speaker.join()


def test_bootstrap_servers_from_the_environment_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9092")
    with Broker(tmp_path / "unused") as started:
        assert (started.bootstrap_servers, started.kind, started.pid) == ("elsewhere:9092", "external", None)
    assert not (tmp_path / "unused").exists()


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.partition(":")
    return host, int(port)
