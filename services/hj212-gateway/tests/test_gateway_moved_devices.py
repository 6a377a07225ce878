"""A device that comes back at another gateway: the one that still holds its old connection must not speak of it any more."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hj212 import Edition, Fields, decode, encode
from hj212_gateway import command_store, session_store, store
from hj212_gateway.command_store import Held, NewCommand
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.device_state import DeviceState
from hj212_gateway.presence import Presence
from park_chassis.database import Database
from park_chassis.testing import service_database
from park_schemas.codes import SessionState
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import SessionChanged

MN = "010000A8900016F000169DC0"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def heard(presence: Presence, connection_id: UUID, at: datetime) -> None:
    cp = [{"DataTime": "20261122120000"}, {"w01018-Rtd": "1"}]
    fields = Fields(qn="20261122120000001", st="32", cn="2011", pw="123456", mn=MN, flag=5, cp=cp)
    device = DeviceRecord(mn=MN, password="123456", point_id=uuid7(), park_id=uuid7(), edition="2017")
    presence.heard(decode(encode(fields, edition=Edition.HJ_2017)), device, connection_id, "10.0.0.1:1", at)


def test_a_moved_device_leaves_in_silence_and_its_old_connection_says_nothing_at_its_end() -> None:
    told: list[SessionChanged] = []
    presence, here, there = Presence(told.append), uuid7(), uuid7()
    heard(presence, here, NOON)
    assert presence.moved(MN, here, NOON + SECOND) is None, "it is our own connection"
    assert presence.moved(MN, there, NOON - SECOND) is None, "ours is the newer one"
    assert presence.moved("other", there, NOON) is None
    assert presence.moved(MN, there, NOON + SECOND) is not None
    assert presence.moved(MN, there, NOON + SECOND) is None, "once"
    presence.connection_closed(here, NOON + 2 * SECOND, "idle")
    assert [change.state for change in told] == [SessionState.ONLINE]
    heard(presence, here, NOON + 3 * SECOND)
    assert told[-1].state is SessionState.ONLINE, "it speaks here again"


def session(connection_id: UUID, state: SessionState, since: datetime) -> DeviceState:
    return DeviceState(MN, None, connection_id, "10.0.0.1:1", state, since, since)


async def stored(database: Database) -> tuple[str, str]:
    async with database.reading() as connection:
        row = await connection.fetchrow("select state, gateway from device_sessions where mn = $1", MN)
    assert row is not None
    return row["state"], row["gateway"]


@pytest.mark.integration
async def test_only_the_gateway_that_serves_a_device_says_it_left_and_takes_its_commands(postgres_url: str) -> None:
    old, new = uuid7(), uuid7()
    async with service_database(postgres_url, "hj212_gateway") as database:
        for gateway, connection_id, state, seconds, expected in (
            ("one", old, SessionState.ONLINE, 0, ("online", "one")),
            ("two", new, SessionState.ONLINE, 5, ("online", "two")),
            ("one", old, SessionState.ONLINE, 0, ("online", "two")),
            ("one", old, SessionState.OFFLINE, 9, ("online", "two")),
        ):
            async with database.transaction() as tx:
                await store.record_sessions(tx, [session(connection_id, state, NOON + seconds * SECOND)], gateway)
            assert await stored(database) == expected
        async with database.reading() as connection:
            moved = await session_store.gone_elsewhere(connection, "one", NOON)
            assert [(row["mn"], row["connection_id"]) for row in moved] == [(MN, new)]
            assert await session_store.gone_elsewhere(connection, "two", NOON) == []
        command = NewCommand(
            uuid7(), MN, "1061", [], "test", None, "x", NOON, NOON + timedelta(hours=1), CommandState.QUEUED
        )
        async with database.transaction() as tx:
            await command_store.insert(tx, command)
            for gateway, held, taken in (("one", Held(MN, old, NOON), 0), ("two", Held(MN, new, NOON + 5 * SECOND), 1)):
                rows = await command_store.claim(tx, [held], gateway, NOON + 6 * SECOND, NOON + 36 * SECOND)
                assert len(rows) == taken, gateway
        async with database.transaction() as tx:
            await store.record_sessions(tx, [session(new, SessionState.OFFLINE, NOON + 20 * SECOND)], "two")
        assert await stored(database) == ("offline", "two")
