"""HTTP of replays, and of what was set aside."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging import store as judged
from park_judging.closing import Closing
from park_judging.domain.periods import hour_of
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point, visible_points
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_schemas.identifiers import uuid7
from pydantic import Field

from source_monitoring.domain.unusable import WORDS
from source_monitoring.domain.version_differences import differences
from source_monitoring.http_edge import Body, Reader, place_of_time
from source_monitoring.replay import running, set_aside

Runner = Annotated[Principal, Depends(require("data:replay"))]
_LONGEST_DAYS = 31


class NewReplay(Body):
    """Days from <= day < to of a point, judged again. `adopt`: what differs becomes a new version."""

    point_id: UUID
    since: date = Field(alias="from")
    until: date = Field(alias="to")
    rules: Literal["today", "that-day"] = "today"
    adopt: bool = False
    reason: str = Field(min_length=2, max_length=1000)


class Dismissal(Body):
    reason: str = Field(min_length=2, max_length=1000)


def router(database: Database, points: Points, closing: Closing) -> APIRouter:
    """Return the routes of replays."""
    routes = APIRouter(tags=["replay"])
    replay = running.Replay(database, closing)

    @routes.post("/replays", status_code=201)
    async def run(runner: Runner, asked: NewReplay) -> Response:
        """Judge a period again and wait for it. The digest is the same whenever the same is judged by the same rules."""
        limits = one_point(points, runner, asked.point_id)
        if not asked.since < asked.until or (asked.until - asked.since).days > _LONGEST_DAYS:
            raise Refused(
                "bad-range", f"一次重算 1 到 {_LONGEST_DAYS} 天", f"1 to {_LONGEST_DAYS} days at once", status=422
            )
        order = running.Order(uuid7(), limits, asked.since, asked.until, asked.rules, asked.adopt)
        async with database.transaction() as tx:
            await running.begin(tx, order, (runner.user_id, runner.display_name), asked.reason)
        try:
            await replay.run(order)
        except Exception as error:
            async with database.transaction() as tx:
                await running.fail(tx, order.replay_id, repr(error))
            raise
        async with database.reading() as connection:
            row = await running.one(connection, order.replay_id)
        return json_response(dict(row or {}), 201)

    @routes.get("/replays")
    async def replays(
        reader: Reader, point_id: UUID | None = None, limit: Limit = 50, cursor: Cursor = None
    ) -> Response:
        """Replays, newest first."""
        chosen = chosen_points(points, reader, point_id=point_id)
        async with database.reading() as connection:
            rows = await running.listed(connection, list(chosen), limit, place_of_time(cursor))
        following = (
            encode_cursor(rows[-1]["started_at"].isoformat(), rows[-1]["replay_id"]) if len(rows) == limit else None
        )
        return json_response(page([dict(row) for row in rows], following))

    @routes.get("/replays/{replay_id}")
    async def one(
        reader: Reader, replay_id: UUID, only_different: Annotated[bool, Query(description="Else every result")] = True
    ) -> Response:
        """A replay with its results, each with what differs from the version that stands now."""
        async with database.reading() as connection:
            row = await running.one(connection, replay_id)
            if row is None:
                raise NotFound("重算", "replay", replay_id)
            limits = one_point(points, reader, row["point_id"])
            found = await running.results(connection, replay_id, only_different=only_different)
            items: list[dict[str, Any]] = []
            for result in found:
                versions = await judged.revisions(
                    connection, limits.point.point_id, Period(result["period"]), result["period_start"]
                )
                replayed = msgspec.convert(result["factors"], list[FactorAssessment])
                now_stands = versions[-1].factors if versions else []
                items.append({**result, "differences": differences(now_stands, replayed)})
        return json_response({**row, "results": items})

    return routes


def set_aside_router(database: Database, points: Points) -> APIRouter:
    """Return the routes of what came in and could not be used."""
    routes = APIRouter(tags=["replay"])

    @routes.get("/set-aside")
    async def listed(
        reader: Reader,
        reason: Literal["unknown-factor", "time-in-future", "time-before-device"] | None = None,
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

    @routes.post("/set-aside/{set_aside_id}/run-again")
    async def run_again(runner: Runner, set_aside_id: UUID) -> Response:
        """Compute the hours it touched anew, once the cause is mended."""
        async with database.transaction() as tx:
            row = await set_aside.one(tx, set_aside_id)
            if row is None or row["point_id"] not in visible_points(points, runner, [row["point_id"]]):
                raise NotFound("记录", "record", set_aside_id)
            limits = one_point(points, runner, row["point_id"])
            still = set_aside.why_still_unusable(row, limits, now())
            if still is not None:
                raise Refused("not-mended", *still)
            hours = await set_aside.hours_with_frames(tx, row, now())
            await judged.mark_dirty(tx, [(row["point_id"], Period.HOUR, hour_of(hour)) for hour in hours], now())
            await set_aside.settle(tx, set_aside_id, runner.display_name, f"run again: {len(hours)} h")
        return json_response({"set_aside_id": set_aside_id, "hours": len(hours)})

    @routes.post("/set-aside/{set_aside_id}/dismiss")
    async def dismiss(runner: Runner, set_aside_id: UUID, why: Dismissal) -> Response:
        """Let it be, with the reason; it opens again when it is seen again."""
        async with database.transaction() as tx:
            row = await set_aside.one(tx, set_aside_id)
            if row is None or row["point_id"] not in visible_points(points, runner, [row["point_id"]]):
                raise NotFound("记录", "record", set_aside_id)
            await set_aside.settle(tx, set_aside_id, runner.display_name, why.reason)
        return json_response({"set_aside_id": set_aside_id, "dismissed": True})

    return routes


def _item(row: dict[str, Any], point_name_zh: str) -> dict[str, Any]:
    zh, en = WORDS[row["reason"]]
    return {**row, "point_name_zh": point_name_zh, "what_zh": zh, "what_en": en, "open": row["settled_at"] is None}
