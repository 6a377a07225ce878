"""Queues who is told of a step: people in the app, people and chats outside it, webhooks. Everything in the caller's transaction.

Recipients in the app are `role:`, `enterprise:` and `person:`; `reach:<user name>` is a person outside the app and
`channel:<id>` a group chat. Each is grouped on its own (domain/grouping.py), so a person is told once of a group whatever the
number of names that lead to him. Ids follow from (alarm, version, step, recipient): doing it again tells nobody twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.envelope import Event
from park_schemas.identifiers import natural_id

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
from alerting.store.channels import Channel
from alerting.store.notifications import NewNotification

SOURCE = "alerting"
REACH, CHANNEL = "reach:", "channel:"
WITHDRAWN = ("已撤回", "withdrawn")
"""Put before the title of an alarm whose findings were withdrawn."""
_ENCODER = msgspec.json.Encoder(decimal_format="string")


@dataclass(frozen=True)
class Step:
    """A step in the life of an alarm, the event that caused it, and the trace (W3C) in which it was decided."""

    change: Change
    cause: UUID | None
    trace: str | None = None


async def tell(tx: Connection, steps: Sequence[Step], policy: GradingPolicy) -> list[Event[Alarm]]:
    """Queue who is told of the steps; return their events, in order."""
    events = [(one.change, alarm_event(one.change, one.cause, one.trace)) for one in steps]
    await _queue(tx, await _audiences(tx, [change for change, _ in events], policy))
    await _queue_webhooks(
        tx, [event for change, event in events if change.event in TOLD_BY_WEBHOOK - TOLD_IN_APP or is_told(change)]
    )
    return [event for _, event in events]


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
    await _queue(tx, [(step, told)])


async def _audiences(
    tx: Connection, changes: Sequence[Change], policy: GradingPolicy
) -> list[tuple[Change, Sequence[str]]]:
    """Return each step that somebody is told of, with the recipients in the app."""
    told = [change for change in changes if is_told(change)]
    codes = {code for change in told for code in rosters_in(policy.notify[change.alarm.level])}
    duty = await rosters.people_on_duty(tx, sorted(codes), told[-1].at) if codes else {}
    withdrawn = {change.alarm.alarm_id for change in told if change.withdraws}
    before = await notifications.recipients_of_alarms(tx, withdrawn) if withdrawn else {}
    found: list[tuple[Change, Sequence[str]]] = []
    for change in changes:
        if is_told(change):
            who = before.get(change.alarm.alarm_id, []) if change.withdraws else recipients(change.alarm, policy, duty)
            found.append((change, who))
        elif change.event == "assigned" and change.alarm.assigned_to:
            found.append((change, [PERSON + change.alarm.assigned_to]))
    return found


async def _queue(tx: Connection, told: Sequence[tuple[Change, Sequence[str]]]) -> None:
    """Queue what the notifier tells: at once, or together with others of the group."""
    if not told:
        return
    reachable = await contacts.reachable(tx, {one for _, names in told for one in names})
    chats = await channels.active_channels(tx, CHATS)
    rows = []
    for change, names in told:
        outside = [REACH + one.username for one in reachable if one.answers_to(names)]
        outside += [f"{CHANNEL}{one.channel_id}" for one in chats if _hears(one, change.alarm)]
        rows += _notifications(change, [*names, *outside])
    await notifications.insert_notifications(tx, rows)


def _hears(chat: Channel, alarm: Alarm) -> bool:
    return alarm.level.rank >= chat.min_level.rank and chat.config.get("enterprise_id") in {
        None,
        str(alarm.enterprise_id),
    }


def alarm_event(change: Change, cause: UUID | None, trace: str | None = None) -> Event[Alarm]:
    """Return the event of a step; without a trace it gets that of its transaction."""
    return Event(
        type=f"alerting.alarm.{change.event}",
        source=SOURCE,
        subject=str(change.alarm.alarm_id),
        time=change.at,
        body=change.alarm,
        causation_id=cause,
        traceparent=trace,
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


def _notifications(change: Change, told: Sequence[str]) -> list[NewNotification]:
    alarm = change.alarm
    zh, en = (
        (f"{WITHDRAWN[0]}: {alarm.title_zh}", f"{WITHDRAWN[1]}: {alarm.title_en}")
        if change.withdraws
        else (alarm.title_zh, alarm.title_en)
    )
    return [
        NewNotification(
            notification_id=natural_id(
                "in-app", alarm.alarm_id, alarm.version, change.event, change.detail_en, recipient
            ),
            alarm_id=alarm.alarm_id,
            alarm_version=alarm.version,
            step=change.event,
            recipient=recipient,
            level=alarm.level,
            title_zh=zh,
            title_en=en,
            park_id=alarm.park_id,
            enterprise_id=alarm.enterprise_id,
            made_at=change.at,
            group_key=group_key(alarm),
        )
        for recipient in dict.fromkeys(told)
    ]


async def _queue_webhooks(tx: Connection, events: Sequence[Event[Alarm]]) -> None:
    if not events:
        return
    wanted = await webhooks.active_webhooks(tx)
    rows = []
    for event in events:
        alarm, hearing = event.body, [one for one, rank in wanted if event.body.level.rank >= rank]
        body = webhook_body(event) if hearing else b""
        rows += [
            (natural_id("webhook", webhook_id, alarm.alarm_id, alarm.version), webhook_id, alarm.alarm_id, alarm.version,
             event.type, body, event.time)
            for webhook_id in hearing
        ]  # fmt: skip
    await webhooks.insert_deliveries(tx, rows)


def webhook_body(event: Event[Alarm]) -> bytes:
    """Return the JSON a webhook carries: {type, timestamp, data}; the same bytes at each attempt."""
    return _ENCODER.encode({"type": event.type, "timestamp": event.time.isoformat(), "data": event.body})
