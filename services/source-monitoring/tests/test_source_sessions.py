"""Offline findings from device sessions, and missing data, on a real Postgres."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from park_chassis.database import Database
from park_judging.readings import ReadingsJudge
from park_judging.registry import Points
from park_judging.sessions import DeviceSessions
from park_judging.silence import SilenceWatch
from park_judging.testing import PointsInMemory, point, readings
from park_schemas.codes import SOURCE_MEDIA, Medium, SessionState
from park_schemas.envelope import Event
from park_schemas.registry import PointRecord
from park_schemas.telemetry import SessionChanged
from source_monitoring import link_outages
from source_monitoring.settings import Settings

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def points(registry: PointsInMemory) -> Points:
    return Points(registry, SOURCE_MEDIA, wait_s=0.1)


@pytest.fixture
def sessions(sources: Database, points: Points, source_settings: Settings) -> DeviceSessions:
    return DeviceSessions(sources, points, source_settings, also=link_outages.keep)


def change(of: PointRecord, state: SessionState, at: datetime, reason: str = "") -> Event[SessionChanged]:
    body = SessionChanged(
        mn="M1",
        state=state,
        changed_at=at,
        peer="10.0.0.1:5000",
        connection_id=uuid4(),
        reason=reason,
        point_id=of.point_id,
    )
    return Event(type="telemetry.session.changed", source="hj212-gateway", subject="M1", time=at, body=body)


async def take(sources: Database, sessions: DeviceSessions, *events: Event[SessionChanged]) -> None:
    for event in events:
        async with sources.transaction() as tx:
            await sessions.on_session(event, tx)


async def findings(sources: Database) -> list[dict[str, Any]]:
    async with sources.reading() as connection:
        rows = await connection.fetch("select body from outbox order by id")
        return [json.loads(row["body"]) for row in rows]


async def test_a_device_away_longer_than_the_setting_is_found_once_and_its_return_too(
    sources: Database, sessions: DeviceSessions, registry: PointsInMemory
) -> None:
    of = point()
    registry.put(of)
    await take(
        sources, sessions, change(of, SessionState.ONLINE, AT), change(of, SessionState.OFFLINE, AT + HOUR, "idle")
    )
    assert await sessions.find_offline(AT + HOUR + timedelta(minutes=59)) == 0
    assert await sessions.find_offline(AT + 2 * HOUR + timedelta(minutes=1)) == 1
    assert await sessions.find_offline(AT + 3 * HOUR) == 0
    back = change(of, SessionState.ONLINE, AT + 4 * HOUR)
    await take(sources, sessions, back, back)
    assert [(one["rule"], one["verdict"]) for one in await findings(sources)] == [
        ("offline", "violated"),
        ("offline", "complied"),
    ]
    assert "长时间无数据" in (await findings(sources))[0]["explanation_zh"]


async def test_a_short_absence_a_replaced_connection_and_a_late_copy_are_no_finding(
    sources: Database, sessions: DeviceSessions, registry: PointsInMemory
) -> None:
    of = point()
    registry.put(of)
    away = change(of, SessionState.OFFLINE, AT, "connection-lost")
    await take(
        sources,
        sessions,
        away,
        change(of, SessionState.ONLINE, AT + timedelta(minutes=1)),
        change(of, SessionState.OFFLINE, AT + timedelta(minutes=2), "replaced"),
        away,
    )
    assert await sessions.find_offline(AT + 9 * HOUR) == 0


async def test_devices_of_other_media_and_unregistered_ones_are_not_ours(
    sources: Database, sessions: DeviceSessions, registry: PointsInMemory
) -> None:
    station = point(medium=Medium.AMBIENT_AIR)
    registry.put(station)
    await take(
        sources, sessions, change(station, SessionState.OFFLINE, AT), change(station, SessionState.UNREGISTERED, AT)
    )
    assert await sessions.find_offline(AT + 9 * HOUR) == 0


async def test_a_point_that_falls_silent_is_found_once_and_again_when_it_speaks(
    sources: Database, points: Points, registry: PointsInMemory, source_settings: Settings
) -> None:
    of = point()
    registry.put(of)
    registry.put(point())  # never sent anything: not watched
    judge, watch = ReadingsJudge(points, source_settings), SilenceWatch(sources, points, source_settings)

    async def send(at: datetime) -> None:
        async with sources.transaction() as tx:
            await judge.on_readings([readings(of, at)], tx)

    await send(AT)
    await watch.look(AT + HOUR)
    assert await findings(sources) == []
    await watch.look(AT + 3 * HOUR)
    await watch.look(AT + 4 * HOUR)
    await send(AT + 4 * HOUR)
    await watch.look(AT + 4 * HOUR)
    assert [(one["rule"], one["verdict"]) for one in await findings(sources)] == [
        ("missing-data", "violated"),
        ("missing-data", "complied"),
    ]
