"""Fixtures: the service's migrated schema, a registry in memory, and the handlers on them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from park_chassis.database import Database
from park_chassis.kafka import Producer, create_topics
from park_chassis.testing import TEST_SECRET, service_database
from park_judging.testing import PointsInMemory
from pydantic import SecretStr
from source_monitoring.settings import Settings
from source_monitoring.testing import Laboratory


@pytest.fixture
async def sources(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "source_monitoring") as database:
        yield database


@pytest.fixture
def registry() -> PointsInMemory:
    return PointsInMemory()


@pytest.fixture
def source_settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=SecretStr("postgresql://unused"),
        kafka_bootstrap_servers="unused:9092",
        auth_secret=SecretStr(TEST_SECRET),
        registry_wait_s=0.2,
        closing_settle_s=0,
        evidence_dir=tmp_path / "evidence",
        evidence_max_document_bytes=20_000_000,
        evidence_max_video_bytes=20_000_000,
    )


@pytest.fixture
def laboratory(sources: Database, registry: PointsInMemory, source_settings: Settings) -> Laboratory:
    return Laboratory(sources, registry, source_settings)


@pytest.fixture
def broker_settings(kafka_bootstrap: str, broker_kind: str, source_settings: Settings) -> Settings:
    known = {"kafka_bootstrap_servers": kafka_bootstrap, "kafka_idempotence": broker_kind != "tansu-fallback"}
    return source_settings.model_copy(update=known)


@pytest.fixture
async def producer(broker_settings: Settings) -> AsyncIterator[Producer]:
    await create_topics(broker_settings.kafka_bootstrap_servers)
    producer = Producer(broker_settings)
    await producer.open()
    yield producer
    await producer.close()
