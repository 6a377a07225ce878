"""The alerting side: findings fold into episodes by alerting's own domain; its timers and chains run in virtual time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerting.domain import audience, episode
from alerting.domain.alarm_states import may
from alerting.domain.episode import Change, Decision
from alerting.domain.evidence import Evidence
from alerting.domain.grading import weigh
from alerting.domain.policy import GradingPolicy, PolicyEntry
from msgspec.structs import replace
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState
from park_schemas.identifiers import natural_id
from park_schemas.supervision import FindingRecorded
from park_schemas.tasks import Task

CHAIN = "chain"


@dataclass
class Episode:
    """One alarm with what alerting keeps beside it. `timers`: when each kind is due; `chain`: which step is next."""

    key: str
    alarm: Alarm
    evidence: Evidence
    entry: PolicyEntry
    timers: dict[str, datetime] = field(default_factory=dict)
    chain: int = 0
    task_open: bool = False


class Alerting:
    """All episodes of the park. `publish` is the topic of alarms, `tell` is told (alarm, recipients, why)."""

    def __init__(
        self,
        policy: GradingPolicy,
        publish: Callable[[str, Alarm, datetime], None],
        tell: Callable[[Alarm, list[str], str, datetime], None],
        duty: Callable[[datetime], Mapping[str, Sequence[str]]],
    ) -> None:
        self.policy = policy
        self.episodes: dict[str, Episode] = {}
        self._open: dict[str, Episode] = {}
        self._known: set[object] = set()
        self._publish, self._tell, self._duty = publish, tell, duty
        self._numbers = 0

    def hear(self, finding: FindingRecorded, now: datetime) -> None:
        """Take a finding; one that is known changes nothing."""
        if finding.finding_id in self._known:
            return
        self._known.add(finding.finding_id)
        key = episode.dedup_key(finding)
        running = self._open.get(key)
        if running is None:
            if finding.verdict == "violated":
                self._begin(key, finding, now)
            return
        running.evidence = weigh([finding], running.entry, since=running.evidence)
        self._take(running, episode.on_finding(running.alarm, running.evidence, finding, running.entry, now=now), now)

    def _begin(self, key: str, finding: FindingRecorded, now: datetime) -> None:
        entry = self.policy.entry_for(finding)
        evidence = weigh([finding], entry)
        self._numbers += 1
        decision = episode.raised(
            finding, evidence, entry, alarm_id=natural_id("alarm", key, finding.finding_id),
            number=f"AL-{self._numbers:04d}", now=now,
        )  # fmt: skip
        assert decision.alarm is not None
        begun = Episode(key, decision.alarm, evidence, entry)
        self.episodes[str(begun.alarm.alarm_id)] = self._open[key] = begun
        self._take(begun, decision, now)

    def due(self, now: datetime) -> list[tuple[datetime, str, str]]:
        """Return (when, alarm, kind) of the timers that are due, oldest first."""
        return sorted(
            (at, alarm_id, kind)
            for alarm_id, one in self.episodes.items()
            for kind, at in one.timers.items()
            if at <= now
        )

    def fire(self, alarm_id: str, kind: str, now: datetime) -> None:
        """Do what a due timer asks for; it is taken first, so it fires once."""
        one = self.episodes[alarm_id]
        one.timers.pop(kind)
        if kind == CHAIN:
            self._tell_higher(one, now)
        elif kind != episode.CLOSE or not one.task_open:  # an open task will answer and close the alarm
            self._take(one, episode.on_timer(one.alarm, one.evidence, one.entry, kind, now=now), now)

    def acknowledge(self, alarm_id: str, who: str, now: datetime) -> bool:
        """A person takes notice; False when that is no longer possible."""
        one = self.episodes[alarm_id]
        if not may(one.alarm.state, "acknowledged"):
            return False
        self._take(one, Decision([episode.acknowledged(one.alarm, who=who, note="", now=now)]), now)
        return True

    def task_made(self, task: Task, now: datetime) -> None:
        """Remember the task that was made for an alarm."""
        one = self.episodes[str(task.alarm_id)]
        if may(one.alarm.state, "linked"):
            linked = episode.linked(one.alarm, task_id=task.task_id, number=task.number, who=task.created_by, now=now)
            self._take(one, Decision([linked]), now)
            one.task_open = True

    def task_ended(self, task: Task, now: datetime) -> None:
        """A closed task answers its alarm with its outcome; a cancelled one lets it close by itself again."""
        one = self.episodes[str(task.alarm_id)]
        one.task_open = False
        if task.outcome and may(one.alarm.state, "closed"):
            step = episode.closed(
                one.alarm, reason=task.outcome, who=task.verified_by or "system", note=task.number, now=now
            )
            self._take(one, Decision([step], None, episode.ended_timers()), now)
        elif one.alarm.state is AlarmState.RESOLVED:
            one.timers[episode.CLOSE] = now

    def _take(self, one: Episode, decision: Decision, now: datetime) -> None:
        one.evidence = decision.evidence or one.evidence
        for kind, at in decision.timers.items():
            if at is None:
                one.timers.pop(kind, None)
            else:
                one.timers[kind] = at
        for change in decision.changes:
            self._step(one, change, now)

    def _step(self, one: Episode, change: Change, now: datetime) -> None:
        one.alarm = change.alarm
        self._publish(change.event, change.alarm, now)
        if change.event in audience.TOLD_IN_APP:
            names = audience.recipients(one.alarm, self.policy, self._duty(now))
            self._tell(one.alarm, names, change.event, now)
            one.chain = 0
            self._set_chain(one, now, 0)
        if one.alarm.state is AlarmState.CLOSED:
            one.timers.clear()
            self._open.pop(one.key, None)

    def _set_chain(self, one: Episode, since: datetime, minutes_before: float) -> None:
        steps = self.policy.chains.get(one.alarm.level, [])
        if one.chain < len(steps):
            one.timers[CHAIN] = since + timedelta(minutes=steps[one.chain].after_minutes - minutes_before)

    def _tell_higher(self, one: Episode, now: datetime) -> None:
        steps = self.policy.chains.get(one.alarm.level, [])
        if one.alarm.state is not AlarmState.ACTIVE or one.chain >= len(steps):
            return
        step = steps[one.chain]
        self._tell(one.alarm, audience.named(one.alarm, step.notify, self._duty(now)), f"chain-{one.chain}", now)
        one.chain += 1
        self._set_chain(one, now, step.after_minutes)


def policy_with_duty(policy: GradingPolicy) -> GradingPolicy:
    """Return a policy whose officers are those on duty."""
    notify = {
        level: ["duty:park" if name == "officer" else name for name in names] for level, names in policy.notify.items()
    }
    chains = {
        level: [
            replace(step, notify=["duty:park" if name == "officer" else name for name in step.notify]) for step in steps
        ]
        for level, steps in policy.chains.items()
    }
    assert set(notify) == set(AlarmLevel)
    return replace(policy, notify=notify, chains=chains)
