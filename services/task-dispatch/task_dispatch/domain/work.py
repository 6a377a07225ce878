"""A task and what only this service needs to know of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from park_schemas.tasks import Task

from task_dispatch.domain.kinds import Clock, ClockedStep


class TaskClock(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One running clock: the step, until when, when it was taken or ran out."""

    until: ClockedStep
    due_at: datetime
    met_at: datetime | None = None
    missed_at: datetime | None = None


class CoWorker(Struct, frozen=True):
    """Somebody who works on the task beside its owner."""

    username: str
    name: str


class ExtensionRequest(Struct, frozen=True):
    """A later deadline that the owner has asked for."""

    due_at: datetime
    reason: str
    by: str
    at: datetime


class Work(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The task as everybody sees it; who has worked on it; what the newest report answers; what was asked when it was made.

    `clock_rules` and the task's `kind_version` are those of the day it was made. `details` never leave the service in events.
    """

    task: Task
    handlers: list[str] = []
    reported_outcome: str | None = None
    reported_note: str = ""
    details: dict[str, Any] = {}
    co_workers: list[CoWorker] = []
    clock_rules: list[Clock] = []
    clocks: list[TaskClock] = []
    extension: ExtensionRequest | None = None
    arrived: bool = False
    handled: bool = False


@dataclass(frozen=True)
class Step:
    """One step of the timeline: event, the work after it, who, when, what. `announced` false: no event leaves the service."""

    event: str
    work: Work
    at: datetime
    who: str
    detail_zh: str
    detail_en: str
    announced: bool = True


def with_task(work: Work, **changes: object) -> Work:
    """Return the work with its task changed."""
    return msgspec.structs.replace(work, task=msgspec.structs.replace(work.task, **changes))
