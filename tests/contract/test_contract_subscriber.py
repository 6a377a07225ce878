"""An integrator's subscriber of `alerting.alarms.v1`, written only from contracts/: it knows no line of the platform's code.

What it uses: contracts/asyncapi.yaml (address, messages, where a schema lies) and the schema files it names. The test then runs
the real alerting against a real broker and looks whether the subscriber understood everything.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from aiokafka import AIOKafkaConsumer
from jsonschema import Draft202012Validator

CONTRACTS = Path(__file__).parents[2] / "contracts"


class Subscriber:
    """Reads a public channel: each message is looked up by its CloudEvents type and held against its published schema."""

    def __init__(self, contracts: Path, channel: str) -> None:
        self._document = yaml.safe_load((contracts / "asyncapi.yaml").read_text("utf-8"))
        self.address: str = self._document["channels"][channel]["address"]
        self._validators: dict[str, Draft202012Validator] = {}
        self.examples: list[tuple[str, dict[str, Any]]] = []
        for name in self._document["channels"][channel]["messages"]:
            payload = self._document["components"]["messages"][name]["payload"]
            schema = payload.get("schema", payload)
            if "$ref" in schema:
                schema = json.loads((contracts / schema["$ref"]).read_text("utf-8"))
            self._validators[name] = Draft202012Validator(schema)
            self.examples += [(name, example) for example in schema.get("examples", [])]
        self.newest: dict[str, dict[str, Any]] = {}

    def take(self, headers: list[tuple[str, bytes]], body: bytes) -> tuple[str, dict[str, Any]]:
        """Return (type, alarm) of a message; the newest version of each alarm is kept. Raises when it breaks the contract."""
        attributes = {name: value.decode() for name, value in headers}
        kind = attributes["ce_type"]
        alarm = json.loads(body)
        self._validators[kind].validate(alarm)
        known = self.newest.get(alarm["alarm_id"])
        if known is None or alarm["version"] > known["version"]:
            self.newest[alarm["alarm_id"]] = alarm
        return kind, alarm


def test_the_contract_alone_describes_every_example_of_the_channel() -> None:
    subscriber = Subscriber(CONTRACTS, "alerting.alarms.v1")
    for name, example in subscriber.examples:
        kind, alarm = subscriber.take([("ce_type", name.encode())], json.dumps(example).encode())
        assert (kind, alarm["alarm_id"]) == (name, example["alarm_id"])
    assert len({name for name, _ in subscriber.examples}) >= 10


@pytest.fixture
async def alarms_of_a_running_service(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path
) -> AsyncIterator[AIOKafkaConsumer]:
    """The platform's side: a real alerting that was given findings; the integrator sees the broker only."""
    from alerting.testing import finding
    from park_chassis.kafka import create_topics
    from park_chassis.testing import running_service
    from park_schemas.envelope import Event, encode_body, encode_headers

    await create_topics(kafka_bootstrap)
    consumer = AIOKafkaConsumer(
        "alerting.alarms.v1", bootstrap_servers=kafka_bootstrap, group_id=f"integrator-{uuid4().hex}",
        auto_offset_reset="earliest",
    )  # fmt: skip
    from aiokafka import AIOKafkaProducer

    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await producer.start()
    async with running_service(
        "alerting", admin_url=postgres_url, kafka=kafka_bootstrap, log_to=tmp_path / "service.log"
    ):
        subject = uuid4()
        for one in (
            finding(1.2, subject=subject),
            finding(2.5, subject=subject, at=1),
            *(finding(0.5, subject=subject, at=hour) for hour in (2, 3)),
        ):
            event = Event(
                type="supervision.finding.recorded", source="test", subject=str(subject), time=one.period_end, body=one
            )
            await producer.send_and_wait(
                "supervision.findings.v1",
                key=str(subject).encode(),
                value=encode_body(one),
                headers=encode_headers(event),
            )
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()
            await producer.stop()


@pytest.mark.integration
async def test_an_integrator_follows_an_alarm_by_the_contract_alone(
    alarms_of_a_running_service: AIOKafkaConsumer,
) -> None:
    subscriber = Subscriber(CONTRACTS, "alerting.alarms.v1")
    kinds: list[str] = []
    async with asyncio.timeout(120):
        async for message in alarms_of_a_running_service:
            kind, _ = subscriber.take(list(message.headers), message.value)
            kinds.append(kind)
            if kind == "alerting.alarm.resolved":
                break
    assert [kind.rpartition(".")[2] for kind in kinds] == ["raised", "escalated", "resolved"]
    (alarm,) = subscriber.newest.values()
    assert (alarm["state"], alarm["level"], alarm["version"]) == ("resolved", "orange", 3)
