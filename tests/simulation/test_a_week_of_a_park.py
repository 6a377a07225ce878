"""A week of a park, simulated: what must hold whatever the seed, and that one seed is one week, to the last line."""

import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from alerting.domain.audience import FALLBACK
from alerting.domain.duty_roster import on_duty, problems
from park_schemas.codes import AlarmState, TaskState
from park_simulation.week import Week
from park_simulation.world import CALENDAR, INSPECTORS, OFFICERS, ROSTER, START, WEEK
from task_dispatch.domain.clocks import waiting
from task_dispatch.domain.plans import fires_at
from task_dispatch.domain.task_states import ENDED, TRANSITIONS

SEEDS = [1, 2, 3]


@pytest.fixture(scope="module", params=SEEDS, ids=[f"seed {seed}" for seed in SEEDS])
def week(request: pytest.FixtureRequest) -> Week:
    """A week that was lived through."""
    lived = Week(request.param).run()
    print(f"seed {request.param}: {len(lived.books.lines)} lines, digest {lived.books.digest()}")  # noqa: T201 - the proof
    return lived


def test_a_seed_is_one_week_to_the_last_line_and_another_seed_another_week() -> None:
    first, again, other = Week(7).run(), Week(7).run(), Week(8).run()
    assert first.books.lines == again.books.lines
    assert first.books.digest() != other.books.digest()


def test_no_order_of_hashes_comes_through_to_the_week() -> None:
    code = "from park_simulation.week import Week; print(Week(7).run().books.digest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(digests) == 1


def test_something_happened_of_everything(week: Week) -> None:
    events = Counter(step.event for steps in week.dispatch.steps.values() for step in steps)
    wanted = {
        "created",
        "dispatched",
        "signed",
        "arrived",
        "reported",
        "verified",
        "closed",
        "returned",
        "overdue",
        "late",
    }
    assert wanted <= set(events)
    assert {alarm.alarm.close_reason for alarm in week.alerting.episodes.values()} >= {"confirmed"}
    assert any(told.why.startswith("chain-") for told in week.told)
    assert len(week.alerting.episodes) > 10


def test_the_roster_has_no_hole_and_who_is_told_is_on_duty_then(week: Week) -> None:
    assert problems(ROSTER, CALENDAR) == []
    assert week.told
    for told in week.told:
        people = [name.removeprefix("person:") for name in told.recipients if name.startswith("person:")]
        assert set(people) <= set(on_duty(week.world.shifts, told.at))
        assert FALLBACK not in told.recipients, "somebody is on duty always"


def test_every_alarm_that_needed_a_task_has_exactly_one_and_every_round_of_a_plan_too(week: Week) -> None:
    of_alarms = Counter(work.task.alarm_id for work in week.dispatch.works.values() if work.task.source == "alarm")
    assert set(of_alarms.values()) == {1}
    needed = {one.alarm.alarm_id for one in week.alerting.episodes.values() if one.alarm.level.rank >= 2}
    assert needed <= set(of_alarms), "from yellow on, whenever it rose"
    of_plans = [work for work in week.dispatch.works.values() if work.task.source == "plan"]
    due = sum(fires_at(plan, 0) < START + WEEK for plan in week.world.plans)  # one missed before the week is made late
    assert len(of_plans) == len(week.dispatch.rounds) == due


def test_every_alarm_and_task_has_ended_and_a_closed_task_gave_its_alarm_its_outcome(week: Week) -> None:
    assert {one.alarm.state for one in week.alerting.episodes.values()} == {AlarmState.CLOSED}
    for work in week.dispatch.works.values():
        assert work.task.state in ENDED, work.task.number
        assert waiting(work.clocks) == {}
        if work.task.alarm_id is None or work.task.state is not TaskState.CLOSED:
            continue
        alarm = week.alerting.episodes[str(work.task.alarm_id)].alarm
        assert alarm.close_reason == work.task.outcome
        is_false = work.task.subject_id in week.world.false_alarms
        assert work.task.outcome == ("false-alarm" if is_false else "confirmed")
    accuracy = Counter(one.alarm.close_reason for one in week.alerting.episodes.values())
    assert accuracy["false-alarm"] == sum(
        one.alarm.close_reason == "false-alarm" and one.alarm.subject_id in week.world.false_alarms
        for one in week.alerting.episodes.values()
    )


def test_every_step_is_in_the_table_and_versions_rise_by_one(week: Week) -> None:
    for steps in week.dispatch.steps.values():
        for before, after in pairwise(steps):
            assert TRANSITIONS[before.work.task.state][after.event] is after.work.task.state
            assert after.work.task.version == before.work.task.version + after.announced
            assert after.at >= before.at


def test_verifiers_did_not_work_on_it_absentees_did_nothing_and_parts_ended_first(week: Week) -> None:
    (absence,) = week.world.delegations
    ended = {task_id: steps[-1].at for task_id, steps in week.dispatch.steps.items()}
    for task_id, steps in week.dispatch.steps.items():
        last = steps[-1].work
        assert last.task.verified_by in OFFICERS
        assert last.task.verified_by not in last.handlers
        assert set(last.handlers) <= set(INSPECTORS)
        for step in steps:
            assert not (step.who == absence.principal and absence.holds_at(step.at))
        parts = [work for work in week.dispatch.works.values() if work.task.parent_id == task_id]
        assert all(ended[part.task.task_id] <= ended[task_id] for part in parts)


def test_a_clock_fires_after_its_time_and_once_for_each_time_it_was_set(week: Week) -> None:
    for steps in week.dispatch.steps.values():
        for before, after in pairwise(steps):
            if after.event == "late":
                newly = {one.until for one in after.work.clocks if one.missed_at == after.at}
                due = {one.until: one.due_at for one in before.work.clocks}
                assert newly
                assert all(due[step] <= after.at for step in newly)
            if after.event == "overdue":
                assert before.work.task.due_at <= after.at
                assert not before.work.task.overdue
