"""Clocks of steps: by the clock and by the park's calendar, started, met, moved and run out."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.codes import AlarmLevel
from park_schemas.park_time import PARK_TIME_ZONE
from task_dispatch.domain import life
from task_dispatch.domain.clocks import due, waiting, wound
from task_dispatch.domain.kinds import Clock, ClockedStep, clock_presets
from task_dispatch.domain.work import Step, Work
from task_dispatch.testing import NOON, work

CALENDAR = WorkingCalendar()
ONE_TWO_ONE = next(one.clocks for one in clock_presets() if one.preset == "1+2+1")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARK_TIME_ZONE)


@pytest.mark.parametrize(
    ("clock", "start", "expected"),
    [
        (Clock("report", 2, "hours"), "2026-02-14T23:00", "2026-02-15T01:00"),
        (Clock("close", 7, "days"), "2026-02-14T23:00", "2026-02-21T23:00"),
        # Friday 2026-11-20 16:30: one hour is left of the day, the rest is Monday's.
        (Clock("sign", 4, "working-hours"), "2026-11-20T16:30", "2026-11-23T11:30"),
        (Clock("report", 1, "working-days"), "2026-11-20T16:30", "2026-11-23T17:30"),
        # National Day 2026: 1 to 7 October are free, Saturday 10 October is worked.
        (Clock("report", 1, "working-days"), "2026-09-30T10:00", "2026-10-08T17:30"),
        (Clock("report", 3, "working-days"), "2026-09-30T10:00", "2026-10-10T17:30"),
    ],
)
def test_a_clock_counts_by_the_clock_or_by_the_parks_calendar(clock: Clock, start: str, expected: str) -> None:
    assert due(clock, at(start), CALENDAR) == at(expected)


def dispatched(clocks: list[Clock], level: AlarmLevel = AlarmLevel.RED) -> Work:
    made = work(clock_rules=clocks)
    raised = replace(made, task=replace(made.task, priority=level))
    given = life.dispatched(raised, assignee="li", name="", role=None, due_at=None, note="", by="zhang", now=NOON)
    return wound(given, CALENDAR).work


def after(held: Work, step: Step) -> Work:
    assert step.work.task.task_id == held.task.task_id
    return wound(step, CALENDAR).work


def due_of(held: Work, step: ClockedStep) -> datetime:
    return next(clock.due_at for clock in held.clocks if clock.until == step)


def test_the_1_2_1_preset_starts_when_the_task_is_given() -> None:
    held = dispatched(ONE_TWO_ONE)
    assert waiting(held.clocks) == {"arrive": NOON + timedelta(hours=1), "close": NOON + timedelta(days=7)}
    assert due_of(held, "report") == held.task.due_at, "the report's clock is the task's deadline"


def test_clocks_of_other_levels_do_not_run_until_the_alarm_rises() -> None:
    rules = [Clock("arrive", 1, "hours", [AlarmLevel.RED]), Clock("close", 7, "days")]
    held = dispatched(rules, AlarmLevel.YELLOW)
    assert set(waiting(held.clocks)) == {"close"}
    later = NOON + timedelta(hours=3)
    risen = after(held, life.hastened(held, level=AlarmLevel.RED, due_at=later, now=later))
    assert waiting(risen.clocks)["arrive"] == later + timedelta(hours=1)
    assert due_of(risen, "close") == due_of(held, "close"), "a rising alarm gives no more time"


def test_a_step_taken_in_time_meets_its_clock_and_a_new_owner_gets_the_whole_time() -> None:
    held = dispatched([Clock("sign", 2, "hours"), Clock("arrive", 4, "hours")])
    signed = after(held, life.signed(held, by="li", name="李", now=NOON + timedelta(hours=1)))
    assert set(waiting(signed.clocks)) == {"arrive"}
    later = NOON + timedelta(hours=3)
    handed = after(signed, life.transferred(signed, assignee="wang", name="", reason="x", by="li", now=later))
    assert waiting(handed.clocks) == {"sign": later + timedelta(hours=2), "arrive": later + timedelta(hours=4)}


def test_a_report_without_arrival_stops_the_clock_of_the_arrival_and_starts_that_of_the_verifier() -> None:
    held = dispatched([Clock("arrive", 4, "hours"), Clock("verify", 1, "working-days")])
    signed = after(held, life.signed(held, by="li", name="李", now=NOON))
    told = after(signed, life.reported(signed, by="li", outcome="confirmed", note="", now=NOON))
    assert waiting(told.clocks) == {"verify": at("2026-11-23T17:30")}
    verified = after(told, life.verified(told, by="zhang", note="", now=NOON))
    assert waiting(verified.clocks) == {}


def test_a_clock_that_ran_out_is_on_the_task_for_good() -> None:
    held = dispatched(ONE_TWO_ONE)
    late = after(held, life.late(held, "arrive", now=NOON + timedelta(hours=2)))
    assert late.task.missed == ["arrive"]
    assert "arrive" not in waiting(late.clocks)
    signed = after(late, life.signed(late, by="li", name="李", now=NOON + timedelta(hours=3)))
    there = after(signed, life.arrived(signed, by="li", place=None, now=NOON + timedelta(hours=4)))
    (clock,) = [one for one in there.clocks if one.until == "arrive"]
    assert clock.missed_at == NOON + timedelta(hours=2)
    assert clock.met_at == NOON + timedelta(hours=4)


def test_an_ended_task_has_no_running_clock_and_keeps_what_was_met_or_missed() -> None:
    held = dispatched(ONE_TWO_ONE)
    late = after(held, life.late(held, "arrive", now=NOON + timedelta(hours=2)))
    gone = after(late, life.plain(late, "cancelled", by="zhang", reason="x", now=NOON + timedelta(hours=3)))
    assert [clock.until for clock in gone.clocks] == ["arrive"]
    assert waiting(gone.clocks) == {}


def test_an_extended_deadline_takes_back_that_the_report_was_late() -> None:
    held = dispatched([])
    signed = after(held, life.signed(held, by="li", name="李", now=NOON))
    over = after(signed, life.plain(signed, "overdue", by="system", reason="", now=held.task.due_at, overdue=True))
    assert over.clocks[0].missed_at == held.task.due_at
    until = held.task.due_at + timedelta(days=2)
    longer = after(over, life.extended(over, due_at=until, reason="x", by="zhang", now=held.task.due_at))
    assert (longer.clocks[0].missed_at, longer.clocks[0].due_at) == (None, until)
