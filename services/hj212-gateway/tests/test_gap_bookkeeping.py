"""Gaps on a real Postgres, with the clock as an argument: found, extended, claimed by one gateway, judged, healed, restarted."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hj212_gateway import gap_store, record_store
from hj212_gateway.domain.gap_states import FetchBudget, GapState, Patience
from hj212_gateway.domain.record_days import instant_of
from hj212_gateway.domain.record_rhythm import DAY, HOUR, MINUTE
from hj212_gateway.gap_fetcher import GapFetcher
from hj212_gateway.gap_finder import FindingRules, GapFinder
from hj212_gateway.gap_store import GapFilter
from hj212_gateway.records import Records
from park_chassis.database import Database
from park_chassis.testing import service_database
from park_schemas.codes import DataOrigin, Period
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import ReadingsReported

pytestmark = pytest.mark.integration

NOON = instant_of(datetime(2026, 11, 22, 12, tzinfo=PARK_TIME_ZONE).date(), 720)
MINUTES = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LOOK_BACK = timedelta(days=7)
GRACE = timedelta(minutes=5)
ALL = GapFilter(None, None, None, None, None)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    async with service_database(postgres_url, "hj212_gateway") as database:
        yield database


class Park:
    """One gateway's rooms around one database; `here` are the devices it holds."""

    def __init__(
        self, database: Database, *, name: str = "one", here: tuple[str, ...] = ("M1",), most: int = 60
    ) -> None:
        self.database = database
        self.here = list(here)
        self.at_ease = True
        self.devices = {mn: _device(mn) for mn in ("M1", "M2")}
        self.records = Records(split_wait_s=40, look_back=LOOK_BACK)
        rules = FindingRules(dict.fromkeys((MINUTE, HOUR, DAY), GRACE), LOOK_BACK, most)
        self.finder = GapFinder(database, self.devices.get, rules, every=SECOND)
        self.woken = 0
        self.fetcher = GapFetcher(
            database,
            name,
            self,
            self._wake,
            FetchBudget(at_once=5, per_device_hour=3, records_per_command=most),
            Patience(tries=3, first_wait=2 * MINUTES, longest_wait=60 * MINUTES),
            settle=2 * MINUTES,
            every=SECOND,
        )

    def _wake(self) -> None:
        self.woken += 1

    def settled(self, since: datetime) -> list[str]:
        return self.here

    def is_at_ease(self) -> bool:
        return self.at_ease

    async def came(
        self,
        *times: datetime,
        mn: str = "M1",
        at: datetime,
        origin: DataOrigin = DataOrigin.LIVE,
        command: str = MINUTE,
    ) -> int:
        """Note records as durable and write them at `at`; return how many gaps that healed."""
        for time in times:
            self.records.arrived(_reading(mn, command, time, at, origin))
        async with self.database.transaction() as tx:
            taken = self.records.take()
            return await record_store.write(tx, taken, at, look_back=LOOK_BACK, first_look=timedelta(0))

    async def gaps(self, wanted: GapFilter = ALL) -> list[Any]:
        async with self.database.reading() as connection:
            return await gap_store.gaps(connection, wanted, before=None, limit=100)

    async def end_command(self, state: str, code: int | None, at: datetime) -> Any:
        """End the command that is queued, as the commander does; return it."""
        async with self.database.transaction() as tx:
            row = await tx.fetchrow(
                """update device_commands set state = $1, code = $2, finished_at = $3 where state in ('queued', 'sent')
                   returning *""",
                state,
                code,
                at,
            )
        assert row is not None
        return row


def _device(mn: str) -> DeviceRecord:
    return DeviceRecord(mn=mn, password="123456", point_id=uuid7(), park_id=uuid7(), edition="2017")


def _reading(mn: str, command: str, time: datetime, at: datetime, origin: DataOrigin) -> ReadingsReported:
    return ReadingsReported(
        mn=mn,
        point_id=uuid7(),
        edition="2017",
        system_type="32",
        command=command,
        period=Period.MINUTE if command == MINUTE else Period.HOUR,
        data_time=time,
        received_at=at,
        measurements=[],
        origin=origin,
    )


