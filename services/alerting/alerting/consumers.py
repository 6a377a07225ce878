"""Events in: findings become episodes (in batches), tasks answer alarms. Load -> decide -> record, in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import msgspec
from opentelemetry.trace import SpanKind
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.tracing import span
from park_schemas.codes import AlarmState
from park_schemas.envelope import Event
from park_schemas.supervision import FindingRecorded
from park_schemas.tasks import Task

from alerting.domain import episode
from alerting.domain.alarm_states import may
from alerting.domain.episode import Decision
from alerting.domain.timer_orders import TimerOrders
from alerting.finding_batch import read_batch
from alerting.intake import Intake
from alerting.recording import record
from alerting.store import alarms
from alerting.store.policies import PolicyCache
from alerting.surroundings import Surroundings

Handler = Callable[[Event[Any], Connection], Awaitable[None]]


class Consumers:
    """The handlers, the policy they grade by, and what is known of the surroundings."""

    def __init__(self, policies: PolicyCache, surroundings: Surroundings | None = None) -> None:
        self._policies = policies
        self._surroundings = surroundings or Surroundings()

    def table(self) -> dict[str, Handler]:
        """Return {event type: handler} of what comes one by one; findings come in batches."""
        return {
            "tasks.task.created": self.on_task_created,
            "tasks.task.closed": self.on_task_closed,
            "tasks.task.cancelled": self.on_task_cancelled,
        }

    async def on_findings(self, events: list[Event[FindingRecorded]], tx: Connection) -> None:
        """Take findings in, in their order: read what all of them need, decide one by one, write it all."""
        version, policy = await self._policies.in_force(tx)
        batch = await read_batch(tx, [event.body for event in events], policy, version, now())
        intake = Intake(batch, self._surroundings)
        for event in events:
            with span(f"handle {event.type}", traceparent=event.traceparent, kind=SpanKind.CONSUMER):
                intake.take(event)
        await intake.journal.write(tx, batch.present)

    async def on_task_created(self, event: Event[Task], tx: Connection) -> None:
        """Remember the task that was made for an alarm."""
        task = event.body
        stored = await alarms.alarm_locked(tx, task.alarm_id) if task.alarm_id else None
        if stored is None or stored.alarm.task_id == task.task_id or not may(stored.alarm.state, "linked"):
            return
        _, policy = await self._policies.in_force(tx)
        step = episode.linked(stored.alarm, task_id=task.task_id, number=task.number, who=task.created_by, now=now())
        await record(tx, Decision([step]), alarm_id=step.alarm.alarm_id, policy=policy, at=step.at, cause=event.id)
        await alarms.set_task(tx, step.alarm.alarm_id, is_open=True)

    async def on_task_closed(self, event: Event[Task], tx: Connection) -> None:
        """Close the alarm a closed task answers, with the task's outcome as the reason."""
        task = event.body
        stored = await alarms.alarm_locked(tx, task.alarm_id) if task.alarm_id else None
        if stored is None:
            return
        outcome = task.outcome or "handled"
        await alarms.set_task(tx, stored.alarm.alarm_id, is_open=False, outcome=outcome)
        if not may(stored.alarm.state, "closed"):
            return
        _, policy = await self._policies.in_force(tx)
        note = task.number + (f": {task.outcome_note}" if task.outcome_note else "")
        step = episode.closed(
            stored.alarm, reason=outcome, who=task.verified_by or task.created_by, note=note, now=now()
        )
        if step.alarm.task_id is None:  # the task's creation was never heard of
            step = replace(step, alarm=msgspec.structs.replace(step.alarm, task_id=task.task_id))
        decision = Decision([step], None, episode.ended_timers())
        await record(tx, decision, alarm_id=step.alarm.alarm_id, policy=policy, at=step.at, cause=event.id)

    async def on_task_cancelled(self, event: Event[Task], tx: Connection) -> None:
        """Let a resolved alarm close by itself again when its task was withdrawn."""
        task = event.body
        stored = await alarms.alarm_locked(tx, task.alarm_id) if task.alarm_id else None
        if stored is None or stored.alarm.task_id != task.task_id:
            return
        await alarms.set_task(tx, stored.alarm.alarm_id, is_open=False)
        if stored.alarm.state is AlarmState.RESOLVED:
            orders = TimerOrders()
            orders.add(stored.alarm.alarm_id, {episode.CLOSE: now()})
            await alarms.order_timers(tx, orders)
