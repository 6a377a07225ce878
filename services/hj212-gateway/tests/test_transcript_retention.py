"""Old transcripts go at the end of their retention, the commands stay; keys go with the last evidence they would open."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hj212_gateway import command_store, key_store
from hj212_gateway.command_retention import CommandRetention
from hj212_gateway.command_store import NewCommand, SpokenFrame
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.device_keys import KeyState
from hj212_gateway.key_store import NewKey
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.testing import service_database
from park_schemas.identifiers import uuid7

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "hj212_gateway") as found:
        yield found


async def command(database: Database, state: CommandState, at: datetime) -> UUID:
    """Store a command with two frames; one that has ended did so at `at`."""
    command_id = uuid7()
    new = NewCommand(command_id, "MN1", "1011", [], "why", None, "zhang", at, at + DAY, state)
    async with database.transaction() as tx:
        await command_store.insert(tx, new)
        frames = [SpokenFrame(at, "sent", b"##1"), SpokenFrame(at, "received", b"##2")]
        await command_store.append_frames(tx, command_id, frames)
    return command_id


async def frames_of(database: Database, *command_ids: UUID) -> list[int]:
    async with database.reading() as connection:
        return [len(await command_store.transcript(connection, one)) for one in command_ids]


async def test_transcripts_of_commands_that_ended_long_ago_go_and_the_commands_stay(database: Database) -> None:
    at = now()
    old = await command(database, CommandState.SUCCEEDED, at - 31 * DAY)
    young = await command(database, CommandState.SUCCEEDED, at - 29 * DAY)
    waiting = await command(database, CommandState.QUEUED, at - 31 * DAY)
    retention = CommandRetention(database, transcripts=30 * DAY, evidence=timedelta(0))
    assert [await retention.drop_some(), await retention.drop_some()] == [1, 0]
    assert await frames_of(database, old, young, waiting) == [0, 2, 2]
    async with database.reading() as connection:
        kept = await command_store.one(connection, old)
        dropped = [(await command_store.one(connection, one))["transcript_dropped_at"] for one in (young, waiting)]
    assert kept["state"] == "succeeded"
    assert kept["transcript_dropped_at"] >= at
    assert dropped == [None, None]


async def test_without_a_bound_transcripts_stay_for_ever(database: Database) -> None:
    old = await command(database, CommandState.SUCCEEDED, now() - 4000 * DAY)
    retention = CommandRetention(database, transcripts=timedelta(0), evidence=timedelta(0))
    assert await retention.drop_some() == 0
    assert await frames_of(database, old) == [2]


async def test_a_key_goes_when_the_evidence_it_would_open_has_gone(database: Database) -> None:
    at = now()
    ended = {"long ago": at - 31 * DAY, "lately": at - 29 * DAY, "never": None}
    keys = {name: uuid7() for name in ended}
    async with database.transaction() as tx:
        for name, key_id in keys.items():
            new = NewKey(key_id, "MN1", "sealed:x", KeyState.CONFIRMED, None, "zhang", name, at - 60 * DAY)
            await key_store.insert(tx, new)
            await tx.execute("update device_keys set ended_at = $2 where key_id = $1", key_id, ended[name])
    await CommandRetention(database, transcripts=timedelta(0), evidence=timedelta(0)).forget_keys()
    assert len(await kept(database)) == 3
    await CommandRetention(database, transcripts=timedelta(0), evidence=30 * DAY).forget_keys()
    assert await kept(database) == {"lately", "never"}


async def kept(database: Database) -> set[str]:
    async with database.reading() as connection:
        return {row["reason"] for row in await key_store.of_device(connection, "MN1")}