def tens(*numbers: int) -> list[datetime]:
    """Return the beginnings of ten-minute intervals, counted from noon."""
    return [NOON + 10 * number * MINUTES for number in numbers]


async def with_a_gap(park: Park) -> datetime:
    """Records 0 to 2 and 6 to 8 came; return the time at which 3 to 5 were found missing."""
    await park.came(*tens(0, 1, 2, 6, 7, 8), at=NOON + 91 * MINUTES)
    at = NOON + 96 * MINUTES
    assert await park.finder.look(at) == 1
    return at


async def test_what_is_missing_between_records_is_one_gap_with_its_numbers(database: Database) -> None:
    park = Park(database)
    await with_a_gap(park)
    (gap,) = await park.gaps()
    assert (gap["mn"], gap["command"], gap["begins"], gap["ends"]) == ("M1", MINUTE, *tens(3, 6))
    assert (gap["expected"], gap["missing"], gap["state"], gap["cause"]) == (3, 3, "open", "missing")
    async with database.reading() as connection:
        (series,) = await connection.fetch("select * from record_series")
    assert (series["interval_min"], series["interval_source"]) == (10, "register")
    assert series["next_check_at"] > NOON + 96 * MINUTES
    assert await park.finder.look(NOON + 97 * MINUTES) == 0


async def test_a_gap_grows_while_the_device_is_away_and_a_command_holds_no_more_than_it_may(database: Database) -> None:
    park = Park(database, most=4)
    await park.came(*tens(0), at=NOON + 11 * MINUTES)
    for number in range(1, 8):
        await park.finder.look(NOON + (10 * number + 16) * MINUTES)
    spans = sorted((gap["begins"], gap["ends"], gap["expected"]) for gap in await park.gaps())
    assert spans == [(*tens(1, 5), 4), (*tens(5, 8), 3)]


async def test_a_device_that_never_sent_a_kind_of_record_is_not_missed_and_an_inactive_one_neither(
    database: Database,
) -> None:
    park = Park(database)
    await park.came(*tens(0), mn="M1", at=NOON + MINUTES)
    await park.came(*tens(0), mn="M2", at=NOON + MINUTES)
    park.devices.pop("M2")
    await park.finder.look(NOON + 60 * MINUTES)
    assert {(gap["mn"], gap["command"]) for gap in await park.gaps()} == {("M1", MINUTE)}


async def test_nothing_older_than_the_look_back_is_missed(database: Database) -> None:
    park = Park(database)
    await park.came(NOON - timedelta(days=400), *tens(0), NOON + timedelta(days=300), at=NOON + MINUTES)
    await park.finder.look(NOON + 25 * MINUTES)
    assert [(gap["begins"], gap["ends"]) for gap in await park.gaps()] == [tuple(tens(1, 2))]


async def test_a_gap_is_fetched_by_a_command_of_its_own_origin_and_closed_by_the_records(database: Database) -> None:
    park = Park(database)
    at = await with_a_gap(park)
    assert await park.fetcher.begin(at) == 1
    assert park.woken == 1
    async with database.reading() as connection:
        (command,) = await connection.fetch("select * from device_commands")
    assert (command["command"], command["origin"], command["requested_by"]) == (MINUTE, "gap", "gap")
    assert command["parameters"] == [{"BeginTime": "20261122123000"}, {"EndTime": "20261122130000"}]
    assert await park.fetcher.begin(at) == 0, "one at a time"
    assert await park.came(*tens(3, 4), at=at + SECOND, origin=DataOrigin.HISTORY) == 0
    assert (await park.gaps())[0]["missing"] == 1
    assert await park.came(*tens(5), at=at + 2 * SECOND, origin=DataOrigin.HISTORY) == 1
    (gap,) = await park.gaps()
    assert (gap["state"], gap["healed_by"], gap["missing"]) == ("healed", "history", 0)
    await park.end_command("succeeded", 1, at + 3 * SECOND)
    assert await park.fetcher.judge_ended(at + MINUTES) == 0


