"""Writes steps down: task, timeline, deadline timer and events, in one transaction.

What a crash does here: before the commit none of it exists, after the commit all of it does.
"""

from collections.abc import Sequence
from uuid import UUID

from park_chassis import outbox
from park_chassis.database import Connection
from park_schemas.envelope import Event
from park_schemas.tasks import Task

from task_dispatch import figures
from task_dispatch.domain.work import Step
from task_dispatch.store import tasks

SOURCE = "task-dispatch"

EVENT_NAMES: dict[str, str] = {"hastened": "tasks.task.extended"}
"""Steps whose event has another name: a hastened task is one whose deadline was moved."""


async def record_new(tx: Connection, steps: Sequence[Step], *, origin: str, cause: UUID | None = None) -> None:
    """Write a new task and the steps it has taken already."""
    await tasks.insert_work(tx, steps[-1].work, origin=origin)
    await _tell(tx, steps, cause)


async def record(tx: Connection, step: Step, *, cause: UUID | None = None) -> None:
    """Write a step of a task the caller has locked."""
    await tasks.update_work(tx, step.work)
    await _tell(tx, [step], cause)


async def note(tx: Connection, step: Step) -> None:
    """Write a line in the timeline that changes nothing."""
    await tasks.add_to_timeline(tx, [step])


async def _tell(tx: Connection, steps: Sequence[Step], cause: UUID | None) -> None:
    await tasks.add_to_timeline(tx, steps)
    for step in steps:
        figures.STEPS.labels(step.event, step.work.task.kind).inc()
    await outbox.add(tx, *(_task_event(step, cause) for step in steps if step.announced))


def _task_event(step: Step, cause: UUID | None) -> Event[Task]:
    return Event(
        type=EVENT_NAMES.get(step.event, f"tasks.task.{step.event}"),
        source=SOURCE,
        subject=str(step.work.task.task_id),
        time=step.at,
        body=step.work.task,
        causation_id=cause,
    )
