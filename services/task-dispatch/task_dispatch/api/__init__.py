"""HTTP of task-dispatch: parse -> call -> shape."""

from fastapi import APIRouter

from task_dispatch.api import (
    actions,
    batch,
    cells,
    creating,
    delegations,
    documents,
    evidence,
    intake,
    kinds,
    plans,
    reading,
    scores,
)  # fmt: skip
from task_dispatch.api.parts import Parts


def router(parts: Parts) -> APIRouter:
    """Return every route of the service; fixed paths stand before those with a task's id."""
    whole = APIRouter()
    for rooms in (
        kinds,
        scores,
        batch,
        reading,
        creating,
        intake,
        plans,
        delegations,
        cells,
        documents,
        evidence,
        actions,
    ):
        whole.include_router(rooms.router(parts))
    return whole
