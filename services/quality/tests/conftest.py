"""Fixtures: the service's migrated schema, a registry in memory, and settings."""

from collections.abc import AsyncIterator

import pytest
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET, service_database
from park_judging.testing import PointsInMemory
from pydantic import SecretStr
from quality.settings import Settings
from quality.testing import Park


@pytest.fixture
async def stations(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "quality") as database:
        yield database


@pytest.fixture
def registry() -> PointsInMemory:
    return PointsInMemory()


@pytest.fixture
def quality_settings() -> Settings:
    return Settings(
        database_url=SecretStr("postgresql://unused"),
        kafka_bootstrap_servers="unused:9092",
        auth_secret=SecretStr(TEST_SECRET),
        registry_wait_s=0.2,
        closing_settle_s=0,
    )


@pytest.fixture
def park(stations: Database, registry: PointsInMemory, quality_settings: Settings) -> Park:
    return Park(stations, registry, quality_settings)
