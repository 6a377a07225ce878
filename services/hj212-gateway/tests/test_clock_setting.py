"""Clocks of devices over a real gateway: nothing is dropped for a wrong one, it is shown, and set by the schedule."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hj212 import Edition, Fields, encode
from hj212_gateway.clock_setter import ClockSetter
from hj212_gateway.domain.clock_schedule import ClockRule
from hj212_gateway.domain.device_state import DeviceState
from park_chassis.database import Database
from park_chassis.testing import eventually, service_database, token
from park_schemas.codes import SessionState
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from conftest import Field, GatewayOn

pytestmark = pytest.mark.integration

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def realtime(device: DeviceRecord, data_time: datetime, number: int = 1) -> bytes:
    wall = f"{data_time.astimezone(PARK_TIME_ZONE):%Y%m%d%H%M%S}"
    cp = [{"DataTime": wall}, {"w01018-Rtd": "1", "w01018-Flag": "N"}]
    fields = Fields(
        qn=f"20261122120000{number:03d}", st="32", cn="2011", pw=device.password, mn=device.mn, flag=5, cp=cp
    )
    return encode(fields, edition=Edition.HJ_2017)


async def session_of(gateway: "Field", device: DeviceRecord) -> Any:
    async with gateway.service.client(token("device:read")) as client:
        items = (await client.get("/sessions", params={"q": device.mn})).json()["items"]
    return items[0] if items else None


async def test_frames_of_a_mad_clock_are_answered_and_stored_and_the_skew_is_shown(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    times = [datetime(1999, 12, 31, 23, tzinfo=PARK_TIME_ZONE), datetime(2040, 1, 1, tzinfo=PARK_TIME_ZONE)]
    for number, at in enumerate(times, start=1):
        logger.send(realtime(device, at, number))
        assert (await logger.answer()).cn == "9014"
    events = await gateway.events("telemetry.readings.v1", device.mn, 2, within_s=60)
    assert [event.body.data_time for event in events] == times

    async def is_shown() -> bool:
        session = await session_of(gateway, device)
        return session is not None and (session["clock_skew_s"] or 0) > timedelta(days=365).total_seconds()

    await eventually(is_shown, within_s=60)
    assert {"clock_drift_s_per_day", "clock_reference_at", "takeovers", "other_peer"} <= set(
        await session_of(gateway, device)
    )
    await logger.close()


async def test_a_clock_that_is_off_is_set_by_the_schedule(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    schedule = '[{"above_s": 60, "least_apart": "PT1H"}]'
    async with gateway_on(kafka_bootstrap, PARK_CLOCK_SCHEDULE=schedule) as gateway:
        await gateway.register(device)
        logger = await gateway.logger()
        logger.send(realtime(device, datetime.now(UTC) - timedelta(minutes=10)))
        await logger.answer_of("9014")
        request = await logger.answer()
        assert request.cn == "1012"
        told = datetime.strptime(request.value("SystemTime") or "", "%Y%m%d%H%M%S").replace(tzinfo=PARK_TIME_ZONE)
        assert abs(told - datetime.now(UTC)) < timedelta(minutes=2)
        await logger.close()


# --- the setter alone, with the clock as an argument -----------------------------------------------------------------


class Here:
    """Devices that are here, by MN with the skew of their clock."""

    def __init__(self, **skews: float) -> None:
        self.skews = skews

    def online(self) -> list[DeviceState]:
        states = []
        for mn, skew in self.skews.items():
            state = DeviceState(mn, uuid7(), uuid7(), "p", SessionState.ONLINE, NOON, NOON)
            state.clock.measure(skew, NOON)
            states.append(state)
        return states


@pytest.fixture
def wishes() -> list[str]:
    return []


def setter(database: Database, here: Here, wishes: list[str]) -> ClockSetter:
    rule = ClockRule(above_s=60.0, least_apart=timedelta(hours=1))
    return ClockSetter(
        database, here, lambda mn, why: wishes.append(f"{mn} {why}"), [rule], every=timedelta(seconds=10)
    )


async def test_each_clock_is_set_at_most_once_an_hour_and_a_restart_does_not_forget_it(
    postgres_url: str, wishes: list[str]
) -> None:
    async with service_database(postgres_url, "hj212_gateway") as database:
        clocks = setter(database, Here(M1=61.0, M2=-300.0, M3=59.0), wishes)
        assert await clocks.look(NOON) == ["M1", "M2"]
        assert await clocks.look(NOON + timedelta(minutes=59)) == []
        assert await clocks.look(NOON + timedelta(minutes=60)) == ["M1", "M2"]
        assert wishes[0] == "M1 schedule: the clock is off by more than 60 s"
        async with database.transaction() as tx:  # a person has set the clock of M1
            await tx.execute(
                """insert into device_commands (command_id, mn, command, parameters, reason, requested_by, created_at,
                                                expires_at, state)
                   values ($1, 'M1', '1012', '[]', 'test', 'officer', $2, $2, 'queued')""",
                uuid7(),
                NOON,
            )
        again = setter(database, Here(M1=61.0, M2=-300.0), wishes)
        assert await again.look(NOON + timedelta(minutes=30)) == ["M2"]


async def test_many_clocks_are_set_over_some_rounds(postgres_url: str, wishes: list[str]) -> None:
    async with service_database(postgres_url, "hj212_gateway") as database:
        clocks = setter(database, Here(**{f"M{number}": 100.0 for number in range(120)}), wishes)
        rounds = [len(await clocks.look(NOON + timedelta(seconds=10 * number))) for number in range(4)]
        assert rounds == [50, 50, 20, 0]
