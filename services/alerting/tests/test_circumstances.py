"""Circumstances: each condition known, unknown and false; recorded with the finding; surroundings as the peers answer."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from alerting.consumers import Consumers
from alerting.domain.circumstances import (
    Circumstances,
    CircumstanceStep,
    Receptor,
    Wind,
    angle_between,
    distance_and_bearing,
    holds,
    not_known,
    seen_from,
)
from alerting.domain.grading import grade
from alerting.domain.plume import Source, plain_group, plume_of
from alerting.domain.policy import GradingPolicy, shipped_policy
from alerting.domain.policy_checks import contradictions
from alerting.store.policies import PolicyCache, add_policy
from alerting.surroundings import Surroundings
from alerting.testing import ENTERPRISE, NOON, OUTLET, finding
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Transient
from park_schemas.codes import AlarmLevel, Medium
from park_schemas.envelope import Event
from park_schemas.registry import MonitoredFactor, PointRecord

BLUE, YELLOW, ORANGE, RED = AlarmLevel
SCHOOL = Receptor("小学", "school", 800.0, 90.0)
WEST_WIND = Wind(270.0, 3.0, NOON, "站", "station")
AROUND = Circumstances(at=NOON, is_working_day=True, factors=3, points=2, receptors=[SCHOOL], wind=WEST_WIND)


def step(**asks: Any) -> CircumstanceStep:
    return CircumstanceStep("step", RED, BLUE, **asks)


@pytest.mark.parametrize(
    ("asks", "expected"),
    [
        ({"factors_at_least": 3}, True),
        ({"factors_at_least": 4}, False),
        ({"points_at_least": 2}, True),
        ({"points_at_least": 3}, False),
        ({"receptor_within_m": 800}, True),
        ({"receptor_within_m": 799}, False),
        ({"receptor_within_m": 1000, "downwind_within_degrees": 30}, True),
        ({"receptor_within_m": 500, "downwind_within_degrees": 30}, False),
        ({"wind_below": 3.1}, True),
        ({"wind_below": 3.0}, False),
        ({"hours": (time(12), time(13))}, True),  # NOON is 12:00 in the park
        ({"hours": (time(13), time(12))}, False),
        ({"hours": (time(22), time(12, 1))}, True),
        ({"days": "working"}, True),
        ({"days": "rest"}, False),
    ],
)
def test_each_condition_is_judged(asks: dict[str, Any], expected: bool) -> None:
    assert holds(step(**asks), AROUND) is expected
    assert not_known(step(**asks), AROUND) == []


@pytest.mark.parametrize(
    ("asks", "lacking"),
    [
        ({"factors_at_least": 2}, "factors"),
        ({"points_at_least": 2}, "points"),
        ({"receptor_within_m": 500}, "receptors"),
        ({"downwind_within_degrees": 30}, "wind"),
        ({"wind_below": 1.0}, "wind"),
        ({"days": "working"}, "is_working_day"),
    ],
)
def test_what_is_not_known_never_raises_and_is_named(asks: dict[str, Any], lacking: str) -> None:
    around = msgspec.structs.replace(AROUND, **{lacking: None})
    assert not holds(step(**asks), around)
    assert not_known(step(**asks), around) == list(asks)
    assert around.unknown == [lacking]
    assert not holds(step(**asks), None)


def test_a_calm_has_no_downwind() -> None:
    calm = msgspec.structs.replace(AROUND, wind=Wind(270.0, 0.2, NOON, "站", "station"))
    assert not holds(step(downwind_within_degrees=90), calm)


@given(st.floats(0, 360), st.floats(0, 360))
def test_angles_are_the_same_both_ways_and_at_most_half_a_turn(one: float, other: float) -> None:
    assert angle_between(one, other) == pytest.approx(angle_between(other, one), abs=1e-9)
    assert 0 <= angle_between(one, other) <= 180


@given(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_there_and_back_is_as_far_in_the_opposite_direction(east: float, north: float) -> None:
    there = distance_and_bearing(120.0, 31.0, 120.0 + east, 31.0 + north)
    back = distance_and_bearing(120.0 + east, 31.0 + north, 120.0, 31.0)
    assert there[0] == pytest.approx(back[0])
    if there[0] > 1:
        assert angle_between(there[1] + 180, back[1]) == pytest.approx(0, abs=0.01)


def test_receptors_are_seen_nearest_first_and_far_ones_not_at_all() -> None:
    places = [("远", "far", 120.09, 31.0), ("近", "near", 120.0, 31.01), ("外", "outside", 121.0, 31.0)]
    assert [one.name_en for one in seen_from(120.0, 31.0, places)] == ["near", "far"]
    assert seen_from(120.0, 31.0, places)[0].bearing == pytest.approx(0)


def with_step(**asks: Any) -> GradingPolicy:
    shipped = shipped_policy()
    steps = {"emission-gas": [CircumstanceStep("near-school", RED, YELLOW, **asks)]}
    entries = [
        msgspec.structs.replace(entry, circumstance_steps=steps.get(entry.name, [])) for entry in shipped.entries
    ]
    return msgspec.structs.replace(shipped, entries=entries)


def test_a_step_raises_from_its_base_only() -> None:
    policy = with_step(receptor_within_m=1000)
    for ratio, expected in ((1.2, BLUE), (1.8, RED)):
        one = finding(ratio)
        assert grade([one], policy, around={one.finding_id: AROUND}) is expected
        assert grade([one], policy) is not RED, "nothing is known, nothing is raised"


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ({"name": ""}, "name"),
        ({"level": BLUE}, ""),
        ({"receptor_within_m": None}, ""),
        ({"downwind_within_degrees": 120.0}, "downwind_within_degrees"),
        ({"factors_at_least": 1}, "factors_at_least"),
        ({"hours": (time(8), time(8))}, "hours"),
    ],
)
def test_a_step_that_contradicts_itself_is_found(broken: dict[str, Any], where: str) -> None:
    policy = with_step(receptor_within_m=1000)
    entries = [
        msgspec.structs.replace(
            entry, circumstance_steps=[msgspec.structs.replace(one, **broken) for one in entry.circumstance_steps]
        )
        for entry in policy.entries
    ]
    found = [one.where for one in contradictions(msgspec.structs.replace(policy, entries=entries))]
    assert any(".circumstance_steps.0" in one and one.endswith(where) for one in found)


def test_a_plume_is_the_nearest_source_upwind() -> None:
    sources = [Source("plume:a", 119.99, 31.0), Source("plume:b", 119.98, 31.0), Source("plume:c", 120.005, 31.0)]
    assert plume_of(120.0, 31.0, WEST_WIND, sources) == "plume:a"
    east = msgspec.structs.replace(WEST_WIND, from_degrees=90.0)
    assert plume_of(120.0, 31.0, east, sources) == "plume:c"
    assert plume_of(120.0, 31.0, msgspec.structs.replace(WEST_WIND, from_degrees=180.0), sources) is None
    assert plume_of(120.0, 31.0, None, sources) is None


def test_plain_groups_are_by_enterprise_outlet_or_plume() -> None:
    assert plain_group("enterprise", ENTERPRISE, OUTLET) == f"enterprise:{ENTERPRISE}"
    assert plain_group("outlet", ENTERPRISE, OUTLET) == f"outlet:{OUTLET}"
    assert plain_group("plume", ENTERPRISE, OUTLET) == f"plume:{ENTERPRISE}"
    assert plain_group("enterprise", None, OUTLET) == f"outlet:{OUTLET}"


STATION = PointRecord(
    point_id=UUID(int=90), park_id=UUID(int=1), code="A1", name_zh="空气站", name_en="air", medium=Medium.AMBIENT_AIR,
    longitude=120.0, latitude=31.0,
    factors=[MonitoredFactor(factor=code, name_zh="", name_en="", unit="") for code in ("a01007", "a01008")],
)  # fmt: skip


class Peers:
    """Answers as archive and quality do; `away` names who does not."""

    def __init__(self, measured_at: datetime) -> None:
        self.away: set[str] = set()
        self.measured_at = measured_at
        self.mark: str | None = "N"

    async def get(self, service: str, path: str, *, params: Any = None) -> Any:
        if service in self.away:
            raise Transient(f"{service} is away")
        if path == "/park/map":
            spot = {"type": "Point", "coordinates": [120.01, 31.0]}
            kinds = [("receptor", "小学", "school"), ("plot", "地块", "plot")]
            return {
                "features": [
                    {"type": "Feature", "properties": {"kind": k, "name_zh": zh, "name_en": en}, "geometry": spot}
                    for k, zh, en in kinds
                ]
            }
        assert params == [("point_id", str(STATION.point_id))]
        values = {"a01007": "3.2", "a01008": "270"}
        factors = [{"factor": code, "value": value, "mark": self.mark} for code, value in values.items()]
        return {"items": [{"point_id": params[0][1], "data_time": self.measured_at.isoformat(), "factors": factors}]}


class Points:
    def values(self) -> list[PointRecord]:
        return [STATION]


async def test_surroundings_are_asked_of_archive_and_quality_and_outlive_their_absence() -> None:
    peers = Peers(NOON)
    known = Surroundings(peers, Points())
    assert known.receptors(120.0, 31.0) is None
    peers.away = {"archive", "quality"}
    await known.look()
    assert known.wind(120.0, 31.0, NOON) is None
    peers.away = set()
    await known.look()
    peers.away = {"archive", "quality"}
    await known.look()
    (school,) = known.receptors(120.0, 31.0) or []
    assert school.name_zh == "小学"
    assert school.bearing == pytest.approx(90.0, abs=0.1)
    wind = known.wind(120.0, 31.0, NOON)
    assert wind is not None
    assert (wind.from_degrees, wind.speed, wind.station_zh) == (270.0, 3.2, "空气站")
    assert known.wind(120.0, 31.0, NOON + timedelta(hours=2)) is None, "an old wind is no wind"
    assert known.receptors(None, None) is None


async def test_a_marked_wind_is_not_used() -> None:
    peers = Peers(NOON)
    peers.mark = "D"
    known = Surroundings(peers, Points())
    await known.look()
    assert known.wind(120.0, 31.0, NOON) is None


@pytest.mark.integration
async def test_what_was_around_is_recorded_with_the_finding_and_raises_the_alarm(database: Database) -> None:
    async with database.transaction() as tx:
        await add_policy(
            tx, with_step(receptor_within_m=2000, downwind_within_degrees=30), based_on=None, by="t", now=now()
        )
    surroundings = Surroundings(Peers(NOON), Points())
    await surroundings.look()
    consumers = Consumers(PolicyCache(), surroundings)
    one = finding(1.8, longitude=120.0, latitude=31.0)
    event = Event(
        type="supervision.finding.recorded",
        source="test",
        subject=str(one.subject_id),
        time=datetime.now(UTC),
        body=one,
    )
    async with database.transaction() as tx:
        await consumers.on_findings([event], tx)
    async with database.reading() as connection:
        body = await connection.fetchval("select body from alarms")
        recorded = await connection.fetchval("select circumstances from findings")
    assert (body["level"], body["raised_by"]) == ("red", ["near-school"])
    assert recorded["wind"]["from_degrees"] == 270.0
    assert recorded["receptors"][0]["name_zh"] == "小学"
