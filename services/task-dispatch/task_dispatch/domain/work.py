"""A task and what only this service needs to know of it."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import Struct
from park_schemas.tasks import Task


class Work(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The task as everybody sees it, who has worked on it, and what the newest report answers."""

    task: Task
    handlers: list[str] = []
    reported_outcome: str | None = None
    reported_note: str = ""


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
