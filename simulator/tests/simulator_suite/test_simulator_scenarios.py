"""The script language: shipped scripts are sound, every mistake is told at once with its place."""

from datetime import UTC, datetime, timedelta

import pytest
from simulator.effects import Action
from simulator.reduction_seeding import THROTTLED
from simulator.scenario import DUTIES, FOLDER, BadScenario, load_scenario, parse_scenario

START = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.glob("*.yaml")))
def test_every_shipped_scenario_is_sound(name: str) -> None:
    assert load_scenario(name).name == name


def test_the_three_promised_scenarios_are_shipped() -> None:
    assert {"demo", "quiet", "storm"} <= {file.stem for file in FOLDER.glob("*.yaml")}


def test_the_demo_has_its_exceedances_its_lost_and_its_spoilt_logger() -> None:
    events = load_scenario("demo").events
    waste_water = next(event for event in events if event.factor == "w01018")
    assert (waste_water.action, waste_water.amount) == (Action.LIMIT_TIMES, 1.8)
    assert waste_water.at < timedelta(seconds=10)
    assert {event.action for event in events} >= {Action.DISCONNECT, Action.BAD_CRC}
    assert any(event.amount == 1.3 and event.factor.startswith("a") for event in events)


def test_an_event_may_lie_before_the_start_and_shows_in_the_hours_that_are_sent_afterwards() -> None:
    event = next(one for one in load_scenario("demo").events if one.at < timedelta(0))
    assert event.points == set(THROTTLED)
    (effect,) = parse_scenario("{name: x, events: [{at: -2h, for: 1h, point: YL05-DW001, mark: D}]}").effects(START)
    assert (effect.start, effect.end) == (START - timedelta(hours=2), START - timedelta(hours=1))
    with pytest.raises(BadScenario, match=r"events\[0\].for"):
        parse_scenario("{name: x, events: [{for: -1h, point: YL05-DW001, mark: D}]}")


def test_every_mistake_is_told_with_its_place() -> None:
    script = """
name: bad
wether: sunny
background: {rain: wet, faults: maybe}
people: perhaps
events:
  - {at: soon, point: YL05-DW001, factor: w01018, multiply: 2}
  - {point: NOWHERE, disconnect: true}
  - {point: YL05-DW001, factor: a21026, hold: 1}
  - {point: YL05-DW001, hold: 1, offset: 1}
  - {point: YL05-DW001}
  - {point: YL05-DW001, mark: Q}
  - {point: YL05-DW001, bad_crc: 3, colour: red}
  - {disconnect: true}
  - {point: all, unknown_mn: "#!"}
  - just words
  - {people: [sleep], point: all}
"""
    with pytest.raises(BadScenario) as caught:
        parse_scenario(script)
    places = [problem.split(":")[0] for problem in caught.value.problems]
    assert places == [
        "wether", "background.rain", "background.faults", "events[0].at", "events[1].point", "events[2].factor", "events[3]",
        "events[4]", "events[5].mark", "events[6].colour", "events[6].bad_crc", "events[7].point", "events[8].unknown_mn",
        "events[9]", "events[10].point", "events[10].people", "people",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["[1, 2", "- a", "42", ""])
def test_what_is_no_script_is_refused(text: str) -> None:
    with pytest.raises(BadScenario):
        parse_scenario(text)


def test_an_unknown_name_tells_the_shipped_ones() -> None:
    with pytest.raises(FileNotFoundError, match="demo, quiet, storm"):
        load_scenario("hurricane")


def test_repeated_events_begin_again() -> None:
    scenario = parse_scenario("name: x\nevents: [{at: 10s, for: 5s, every: 1m, point: all, multiply: 2}]")
    effects = scenario.effects(START, until=timedelta(minutes=3))
    assert [(effect.start - START).total_seconds() for effect in effects] == [10, 70, 130]
    assert len(effects[0].points) == 135
    assert effects[0].holds("YL05-DW001", START + timedelta(seconds=14))
    assert not effects[0].holds("YL05-DW001", START + timedelta(seconds=15))


def test_people_may_come_for_a_time_and_for_some_duties() -> None:
    scenario = parse_scenario("name: x\nevents: [{at: 1m, for: 10m, people: [acknowledge]}, {at: 5m, people: true}]")
    assert scenario.duties(timedelta(seconds=30)) == frozenset()
    assert scenario.duties(timedelta(minutes=2)) == {"acknowledge"}
    assert scenario.duties(timedelta(minutes=12)) == {"acknowledge", "dispatch", "work", "verify"}
    assert parse_scenario("name: x\npeople: true").duties(timedelta(0)) == set(DUTIES)
