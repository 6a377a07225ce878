"""HTTP in: a station's past period is to be judged again; orders with how far they are."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.domain.park_calendar import day_at
from park_judging.http_edge import Body, bad_range, place_of_time
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_schemas.identifiers import uuid7
from pydantic import Field

from quality.rejudging import orders
from quality.rejudging.showing import COLUMNS, one_order, order_item

Reader = Annotated[Principal, Depends(require("reading:read"))]
Runner = Annotated[Principal, Depends(require("data:replay"))]
_LONGEST_DAYS = 366
_MOST_EXPORTED = 20_000


class NewOrder(Body):
    """Days from <= day < to of a station, and why they are to be judged again."""

    since: date = Field(alias="from")
    until: date = Field(alias="to", description="Exclusive")
    reason: str = Field(min_length=2, max_length=1000)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Stations that the reader may not see do not exist for him."""
    routes = APIRouter(tags=["rejudging"])
    _add_starting(routes, database, points)
    _add_reading(routes, database, points)
    return routes


def _add_starting(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.post("/points/{point_id}/rejudgements", status_code=202)
    async def start(runner: Runner, point_id: UUID, asked: NewOrder) -> Response:
        """Judge a period again from the stored readings: by the limits, the zone or class, and the targets of today.

        What differs becomes new versions beside the old; findings that stand no more are withdrawn. GET
        /rejudgements/{id} tells how far it is.
        """
        limits = one_point(points, runner, point_id)
        _refuse_range(asked.since, asked.until)
        order_id = uuid7()
        async with database.transaction() as tx:
            author = (runner.user_id, runner.display_name)
            if not await orders.begin(tx, order_id, point_id, (asked.since, asked.until), author, asked.reason):
                raise Refused(
                    "rejudging-runs", "该站点有尚未完成的重新判定", "the station is being judged again already"
                )
            row, _ = await one_order(tx, points, runner, order_id)
        return json_response(order_item(row, limits), 202)


def _add_reading(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/rejudgements")
    async def listed(
        reader: Reader,
        point_id: UUID | None = None,
        state: orders.State | None = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Orders, newest first, with how far they are."""
        chosen = chosen_points(points, reader, point_id=point_id)
        most = _MOST_EXPORTED if file else limit
        async with database.reading() as connection:
            rows = await orders.listed(connection, chosen, state, most, place_of_time(cursor))
        items = [order_item(row, chosen[row["point_id"]]) for row in rows]
        if file is not None:
            return table_response(file, "重新判定 rejudgements", COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["started_at"].isoformat(), last["rejudgement_id"]) if last else None
        return json_response(page(items, following))

    @routes.get("/rejudgements/{rejudgement_id}")
    async def one(reader: Reader, rejudgement_id: UUID) -> Response:
        """An order with how far it is."""
        async with database.reading() as connection:
            return json_response(order_item(*await one_order(connection, points, reader, rejudgement_id)))


def _refuse_range(since: date, until: date) -> None:
    """Refuse (422) a period that is empty, too long, or not begun yet."""
    days = (until - since).days
    if not 1 <= days <= _LONGEST_DAYS:
        what = (f"{days} 天:一次重新判定 1 到 {_LONGEST_DAYS} 天", f"{days} days: 1 to {_LONGEST_DAYS} days at once")
        raise bad_range(*what, where="body.to")
    if since > day_at(now()):
        raise bad_range("开始日期在未来", "the first day lies in the future", where="body.from")
