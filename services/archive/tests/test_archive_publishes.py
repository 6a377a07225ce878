"""From a form to the registry topics on a real broker: what a reader of the topics gets is the whole truth about a key."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from archive.app import build
from archive.domain.credit_code import check_character
from archive.settings import Settings
from park_chassis.kafka import create_topics
from park_chassis.outbox import OutboxRelay
from park_chassis.testing import TEST_SECRET, asgi_client, service_database, token
from park_schemas.envelope import decode_event
from park_schemas.registry import DeviceRecord, EnterpriseRecord, PointRecord
from pydantic import SecretStr

pytestmark = pytest.mark.integration

CREDIT_CODE = "91990001MA9990001" + check_character("91990001MA9990001")


async def test_registered_records_arrive_on_their_topics_with_their_keys(
    postgres_url: str, kafka_bootstrap: str
) -> None:
    await create_topics(kafka_bootstrap)
    async with service_database(postgres_url, "archive") as database:
        settings = Settings(
            database_url=SecretStr(database.url),
            kafka_bootstrap_servers=kafka_bootstrap,
            auth_secret=SecretStr(TEST_SECRET),
        )
        chassis = build(settings)
        chassis.database._pool = database.pool
        await chassis.producer.open()
        relay = asyncio.create_task(OutboxRelay(chassis.database, chassis.producer).run())
        permissions = ("archive:write", "archive:read", "device:write", "point:read")
        async with asgi_client(chassis, token(*permissions)) as client:
            keys = await _register(client)
        found = await _read(kafka_bootstrap, set(keys.values()))
        relay.cancel()
        with suppress(asyncio.CancelledError):
            await relay
        await chassis.producer.close()
    enterprise, point, device = (found[keys[name]] for name in ("enterprise", "point", "device"))
    assert isinstance(enterprise, EnterpriseRecord)
    assert isinstance(point, PointRecord)
    assert isinstance(device, DeviceRecord)
    assert str(point.enterprise_id) == keys["enterprise"]
    assert str(device.point_id) == keys["point"]
    assert point.enterprise_name_zh == enterprise.name_zh == "发布化工"
    assert [factor.name_zh for factor in point.factors] == ["化学需氧量"]


async def _register(client: Any) -> dict[str, str]:
    place = {"longitude": 118.91, "latitude": 32.27}
    park = {"code": "T", "name_zh": "测试园区", "centre": [118.9, 32.28]}
    (await client.put("/park", json=park)).raise_for_status()
    body = {"credit_code": CREDIT_CODE, "name_zh": "发布化工", "industry": "x", **place}
    enterprise = (await client.post("/enterprises", json=body)).raise_for_status().json()["enterprise_id"]
    body = {"code": "PUB-1", "name_zh": "排口", "medium": "waste-water", "enterprise_id": enterprise, **place}
    point = (
        (await client.post("/points", json=body | {"factors": [{"factor": "w01018"}]}))
        .raise_for_status()
        .json()["point_id"]
    )
    body = {"mn": "PUBLISHED0001", "password": "123456", "point_id": point, "edition": "2017"}
    (await client.post("/devices", json=body)).raise_for_status()
    return {"enterprise": enterprise, "point": point, "device": "PUBLISHED0001"}


async def _read(bootstrap: str, wanted: set[str]) -> dict[str, Any]:
    """Return the last record of each wanted key over the three registry topics."""
    consumer = AIOKafkaConsumer(
        "registry.points.v1",
        "registry.devices.v1",
        "registry.enterprises.v1",
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    found: dict[str, Any] = {}
    try:
        async with asyncio.timeout(120):
            while wanted - found.keys():
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        event = decode_event(record.headers, record.value)
                        assert record.key.decode() == event.subject
                        found[event.subject] = event.body
    finally:
        await consumer.stop()
    return found
