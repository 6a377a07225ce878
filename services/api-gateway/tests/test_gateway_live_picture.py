"""The live picture and its clients, pure: any order and repetition gives the same picture; scope, cap, coalescing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import msgspec
import pytest
from api_gateway.api.live_questions import viewer_of
from api_gateway.domain.live_client import LiveClient, Viewer
from api_gateway.domain.live_state import Kind, LiveState
from api_gateway.domain.live_values import LiveLimit, limits_in_force, live_factors, ratio_to_limit
from api_gateway.domain.permissions import ROLE_PERMISSIONS, DataScope
from hypothesis import given, settings
from hypothesis import strategies as st
from park_chassis.auth import Principal
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.codes import AlarmLevel, AlarmState, Medium, Period, Role, SessionState, TaskState
from park_schemas.registry import LimitInForce, PointRecord
from park_schemas.tasks import Task
from park_schemas.telemetry import Measurement, ReadingsReported, SessionChanged

T0 = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PARK, MINE, THEIRS = (UUID(int=number) for number in (1, 2, 3))


def _id(number: int) -> UUID:
    return UUID(int=1000 + number)


def _limit(**facts: Any) -> LimitInForce:
    known = {
        "limit_id": "L",
        "factor": "w01018",
        "unit": "mg/L",
        "averaging": "hour",
        "standard": "GB 8978-1996",
        "clause": "表4",
        "valid_from": T0.date(),
        "upper": "100",
    }
    return LimitInForce(**{**known, **facts})


def _point(number: int, enterprise_id: UUID | None = MINE, limits: list[LimitInForce] | None = None) -> PointRecord:
    return PointRecord(
        point_id=_id(number),
        park_id=PARK,
        code=f"P{number}",
        name_zh="点",
        name_en="point",
        medium=Medium.WASTE_WATER,
        longitude=120.0,
        latitude=31.0,
        enterprise_id=enterprise_id,
        limits=limits or [],
    )


def _readings(
    number: int = 1, at: datetime = T0, value: str = "50", period: Period = Period.REALTIME
) -> ReadingsReported:
    attribute = "Rtd" if period is Period.REALTIME else "Avg"
    return ReadingsReported(
        mn=f"MN{number}",
        point_id=_id(number),
        edition="2017",
        system_type="32",
        command="2011",
        period=period,
        data_time=at,
        received_at=at,
        measurements=[Measurement(factor="w01018", values={attribute: value}, mark="N")],
    )


def _alarm(
    number: int = 1, version: int = 1, state: AlarmState = AlarmState.ACTIVE, enterprise_id: UUID = MINE
) -> Alarm:
    return Alarm(
        alarm_id=_id(number),
        version=version,
        number="AL-20260301-0001",
        park_id=PARK,
        rule="exceedance",
        level=AlarmLevel.RED,
        state=state,
        title_zh="超标",
        title_en="exceeds",
        subject_id=_id(1),
        subject_name_zh="点",
        subject_name_en="point",
        medium=Medium.WASTE_WATER,
        started_at=T0,
        last_seen_at=T0,
        raised_at=T0,
        changed_at=T0,
        occurrences=version,
        finding_id=_id(9),
        enterprise_id=enterprise_id,
    )


def _task(number: int = 1, version: int = 1, assignee: str | None = "li", state: TaskState = TaskState.SIGNED) -> Task:
    return Task(
        task_id=_id(number),
        version=version,
        number="TK-20260301-0001",
        park_id=PARK,
        kind="exceedance-check",
        state=state,
        title_zh="核查",
        title_en="check",
        priority=AlarmLevel.RED,
        created_at=T0,
        changed_at=T0,
        due_at=T0,
        created_by="chen",
        assignee=assignee,
    )


@pytest.fixture
def state() -> LiveState:
    points = {str(_id(number)): _point(number, MINE if number < 5 else THEIRS) for number in range(10)}
    return LiveState(points.get)


def _viewer(role: Role, username: str = "li", enterprise_id: UUID | None = None) -> Viewer:
    return viewer_of(
        Principal(
            user_id=_id(900), username=username, display_name=username, role=role, permissions=ROLE_PERMISSIONS[role],
            park_id=PARK, enterprise_id=enterprise_id,
        )
    )  # fmt: skip


def _client(role: Role = Role.OFFICER, **facts: Any) -> LiveClient:
    client = LiveClient(_viewer(role, **facts))
    client.subscribe([kind.value for kind in Kind])
    return client


def _picture(state: LiveState) -> dict[str, dict[str, bytes]]:
    return {
        kind.value: {key: bytes(entry.json) for key, entry in entries.items() if entry.open}
        for kind, entries in state.entries.items()
    }


_CHANGES: list[Callable[[LiveState], object]] = [
    lambda state: state.take_readings(_readings(at=T0, value="1")),
    lambda state: state.take_readings(_readings(at=T0 + timedelta(seconds=30), value="2")),
    lambda state: state.take_readings(_readings(2, at=T0, value="3")),
    lambda state: state.take_alarm(_alarm(version=1)),
    lambda state: state.take_alarm(_alarm(version=2, state=AlarmState.ACKNOWLEDGED)),
    lambda state: state.take_alarm(msgspec.to_builtins(_alarm(version=1))),
    lambda state: state.take_alarm(_alarm(2, version=3, state=AlarmState.CLOSED)),
    lambda state: state.take_alarm(msgspec.to_builtins(_alarm(2, version=2))),
    lambda state: state.take_task(_task(version=4)),
    lambda state: state.take_task(_task(version=5, state=TaskState.CANCELLED)),
]


@settings(max_examples=200)
@given(st.permutations(range(len(_CHANGES))), st.lists(st.integers(0, len(_CHANGES) - 1), max_size=8))
def test_events_and_snapshot_in_any_order_and_repeated_give_the_same_picture(
    order: list[int], again: list[int]
) -> None:
    points = {str(_id(number)): _point(number) for number in range(3)}
    expected, shuffled = LiveState(points.get), LiveState(points.get)
    for change in _CHANGES:
        change(expected)
    for number in [*order, *again]:
        _CHANGES[number](shuffled)
    assert _picture(shuffled) == _picture(expected)


def test_a_late_snapshot_does_not_bring_a_closed_alarm_back(state: LiveState) -> None:
    state.take_alarm(_alarm(version=5, state=AlarmState.CLOSED))
    assert state.take_alarm(msgspec.to_builtins(_alarm(version=4))) is None
    assert _picture(state)["alarms"] == {}


def test_the_number_of_closed_alarms_that_are_remembered_is_bounded(state: LiveState) -> None:
    state.take_alarm(_alarm(1))
    for number in range(2, 12_000):
        state.take_alarm(_alarm(number, state=AlarmState.CLOSED))
    assert len(state.entries[Kind.ALARMS]) < 6_000
    assert list(_picture(state)["alarms"]) == [str(_id(1))]


def test_hourly_data_does_not_hide_realtime_data_until_that_has_been_silent(state: LiveState) -> None:
    state.take_readings(_readings(at=T0))
    assert state.take_readings(_readings(at=T0 + timedelta(minutes=5), period=Period.HOUR)) is None
    assert state.take_readings(_readings(at=T0 + timedelta(minutes=11), period=Period.HOUR)) is not None
    assert state.take_readings(_readings(at=T0 + timedelta(minutes=12))) is not None


def test_frames_of_one_data_time_are_united_and_a_revision_replaces_the_value_in_any_order(state: LiveState) -> None:
    first = _readings(value="50")
    other = msgspec.structs.replace(
        first, measurements=[Measurement(factor="w21003", values={"Rtd": "7"})], received_at=T0 + timedelta(seconds=1)
    )
    revised = msgspec.structs.replace(_readings(value="60"), received_at=T0 + timedelta(seconds=2))
    told = {"point_id": str(_id(1)), "data_time": T0.isoformat(), "period": "realtime"}
    base = {**told, "factors": [{"factor": "w01018", "value": "40", "unit": "mg/L"}]}
    for order in permutations(("base", first, other, revised)):
        fresh = LiveState(lambda _: _point(1, limits=[_limit()]))
        for one in order:
            if isinstance(one, ReadingsReported):
                assert fresh.take_readings(one) is not None
                assert fresh.take_readings(one) is None
            else:
                fresh.take_latest(base)
        shown = fresh.entries[Kind.POINTS][str(_id(1))].show()
        values = {one["factor"]: one for one in shown["factors"]}
        assert (values["w01018"]["value"], values["w21003"]["value"], values["w01018"]["unit"]) == ("60", "7", "mg/L")
        assert values["w01018"]["ratio"] == 0.6


def test_a_live_value_carries_the_limit_it_is_held_against_and_none_where_none_is_known(state: LiveState) -> None:
    fresh = LiveState(lambda _: _point(1, limits=[_limit()]))
    other = Measurement(factor="w21003", values={"Rtd": "7"})
    first = _readings(value="150")
    fresh.take_readings(msgspec.structs.replace(first, measurements=[*first.measurements, other]))
    shown = msgspec.json.decode(fresh.entries[Kind.POINTS][str(_id(1))].json)["factors"]
    known = {
        "upper": "100",
        "lower": None,
        "unit": "mg/L",
        "standard": "GB 8978-1996",
        "clause": "表4",
        "averaging": "hour",
        "basis": "measured",
        "observed": "150",
    }
    assert (shown[0]["ratio"], shown[0]["limit"]) == (1.5, known)
    assert "limit" not in shown[1]


def test_a_device_that_sends_one_data_time_for_ever_is_held_within_a_bound(state: LiveState) -> None:
    for number in range(100):
        received = T0 + timedelta(seconds=number)
        state.take_readings(msgspec.structs.replace(_readings(value=str(number)), received_at=received))
    entry = state.entries[Kind.POINTS][str(_id(1))]
    assert len(entry.parts) == 16
    assert entry.show()["factors"][0]["value"] == "99"  # more than one part: factors are plain mappings


def test_an_enterprise_sees_its_own_and_nothing_of_others(state: LiveState) -> None:
    state.take_readings(_readings(1))
    state.take_readings(_readings(7))
    state.take_alarm(_alarm(1))
    state.take_alarm(_alarm(2, enterprise_id=THEIRS))
    state.take_session(
        SessionChanged(
            mn="STRAY", state=SessionState.UNREGISTERED, changed_at=T0, peer="10.0.0.1:1", connection_id=_id(1)
        )
    )
    client = _client(Role.ENTERPRISE, enterprise_id=MINE)
    seen = msgspec.json.decode(client.snapshot(state, T0))
    assert [point["point_id"] for point in seen["points"]] == [str(_id(1))]
    assert [alarm["alarm_id"] for alarm in seen["alarms"]] == [str(_id(1))]
    assert seen["sessions"] == []
    assert len(msgspec.json.decode(_client().snapshot(state, T0))["points"]) == 2


def test_an_inspector_sees_own_tasks_and_the_change_by_which_one_leaves(state: LiveState) -> None:
    state.take_task(_task(1, assignee="li"))
    state.take_task(_task(2, assignee="wang"))
    client = _client(Role.INSPECTOR)
    assert len(msgspec.json.decode(client.snapshot(state, T0))["tasks"]) == 1
    key = state.take_task(_task(1, version=2, assignee="wang"))
    assert key is not None
    client.mark(Kind.TASKS, [key])
    delta = client.delta(state, T0, 100)
    assert delta is not None
    assert msgspec.json.decode(delta)["tasks"][0]["assignee"] == "wang"


def test_an_inspector_sees_a_task_that_waits_for_any_inspector(state: LiveState) -> None:
    state.take_task(msgspec.structs.replace(_task(1, assignee=None), assignee_role="inspector"))
    state.take_task(msgspec.structs.replace(_task(2, assignee=None), assignee_role="enterprise"))
    assert len(msgspec.json.decode(_client(Role.INSPECTOR).snapshot(state, T0))["tasks"]) == 1


def test_what_is_not_permitted_cannot_be_subscribed_to() -> None:
    client = LiveClient(Viewer("x", DataScope.PARK, frozenset({"alarm:read"})))
    assert client.subscribe(["points", "alarms", "weather"]) == ["points", "weather"]
    assert client.kinds == {Kind.ALARMS}


def test_the_last_value_wins_and_is_sent_once(state: LiveState) -> None:
    client = _client()
    for number in range(50):
        key = state.take_readings(_readings(at=T0 + timedelta(seconds=number), value=str(number)))
        assert key is not None
        client.mark(Kind.POINTS, [key])
    delta = client.delta(state, T0, 100)
    assert delta is not None
    points = msgspec.json.decode(delta)["points"]
    assert [point["factors"][0]["value"] for point in points] == ["49"]
    assert client.coalesced == 49
    assert client.delta(state, T0, 100) is None


def test_the_cap_holds_back_values_but_no_alarm_and_the_longest_waiting_go_first(state: LiveState) -> None:
    client = _client()
    for number in range(10):
        state.take_readings(_readings(number))
        client.mark(Kind.POINTS, [str(_id(number))])
    alarm = state.take_alarm(_alarm(1))
    assert alarm is not None
    client.mark(Kind.ALARMS, [alarm])
    sent = []
    while (message := client.delta(state, T0, 4)) is not None:
        sent.append(msgspec.json.decode(message))
    assert [len(message.get("points", [])) for message in sent] == [4, 4, 2]
    assert "alarms" in sent[0]
    order = [point["point_id"] for message in sent for point in message["points"]]
    assert order == [str(_id(number)) for number in range(10)]
    assert [message["seq"] for message in sent] == [1, 2, 3]


@pytest.mark.parametrize(
    ("upper", "lower", "value", "ratio"),
    [
        ("100", None, "180", 1.8),
        (None, "5", "4", 1.25),
        ("9", "6", "7.5", 0.0),
        ("9", "6", "9", 1.0),
        ("0", None, "1", None),
    ],
)
def test_ratio_is_one_at_the_limit(upper: str | None, lower: str | None, value: str, ratio: float | None) -> None:
    from decimal import Decimal

    assert ratio_to_limit(Decimal(value), _limit(upper=upper, lower=lower)) == ratio


def test_of_several_limits_in_force_the_finest_counts_and_one_out_of_time_does_not() -> None:
    over = _limit(limit_id="over", upper="1", averaging="realtime", valid_to=T0.date() - timedelta(days=1))
    future = _limit(limit_id="future", upper="2", averaging="realtime", valid_from=T0.date() + timedelta(days=2))
    point = _point(1, limits=[_limit(limit_id="day", averaging="day"), over, _limit(limit_id="hour"), future])
    assert limits_in_force(point, T0.date())["w01018"].limit_id == "hour"


def test_a_limit_on_converted_values_is_held_against_the_converted_value() -> None:
    point = _point(1, limits=[_limit(basis="converted")])
    measured = Measurement(factor="w01018", values={"Rtd": "90", "ZsRtd": "150"})
    only_flag = Measurement(factor="a1", values={}, mark="D")
    nothing = Measurement(factor="a2", values={})
    shown = live_factors([measured, only_flag, nothing], Period.REALTIME, T0, point)
    assert [(factor.factor, factor.value, factor.ratio, factor.mark) for factor in shown] == [
        ("w01018", "90", 1.5, None),
        ("a1", None, None, "D"),
    ]
    limit = shown[0].limit
    assert isinstance(limit, LiveLimit)
    assert (limit.basis, limit.observed) == ("converted", "150")


def test_without_a_converted_value_the_measured_one_is_held_against_the_limit() -> None:
    point = _point(1, limits=[_limit(basis="converted")])
    (shown,) = live_factors([Measurement(factor="w01018", values={"Rtd": "90"})], Period.REALTIME, T0, point)
    assert isinstance(shown.limit, LiveLimit)
    assert (shown.value, shown.ratio, shown.limit.observed) == ("90", 0.9, "90")


@pytest.mark.parametrize(
    ("role", "username", "enterprise_id", "sees"),
    [
        (Role.OFFICER, "li", None, True),
        (Role.OFFICER, "wang", None, False),
        (Role.INSPECTOR, "wang", None, False),
        (Role.ENTERPRISE, "wang", MINE, False),
        (Role.ENTERPRISE, "li", MINE, True),
        (Role.ADMINISTRATOR, "root", None, False),
    ],
)
def test_a_message_to_one_person_reaches_him_alone(
    state: LiveState, role: Role, username: str, enterprise_id: UUID | None, sees: bool
) -> None:
    assert ("person:li" in _told(state, role, username, enterprise_id)) is sees


@pytest.mark.parametrize(
    ("role", "enterprise_id", "hears"),
    [
        (Role.OFFICER, None, {"role:officer"}),
        (Role.INSPECTOR, None, {"role:inspector"}),
        (Role.ADMINISTRATOR, None, {"role:officer", "role:administrator"}),
        (Role.ENTERPRISE, MINE, {f"enterprise:{MINE}"}),
        (Role.ENTERPRISE, THEIRS, {f"enterprise:{THEIRS}"}),
        (Role.ENTERPRISE, None, set()),
    ],
)
def test_a_message_to_a_role_or_an_enterprise_is_heard_as_in_the_list_of_messages(
    state: LiveState, role: Role, enterprise_id: UUID | None, hears: set[str]
) -> None:
    assert _told(state, role, "wang", enterprise_id) == hears


def _told(state: LiveState, role: Role, username: str, enterprise_id: UUID | None) -> set[str]:
    """Publish a message of MINE's alarm to everybody; return the recipients a viewer reads."""
    everybody = ("person:li", "role:officer", "role:inspector", "role:administrator", f"enterprise:{MINE}",
                 f"enterprise:{THEIRS}", "role:enterprise")  # fmt: skip
    for number, recipient in enumerate(everybody):
        told = NotificationSent(
            notification_id=_id(100 + number), alarm_id=_id(1), channel="in-app", recipient=recipient,
            delivered=True, level=AlarmLevel.RED, title_zh="告警", title_en="alarm", sent_at=T0, park_id=PARK,
            enterprise_id=MINE,
        )  # fmt: skip
        assert state.take_notification(told) is not None
    client = _client(role, username=username, enterprise_id=enterprise_id)
    client.subscribe(["notifications"])
    return {one["recipient"] for one in msgspec.json.decode(client.snapshot(state, T0))["notifications"]}


