"""HTTP of replays: asked for, listed with how far they are, looked at, and the steps persons take on them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.export import table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.registry import Points
from park_judging.scope import chosen_points
from park_schemas.identifiers import uuid7
from pydantic import Field

from source_monitoring.domain.replay_states import PERMISSION, ReplayAction, ReplayState, allowed
from source_monitoring.http_edge import Body, Reader, place_of_time
from source_monitoring.replay import claims, orders
from source_monitoring.replay.asked import NewReplay, asked_for
from source_monitoring.replay.showing import COLUMNS, one_replay, replay_item, whole

Runner = Annotated[Principal, Depends(require(PERMISSION))]
_MOST_EXPORTED = 20_000


class Step(Body):
    reason: str = Field(min_length=2, max_length=1000)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes of replays. Enterprise users see those of their outlets, and of each only these."""
    routes = APIRouter(tags=["replay"])

    @routes.post("/replays", status_code=202)
    async def start(runner: Runner, asked: NewReplay) -> Response:
        """Have a period judged again; GET /replays/{id} tells how far it is. Nothing changes until it is adopted."""
        chosen = asked_for(points, runner, asked)
        order = orders.Order(uuid7(), asked.since, asked.until, asked.rules)
        async with database.transaction() as tx:
            await orders.begin(tx, order, list(chosen), (runner.user_id, runner.display_name), asked.reason)
            return json_response(await whole(tx, points, runner, order.replay_id), 202)

    @routes.get("/replays")
    async def replays(
        reader: Reader,
        point_id: UUID | None = None,
        state: ReplayState | None = None,
        rules: orders.Rules | None = None,
        author: Annotated[str | None, Query(max_length=100, description="Part of the name")] = None,
        since: Annotated[date | None, Query(alias="from", description="Replays of this day or later ones")] = None,
        until: Annotated[date | None, Query(alias="to", description="Replays of this day or earlier ones")] = None,
        file_format: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")] = "json",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Replays, newest first, with how far they are."""
        chosen = chosen_points(points, reader, point_id=point_id)
        filters = orders.Filters(state, rules, author or None, since, until)
        most = limit if file_format == "json" else _MOST_EXPORTED
        async with database.reading() as connection:
            rows = await orders.listed(connection, list(chosen), filters, most, place_of_time(cursor))
        items = [replay_item(row, chosen, reader) for row in rows]
        if file_format != "json":
            return table_response(file_format, "数据重算 replays", COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["started_at"].isoformat(), last["replay_id"]) if last else None
        return json_response(page(items, following))

    @routes.get("/replays/{replay_id}")
    async def one(reader: Reader, replay_id: UUID) -> Response:
        """A replay with its outlets, the factors that differ, who did what, and other runs of the same."""
        async with database.reading() as connection:
            return json_response(await whole(connection, points, reader, replay_id))

    _add_steps(routes, database, points)
    return routes


def _add_steps(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.post("/replays/{replay_id}/cancel")
    async def cancel(runner: Runner, replay_id: UUID, why: Step) -> Response:
        """Stop the work; nothing of it counts."""
        return await step(runner, replay_id, ReplayAction.CANCEL, why)

    @routes.post("/replays/{replay_id}/adopt")
    async def adopt(runner: Runner, replay_id: UUID, why: Step) -> Response:
        """What differs becomes new versions; days that were approved have to be reviewed again."""
        return await step(runner, replay_id, ReplayAction.ADOPT, why)

    @routes.post("/replays/{replay_id}/leave")
    async def leave(runner: Runner, replay_id: UUID, why: Step) -> Response:
        """Let everything stand as it is."""
        return await step(runner, replay_id, ReplayAction.LEAVE, why)

    async def step(runner: Principal, replay_id: UUID, action: ReplayAction, why: Step) -> Response:
        async with database.transaction() as tx:
            row = await one_replay(tx, points, runner, replay_id)
            if action not in allowed(ReplayState(row["state"]), row["changed"], runner.permissions):
                raise _refusal(row)
            if not await orders.take_step(tx, replay_id, action, (runner.user_id, runner.display_name), why.reason):
                raise _refusal(row)
            if action is ReplayAction.ADOPT:
                await claims.skip_unchanged(tx, replay_id)
            return json_response(await whole(tx, points, runner, replay_id))


def _refusal(row: asyncpg.Record) -> Refused:
    return Refused(
        "step-not-allowed", f"重算当前状态为 {row['state']},差异 {row['changed']} 处,不能执行此操作",
        f"not possible: the replay is {row['state']}, {row['changed']} periods differ",
    )  # fmt: skip
