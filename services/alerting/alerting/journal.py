"""All that one transaction writes about alarms, in the order it was decided; stored in a bounded number of statements.

What a crash does here: before the commit none of it exists, after the commit all of it does.
"""

from dataclasses import dataclass, field
from uuid import UUID

from park_chassis import outbox
from park_chassis.database import Connection
from park_chassis.tracing import current_traceparent
from park_schemas.alarms import Alarm

from alerting import figures
from alerting.domain.episode import Change
from alerting.domain.evidence import Evidence
from alerting.domain.timer_orders import TimerOrders
from alerting.present import Present
from alerting.store import alarms, findings, silences
from alerting.store.alarms import NewAlarm
from alerting.store.findings import KeptFinding
from alerting.telling import Step, tell


@dataclass
class Journal:
    """Rows to write. Of an alarm that changes several times only its last version is stored; each step is told."""

    new_alarms: dict[UUID, NewAlarm] = field(default_factory=dict)
    alarms: dict[UUID, Alarm] = field(default_factory=dict)
    evidence: dict[UUID, Evidence] = field(default_factory=dict)
    findings: list[KeptFinding] = field(default_factory=list)
    withdrawals: dict[UUID, UUID] = field(default_factory=dict)
    """Finding that stands no more: the finding that withdrew it."""
    groundless: list[UUID] = field(default_factory=list)
    """Closed alarms none of whose findings stands any more."""
    timeline: list[Change] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    timers: TimerOrders = field(default_factory=TimerOrders)
    unmuted_subjects: set[UUID] = field(default_factory=set)

    def set_alarm(self, alarm: Alarm) -> None:
        """Store this version in the end."""
        if alarm.alarm_id in self.new_alarms:
            self.new_alarms[alarm.alarm_id].alarm = alarm
        else:
            self.alarms[alarm.alarm_id] = alarm

    def alarm_after(self, before: Alarm) -> Alarm:
        """Return an alarm as it is to be stored, `before` where nothing has changed it."""
        new = self.new_alarms.get(before.alarm_id)
        return new.alarm if new is not None else self.alarms.get(before.alarm_id, before)

    def set_evidence(self, alarm_id: UUID, evidence: Evidence) -> None:
        """Store what the findings add up to in the end."""
        if alarm_id in self.new_alarms:
            self.new_alarms[alarm_id].evidence = evidence
        else:
            self.evidence[alarm_id] = evidence

    def add_step(self, change: Change, cause: UUID | None) -> None:
        """Note a step in the life of an alarm: timeline, event, people."""
        self.timeline.append(change)
        self.steps.append(Step(change, cause, current_traceparent()))
        figures.CHANGES.labels(change.event, change.alarm.level.value).inc()

    async def write(self, tx: Connection, present: Present) -> None:
        """Store it all: rows, timers, what people are told, events."""
        await alarms.insert_alarms(tx, list(self.new_alarms.values()))
        await alarms.update_alarms(tx, [(one, self.evidence.get(one.alarm_id)) for one in self.alarms.values()])
        await alarms.set_evidence(tx, {key: one for key, one in self.evidence.items() if key not in self.alarms})
        await alarms.set_withdrawn(tx, self.groundless)
        await findings.insert_findings(tx, self.findings)
        await findings.set_withdrawn(tx, self.withdrawals)
        await alarms.add_to_timeline(tx, self.timeline)
        await alarms.order_timers(tx, self.timers)
        events = await tell(tx, self.steps, present.policy)
        await outbox.add(tx, *events)
        if self.unmuted_subjects:
            await silences.ask_muted_again(tx, present.at, subjects=self.unmuted_subjects)
