"""From a decision to what is written: the mute as it is now, timers that tell people later, steps. No I/O but in `record`."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.codes import AlarmState

from alerting.domain.audience import TOLD_IN_APP
from alerting.domain.episode import CHAIN, SYSTEM, TELL, Change, Decision
from alerting.domain.muting import Mute, explanation
from alerting.domain.policy import GradingPolicy
from alerting.journal import Journal
from alerting.present import Present, read_present
from alerting.store.alarms import NewAlarm

_OVER = (AlarmState.RESOLVED, AlarmState.CLOSED)


async def record(
    tx: Connection,
    decision: Decision,
    *,
    alarm_id: UUID,
    policy: GradingPolicy,
    at: datetime,
    cause: UUID | None = None,
) -> None:
    """Write what changed about one alarm the caller has locked."""
    subjects = {decision.alarm.subject_id} if decision.alarm is not None else set()
    present = await read_present(tx, policy, at, subjects)
    journal = Journal()
    go_on(journal, present, alarm_id, decision, cause)
    await journal.write(tx, present)


def begin(
    journal: Journal, present: Present, decision: Decision, *, dedup_key: str, policy_version: int, cause: UUID
) -> None:
    """Note an episode that begins."""
    evidence = decision.evidence
    decision, mute = _muted(present, decision)
    alarm = decision.changes[-1].alarm
    assert evidence is not None  # noqa: S101 - an episode begins with a finding; narrows the type
    journal.new_alarms[alarm.alarm_id] = NewAlarm(alarm, evidence, dedup_key, policy_version)
    _note(journal, present, None, decision, mute, cause)


def go_on(journal: Journal, present: Present, alarm_id: UUID, decision: Decision, cause: UUID | None) -> None:
    """Note what changed about an alarm."""
    if decision.evidence is not None:
        journal.set_evidence(alarm_id, decision.evidence)
    if decision.alarm is None:
        return journal.timers.add(alarm_id, decision.timers)
    was_muted = decision.changes[0].alarm.muted
    decision, mute = _muted(present, decision)
    alarm = decision.changes[-1].alarm
    journal.set_alarm(alarm)
    _note(journal, present, was_muted, decision, mute, cause)
    if alarm.state in _OVER and any(alarm.rule in one.source_rules for one in present.policy.inhibitions):
        journal.unmuted_subjects.add(alarm.subject_id)
    return None


def _note(
    journal: Journal, present: Present, was_muted: str | None, decision: Decision, mute: Mute | None, cause: UUID | None
) -> None:
    last = decision.changes[-1]
    present.neighbours.put(last.alarm)
    if mute is not None and mute.reason != was_muted and last.event not in {"suppressed", "closed"}:
        zh, en = explanation(mute)
        journal.timeline.append(Change("muted", last.alarm, last.at, mute.owner or SYSTEM, zh, en))
    for change in decision.changes:
        journal.add_step(change, cause)
    journal.timers.add(last.alarm.alarm_id, {**decision.timers, **_later(present, decision, mute)})


def _muted(present: Present, decision: Decision) -> tuple[Decision, Mute | None]:
    """Return the decision with `muted` set on its alarms as it is now, and the mute."""
    mute = present.mute_of(decision.changes[-1].alarm)
    reason = mute.reason if mute else None
    changes = [replace(one, alarm=msgspec.structs.replace(one.alarm, muted=reason)) for one in decision.changes]
    return replace(decision, changes=changes), mute


def _later(present: Present, decision: Decision, mute: Mute | None) -> dict[str, datetime | None]:
    """Return the timers that tell people later: when the mute ends, and when nobody acknowledges."""
    alarm = decision.changes[-1].alarm
    if alarm.state is AlarmState.CLOSED:
        return {}
    timers: dict[str, datetime | None] = {TELL: mute.until if mute else None}
    if alarm.state is not AlarmState.ACTIVE:
        timers[CHAIN] = None
    elif any(one.event in TOLD_IN_APP or one.tell for one in decision.changes):
        steps = present.policy.chains.get(alarm.level, [])
        timers[CHAIN] = present.chain_due(alarm.changed_at, steps[0]) if steps else None
    return timers
