"""Writes steps down: task with its clocks, timeline, timers and events, in one transaction.

What a crash does here: before the commit none of it exists, after the commit all of it does.
"""

from collections.abc import Sequence
from uuid import UUID

from park_chassis import outbox
from park_chassis.database import Connection
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.envelope import Event
from park_schemas.tasks import Task

from task_dispatch import figures
from task_dispatch.domain.clocks import wound
from task_dispatch.domain.task_states import ENDED, STATE_ZH
from task_dispatch.domain.work import Step
from task_dispatch.store import tasks

SOURCE = "task-dispatch"

EVENT_NAMES: dict[str, str] = {"hastened": "tasks.task.extended", "late": "tasks.task.overdue"}
"""Steps whose event has another name: a hastened task is one whose deadline was moved, a late step is overdue."""


class Recorder:
    """Records steps; the clocks of their tasks run by the park's calendar."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar

    async def record_new(
        self,
        tx: Connection,
        steps: Sequence[Step],
        *,
        origin: str,
        source_key: str | None = None,
        cause: UUID | None = None,
    ) -> Step:
        """Write a new task and the steps it has taken already; return the last as it was written."""
        wound_up = [wound(step, self.calendar) for step in steps]
        await tasks.insert_work(tx, wound_up[-1].work, origin=origin, source_key=source_key)
        await self._tell(tx, wound_up, cause)
        return wound_up[-1]

    async def record(self, tx: Connection, step: Step, *, cause: UUID | None = None) -> Step:
        """Write a step of a task the caller has locked; return it as it was written."""
        wound_up = wound(step, self.calendar)
        await tasks.update_work(tx, wound_up.work)
        await self._tell(tx, [wound_up], cause)
        if wound_up.work.task.state in ENDED and wound_up.work.task.parent_id is not None:
            await self._tell_parent(tx, wound_up)
        return wound_up

    async def note(self, tx: Connection, step: Step) -> None:
        """Write a line in the timeline that changes nothing."""
        await tasks.add_to_timeline(tx, [step])

    async def _tell(self, tx: Connection, steps: Sequence[Step], cause: UUID | None) -> None:
        await tasks.add_to_timeline(tx, steps)
        for step in steps:
            figures.STEPS.labels(step.event, step.work.task.kind).inc()
        await outbox.add(tx, *(_task_event(step, cause) for step in steps if step.announced))

    async def _tell_parent(self, tx: Connection, step: Step) -> None:
        child = step.work.task
        parent = await tasks.work_of(tx, child.parent_id) if child.parent_id else None
        if parent is not None:
            zh = f"子任务 {child.number} {STATE_ZH[child.state]}"
            line = Step(
                "sub-task-ended", parent, step.at, step.who, zh, f"sub-task {child.number} is {child.state.value}"
            )
            await self.note(tx, line)


def _task_event(step: Step, cause: UUID | None) -> Event[Task]:
    return Event(
        type=EVENT_NAMES.get(step.event, f"tasks.task.{step.event}"),
        source=SOURCE,
        subject=str(step.work.task.task_id),
        time=step.at,
        body=step.work.task,
        causation_id=cause,
    )
