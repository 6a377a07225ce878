"""Queues who is told of a step: people in the app, people and chats outside it, webhooks. Everything in the caller's transaction.

Recipients in the app are `role:`, `enterprise:` and `person:`; `reach:<user name>` is a person outside the app and
`channel:<id>` a group chat. Each is grouped on its own (domain/grouping.py), so a person is told once of a group whatever the
number of names that lead to him. Ids follow from (alarm, version, step, recipient): doing it again tells nobody twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from park_chassis import outbox
from park_chassis.database import Connection
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.envelope import Event
from park_schemas.identifiers import natural_id

from alerting import figures
from alerting.domain.audience import (
    TOLD_BY_WEBHOOK,
    TOLD_IN_APP,
    named,
    recipients,
    rosters_in,
    unmanned,
)
from alerting.domain.channel_config import CHATS
from alerting.domain.episode import SYSTEM, Change
from alerting.domain.grouping import group_key
from alerting.domain.policy import GradingPolicy
from alerting.domain.recipient_names import PERSON
from alerting.store import alarms, channels, contacts, notifications, rosters, webhooks

SOURCE = "alerting"
REACH, CHANNEL = "reach:", "channel:"
_ENCODER = msgspec.json.Encoder(decimal_format="string")


async def tell(tx: Connection, changes: Sequence[Change], policy: GradingPolicy, cause: UUID | None) -> None:
    """Write the steps into the timeline, their events into the outbox, and queue who is told."""
    await alarms.add_to_timeline(tx, changes)
    for change in changes:
        figures.CHANGES.labels(change.event, change.alarm.level.value).inc()
        event = alarm_event(change, cause)
        if is_told(change):
            duty = await rosters.people_on_duty(tx, rosters_in(policy.notify[change.alarm.level]), change.at)
            await _queue(tx, change, recipients(change.alarm, policy, duty))
        elif change.event == "assigned" and change.alarm.assigned_to:
            await _queue(tx, change, [PERSON + change.alarm.assigned_to])
        await outbox.add(tx, event)
        if change.event in TOLD_BY_WEBHOOK - TOLD_IN_APP or is_told(change):
            await _queue_webhooks(tx, event)


def is_told(change: Change) -> bool:
    """Return whether people are told of a step."""
    return (change.event in TOLD_IN_APP or change.tell) and change.alarm.muted is None


async def tell_chain(tx: Connection, alarm: Alarm, names: list[str], at: datetime, waited: timedelta) -> None:
    """Tell more people of an alarm nobody has acknowledged; the alarm itself keeps its version."""
    duty = await rosters.people_on_duty(tx, rosters_in(names), at)
    told = named(alarm, names, duty)
    minutes = f"{waited.total_seconds() / 60:g}"
    missing = unmanned(names, duty)
    zh = f"{minutes} 分钟无人确认, 已通知 {', '.join(told)}"
    en = f"not acknowledged for {minutes} min, told {', '.join(told)}"
    if missing:
        zh, en = f"{zh}; 值班表 {', '.join(missing)} 无人值班", f"{en}; nobody on duty on {', '.join(missing)}"
    step = Change("chain", alarm, at, SYSTEM, zh, en)
    await alarms.add_to_timeline(tx, [step])
    await _queue(tx, step, told)


async def _queue(tx: Connection, change: Change, told: Sequence[str]) -> None:
    """Queue what the notifier tells: at once, or together with others of the group."""
    alarm = change.alarm
    outside = [REACH + one for one in await contacts.contacts_behind(tx, told)]
    outside += [
        f"{CHANNEL}{one.channel_id}"
        for one in await channels.active_channels_at(tx, alarm.level, CHATS)
        if one.config.get("enterprise_id") in {None, str(alarm.enterprise_id)}
    ]
    rows = [(body, alarm.version, change.event) for body in _notifications(change, [*told, *outside])]
    await notifications.insert_notifications(tx, rows, group_key(alarm), change.at)


def alarm_event(change: Change, cause: UUID | None) -> Event[Alarm]:
    """Return the event of a step."""
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
        for recipient in dict.fromkeys(told)
    ]


async def _queue_webhooks(tx: Connection, event: Event[Alarm]) -> None:
    wanted = await webhooks.active_webhooks_at(tx, event.body.level)
    if not wanted:
        return
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
