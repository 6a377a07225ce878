"""Alarms in: an alarm that needs work becomes one task; what happens to it afterwards is told to that task."""

from collections.abc import Awaitable, Callable
from typing import Any

from park_chassis.clock import now
from park_chassis.database import Connection
from park_schemas.alarms import Alarm
from park_schemas.catalogue import event_types_on
from park_schemas.codes import AlarmState
from park_schemas.envelope import Event
from park_schemas.identifiers import natural_id

from task_dispatch import figures
from task_dispatch.domain import life
from task_dispatch.domain.kinds import Kind
from task_dispatch.domain.policy import TaskPolicy, plan_for
from task_dispatch.domain.task_states import may
from task_dispatch.domain.work import Step, Work
from task_dispatch.kind_book import KindBook
from task_dispatch.making import Order, TaskMaker
from task_dispatch.recording import Recorder
from task_dispatch.store import tasks

ALARMS_TOPIC = "alerting.alarms.v1"

NOTES: dict[AlarmState, tuple[str, str, str]] = {
    AlarmState.RESOLVED: ("alarm-resolved", "告警已恢复", "the alarm was resolved"),
    AlarmState.CLOSED: ("alarm-closed", "告警已关闭", "the alarm was closed"),
}


class Consumers:
    """The handlers, the policy they work by, and the kinds of the tasks they make."""

    def __init__(self, policy: TaskPolicy, book: KindBook, maker: TaskMaker, recorder: Recorder) -> None:
        self._policy = policy
        self._book = book
        self._maker = maker
        self._recorder = recorder

    def table(self) -> dict[str, Callable[[Event[Any], Connection], Awaitable[None]]]:
        """Return {event type: handler}: every event of an alarm carries the whole alarm, so one handler reads them all."""
        return {event.name: self.on_alarm for event in event_types_on(ALARMS_TOPIC)}

    async def on_alarm(self, event: Event[Alarm], tx: Connection) -> None:
        """Take a newer version of an alarm; older and repeated ones change nothing."""
        alarm = event.body
        if not await tasks.see_alarm(tx, alarm):
            figures.ALARMS.labels("known").inc()
            return
        work = await tasks.open_work_of_alarm(tx, alarm.alarm_id)
        if work is None:
            made = await self._make(tx, event)
            figures.ALARMS.labels("task-made" if made else "no-task-needed").inc()
        else:
            await self._tell(tx, event, work)
            figures.ALARMS.labels("told-to-task").inc()

    async def _make(self, tx: Connection, event: Event[Alarm]) -> bool:
        alarm, at = event.body, now()
        plan = plan_for(alarm, self._policy, at)
        if plan is None or await tasks.has_task_by_policy(tx, alarm.alarm_id):
            return False
        order = Order(
            task_id=natural_id("task-by-policy", alarm.alarm_id),
            kind=await self._kind(tx, plan.kind),
            origin="policy",
            source="alarm",
            title_zh=plan.title_zh,
            title_en=plan.title_en,
            priority=alarm.level,
            park_id=alarm.park_id,
            by=life.SYSTEM,
            assignee_role=plan.assignee_role.value,
            alarm=alarm,
            cause=event.id,
        )
        await self._maker.make(tx, order, at)
        return True

    async def _kind(self, tx: Connection, name: str) -> Kind:
        kind = await self._book.newest(tx, name)
        if kind is None:
            raise LookupError(f"the policy names the kind {name!r}, which does not exist")
        return kind

    async def _tell(self, tx: Connection, event: Event[Alarm], work: Work) -> None:
        alarm, at = event.body, now()
        if alarm.level.rank > work.task.priority.rank and may(work.task.state, "hastened"):
            kind = await self._book.version(tx, work.task.kind, work.task.kind_version)
            due_at = self._maker.due_at(kind or await self._kind(tx, work.task.kind), alarm.level, at)
            await self._recorder.record(
                tx, life.hastened(work, level=alarm.level, due_at=due_at, now=at), cause=event.id
            )
        elif event.type in {"alerting.alarm.resolved", "alerting.alarm.closed"} and alarm.state in NOTES:
            what, zh, en = NOTES[alarm.state]
            why = f": {alarm.close_reason}" if alarm.close_reason else ""
            who = alarm.closed_by or life.SYSTEM
            await self._recorder.note(tx, Step(what, work, at, who, zh + why, en + why, announced=False))
