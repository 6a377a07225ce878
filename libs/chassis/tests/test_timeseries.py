"""The time-series store on a real Postgres."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from park_chassis import timeseries
from park_chassis.database import Database
from park_chassis.frame_revisions import Frame, Stored, entry_of
from park_chassis.testing import eventually, service_database

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
POINT = UUID(int=7)


@pytest.fixture
async def meters(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "meters") as database:
        yield database


def frame(
    data_time: datetime = NOW,
    values: dict[str, str] | None = None,
    *,
    mn: str = "M1",
    command: str = "2011",
    period: str = "realtime",
    received_at: datetime | None = None,
    mark: str | None = None,
    attribute: str = "Rtd",
) -> Frame:
    entries = {(name, attribute): entry_of(text, mark) for name, text in (values or {"w01018": "31.50"}).items()}
    return Frame(
        mn=mn, command=command, data_time=data_time, point_id=POINT, period=period,
        received_at=received_at or data_time + timedelta(seconds=1), event_id=uuid4(), entries=entries,
    )  # fmt: skip


async def put(database: Database, *frames: Frame) -> list[Stored]:
    async with database.transaction() as tx:
        return await timeseries.store(tx, frames)


async def all_revisions(database: Database) -> list[Frame]:
    async with database.reading() as connection:
        rows = await connection.fetch("select * from frames order by mn, command, data_time, revision")
        return [timeseries.frame_of(row) for row in rows]


async def newest(database: Database) -> list[Frame]:
    async with database.reading() as connection:
        return await timeseries.latest(connection, [POINT])


async def test_a_frame_comes_back_exactly_as_it_was_stored(meters: Database) -> None:
    sent = frame(values={"w01018": "31.50", "w01001": "7.10", "p99101": "St", "w21003": "007.1", "a": ""}, mark="N")
    stored = await put(meters, sent)
    assert [one.fresh for one in stored] == [frozenset(sent.entries)]
    assert await all_revisions(meters) == [sent]
    assert {key[0]: entry.text for key, entry in (await newest(meters))[0].entries.items()} == {
        "w01018": "31.50", "w01001": "7.10", "p99101": "St", "w21003": "007.1", "a": None,
    }  # fmt: skip


async def test_what_comes_twice_is_stored_once_in_one_batch_and_over_batches(meters: Database) -> None:
    assert len(await put(meters, frame(), frame())) == 1
    assert await put(meters, frame(), frame()) == []
    assert len(await all_revisions(meters)) == 1


async def test_what_differs_becomes_a_revision_and_the_old_row_stays(meters: Database) -> None:
    await put(meters, frame(values={"a": "1", "b": "2"}))
    stored = await put(meters, frame(values={"a": "9"}), frame(values={"c": "3"}))
    assert [one.frame.revision for one in stored] == [2, 3]
    assert [set(one.fresh) for one in stored] == [{("a", "Rtd")}, {("c", "Rtd")}]
    texts = [{key[0]: entry.text for key, entry in one.entries.items()} for one in await all_revisions(meters)]
    assert texts == [{"a": "1", "b": "2"}, {"a": "9", "b": "2"}, {"a": "9", "b": "2", "c": "3"}]
    assert (await newest(meters))[0].revision == 3


async def test_one_hundred_thousand_numbers_of_a_batch_are_stored_with_their_neighbours(meters: Database) -> None:
    batch = [
        frame(NOW + timedelta(seconds=30 * step), {f"f{n}": f"{n}.{step}" for n in range(15)}, mn=f"M{mn}")
        for step in range(67)
        for mn in range(100)
    ]
    assert len(await put(meters, *batch)) == 6700
    assert await put(meters, *batch) == []
    assert len(await newest(meters)) == 100


async def test_latest_keeps_the_newest_data_time_whatever_comes_later(meters: Database) -> None:
    await put(meters, frame(NOW))
    await put(meters, frame(NOW - timedelta(hours=1)))
    assert [one.data_time for one in await newest(meters)] == [NOW]


async def test_a_clock_of_2040_does_not_hide_later_values_and_is_stored(meters: Database) -> None:
    mad = datetime(2040, 1, 1, tzinfo=UTC)
    await put(meters, frame(mad, received_at=NOW))
    assert [one.data_time for one in await newest(meters)] == [mad]
    await put(meters, frame(NOW + timedelta(minutes=1)))
    assert [one.data_time for one in await newest(meters)] == [NOW + timedelta(minutes=1)]
    assert len(await all_revisions(meters)) == 2


async def test_each_month_has_its_partition_and_strays_move_into_it_when_it_is_made(meters: Database) -> None:
    old = NOW - timedelta(days=200)
    mad = datetime(2040, 1, 1, tzinfo=UTC)
    await put(meters, frame(), frame(old), frame(mad, received_at=NOW))
    async with meters.reading() as connection:
        assert await connection.fetchval("select count(*) from frames_default") == 2
    made = await timeseries.make_partitions(meters, NOW)
    wall = old + timedelta(hours=8)
    assert date(wall.year, wall.month, 1) in made
    async with meters.reading() as connection:
        assert await connection.fetchval("select count(*) from frames_default") == 1
        assert await connection.fetchval(f"select count(*) from frames_{wall:%Y_%m}") == 1
    assert await timeseries.make_partitions(meters, NOW) == []
    assert await put(meters, frame(old)) == []


async def test_two_replicas_may_make_partitions_while_frames_are_written(meters: Database) -> None:
    async def write() -> None:
        for step in range(20):
            await put(meters, frame(NOW - timedelta(days=100, seconds=step)))

    later = NOW + timedelta(days=200)
    await asyncio.gather(
        write(), timeseries.make_partitions(meters, later, ahead=4), timeseries.make_partitions(meters, later, ahead=4)
    )
    assert len(await all_revisions(meters)) == 20


async def somebody_waits(database: Database) -> bool:
    """Whether a connection of this database waits for a lock."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with database.reading() as connection:
        return bool(await connection.fetchval(waiting))


