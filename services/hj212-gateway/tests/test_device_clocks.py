"""Drift of device clocks and the schedule by which they are set: plain values, the clock is an argument."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hj212_gateway.domain.clock_drift import WINDOW, ClockWatch
from hj212_gateway.domain.clock_schedule import ClockRule, due_rule, newest_time_of_day
from hj212_gateway.record_settings import RecordSettings
from park_schemas.park_time import PARK_TIME_ZONE

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in the park


def run(watch: ClockWatch, begin: datetime, hours: float, skew_at: float, per_day: float) -> datetime:
    """Let a clock run: a frame a minute, each delayed by 0 to 2 s, now and then by half a minute."""
    minutes = int(hours * 60)
    for minute in range(minutes):
        at = begin + timedelta(minutes=minute)
        delay = (minute * 7 % 21) / 10 + (30.0 if minute % 17 == 3 else 0.0)
        watch.measure(skew_at + per_day * minute / 1440 - delay, at)
    return begin + timedelta(minutes=minutes)


def test_the_drift_of_a_day_is_found_though_frames_are_late_by_their_way() -> None:
    watch = ClockWatch()
    run(watch, NOON, 24, 3.0, -8.0)
    assert watch.drift_s_per_day == pytest.approx(-8.0, abs=0.6)
    assert watch.skew_s == pytest.approx(3.0 - 8.0, abs=35)


def test_no_drift_is_told_before_there_is_an_hour_to_tell_it_from() -> None:
    watch = ClockWatch()
    run(watch, NOON, 0.9, 0.0, 50.0)
    assert watch.drift_s_per_day is None


def test_a_clock_that_was_set_begins_anew() -> None:
    watch = ClockWatch()
    later = run(watch, NOON, 6, 60.0, 10.0)
    assert watch.drift_s_per_day == pytest.approx(10.0, abs=3)
    end = run(watch, later, 0.5, 0.0, 10.0)
    assert watch.drift_s_per_day is None
    run(watch, end, 6, 0.2, 10.0)
    assert watch.drift_s_per_day == pytest.approx(10.0, abs=3)
    assert watch.reference_at is not None
    assert watch.reference_at >= later


def test_what_was_known_before_a_restart_goes_on_but_not_across_a_set_clock() -> None:
    known = ClockWatch()
    later = run(known, NOON, 12, 0.0, 24.0)
    kept = ClockWatch(known.skew_s, known.reference_at, known.reference_skew_s, known.drift_s_per_day)
    run(kept, later + timedelta(hours=12), 1, 24.0, 24.0)
    assert kept.reference_at == known.reference_at
    assert kept.drift_s_per_day == pytest.approx(24.0, abs=2)
    was_set = ClockWatch(known.skew_s, known.reference_at, known.reference_skew_s, known.drift_s_per_day)
    run(was_set, later + timedelta(hours=12), 1, 0.0, 24.0)
    assert was_set.reference_at == later + timedelta(hours=12)
    assert timedelta(hours=1) > WINDOW


DAILY = ClockRule(daily_at=time(3, 30), above_s=2.0)
DRIFT = ClockRule(above_s=60.0, least_apart=timedelta(hours=1))


def park(hour: int, minute: int = 0, *, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARK_TIME_ZONE)


@pytest.mark.parametrize(
    ("now", "skew_s", "last_set_at", "expected"),
    [
        (park(3, 29), 5.0, None, None),
        (park(3, 30), 5.0, None, DAILY),
        (park(3, 30), -5.0, park(3, 30, day=21), DAILY),
        (park(3, 30), 1.0, None, None),
        (park(3, 30), None, None, None),
        (park(5, 0), 5.0, park(3, 31), None),
        (park(7, 29), 5.0, None, DAILY),
        (park(7, 31), 5.0, None, None),
        (park(12), 61.0, None, DRIFT),
        (park(12), -61.0, None, DRIFT),
        (park(12), 60.0, None, None),
        (park(12), 61.0, park(11, 1), None),
        (park(12), 61.0, park(11, 0), DRIFT),
    ],
)
def test_the_schedule_of_clocks(
    now: datetime, skew_s: float | None, last_set_at: datetime | None, expected: ClockRule | None
) -> None:
    assert due_rule((DAILY, DRIFT), now, skew_s=skew_s, last_set_at=last_set_at) == expected


def test_a_rule_without_threshold_sets_clocks_nobody_has_measured() -> None:
    always = ClockRule(daily_at=time(3, 30))
    assert due_rule((always,), park(4), skew_s=None, last_set_at=None) is always


def test_the_time_of_day_is_the_parks() -> None:
    assert newest_time_of_day(time(3, 30), park(3, 30)) == park(3, 30)
    assert newest_time_of_day(time(3, 30), park(3, 29)) == park(3, 30, day=21)


def test_the_schedule_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARK_DATABASE_URL", "postgres://nobody@nowhere/none")
    monkeypatch.setenv("PARK_KAFKA_BOOTSTRAP_SERVERS", "nowhere:1")
    monkeypatch.setenv("PARK_AUTH_SECRET", "x" * 40)
    monkeypatch.setenv("PARK_CLOCK_SCHEDULE", '[{"daily_at": "03:30", "above_s": 2}]')
    monkeypatch.setenv("PARK_CLOCK_SET_ABOVE", "PT1M")
    settings = RecordSettings(service="hj212-gateway")
    assert settings.clock_rules() == [DAILY, DRIFT]
    assert [rule.text for rule in settings.clock_rules()] == [
        "schedule: daily at 03:30 and the clock is off by more than 2 s",
        "schedule: the clock is off by more than 60 s",
    ]
