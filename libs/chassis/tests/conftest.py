"""Fixtures of the chassis tests: a sample service on real Postgres and a real broker."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from park_chassis.database import Database
from park_chassis.kafka import create_topics
from park_chassis.settings import ServiceSettings
from park_chassis.testing import TEST_SECRET, service_database
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parent / "sample"))


@pytest.fixture
async def ledger(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "ledger") as database:
        yield database


@pytest.fixture
async def broker(kafka_bootstrap: str) -> str:
    await create_topics(kafka_bootstrap)
    return kafka_bootstrap


@pytest.fixture
def settings(ledger: Database, broker: str, broker_kind: str) -> ServiceSettings:
    return ServiceSettings(
        service=f"ledger-{uuid4().hex[:8]}",
        database_url=SecretStr(ledger.url),
        kafka_bootstrap_servers=broker,
        kafka_idempotence=broker_kind != "tansu-fallback",
        auth_secret=SecretStr(TEST_SECRET),
    )
