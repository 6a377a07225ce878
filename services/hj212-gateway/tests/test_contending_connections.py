"""Two connections that speak for one MN in turns: counted, reported once a minute, and both named."""

from datetime import UTC, datetime, timedelta

from hj212 import Edition, Fields, Packet, decode, encode
from hj212_gateway.presence import Presence
from park_schemas.codes import SessionState
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import SessionChanged

MN = "010000A8900016F000169DC0"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ONE, TWO = uuid7(), uuid7()
FIRST, SECOND = "10.0.0.1:1", "10.0.0.2:2"
DEVICE = DeviceRecord(mn=MN, password="123456", point_id=uuid7(), park_id=uuid7(), edition="2017")


def packet() -> Packet:
    cp: list[dict[str, str]] = [{"DataTime": "20261122120000"}, {"w01018-Rtd": "1"}]
    fields = Fields(qn="20261122120000001", st="32", cn="2011", pw="123456", mn=MN, flag=5, cp=cp)
    return decode(encode(fields, edition=Edition.HJ_2017))


class Heard:
    def __init__(self) -> None:
        self.changes: list[SessionChanged] = []
        self.presence = Presence(self.changes.append)
        self.frame = packet()

    def one(self, second: int) -> None:
        self.presence.heard(self.frame, DEVICE, ONE, FIRST, NOON + timedelta(seconds=second))

    def two(self, second: int) -> None:
        self.presence.heard(self.frame, DEVICE, TWO, SECOND, NOON + timedelta(seconds=second))


def test_a_takeover_is_told_at_once_and_names_both_connections() -> None:
    heard = Heard()
    heard.one(0)
    heard.two(1)
    gone, here = heard.changes[1:]
    assert (gone.state, gone.reason, gone.peer, gone.other_peer, gone.connection_id) == (
        SessionState.OFFLINE, "replaced", FIRST, SECOND, ONE,
    )  # fmt: skip
    assert (here.state, here.peer, here.other_peer, here.connection_id) == (SessionState.ONLINE, SECOND, FIRST, TWO)
    assert gone.takeovers == 1


def test_connections_that_take_turns_are_told_once_a_minute_with_their_number() -> None:
    heard = Heard()
    for second in range(0, 180, 2):
        heard.one(second)
        heard.two(second + 1)
    replaced = [change for change in heard.changes if change.reason == "replaced"]
    assert len(replaced) == 3
    assert [change.takeovers for change in replaced] == [1, 60, 60]
    assert len(heard.changes) == 1 + 2 * len(replaced)
    state = heard.presence.state_of(MN)
    assert state is not None
    assert (state.takeovers, state.state) == (179, SessionState.ONLINE)
    assert {state.peer, state.other_peer} == {FIRST, SECOND}
    assert state.contested_at is not None
    assert state.since < NOON + timedelta(seconds=125)


def test_the_newest_connection_serves_also_between_two_announcements() -> None:
    heard = Heard()
    heard.one(0)
    heard.two(1)
    heard.one(2)
    state = heard.presence.state_of(MN)
    assert state is not None
    assert (state.connection_id, state.peer) == (ONE, FIRST)
    assert heard.presence.devices_behind(ONE) == {MN}
    assert heard.presence.devices_behind(TWO) == frozenset()
    heard.presence.connection_closed(TWO, NOON + timedelta(seconds=3), "closed-by-device")
    assert state.state is SessionState.ONLINE
    heard.presence.connection_closed(ONE, NOON + timedelta(seconds=4), "closed-by-device")
    assert (heard.changes[-1].state, heard.changes[-1].takeovers) == (SessionState.OFFLINE, 1)


def test_a_device_that_reconnects_now_and_then_is_told_each_time() -> None:
    heard = Heard()
    heard.one(0)
    heard.two(100)
    heard.one(200)
    assert [change.reason for change in heard.changes if change.reason] == ["replaced", "replaced"]
    state = heard.presence.state_of(MN)
    assert state is not None
    assert state.contested_at is None
