"""Clock, schedule and the memory between runs."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from simulator.records import DAY, HOUR, MINUTE
from simulator.schedule import Schedule
from simulator.sim_clock import SimClock
from simulator.state_file import StateFile

NOW = datetime(2026, 11, 22, 4, 3, tzinfo=UTC)


def test_a_fast_clock_runs_faster() -> None:
    clock = SimClock(speed=1000)
    before = clock.now()
    time.sleep(0.05)
    assert clock.now() - before > timedelta(seconds=40)


def test_a_clock_from_the_past_catches_up_and_stays_in_the_present() -> None:
    clock = SimClock(start=datetime.now(UTC) - timedelta(days=30), speed=1_000_000)  # there in less than three seconds
    assert datetime.now(UTC) - clock.now() > timedelta(days=1)
    time.sleep(3)
    for _ in range(3):
        assert abs(datetime.now(UTC) - clock.now()) < timedelta(minutes=1)


def test_a_clock_cannot_stand_still() -> None:
    with pytest.raises(ValueError, match="above 0"):
        SimClock(speed=0)


def test_the_first_start_fills_in_and_later_only_what_has_ended(tmp_path: Path) -> None:
    schedule = Schedule("MN", StateFile(tmp_path / "state.json"), NOW)
    past = list(schedule.ended(NOW))
    assert [record.command for record in past].count(MINUTE) == 12
    assert [record.command for record in past].count(HOUR) == 24
    assert [record.command for record in past].count(DAY) == 1
    assert list(schedule.ended(NOW + timedelta(minutes=6))) == []
    (next_one,) = schedule.ended(NOW + timedelta(minutes=7))
    assert (next_one.command, next_one.supplementary) == (MINUTE, False)
    assert next_one.start == NOW - timedelta(minutes=3)


def test_a_restart_goes_on_where_the_last_run_ended(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.json"
    state = StateFile(path)
    state.delivered("MN", HOUR, NOW - timedelta(hours=3))
    state.delivered("MN", HOUR, NOW - timedelta(hours=4))
    state.save()
    schedule = Schedule("MN", StateFile(path), NOW)
    hours = [record for record in schedule.ended(NOW) if record.command == HOUR]
    assert hours[0].start == NOW - timedelta(hours=2)
    assert not path.with_suffix(".new").exists()


def test_realtime_beats_are_spread_and_never_pile_up(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state.json")
    first_beats = set()
    for number in range(40):
        schedule = Schedule(f"MN{number}", state, NOW)
        second = next(step for step in range(61) if schedule.realtime(NOW + timedelta(seconds=step), 30))
        assert second <= 30
        first_beats.add(second)
        assert schedule.realtime(NOW + timedelta(minutes=10), 30) is not None
        assert schedule.realtime(NOW + timedelta(minutes=10), 30) is None
    assert len(first_beats) > 15
