"""A frame of which packets never came is marked, and the mark goes with the packet that was missing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from park_chassis import timeseries
from park_chassis.database import Database
from park_chassis.frame_revisions import Frame, entry_of
from park_chassis.testing import service_database

pytestmark = pytest.mark.integration

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
DEADLINE = AT + timedelta(seconds=50)
KEY = ("M1", "2061", AT)


@pytest.fixture
async def meters(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "meters") as database:
        yield database


def packet(factor: str, *, received_s: int, incomplete: bool = False) -> Frame:
    return Frame(
        mn="M1", command="2061", data_time=AT, point_id=UUID(int=7), period="hour", event_id=uuid4(),
        received_at=AT + timedelta(seconds=received_s), entries={(factor, "Avg"): entry_of("1.5", "N")},
        incomplete=incomplete,
    )  # fmt: skip


async def put(database: Database, *frames: Frame) -> None:
    async with database.transaction() as tx:
        await timeseries.store(tx, frames)


async def mark(database: Database) -> bool:
    async with database.transaction() as tx:
        return await timeseries.mark_incomplete(tx, KEY, DEADLINE)


async def newest(database: Database) -> Frame:
    async with database.reading() as connection:
        (found,) = await timeseries.latest(connection, [UUID(int=7)])
        (current,) = await timeseries.current_frames(connection, UUID(int=7), "hour", AT, AT + timedelta(hours=1))
    assert (found.revision, found.incomplete) == (current.revision, current.incomplete)
    return current


async def test_the_newest_revision_is_marked_and_whole_again_with_the_last_packet(meters: Database) -> None:
    await put(meters, packet("w01018", received_s=5), packet("w01001", received_s=6))
    assert not (await newest(meters)).incomplete
    assert await mark(meters)
    assert (await newest(meters)).incomplete
    await put(meters, packet("w21003", received_s=60, incomplete=True))
    assert (await newest(meters)).incomplete
    await put(meters, packet("w21011", received_s=61))
    assert not (await newest(meters)).incomplete
    assert len((await newest(meters)).entries) == 4


async def test_a_mark_that_comes_twice_does_not_spoil_what_is_whole_since(meters: Database) -> None:
    await put(meters, packet("w01018", received_s=5))
    await mark(meters)
    await put(meters, packet("w01001", received_s=60))
    assert not await mark(meters)
    assert not (await newest(meters)).incomplete


async def test_a_mark_for_what_was_never_stored_changes_nothing(meters: Database) -> None:
    assert not await mark(meters)