async def test_two_writers_of_one_revision_do_not_both_succeed(meters: Database) -> None:
    await put(meters, frame(values={"a": "1"}))
    async with meters.transaction() as first:
        await timeseries.store(first, [frame(values={"a": "2"})])
        second = asyncio.create_task(put(meters, frame(values={"a": "3"})))
        await eventually(lambda: somebody_waits(meters))
    with pytest.raises(asyncpg.UniqueViolationError):
        await second
    assert [one.frame.revision for one in await put(meters, frame(values={"a": "3"}))] == [3]


async def test_frames_page_through_all_revisions_newest_first(meters: Database) -> None:
    times = [NOW + timedelta(seconds=30 * step) for step in range(3)]
    await put(meters, *(frame(at, {"a": "1"}) for at in times))
    await put(meters, frame(times[1], {"a": "2"}))
    seen: list[tuple[datetime, int]] = []
    after: tuple[datetime, str, str, int] | None = None
    async with meters.reading() as connection:
        while page := await timeseries.frames_with_revisions(
            connection, POINT, "realtime", times[0], NOW + timedelta(hours=1), limit=2, after=after
        ):
            seen += [(one.data_time, one.revision) for one in page]
            after = (page[-1].data_time, page[-1].mn, page[-1].command, page[-1].revision)
        current = await timeseries.current_frames(connection, POINT, "realtime", times[0], NOW + timedelta(hours=1))
    assert seen == [(times[2], 1), (times[1], 2), (times[1], 1), (times[0], 1)]
    assert [(one.data_time, one.revision) for one in current] == [(times[0], 1), (times[1], 2), (times[2], 1)]


async def test_periods_of_one_point_are_kept_apart_and_the_watermark_is_their_newest_time(meters: Database) -> None:
    await put(meters, frame(), frame(NOW, {"a": "5"}, command="2061", period="hour", attribute="Avg"))
    async with meters.reading() as connection:
        hours = await timeseries.current_frames(connection, POINT, "hour", NOW, NOW + timedelta(1))
        assert [one.command for one in hours] == ["2061"]
        assert await timeseries.watermark(connection, POINT) == NOW
        assert await timeseries.watermark(connection, UUID(int=1)) is None


def test_months_around_cross_the_year() -> None:
    assert timeseries.months_around(date(2026, 12, 31), behind=1, ahead=2) == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1),
    ]  # fmt: skip


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
sent_texts = st.one_of(st.none(), texts, st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str))
entries = st.dictionaries(
    st.tuples(texts, texts), st.builds(entry_of, sent_texts, st.one_of(st.none(), texts)), max_size=8
)
moments = st.integers(-(10**9), 4 * 10**9).map(lambda second: datetime.fromtimestamp(second + second % 7 / 7, UTC))
drawn_frames = st.lists(st.tuples(entries, texts, moments, st.booleans(), st.booleans()), max_size=5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn_frames)
async def test_whatever_a_frame_holds_comes_back_as_it_was(meters: Database, drawn: list[Any]) -> None:
    sent = [
        Frame(
            mn=uuid4().hex, command=command, data_time=at, point_id=uuid4(), period="hour", received_at=NOW,
            event_id=uuid4(), entries=held, supplementary=supplementary, incomplete=incomplete,
        )
        for held, command, at, supplementary, incomplete in drawn
    ]  # fmt: skip
    await put(meters, *sent)
    found = {one.mn: one for one in await all_revisions(meters)}
    assert [found[one.mn] for one in sent] == sent
