"""Who may speak, what a packet says, and when a device is here: plain values, no I/O."""

from datetime import UTC, datetime, timedelta

import pytest
from hj212 import Edition, Fields, Packet, decode, encode
from hj212_gateway.domain.admission import Refusal, admit
from hj212_gateway.domain.device_state import is_silent
from hj212_gateway.domain.translation import translate
from hj212_gateway.presence import Presence
from park_schemas.codes import Period, SessionState
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import ReadingsReported, SessionChanged

MN = "010000A8900016F000169DC0"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def device(*, active: bool = True, password: str = "123456") -> DeviceRecord:
    return DeviceRecord(mn=MN, password=password, point_id=uuid7(), park_id=uuid7(), edition="2017", active=active)


def packet(command: str = "2011", *, data_time: str | None = "20261122120000", pw: str | None = "123456") -> Packet:
    cp: list[dict[str, str]] = [{"w01018-Avg": "35.20", "w01018-Max": "40", "w01018-Flag": "N"}]
    if data_time:
        cp.insert(0, {"DataTime": data_time})
    fields = Fields(qn="20261122120000001", st="32", cn=command, pw=pw, mn=MN, flag=5, cp=cp)
    return decode(encode(fields, edition=Edition.HJ_2017))


@pytest.mark.parametrize(
    ("registered", "expected"),
    [
        (None, Refusal.UNKNOWN_MN),
        (device(active=False), Refusal.INACTIVE_DEVICE),
        (device(password="654321"), Refusal.WRONG_PASSWORD),
        (device(), None),
    ],
    ids=["nobody knows it", "switched off", "another password", "as registered"],
)
def test_admission(registered: DeviceRecord | None, expected: Refusal | None) -> None:
    assert admit(packet(), registered) is expected


@pytest.mark.parametrize(
    ("command", "period"),
    [("2011", Period.REALTIME), ("2051", Period.MINUTE), ("2061", Period.HOUR), ("2031", Period.DAY)],
)
def test_a_data_command_becomes_a_reading_of_its_period(command: str, period: Period) -> None:
    event = translate(packet(command), device(), NOON, deviations=())
    assert isinstance(event, ReadingsReported)
    assert (event.period, event.data_time) == (period, NOON)
    assert event.measurements[0].values == {"Avg": "35.20", "Max": "40"}


def test_data_without_a_time_and_commands_without_data_are_refused_by_name() -> None:
    assert translate(packet(data_time=None), device(), NOON, deviations=()) is Refusal.NO_DATA_TIME
    assert translate(packet("3020"), device(), NOON, deviations=()) is Refusal.UNSUPPORTED_COMMAND


def test_a_device_is_silent_after_three_missed_reports_and_a_minute() -> None:
    assert not is_silent(device(), NOON, NOON + timedelta(seconds=150), reports=3)
    assert is_silent(device(), NOON, NOON + timedelta(seconds=151), reports=3)


class Heard:
    def __init__(self) -> None:
        self.changes: list[SessionChanged] = []
        self.presence = Presence(self.changes.append)

    def states(self) -> list[tuple[SessionState, str]]:
        return [(change.state, change.reason) for change in self.changes]


def test_a_second_connection_of_a_device_replaces_the_first_and_both_are_reported() -> None:
    heard = Heard()
    first, second = uuid7(), uuid7()
    heard.presence.heard(packet(), device(), first, "10.0.0.1:1", NOON)
    heard.presence.heard(packet(), device(), second, "10.0.0.2:1", NOON)
    assert heard.states() == [
        (SessionState.ONLINE, ""),
        (SessionState.OFFLINE, "replaced"),
        (SessionState.ONLINE, ""),
    ]
    heard.presence.connection_closed(first, NOON, "closed-by-device")
    assert len(heard.changes) == 3
    heard.presence.connection_closed(second, NOON, "closed-by-device")
    assert heard.states()[-1] == (SessionState.OFFLINE, "closed-by-device")


def test_a_silent_device_is_offline_although_its_connection_stands_and_online_again_when_it_speaks() -> None:
    heard = Heard()
    registered = device()
    heard.presence.heard(packet(), registered, uuid7(), "10.0.0.1:1", NOON)
    heard.presence.check_silence(lambda _: registered, NOON + timedelta(minutes=3), reports=3)
    heard.presence.heard(packet(), registered, uuid7(), "10.0.0.1:1", NOON + timedelta(minutes=4))
    assert heard.states() == [(SessionState.ONLINE, ""), (SessionState.OFFLINE, "silent"), (SessionState.ONLINE, "")]


def test_an_unregistered_device_is_told_at_once_and_then_each_minute() -> None:
    heard = Heard()
    for second in (0, 10, 59, 60, 100, 121):
        heard.presence.heard_stranger("X" * 24, uuid7(), "10.0.0.9:1", NOON + timedelta(seconds=second))
    assert [change.frames for change in heard.changes] == [1, 4, 6]