async def test_a_gap_whose_records_the_device_sends_by_itself_is_closed_too(database: Database) -> None:
    park = Park(database)
    at = await with_a_gap(park)
    assert await park.came(*tens(3, 4, 5), at=at, origin=DataOrigin.SUPPLEMENTARY) == 1
    (gap,) = await park.gaps()
    assert (gap["state"], gap["healed_by"]) == ("healed", "device")
    assert park.records.fills_in("M1", at - MINUTES)
    assert not park.records.fills_in("M1", at)
    assert await park.fetcher.begin(at) == 0


async def test_a_gap_whose_records_came_while_it_was_being_found_is_closed_without_asking(database: Database) -> None:
    park = Park(database)
    at = await with_a_gap(park)
    async with database.transaction() as tx:  # as if the finder had stored it a moment after the records came
        await tx.execute("update record_gaps set begins = $1, ends = $2, expected = 2, missing = 2", *tens(6, 8))
    assert await park.fetcher.begin(at) == 1
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from device_commands") == 0
    assert [(gap["state"], gap["healed_by"]) for gap in await park.gaps()] == [("healed", "device")]


async def test_a_try_that_brings_nothing_waits_longer_each_time_and_is_given_up_with_its_reason(
    database: Database,
) -> None:
    park = Park(database)
    at = await with_a_gap(park)
    waits = []
    for attempt in range(1, 4):
        assert await park.fetcher.begin(at) == 1
        await park.end_command("timed-out", None, at + 30 * SECOND)
        assert await park.fetcher.judge_ended(at + 31 * SECOND) == 0, "the last records may still be on their way"
        assert await park.fetcher.judge_ended(at + MINUTES) == 1
        (gap,) = await park.gaps()
        assert (gap["attempts"], gap["reason"]) == (attempt, "timed-out")
        waits.append((gap["next_try_at"] - at - MINUTES) // MINUTES)
        assert await park.fetcher.begin(gap["next_try_at"] - SECOND) == 0
        at = gap["next_try_at"]
    assert (gap["state"], waits) == ("given-up", [2, 4, 8])
    assert gap["closed_at"] is not None
    assert await park.fetcher.begin(at + timedelta(days=1)) == 0
    assert await park.came(*tens(3, 4, 5), at=at, origin=DataOrigin.SUPPLEMENTARY) == 1
    assert (await park.gaps())[0]["state"] == "healed"


async def test_a_device_that_has_no_data_is_believed_the_second_time(database: Database) -> None:
    park = Park(database)
    at = await with_a_gap(park)
    for _ in range(2):
        assert await park.fetcher.begin(at) == 1
        await park.end_command("failed", 100, at)
        await park.fetcher.judge_ended(at + MINUTES)
        at += 60 * MINUTES
    (gap,) = await park.gaps()
    assert (gap["state"], gap["reason"]) == ("given-up", "no-data")


async def test_part_of_the_records_is_progress_and_only_the_rest_is_asked_for(database: Database) -> None:
    park = Park(database)
    at = await with_a_gap(park)
    await park.fetcher.begin(at)
    await park.came(*tens(3), at=at, origin=DataOrigin.HISTORY)
    await park.end_command("timed-out", None, at)
    await park.fetcher.judge_ended(at + MINUTES)
    (gap,) = await park.gaps()
    assert (gap["state"], gap["attempts"], gap["missing"]) == ("open", 0, 2)
    await park.fetcher.begin(gap["next_try_at"])
    command = await park.end_command("succeeded", 1, at)
    assert command["parameters"][0] == {"BeginTime": "20261122124000"}


async def test_a_persons_command_and_live_data_go_first_and_the_budget_of_an_hour_holds(database: Database) -> None:
    park = Park(database)
    at = await with_a_gap(park)
    async with database.transaction() as tx:
        await tx.execute(
            """insert into device_commands (command_id, mn, command, parameters, reason, requested_by, created_at,
                                            expires_at, state)
               values ($1, 'M1', '1062', '[]', 'a person', 'officer', $2, $3, 'queued')""",
            uuid7(),
            at,
            at + timedelta(days=1),
        )
    assert await park.fetcher.begin(at) == 0
    await park.end_command("succeeded", 1, at)
    park.at_ease = False
    assert await park.fetcher.begin(at) == 0
    park.at_ease = True
    for _ in range(3):
        assert await park.fetcher.begin(at) == 1
        await park.end_command("expired", None, at)
        await park.fetcher.judge_ended(at + 6 * SECOND)
        at += 3 * MINUTES
    (gap,) = await park.gaps()
    assert (gap["state"], gap["attempts"], gap["reason"]) == ("open", 0, "not-reached")
    assert await park.fetcher.begin(at) == 0
    assert await park.fetcher.begin(at + 60 * MINUTES) == 1


async def test_only_the_gateway_that_holds_the_device_fetches_and_a_dead_ones_lease_ends(database: Database) -> None:
    one, two = Park(database, name="one"), Park(database, name="two", here=("M2",))
    at = await with_a_gap(one)
    assert await two.fetcher.begin(at) == 0
    assert await one.fetcher.begin(at) == 1
    two.here = ["M1"]
    assert await two.fetcher.begin(at) == 0
    await one.end_command("timed-out", None, at + MINUTES)
    assert await two.fetcher.judge_ended(at + 2 * MINUTES) == 0, "the other may still be there"
    assert await two.fetcher.judge_ended(at + 6 * MINUTES) == 1
    assert await two.fetcher.begin(at + 10 * MINUTES) == 1
    (gap,) = await two.gaps()
    assert (gap["state"], gap["gateway"], gap["attempts"]) == ("fetching", "two", 2)


async def test_gateways_share_the_looking_and_unite_what_each_has_heard(database: Database) -> None:
    one, two = Park(database, name="one"), Park(database, name="two")
    await one.came(*tens(0, 1), at=NOON + 21 * MINUTES)
    await two.came(*tens(2, 3), at=NOON + 41 * MINUTES)
    assert await one.finder.look(NOON + 46 * MINUTES) == 1
    assert await two.finder.look(NOON + 46 * MINUTES) == 0
    assert await one.gaps() == []


async def test_a_clock_that_is_behind_makes_nothing_missing(database: Database) -> None:
    park = Park(database)
    at = NOON + 91 * MINUTES
    await park.came(*tens(0, 1), at=at)  # 70 minutes late: its clock is an hour behind
    async with database.transaction() as tx:
        await tx.execute(
            """insert into device_sessions (mn, state, since, peer, connection_id, last_frame_at, frames, bytes_received,
                                            clock_skew_s, edition, gateway)
               values ('M1', 'online', $1, 'p', $2, $1, 1, 1, -4200, '2017', 'one')""",
            at,
            uuid7(),
        )
    await park.finder.look(at)
    assert await park.gaps() == []
    await park.finder.look(at + 20 * MINUTES)
    assert [(gap["begins"], gap["ends"]) for gap in await park.gaps()] == [tuple(tens(2, 3))]


async def test_old_bookkeeping_is_let_go(database: Database) -> None:
    park = Park(database)
    at = await with_a_gap(park)
    await park.fetcher.begin(at)
    await park.came(*tens(3, 4, 5), at=at, origin=DataOrigin.HISTORY)
    await park.end_command("succeeded", 1, at)
    later = at + timedelta(days=91)
    async with database.transaction() as tx:
        await gap_store.forget(tx, days_before=later.date(), closed_before=later)
        left = [await tx.fetchval(f"select count(*) from {table}") for table in _TABLES]
    assert left == [0, 0, 0, 0]


_TABLES = ("record_days", "record_gaps", "device_commands", "command_frames")


async def test_every_state_the_domain_knows_is_one_the_table_takes(database: Database) -> None:
    async with database.reading() as connection:
        check = await connection.fetchval(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'record_gaps_state_check'"
        )
    assert {state.value for state in GapState} == set(check.split("'")[1::2])
