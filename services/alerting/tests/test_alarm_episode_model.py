"""Model-based test of an alarm's life: findings, people, timers, clock steps in any order keep the invariants of episode.py."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from alerting.domain import episode
from alerting.domain.alarm_states import TRANSITIONS, NotAllowed
from alerting.domain.clearing import is_calm
from alerting.domain.episode import CLOSE, RESOLVE, RISE, Change, Decision
from alerting.domain.evidence import Evidence, in_order, is_late
from alerting.domain.grading import grade, weigh
from alerting.domain.policy import shipped_policy
from alerting.testing import NOON, finding
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmState, Period

POLICY = shipped_policy()
FIRST = finding(1.2)
ENTRY = POLICY.entry_for(FIRST)


class AlarmLife(RuleBasedStateMachine):
    """One episode from its first finding; the machine plays the judging service, officers, tasks and the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.history = [FIRST]
        self.evidence = weigh([FIRST], ENTRY)
        first = episode.raised(
            FIRST, self.evidence, ENTRY, alarm_id=UUID(int=1), number="AL-20261122-0001", now=self.now
        )
        self.steps: list[Change] = list(first.changes)
        self.timers: dict[str, object] = {kind: due for kind, due in first.timers.items() if due}

    @property
    def alarm(self) -> Alarm:
        return self.steps[-1].alarm

    def take(self, decision: Decision) -> None:
        self.steps += decision.changes
        if decision.evidence is not None:
            self.evidence = decision.evidence
        for kind, due in decision.timers.items():
            if due is None:
                self.timers.pop(kind, None)
            elif kind == RISE or kind not in self.timers:
                self.timers[kind] = due
        self.now += timedelta(minutes=7)

    @precondition(lambda self: self.alarm.state is not AlarmState.CLOSED)
    @rule(
        ratio=st.sampled_from([0.4, 0.85, 0.95, 1.1, 1.7, 2.4, 3.3]),
        hour=st.integers(0, 20),
        period=st.sampled_from([Period.HOUR, Period.REALTIME]),
        revision=st.integers(0, 1),
    )
    def a_finding_comes(self, ratio: float, hour: int, period: Period, revision: int) -> None:
        new = finding(ratio, at=hour, period=period, revision=revision)
        if any(known.finding_id == new.finding_id for known in self.history):
            return  # the store knows it; see test_the_same_finding_again_changes_nothing
        self.history.append(new)
        if is_late(self.evidence, new, ENTRY):
            evidence = weigh(in_order(self.history, ENTRY), ENTRY)
        else:
            evidence = weigh([new], ENTRY, since=self.evidence)
        self.take(episode.on_finding(self.alarm, evidence, new, ENTRY, now=self.now))

    @rule()
    def an_officer_acknowledges(self) -> None:
        self.person("acknowledged", lambda: episode.acknowledged(self.alarm, who="zhang", note="", now=self.now))

    @rule()
    def a_task_is_made(self) -> None:
        self.person(
            "linked", lambda: episode.linked(self.alarm, task_id=UUID(int=5), number="TK", who="s", now=self.now)
        )

    @rule()
    def an_officer_assigns(self) -> None:
        self.person("assigned", lambda: episode.assigned(self.alarm, to="li", who="zhang", note="", now=self.now))

    @rule()
    def an_officer_suppresses(self) -> None:
        until = self.now + timedelta(hours=3)
        self.person(
            "suppressed", lambda: episode.suppressed(self.alarm, until=until, who="zhang", reason="r", now=self.now)
        )

    @rule()
    def a_person_opens_it_again(self) -> None:
        def reopen() -> Decision:
            return episode.reopened_by_hand(self.alarm, self.evidence, ENTRY, who="zhang", reason="r", now=self.now)

        if self.alarm.state in {AlarmState.RESOLVED, AlarmState.CLOSED}:
            self.take(reopen())
            assert self.alarm.close_reason is None
            return
        with pytest.raises(NotAllowed):
            reopen()

    @rule(minutes=st.integers(-600, 600))
    def the_clock_steps(self, minutes: int) -> None:
        """NTP corrects it, somebody sets it: versions and levels do not depend on it."""
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: len(self.steps) > 6)
    @rule()
    def it_is_closed(self) -> None:
        self.person("closed", lambda: episode.closed(self.alarm, reason="handled", who="zhang", note="", now=self.now))

    def person(self, event: str, do: Callable[[], Change]) -> None:
        before = self.alarm
        if event in TRANSITIONS[before.state]:
            self.take(Decision([do()], None, episode.ended_timers() if event == "closed" else {}))
            return
        with pytest.raises(NotAllowed) as refused:
            do()
        assert (refused.value.state, refused.value.event) == (before.state, event)

    @rule(kind=st.sampled_from([RESOLVE, CLOSE, RISE]))
    def a_timer_fires(self, kind: str) -> None:
        if self.timers.pop(kind, None) is not None:
            self.take(episode.on_timer(self.alarm, self.evidence, ENTRY, kind, now=self.now))

    @invariant()
    def versions_rise_by_one(self) -> None:
        assert [step.alarm.version for step in self.steps] == list(range(1, len(self.steps) + 1))

    @invariant()
    def the_level_never_falls(self) -> None:
        ranks = [step.alarm.level.rank for step in self.steps]
        assert ranks == sorted(ranks)

    @invariant()
    def each_step_is_in_the_table(self) -> None:
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            assert TRANSITIONS[before.alarm.state][after.event] is after.alarm.state

    @invariant()
    def resolved_means_calm_and_closed_has_no_timers(self) -> None:
        if self.alarm.state is AlarmState.RESOLVED:
            assert is_calm(self.evidence)
            assert set(self.timers) == {CLOSE}
        if self.alarm.state is AlarmState.CLOSED:
            assert self.timers == {}

    @invariant()
    def the_level_is_at_least_what_the_findings_give(self) -> None:
        given_by_findings = grade(self.history, POLICY)
        if given_by_findings is not None and self.alarm.state is not AlarmState.CLOSED:
            newest = self.evidence.reached
            assert newest is None or self.alarm.level.rank >= given_by_findings.rank


TestAlarmLife = AlarmLife.TestCase


@given(st.lists(st.sampled_from([0.4, 1.1, 1.7, 2.4]), min_size=1, max_size=15), st.integers(0, 14))
def test_a_crash_and_replay_from_any_point_gives_the_same_evidence(ratios: list[float], crash: int) -> None:
    history = [finding(ratio, at=hour) for hour, ratio in enumerate(ratios)]
    whole = weigh(history, ENTRY)
    replayed: Evidence = Evidence()
    seen: set[object] = set()
    for one in [*history[: crash + 1], *history]:
        if one.finding_id not in seen:
            replayed = weigh([one], ENTRY, since=replayed)
            seen.add(one.finding_id)
    assert replayed == whole
