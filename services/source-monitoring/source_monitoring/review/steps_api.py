"""HTTP of the steps that persons take on reviewed days, one by one or many at once."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.registry import Points
from park_judging.scope import one_point
from pydantic import Field

from source_monitoring.domain.review_states import PERMISSION, ReviewAction
from source_monitoring.http_edge import Body, Reader
from source_monitoring.review import desk
from source_monitoring.review.api import review_item
from source_monitoring.settings import Settings

Reviewer = Annotated[Principal, Depends(require("data:review"))]
Approver = Annotated[Principal, Depends(require("data:approve"))]


class BatchItem(Body):
    point_id: UUID
    day: date
    version: int


class Batch(Body):
    """The same step on many days; each succeeds or is refused for itself."""

    action: Literal["review", "approve", "return", "reopen"]
    items: list[BatchItem] = Field(min_length=1, max_length=200)
    reason: str = Field("", max_length=1000)


def router(database: Database, points: Points, settings: Settings) -> APIRouter:
    """Return the routes of steps; which state allows which is one table (domain/review_states.py)."""
    routes = APIRouter(tags=["reviews"])

    @routes.post("/reviews/batch")
    async def batch(person: Reader, asked: Batch) -> Response:
        """One step on many days; the answer says of each whether it was taken, and why not."""
        action = ReviewAction(asked.action)
        _refuse_without(person, action)
        outcomes = []
        for item in asked.items:
            try:
                row = await stepped(person, item.point_id, item.day, action, item.version, asked.reason)
                outcomes.append({"point_id": item.point_id, "day": item.day, "taken": True, "state": row["state"]})
            except Refused as refused:
                outcomes.append(
                    {"point_id": item.point_id, "day": item.day, "taken": False, "code": refused.code,
                     "what_zh": refused.zh, "what_en": refused.en}
                )  # fmt: skip
        return json_response(page(outcomes))

    async def stepped(
        person: Principal, point_id: UUID, day: date, action: ReviewAction, version: int, reason: str
    ) -> asyncpg.Record:
        limits = one_point(points, person, point_id)
        asked = desk.ReviewStep(version=version, reason=reason)
        async with database.transaction() as tx:
            return await desk.take_step(tx, settings.service, limits, day, action, person, asked)

    async def step(
        person: Principal, point_id: UUID, day: date, action: ReviewAction, asked: desk.ReviewStep
    ) -> Response:
        limits = one_point(points, person, point_id)
        async with database.transaction() as tx:
            row = await desk.take_step(tx, settings.service, limits, day, action, person, asked)
        return json_response(review_item(row, limits, person))

    @routes.post("/reviews/{point_id}/{day}/review")
    async def review(person: Reviewer, point_id: UUID, day: date, asked: desk.ReviewStep) -> Response:
        """checked -> reviewed, by a person."""
        return await step(person, point_id, day, ReviewAction.REVIEW, asked)

    @routes.post("/reviews/{point_id}/{day}/approve")
    async def approve(person: Approver, point_id: UUID, day: date, asked: desk.ReviewStep) -> Response:
        """reviewed -> approved, by another person: from now on final."""
        return await step(person, point_id, day, ReviewAction.APPROVE, asked)

    @routes.post("/reviews/{point_id}/{day}/return")
    async def give_back(person: Approver, point_id: UUID, day: date, asked: desk.ReviewStep) -> Response:
        """reviewed -> checked, with a reason."""
        return await step(person, point_id, day, ReviewAction.RETURN, asked)

    @routes.post("/reviews/{point_id}/{day}/reopen")
    async def reopen(person: Approver, point_id: UUID, day: date, asked: desk.ReviewStep) -> Response:
        """approved -> checked, with a reason."""
        return await step(person, point_id, day, ReviewAction.REOPEN, asked)

    return routes


def _refuse_without(person: Principal, action: ReviewAction) -> None:
    if not person.allows(PERMISSION[action]):
        raise Refused(
            "not-permitted", f"没有权限: {PERMISSION[action]}", f"permission missing: {PERMISSION[action]}", status=403
        )
