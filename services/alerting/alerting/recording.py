"""Writes a decision down, in one transaction: alarm, timers, and by telling.py timeline, events, notifications, deliveries.

What a crash does here: before the commit none of it exists, after the commit all of it does.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmState

from alerting.domain.audience import TOLD_IN_APP
from alerting.domain.episode import CHAIN, SYSTEM, TELL, Change, Decision
from alerting.domain.muting import Mute, explanation, mute_of
from alerting.domain.policy import ChainStep, GradingPolicy
from alerting.store import alarms, rosters, silences
from alerting.telling import tell

_OVER = (AlarmState.RESOLVED, AlarmState.CLOSED)


async def record_new(
    tx: Connection, decision: Decision, *, dedup_key: str, policy: GradingPolicy, policy_version: int, cause: UUID
) -> None:
    """Write an episode that begins."""
    alarm, evidence = decision.alarm, decision.evidence
    decision, mute = await _muted(tx, decision, policy)
    assert alarm is not None  # noqa: S101 - an episode begins with a change; narrows the types
    assert evidence is not None  # noqa: S101
    await alarms.insert_alarm(tx, decision.changes[-1].alarm, evidence, dedup_key, policy_version)
    await _note_mute(tx, None, decision.changes[-1], mute)
    await tell(tx, decision.changes, policy, cause)
    timers = {**decision.timers, **await _later(tx, decision, mute, policy)}
    await alarms.set_timers(tx, alarm.alarm_id, {kind: due for kind, due in timers.items() if due is not None})


async def record(
    tx: Connection, alarm_id: UUID, decision: Decision, *, policy: GradingPolicy, cause: UUID | None = None
) -> None:
    """Write what changed about an alarm the caller has locked."""
    if decision.evidence is not None:
        await alarms.set_evidence(tx, alarm_id, decision.evidence)
    if decision.alarm is None:
        return await alarms.set_timers(tx, alarm_id, decision.timers)
    was_muted = decision.changes[0].alarm.muted
    decision, mute = await _muted(tx, decision, policy)
    alarm = decision.changes[-1].alarm
    await alarms.update_alarm(tx, alarm)
    await _note_mute(tx, was_muted, decision.changes[-1], mute)
    await tell(tx, decision.changes, policy, cause)
    await alarms.set_timers(tx, alarm_id, {**decision.timers, **await _later(tx, decision, mute, policy)})
    if alarm.state in _OVER and any(alarm.rule in one.source_rules for one in policy.inhibitions):
        await silences.ask_muted_again(tx, alarm.changed_at, subject_id=alarm.subject_id)
    return None


async def _muted(tx: Connection, decision: Decision, policy: GradingPolicy) -> tuple[Decision, Mute | None]:
    """Return the decision with `muted` set on its alarms as it is now, and the mute."""
    mute = await present_mute(tx, decision.changes[-1].alarm, policy, decision.changes[-1].at)
    reason = mute.reason if mute else None
    changes = [replace(one, alarm=msgspec.structs.replace(one.alarm, muted=reason)) for one in decision.changes]
    return replace(decision, changes=changes), mute


async def _note_mute(tx: Connection, before: str | None, last: Change, mute: Mute | None) -> None:
    """Write the beginning of a mute into the timeline."""
    if mute is None or mute.reason == before or last.event in {"suppressed", "closed"}:
        return
    zh, en = explanation(mute)
    await alarms.add_to_timeline(tx, [Change("muted", last.alarm, last.at, mute.owner or SYSTEM, zh, en)])


async def present_mute(tx: Connection, alarm: Alarm, policy: GradingPolicy, at: datetime) -> Mute | None:
    """Return why an alarm is not told now, None when it is."""
    in_force = await silences.silences_at(tx, at)
    open_there = await silences.rules_open_at(tx, alarm.subject_id, but=alarm.alarm_id) if policy.inhibitions else ()
    return mute_of(alarm, in_force, open_there, policy, at)


async def _later(
    tx: Connection, decision: Decision, mute: Mute | None, policy: GradingPolicy
) -> dict[str, datetime | None]:
    """Return the timers that tell people later: when the mute ends, and when nobody acknowledges."""
    alarm = decision.changes[-1].alarm
    if alarm.state is AlarmState.CLOSED:
        return {}
    timers: dict[str, datetime | None] = {TELL: mute.until if mute else None}
    if alarm.state is not AlarmState.ACTIVE:
        timers[CHAIN] = None
    elif any(one.event in TOLD_IN_APP or one.tell for one in decision.changes):
        steps = policy.chains.get(alarm.level, [])
        timers[CHAIN] = await chain_due(tx, alarm.changed_at, steps[0], 0) if steps else None
    return timers


async def chain_due(tx: Connection, since: datetime, step: ChainStep, minutes_before: float) -> datetime:
    """Return when a step of a chain is due that comes after one `minutes_before`; working minutes by the park's calendar."""
    pause = timedelta(minutes=step.after_minutes - minutes_before)
    if not step.working_time:
        return since + pause
    calendar: WorkingCalendar = await rosters.working_calendar(tx)
    return calendar.add_working_time(since, pause).at