@pytest.mark.parametrize(
    ("role", "username", "enterprise_id", "facts", "sees"),
    [
        (Role.ENTERPRISE, "chen", MINE, {"withheld": True, "assignee": "li"}, False),
        (Role.ENTERPRISE, "chen", MINE, {"withheld": False, "assignee": "li"}, True),
        (Role.ENTERPRISE, "chen", MINE, {"withheld": True, "assignee": "chen"}, True),
        (Role.ENTERPRISE, "chen", MINE, {"withheld": True, "assignee": "li", "co_assignees": ["chen"]}, True),
        (Role.ENTERPRISE, "chen", THEIRS, {"withheld": True, "assignee": "chen"}, False),
        (Role.OFFICER, "zhang", None, {"withheld": True, "assignee": "li"}, True),
        (Role.INSPECTOR, "li", None, {"withheld": True, "assignee": "li"}, True),
    ],
)
def test_an_unannounced_inspection_is_not_on_the_stream_of_the_enterprise_before_it_begins(
    state: LiveState, role: Role, username: str, enterprise_id: UUID | None, facts: dict[str, Any], sees: bool
) -> None:
    client = _client(role, username=username, enterprise_id=enterprise_id)
    key = state.take_task(msgspec.structs.replace(_task(), enterprise_id=MINE, **facts))
    assert key is not None
    client.mark(Kind.TASKS, [key])
    assert (client.delta(state, T0, 100) is not None) is sees
    assert bool(msgspec.json.decode(client.snapshot(state, T0))["tasks"]) is sees
