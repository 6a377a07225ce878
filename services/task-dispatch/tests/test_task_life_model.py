"""Model-based test of a task's life: any order of people's actions, deadlines and rising alarms keeps the invariants."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from park_schemas.codes import AlarmLevel, Role, TaskState
from task_dispatch.domain import life
from task_dispatch.domain.actions import ACTIONS, Actor, allowed, refusal
from task_dispatch.domain.task_states import ENDED, TRANSITIONS, may
from task_dispatch.domain.work import Step, Work
from task_dispatch.testing import NOON, actor, work

EVERYTHING = ("task:read", "task:work", "task:dispatch", "task:verify", "task:cancel")
PEOPLE = [
    actor("zhang", Role.OFFICER),
    actor("li"),
    actor("wang"),
    actor("boss", Role.INSPECTOR, *EVERYTHING),
]


class TaskLife(RuleBasedStateMachine):
    """One task; four people, one of whom may do everything, try everything."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        first = work()
        self.steps = [Step("created", first, NOON, "system", "", "")]
        self.worked: set[str] = set()

    @property
    def work(self) -> Work:
        return self.steps[-1].work

    def take(self, step: Step) -> None:
        self.steps.append(step)
        self.now += timedelta(minutes=30)

    @rule(
        who=st.sampled_from(PEOPLE), name=st.sampled_from(list(ACTIONS)), other=st.sampled_from(["li", "wang", "boss"])
    )
    def somebody_tries(self, who: Actor, name: str, other: str) -> None:
        why = refusal(name, self.work, who)
        assert (name in allowed(self.work, who)) is (why is None)
        if why is None:
            step = self._do(name, who, other)
            assert step.event == ACTIONS[name].event
            if name in {"sign", "arrive", "report", "evidence"}:
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

    @precondition(lambda self: may(self.work.task.state, "overdue"))
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


TestTaskLife = TaskLife.TestCase
