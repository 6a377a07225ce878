"""HTTP of task-dispatch: parse -> call -> shape."""

from fastapi import APIRouter
from park_chassis.database import Database

from task_dispatch.api import actions, creating, evidence, reading
from task_dispatch.domain.kinds import Kind
from task_dispatch.domain.policy import TaskPolicy
from task_dispatch.evidence_files import EvidenceFiles


def router(database: Database, kinds: dict[str, Kind], policy: TaskPolicy, files: EvidenceFiles) -> APIRouter:
    """Return every route of the service."""
    whole = APIRouter()
    whole.include_router(reading.router(database, kinds))
    whole.include_router(creating.router(database, kinds, policy))
    whole.include_router(evidence.router(database, files))
    whole.include_router(actions.router(database, kinds))
    return whole
