"""Writes a decision down, in one transaction: alarm, timeline, timers, events, in-app notifications, webhook deliveries.

What a crash does here: before the commit none of it exists, after the commit all of it does. Ids of notifications and
deliveries follow from (alarm, version, recipient), so doing it again cannot tell anybody twice.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from park_chassis import outbox
from park_chassis.database import Connection
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.envelope import Event
from park_schemas.identifiers import natural_id

from alerting import figures
from alerting.domain.audience import TOLD_BY_WEBHOOK, TOLD_IN_APP, recipients
from alerting.domain.episode import Change, Decision
from alerting.domain.policy import GradingPolicy
from alerting.store import alarms, notifications, webhooks

SOURCE = "alerting"
_ENCODER = msgspec.json.Encoder(decimal_format="string")


async def record_new(
    tx: Connection, decision: Decision, *, dedup_key: str, policy: GradingPolicy, policy_version: int, cause: UUID
) -> None:
    """Write an episode that begins."""
    alarm, evidence = decision.alarm, decision.evidence
    assert alarm is not None  # noqa: S101 - an episode begins with a change; narrows the types
    assert evidence is not None  # noqa: S101
    await alarms.insert_alarm(tx, alarm, evidence, dedup_key, policy_version)
    await _tell(tx, decision.changes, policy, cause)
    await alarms.set_timers(tx, alarm.alarm_id, decision.timers)


async def record(
    tx: Connection, alarm_id: UUID, decision: Decision, *, policy: GradingPolicy, cause: UUID | None = None
) -> None:
    """Write what changed about an alarm the caller has locked."""
    if decision.evidence is not None:
        await alarms.set_evidence(tx, alarm_id, decision.evidence)
    if decision.alarm is not None:
        await alarms.update_alarm(tx, decision.alarm)
        await _tell(tx, decision.changes, policy, cause)
    await alarms.set_timers(tx, alarm_id, decision.timers)


async def _tell(tx: Connection, changes: Sequence[Change], policy: GradingPolicy, cause: UUID | None) -> None:
    await alarms.add_to_timeline(tx, changes)
    for change in changes:
        figures.CHANGES.labels(change.event, change.alarm.level.value).inc()
        event = _alarm_event(change, cause)
        told = _notifications(change, policy) if change.event in TOLD_IN_APP else []
        await notifications.insert_notifications(tx, [(body, change.alarm.version, change.event) for body in told])
        await outbox.add(tx, event, *(notification_event(body, event.id) for body in told))
        if change.event in TOLD_BY_WEBHOOK:
            await _queue_webhooks(tx, event)


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


def _notifications(change: Change, policy: GradingPolicy) -> list[NotificationSent]:
    alarm = change.alarm
    figures.NOTIFIED.labels(alarm.level.value).inc()
    return [
        NotificationSent(
            notification_id=natural_id("in-app", alarm.alarm_id, alarm.version, recipient),
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
        for recipient in recipients(alarm, policy)
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
