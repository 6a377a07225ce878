"""Writes a decision down, in one transaction: alarm, timeline, timers, events, in-app notifications, webhook deliveries.

What a crash does here: before the commit none of it exists, after the commit all of it does. Ids of notifications and
deliveries follow from (alarm, version, recipient), so doing it again cannot tell anybody twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from park_chassis import outbox
from park_chassis.database import Connection
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.codes import AlarmState
from park_schemas.envelope import Event
from park_schemas.identifiers import natural_id

from alerting import figures
from alerting.domain.audience import TOLD_BY_WEBHOOK, TOLD_IN_APP, named, recipients
from alerting.domain.episode import CHAIN, SYSTEM, TELL, Change, Decision
from alerting.domain.grouping import group_key
from alerting.domain.muting import Mute, mute_of
from alerting.domain.policy import GradingPolicy
from alerting.store import alarms, notifications, silences, webhooks

SOURCE = "alerting"
_OVER = (AlarmState.RESOLVED, AlarmState.CLOSED)
_ENCODER = msgspec.json.Encoder(decimal_format="string")


async def record_new(
    tx: Connection, decision: Decision, *, dedup_key: str, policy: GradingPolicy, policy_version: int, cause: UUID
) -> None:
    """Write an episode that begins."""
    alarm, evidence = decision.alarm, decision.evidence
    decision, mute = await _muted(tx, decision, policy)
    assert alarm is not None  # noqa: S101 - an episode begins with a change; narrows the types
    assert evidence is not None  # noqa: S101
    await alarms.insert_alarm(tx, decision.changes[-1].alarm, evidence, dedup_key, policy_version)
    await _tell(tx, decision.changes, policy, cause)
    await alarms.set_timers(tx, alarm.alarm_id, {**decision.timers, **_later(decision, mute, policy)})


async def record(
    tx: Connection, alarm_id: UUID, decision: Decision, *, policy: GradingPolicy, cause: UUID | None = None
) -> None:
    """Write what changed about an alarm the caller has locked."""
    if decision.evidence is not None:
        await alarms.set_evidence(tx, alarm_id, decision.evidence)
    if decision.alarm is None:
        return await alarms.set_timers(tx, alarm_id, decision.timers)
    decision, mute = await _muted(tx, decision, policy)
    alarm = decision.changes[-1].alarm
    await alarms.update_alarm(tx, alarm)
    await _tell(tx, decision.changes, policy, cause)
    await alarms.set_timers(tx, alarm_id, {**decision.timers, **_later(decision, mute, policy)})
    if alarm.state in _OVER and any(alarm.rule in one.source_rules for one in policy.inhibitions):
        await silences.ask_muted_again(tx, alarm.changed_at, subject_id=alarm.subject_id)
    return None


async def _muted(tx: Connection, decision: Decision, policy: GradingPolicy) -> tuple[Decision, Mute | None]:
    """Return the decision with `muted` set on its alarms as it is now, and the mute."""
    mute = await present_mute(tx, decision.changes[-1].alarm, policy, decision.changes[-1].at)
    reason = mute.reason if mute else None
    changes = [replace(one, alarm=msgspec.structs.replace(one.alarm, muted=reason)) for one in decision.changes]
    return replace(decision, changes=changes), mute


async def present_mute(tx: Connection, alarm: Alarm, policy: GradingPolicy, at: datetime) -> Mute | None:
    """Return why an alarm is not told now, None when it is."""
    in_force = await silences.silences_at(tx, at)
    open_there = await silences.rules_open_at(tx, alarm.subject_id, but=alarm.alarm_id) if policy.inhibitions else ()
    return mute_of(alarm, in_force, open_there, policy, at)


def _later(decision: Decision, mute: Mute | None, policy: GradingPolicy) -> dict[str, datetime | None]:
    """Return the timers that tell people later: when the mute ends, and when nobody acknowledges."""
    alarm = decision.changes[-1].alarm
    if alarm.state is AlarmState.CLOSED:
        return {}
    timers: dict[str, datetime | None] = {TELL: mute.until if mute else None}
    if alarm.state is not AlarmState.ACTIVE:
        timers[CHAIN] = None
    elif any(one.event in TOLD_IN_APP or one.tell for one in decision.changes):
        steps = policy.chains.get(alarm.level, [])
        timers[CHAIN] = alarm.changed_at + timedelta(minutes=steps[0].after_minutes) if steps else None
    return timers


async def _tell(tx: Connection, changes: Sequence[Change], policy: GradingPolicy, cause: UUID | None) -> None:
    await alarms.add_to_timeline(tx, changes)
    for change in changes:
        figures.CHANGES.labels(change.event, change.alarm.level.value).inc()
        event = _alarm_event(change, cause)
        told = _notifications(change, recipients(change.alarm, policy)) if _is_told(change) else []
        await _queue_notifications(tx, change, told)
        await outbox.add(tx, event)
        if change.event in TOLD_BY_WEBHOOK - TOLD_IN_APP or _is_told(change):
            await _queue_webhooks(tx, event)


def _is_told(change: Change) -> bool:
    return (change.event in TOLD_IN_APP or change.tell) and change.alarm.muted is None


async def tell_chain(tx: Connection, alarm: Alarm, names: list[str], at: datetime, minutes: float) -> None:
    """Tell more people of an alarm nobody has acknowledged; the alarm itself keeps its version."""
    step = Change(
        "chain", alarm, at, SYSTEM, f"{minutes:g} 分钟无人确认, 已通知 {', '.join(names)}",
        f"not acknowledged for {minutes:g} min, told {', '.join(names)}",
    )  # fmt: skip
    await alarms.add_to_timeline(tx, [step])
    told = _notifications(step, named(alarm, names))
    await _queue_notifications(tx, step, told)


async def _queue_notifications(tx: Connection, change: Change, told: Sequence[NotificationSent]) -> None:
    """Queue what the notifier tells: at once, or together with others of the group."""
    rows = [(body, change.alarm.version, change.event) for body in told]
    await notifications.insert_notifications(tx, rows, group_key(change.alarm), change.at)


def _alarm_event(change: Change, cause: UUID | None) -> Event[Alarm]:
    return Event(
        type=f"alerting.alarm.{change.event}",
        source=SOURCE,
        subject=str(change.alarm.alarm_id),
        time=change.at,
        body=change.alarm,
        causation_id=cause,
    )


def notification_event(body: NotificationSent, cause: UUID | None) -> Event[NotificationSent]:
    """Return the event that says somebody was told."""
    return Event(
        type="alerting.notification.sent",
        source=SOURCE,
        subject=str(body.alarm_id),
        time=body.sent_at,
        body=body,
        causation_id=cause,
    )


def _notifications(change: Change, told: Sequence[str]) -> list[NotificationSent]:
    alarm = change.alarm
    return [
        NotificationSent(
            notification_id=natural_id(
                "in-app", alarm.alarm_id, alarm.version, change.event, change.detail_en, recipient
            ),
            alarm_id=alarm.alarm_id,
            channel="in-app",
            recipient=recipient,
            delivered=True,
            level=alarm.level,
            title_zh=alarm.title_zh,
            title_en=alarm.title_en,
            sent_at=change.at,
            park_id=alarm.park_id,
            enterprise_id=alarm.enterprise_id,
        )
        for recipient in told
    ]


async def _queue_webhooks(tx: Connection, event: Event[Alarm]) -> None:
    wanted = await webhooks.active_webhooks_at(tx, event.body.level)
    body = webhook_body(event)
    rows = [
        (natural_id("webhook", webhook_id, event.body.alarm_id, event.body.version), webhook_id, event.body.alarm_id,
         event.body.version, event.type, body)
        for webhook_id in wanted
    ]  # fmt: skip
    await webhooks.insert_deliveries(tx, rows, event.time)


def webhook_body(event: Event[Alarm]) -> bytes:
    """Return the JSON a webhook carries: {type, timestamp, data}; the same bytes at each attempt."""
    return _ENCODER.encode({"type": event.type, "timestamp": event.time.isoformat(), "data": event.body})
