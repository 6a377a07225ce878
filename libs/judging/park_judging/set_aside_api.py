"""HTTP of what came in and could not be used: look, mend elsewhere, run again, or let it be."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_schemas.codes import Period
from pydantic import Field

from park_judging import set_aside, store
from park_judging.domain.periods import hour_of
from park_judging.domain.unusable import WORDS, why_still_unusable
from park_judging.http_edge import Body, place_of_time
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point, visible_points

Reader = Annotated[Principal, Depends(require("reading:read"))]
Runner = Annotated[Principal, Depends(require("data:replay"))]


class Dismissal(Body):
    reason: str = Field(min_length=2, max_length=1000)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["set-aside"])
    _add_reading(routes, database, points)
    _add_steps(routes, database, points)
    return routes


def _add_reading(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/set-aside")
    async def listed(
        reader: Reader,
        reason: Literal["unknown-factor", "unit-mismatch", "time-in-future", "time-before-device"] | None = None,
        point_id: UUID | None = None,
        is_open: Annotated[bool | None, Query(alias="open")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """What was set aside, seen last first; limits that fit no value; how many records wait for a point (GET /parked)."""
        chosen = chosen_points(points, reader, point_id=point_id)
        async with database.reading() as connection:
            rows = await set_aside.listed(
                connection, list(chosen), reason=reason, is_open=is_open, limit=limit, after=place_of_time(cursor)
            )
            parked = await connection.fetchval("select count(*) from parked_events where replayed_at is null")
        following = (
            encode_cursor(rows[-1]["last_seen"].isoformat(), rows[-1]["set_aside_id"]) if len(rows) == limit else None
        )
        items = [_item(dict(row), chosen[row["point_id"]].point.name_zh) for row in rows]
        refused = [one for limits in chosen.values() for one in set_aside.refused_limits(limits)]
        beside = {"limits_not_applied": refused, "parked": parked if reader.enterprise_id is None else None}
        return json_response(page(items, following) | beside)


def _add_steps(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.post("/set-aside/{set_aside_id}/run-again")
    async def run_again(runner: Runner, set_aside_id: UUID) -> Response:
        """Compute the hours it touched anew, once the cause is mended."""
        async with database.transaction() as tx:
            row = await _visible(tx, points, runner, set_aside_id)
            limits = one_point(points, runner, row["point_id"])
            at = now()
            still = why_still_unusable(set_aside.frames_of(row), limits, at)
            if still is not None:
                raise Refused("not-mended", *still)
            hours = await _mark(tx, row, at)
            await set_aside.settle(tx, set_aside_id, runner.display_name, f"run again: {hours} h")
        return json_response({"set_aside_id": set_aside_id, "hours": hours})

    @routes.post("/set-aside/{set_aside_id}/dismiss")
    async def dismiss(runner: Runner, set_aside_id: UUID, why: Dismissal) -> Response:
        """Let it be, with the reason; it opens again when it is seen again."""
        async with database.transaction() as tx:
            await _visible(tx, points, runner, set_aside_id)
            await set_aside.settle(tx, set_aside_id, runner.display_name, why.reason)
        return json_response({"set_aside_id": set_aside_id, "dismissed": True})


async def _visible(tx: Connection, points: Points, runner: Principal, set_aside_id: UUID) -> asyncpg.Record:
    """Return the row, locked. Raises NotFound when it is not there or not the runner's to see."""
    row = await set_aside.one(tx, set_aside_id)
    if row is None or row["point_id"] not in visible_points(points, runner, [row["point_id"]]):
        raise NotFound("记录", "record", set_aside_id)
    return row


async def _mark(tx: Connection, row: asyncpg.Record, at: datetime) -> int:
    """Have every hour that was touched computed anew; return how many."""
    hours = await set_aside.hours_with_frames(tx, row, at)
    await store.mark_dirty(tx, [(row["point_id"], Period.HOUR, hour_of(hour)) for hour in hours], at)
    return len(hours)


def _item(row: dict[str, Any], point_name_zh: str) -> dict[str, Any]:
    zh, en = WORDS[row["reason"]]
    return {**row, "point_name_zh": point_name_zh, "what_zh": zh, "what_en": en, "open": row["settled_at"] is None}
