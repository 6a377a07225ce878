"""The order of records under concurrency: a reader that keeps its cursor sees every committed record, in any interleaving."""

import asyncio
import contextlib
import random

import pytest
from park_chassis.clock import now
from park_chassis.database import Database
from sharing_exchange.store import records
from sharing_exchange.store.records import Change

pytestmark = pytest.mark.integration


async def test_a_second_writer_waits_for_the_first_ones_commit(exchange_database: Database) -> None:
    first_may_commit, first_has_written = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with exchange_database.transaction() as tx:
            await records.take_turn(tx)
            await records.put(tx, "alarms", [Change("first", 1, "{}")], now())
            first_has_written.set()
            await first_may_commit.wait()

    async def second() -> None:
        await first_has_written.wait()
        async with exchange_database.transaction() as tx:
            await records.take_turn(tx)
            await records.put(tx, "alarms", [Change("second", 1, "{}")], now())

    writers = [asyncio.create_task(first()), asyncio.create_task(second())]
    await first_has_written.wait()
    await asyncio.sleep(0.2)
    assert not writers[1].done(), "the second writer would have a higher number and be seen first"
    async with exchange_database.reading() as connection:
        assert await records.after(connection, "alarms", 0, 10) == []
    first_may_commit.set()
    await asyncio.gather(*writers)
    async with exchange_database.reading() as connection:
        seen = await records.after(connection, "alarms", 0, 10)
    assert [record.sequence for record in seen] == sorted(record.sequence for record in seen)
    assert len(seen) == 2


async def test_no_committed_record_is_missed_by_a_reader_among_writers_that_stall_and_fail(
    exchange_database: Database,
) -> None:
    chance = random.Random(20260301)
    committed: set[str] = set()

    async def write(writer: int) -> None:
        for number in range(25):
            key = f'"{writer}-{number}"'
            with contextlib.suppress(ZeroDivisionError):
                async with exchange_database.transaction() as tx:
                    await asyncio.sleep(chance.random() * 0.004)
                    await records.take_turn(tx)
                    await records.put(tx, "alarms", [Change(key, 1, key)], now())
                    await asyncio.sleep(chance.random() * 0.004)
                    if chance.random() < 0.2:
                        raise ZeroDivisionError
                committed.add(key)

    seen: list[str] = []

    async def read(writers: "asyncio.Task[list[None]]") -> None:
        cursor, last_round = 0, False
        while True:
            async with exchange_database.reading() as connection:
                page = await records.after(connection, "alarms", cursor, 7)
            seen.extend(record.body for record in page)
            cursor = page[-1].sequence if page else cursor
            if not page and last_round:
                return
            last_round = writers.done() and not page
            await asyncio.sleep(0)

    async def write_all() -> list[None]:
        return await asyncio.gather(*(write(writer) for writer in range(4)))

    writers = asyncio.create_task(write_all())
    await read(writers)
    await writers
    assert len(seen) == len(set(seen))
    assert set(seen) == committed
    assert 0 < len(committed) < 100, "some transactions failed, so numbers have gaps"
