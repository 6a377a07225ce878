"""Curves out of the store on a real Postgres; the narrow and the wide way give the same."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from park_chassis import timeseries, timeseries_curves
from park_chassis.database import Database
from park_chassis.frame_revisions import EntryKey, Frame, entry_of
from park_chassis.testing import service_database
from park_chassis.timeseries_curves import Found

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
POINT = UUID(int=7)
DAY = timedelta(days=1)


@pytest.fixture
async def meters(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "meters") as database:
        yield database


def frame(
    at: datetime, values: dict[EntryKey, str], *, mn: str = "M1", mark: str | None = None, point_id: UUID = POINT
) -> Frame:
    return Frame(
        mn=mn, command="2011", data_time=at, point_id=point_id, period="realtime", received_at=at, event_id=uuid4(),
        entries={key: entry_of(text, mark) for key, text in values.items()},
    )  # fmt: skip


async def put(database: Database, *frames: Frame) -> None:
    async with database.transaction() as tx:
        await timeseries.store(tx, frames)


async def both_ways(meters: Database, columns: list[EntryKey], *, mn: str = "M1", point_id: UUID = POINT) -> Found:
    """Read the curves in both ways, see that they are the same, and return them."""
    place = (mn, "2011", NOW - DAY, NOW + DAY, point_id, "realtime")
    async with meters.reading() as connection:
        narrow = await timeseries_curves.narrow(connection, place, columns)
        wide = await timeseries_curves.wide(connection, place, columns)
    assert {key: curve.samples() for key, curve in narrow.items()} == {
        key: curve.samples() for key, curve in wide.items()
    }
    return narrow


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


A, B, C = ("a", "Rtd"), ("b", "Rtd"), ("c", "Rtd")


async def test_a_curve_holds_the_newest_revisions_in_order_of_time(meters: Database) -> None:
    times = [NOW + timedelta(seconds=30 * step) for step in range(3)]
    await put(meters, *(frame(at, {A: f"{step}", B: "1"}, mark="N") for step, at in enumerate(times)))
    await put(meters, frame(times[1], {A: "100"}, mark="D"))
    found = await both_ways(meters, [A, ("a", "Avg"), C])
    assert {key: curve.samples() for key, curve in found.items()} == {
        A: [(ms(times[0]), 0.0, "N"), (ms(times[1]), 100.0, "D"), (ms(times[2]), 2.0, "N")]
    }


async def test_the_time_is_bounded_half_open(meters: Database) -> None:
    times = [NOW + timedelta(seconds=30 * step) for step in range(3)]
    await put(meters, *(frame(at, {A: "1"}) for at in times))
    async with meters.reading() as connection:
        found = await timeseries_curves.series(connection, POINT, "realtime", [A], times[0], times[2])
    assert list(found[A].times) == [ms(times[0]), ms(times[1])]


async def test_a_column_is_found_wherever_it_stands_and_frames_without_it_are_left_out(meters: Database) -> None:
    low, mean = ("a", "Min"), ("a", "Avg")
    times = [NOW + timedelta(minutes=10 * step) for step in range(3)]
    layouts = [[low, mean], [low], [("b", "Avg"), mean, low]]
    for at, layout in zip(times, layouts, strict=True):
        await put(meters, frame(at, {key: "7" if key == mean else "1" for key in layout}))
    found = await both_ways(meters, [mean])
    assert found[mean].samples() == [(ms(times[0]), 7.0, None), (ms(times[2]), 7.0, None)]


@pytest.mark.parametrize("columns", [[A], [A, *((f"x{number}", "Rtd") for number in range(9))]])
async def test_the_devices_of_a_point_make_one_curve_and_the_one_that_spoke_last_counts(
    meters: Database, columns: list[EntryKey]
) -> None:
    times = [NOW + timedelta(seconds=30 * step) for step in range(4)]
    await put(meters, *(frame(at, {A: "1"}, mn="old") for at in times[:3]))
    await put(meters, *(frame(at, {A: "2"}, mn="new") for at in times[2:]))
    async with meters.reading() as connection:
        found = await timeseries_curves.series(connection, POINT, "realtime", columns, times[0], times[3] + DAY)
    assert list(found[A].values) == [1.0, 1.0, 2.0, 2.0]


keys = st.tuples(st.sampled_from("abc"), st.sampled_from(["Avg", "Min", "Rtd"]))
contents = st.dictionaries(keys, st.sampled_from(["1.0", "2.50", "", "St"]), max_size=9)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), contents), max_size=12))
async def test_both_ways_give_what_the_frames_themselves_say(
    meters: Database, sent: list[tuple[int, dict[EntryKey, str]]]
) -> None:
    point_id, mn = uuid4(), uuid4().hex
    await put(
        meters, *(frame(NOW + timedelta(seconds=step), values, mn=mn, point_id=point_id) for step, values in sent)
    )
    async with meters.reading() as connection:
        frames = await timeseries.current_frames(connection, point_id, "realtime", NOW - DAY, NOW + DAY)
    columns = [(factor, attribute) for factor in "abc" for attribute in ("Avg", "Min", "Rtd")]
    expected = {
        column: [(ms(one.data_time), one.entries[column].value, None) for one in frames if column in one.entries]
        for column in columns
    }
    found = await both_ways(meters, columns, mn=mn, point_id=point_id)
    assert {key: curve.samples() for key, curve in found.items()} == {
        key: samples for key, samples in expected.items() if samples
    }
