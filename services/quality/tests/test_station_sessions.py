"""Stations whose logger is away: found by quality for its own media only."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from park_judging.sessions import DeviceSessions
from park_judging.testing import factor, point
from park_schemas.codes import Medium, SessionState
from park_schemas.envelope import Event
from park_schemas.registry import PointRecord
from park_schemas.telemetry import SessionChanged
from quality.settings import Settings
from quality.testing import Park, station

pytestmark = pytest.mark.integration

AT = datetime(2026, 10, 9, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def change(of: PointRecord, state: SessionState, at: datetime) -> Event[SessionChanged]:
    mn = of.point_id.hex[:24]
    body = SessionChanged(
        mn=mn,
        state=state,
        changed_at=at,
        peer="10.0.0.1:5000",
        connection_id=uuid4(),
        reason="idle",
        point_id=of.point_id,
    )
    return Event(type="telemetry.session.changed", source="hj212-gateway", subject=mn, time=at, body=body)


@pytest.mark.parametrize("medium", [Medium.AMBIENT_AIR, Medium.SURFACE_WATER, Medium.NOISE])
async def test_a_station_s_logger_that_is_away_is_found_once_and_its_return_too(
    park: Park, quality_settings: Settings, medium: Medium
) -> None:
    sessions = DeviceSessions(park.database, park.points, quality_settings)
    of, outlet = station(factor(), medium=medium), point()
    park.registry.put(of)
    park.registry.put(outlet)
    for event in (change(of, SessionState.OFFLINE, AT), change(outlet, SessionState.OFFLINE, AT)):
        async with park.database.transaction() as tx:
            await sessions.on_session(event, tx)
    assert [await sessions.find_offline(AT + hours * HOUR) for hours in (0.9, 1.1, 2)] == [0, 1, 0]
    for _ in range(2):
        async with park.database.transaction() as tx:
            await sessions.on_session(change(of, SessionState.ONLINE, AT + 3 * HOUR), tx)
    found = await park.published("supervision.findings.v1")
    assert [(one["rule"], one["verdict"], one["medium"], one["subject_id"]) for one in found] == [
        ("offline", "violated", medium, str(of.point_id)), ("offline", "complied", medium, str(of.point_id)),
    ]  # fmt: skip
