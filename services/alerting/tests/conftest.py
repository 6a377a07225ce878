"""Fixtures of alerting: a migrated schema with the shipped policy, the handlers, the app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from uuid import uuid4

import asyncpg
import msgspec
import pytest
from alerting.app import build
from alerting.consumers import Consumers
from alerting.domain.message_templates import shipped_templates
from alerting.domain.policy import shipped_policy
from alerting.settings import Settings
from alerting.store.channels import ensure_templates
from alerting.store.policies import PolicyCache, add_policy, ensure_first_policy
from park_chassis.chassis import Chassis
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.migrations import migrate
from park_chassis.provisioning import provision
from park_chassis.secret_box import SecretBox
from park_chassis.testing import TEST_SECRET
from park_schemas.envelope import Event
from park_schemas.supervision import FindingRecorded
from pydantic import SecretStr


@pytest.fixture(scope="session")
def schema_url(postgres_url: str) -> Iterator[str]:
    """The URL of a migrated schema in a database of its own, made once for all tests of a worker."""
    name = f"test_{uuid4().hex[:12]}"
    urls = asyncio.run(provision(postgres_url, {"alerting": "only-for-tests"}, database=name))
    migrate(urls["alerting"], "alerting", "alerting")
    yield urls["alerting"]
    asyncio.run(_drop(postgres_url, name))


async def _drop(admin_url: str, name: str) -> None:
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f'drop database if exists "{name}" with (force)')
    await admin.close()


@pytest.fixture
async def database(schema_url: str) -> AsyncIterator[Database]:
    """The schema of alerting, emptied, with the shipped policy in force."""
    opened = Database(schema_url, "alerting")
    await opened.open()
    try:
        async with opened.reading() as connection:
            tables = await connection.fetch(
                "select tablename from pg_tables where schemaname = 'alerting' and tablename <> 'alembic_version'"
            )
            await connection.execute("truncate " + ", ".join(row["tablename"] for row in tables) + " restart identity")
        async with opened.transaction() as tx:
            await ensure_first_policy(tx, shipped_policy(), now())
            await ensure_templates(tx, shipped_templates(), now())
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def settings(database: Database) -> Settings:
    """Settings that allow webhooks to this machine; no broker is reached."""
    return Settings(
        database_url=SecretStr(database.url),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_secret=SecretStr(TEST_SECRET),
        webhook_allow_private=True,
        notify_wait_s=0.0,
    )


@pytest.fixture
def box() -> SecretBox:
    """The box of the settings above."""
    return SecretBox("", TEST_SECRET, "alerting")


@pytest.fixture
async def chassis(settings: Settings) -> AsyncIterator[Chassis]:
    """The whole service with its database open; nothing runs in the background."""
    built = build(settings)
    await built.database.open()
    yield built
    await built.database.close()


@pytest.fixture
def policies() -> PolicyCache:
    return PolicyCache()


@pytest.fixture
def consumers(policies: PolicyCache) -> Consumers:
    return Consumers(policies)


@pytest.fixture
async def without_circumstances(database: Database) -> None:
    """Put a policy in force that grades each key by itself (circumstances depend on what is open elsewhere at that moment)."""
    shipped = shipped_policy()
    entries = [msgspec.structs.replace(entry, circumstance_steps=[]) for entry in shipped.entries]
    async with database.transaction() as tx:
        await add_policy(tx, msgspec.structs.replace(shipped, entries=entries), based_on=None, by="t", now=now())


TakeIn = Callable[..., Awaitable[None]]


@pytest.fixture
def take_in(database: Database, consumers: Consumers) -> TakeIn:
    """Hand findings to the handler as the consumer loop does: each in a transaction of its own."""

    async def take(*findings: FindingRecorded) -> None:
        for finding in findings:
            event = Event(
                type="supervision.finding.recorded",
                source="test",
                subject=str(finding.subject_id),
                time=finding.period_end,
                body=finding,
            )
            async with database.transaction() as tx:
                await consumers.on_findings([event], tx)

    return take
