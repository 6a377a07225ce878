"""Model-based test of a task's life: any order of people's actions, deadlines and rising alarms keeps the invariants."""

from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.codes import AlarmLevel, Role, TaskState
from task_dispatch.domain import life
from task_dispatch.domain.actions import ACTIONS, Actor, Around, allowed, refusal
from task_dispatch.domain.clocks import waiting, wound
from task_dispatch.domain.kinds import shipped_kinds
from task_dispatch.domain.task_states import ENDED, TRANSITIONS, may
from task_dispatch.domain.work import CoWorker, Step, Work
from task_dispatch.testing import NOON, actor, work

EVERYTHING = ("task:read", "task:work", "task:dispatch", "task:verify", "task:cancel")
PEOPLE = [
    actor("zhang", Role.OFFICER),
    actor("li"),
    actor("wang"),
    actor("boss", Role.INSPECTOR, *EVERYTHING),
    Actor("deputy", "Deputy", Role.INSPECTOR, frozenset({"task:read", "task:work"}), stands_for=frozenset({"li"})),
]
NAMES = ["li", "wang", "boss"]
CALENDAR = WorkingCalendar()
KINDS = shipped_kinds()


class TaskLife(RuleBasedStateMachine):
    """One task with its clocks; five people, one of whom may do everything and one stands for another, try everything."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.kind = KINDS["exceedance-check"]
        self.steps = [Step("created", work(clock_rules=self.kind.clocks), NOON, "system", "", "")]
        self.worked: set[str] = set()
        self.open_children = 0
        self.fired: list[tuple[str, datetime]] = []

    @property
    def work(self) -> Work:
        return self.steps[-1].work

    def take(self, step: Step) -> None:
        self.steps.append(wound(step, CALENDAR))
        self.now += timedelta(minutes=30)

    @rule(hours=st.sampled_from([1, 26, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.work.task.state not in {*ENDED, TaskState.VERIFIED} and self.open_children < 3)
    @rule()
    def a_part_is_split_off(self) -> None:
        self.open_children += 1

    @precondition(lambda self: self.open_children > 0)
    @rule()
    def a_part_ends(self) -> None:
        self.open_children -= 1

    @rule()
    def clocks_run_out(self) -> None:
        for step, due_at in list(waiting(self.work.clocks).items()):
            if due_at <= self.now and self.work.task.state not in ENDED and may(self.work.task.state, "late"):
                self.fired.append((step, due_at))
                self.take(life.late(self.work, step, now=self.now))

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(list(ACTIONS)), other=st.sampled_from(NAMES))
    def somebody_tries(self, who: Actor, name: str, other: str) -> None:
        around = Around(self.kind, self.open_children)
        why = refusal(name, self.work, who, around)
        assert (name in allowed(self.work, who, around)) is (why is None)
        if why is None:
            step = self._do(name, who, other)
            assert step.event == ACTIONS[name].event
            if name in {"close", "cancel"}:
                assert self.open_children == 0
            if name in {"sign", "arrive", "handle", "report", "evidence", "contribute"}:
                self.worked.add(who.username)
            if name in {"verify", "return", "close"}:
                assert who.username not in self.worked
            self.take(step)

    def _do(self, name: str, who: Actor, target: str) -> Step:
        by, now, held = who.username, self.now, self.work
        due_at = max(held.task.due_at, now) + timedelta(hours=1)
        steps = {
            "dispatch": lambda: life.dispatched(
                held, assignee=target, name="", role=None, due_at=None, note="", by=by, now=now
            ),
            "sign": lambda: life.signed(held, by=by, name=by, now=now),
            "arrive": lambda: life.arrived(held, by=by, place=None, now=now),
            "handle": lambda: life.handled(held, by=by, measures="x", now=now),
            "contribute": lambda: life.contributed(held, by=by, name=by, text="x", now=now),
            "join": lambda: life.joined(held, co_workers=[CoWorker(target, target)], by=by, now=now),
            "request-extension": lambda: life.extension_requested(held, due_at=due_at, reason="x", by=by, now=now),
            "approve-extension": lambda: self._approve(held, by),
            "reject-extension": lambda: life.extension_rejected(held, reason="x", by=by, now=now),
            "evidence": lambda: life.attached(held, by=by, kind="photo", sha256="0" * 64, now=now),
            "report": lambda: life.reported(held, by=by, outcome="confirmed", note="", now=now),
            "verify": lambda: life.verified(held, by=by, note="", now=now),
            "transfer": lambda: life.transferred(held, assignee=target, name="", reason="x", by=by, now=now),
            "extend": lambda: life.extended(held, due_at=due_at, reason="x", by=by, now=now),
            "close": lambda: life.closed(held, by=by, note="", now=now),
        }
        plain = {"return": "returned", "refuse": "refused", "urge": "urged", "cancel": "cancelled"}
        if name in plain:
            gone = {"assignee": None} if name == "refuse" else {}
            return life.plain(held, plain[name], by=by, reason="x", now=now, **gone)
        return steps[name]()

    def _approve(self, held: Work, by: str) -> Step:
        assert held.extension is not None
        if held.extension.due_at <= self.now:  # its time has passed meanwhile: refused, so it is turned down
            with pytest.raises(life.BadDeadline):
                life.extension_approved(held, note="", by=by, now=self.now)
            self.now = held.extension.due_at - timedelta(minutes=1)
        return life.extension_approved(held, note="", by=by, now=self.now)

    @precondition(lambda self: may(self.work.task.state, "overdue") and not self.work.task.overdue)
    @rule()
    def the_deadline_passes(self) -> None:
        self.take(life.plain(self.work, "overdue", by="system", reason="", now=self.now, overdue=True))

    @precondition(lambda self: may(self.work.task.state, "hastened"))
    @rule(level=st.sampled_from(list(AlarmLevel)))
    def the_alarm_rises(self, level: AlarmLevel) -> None:
        if level.rank > self.work.task.priority.rank:
            self.take(life.hastened(self.work, level=level, due_at=self.now + timedelta(hours=4), now=self.now))

    @invariant()
    def versions_rise_by_one_with_each_announced_step(self) -> None:
        versions = [step.work.task.version for step in self.steps if step.announced]
        assert versions == list(range(1, len(versions) + 1))

    @invariant()
    def each_step_is_in_the_table_and_an_ended_task_never_changes(self) -> None:
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            assert before.work.task.state not in ENDED
            assert TRANSITIONS[before.work.task.state][after.event] is after.work.task.state

    @invariant()
    def somebody_answers_for_it_while_it_is_being_worked_on(self) -> None:
        task = self.work.task
        if task.state in {
            TaskState.DISPATCHED,
            TaskState.SIGNED,
            TaskState.ON_SITE,
            TaskState.REPORTED,
            TaskState.RETURNED,
        }:
            assert task.assignee or task.assignee_role

    @invariant()
    def a_closed_task_has_an_outcome_and_a_verifier_who_did_not_work_on_it(self) -> None:
        task = self.work.task
        if task.state is TaskState.CLOSED:
            assert task.outcome
            assert task.verified_by
            assert task.verified_by not in self.worked

    @invariant()
    def a_request_for_a_later_deadline_is_seen_by_all_and_gone_once_decided(self) -> None:
        asked = self.work.extension
        assert self.work.task.extension_until == (asked.due_at if asked else None)

    @invariant()
    def each_step_has_one_clock_that_is_met_or_missed_or_runs_and_an_ended_task_has_none_running(self) -> None:
        clocks = self.work.clocks
        assert len({clock.until for clock in clocks}) == len(clocks)
        if self.work.task.state in ENDED:
            assert waiting(clocks) == {}
        for clock in clocks:
            if clock.missed_at and clock.until != "report":
                assert clock.until in self.work.task.missed
                assert clock.missed_at >= clock.due_at

    @invariant()
    def the_clock_of_the_report_is_the_deadline(self) -> None:
        for clock in self.work.clocks:
            if clock.until == "report" and clock.met_at is None:
                assert clock.due_at == self.work.task.due_at

    @invariant()
    def a_clock_fires_once_for_each_time_it_was_set(self) -> None:
        assert len(set(self.fired)) == len(self.fired)


TestTaskLife = TaskLife.TestCase
