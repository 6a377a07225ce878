"""HTTP of orders: the list, making one from the reduction list, lifting and withdrawing it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.registry import Points
from park_schemas.park_time import at_park
from pydantic import BaseModel, Field

from source_monitoring.domain.reductions.levels import LevelName
from source_monitoring.http_edge import Body, place_of_time
from source_monitoring.reductions import order_store
from source_monitoring.reductions.edge import Reader, Writer, own_only
from source_monitoring.reductions.order_making import NewOrder, judge_soon, measures_of, order_of

State = Literal["planned", "in-force", "lifted", "ended", "withdrawn"]


class Filters(BaseModel):
    """Filters of the list of orders; `active`: in force now; `q` in title, document and area."""

    state: State | None = None
    level: LevelName | None = None
    q: str | None = None
    active: bool | None = None


class Lifting(Body):
    """When and why an order ends before its time; without a time it is now."""

    reason: str = Field(min_length=2, max_length=2000)
    lifted_at: datetime | None = None


class Withdrawal(Body):
    """Why an order is taken back."""

    reason: str = Field(min_length=2, max_length=2000)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["reductions"])

    @routes.get("/reduction-orders")
    async def orders(
        reader: Reader, filters: Annotated[Filters, Query()], limit: Limit = 50, cursor: Cursor = None
    ) -> Response:
        """Orders, newest first, with how many of their measures were kept."""
        async with database.reading() as connection:
            rows, total = await order_store.orders(
                connection, now(), enterprise_ids=own_only(reader), state="in-force" if filters.active else filters.state,
                level=filters.level, text=filters.q or None, after=place_of_time(cursor), limit=limit,
            )  # fmt: skip
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["starts_at"].isoformat(), str(last["order_id"])) if last else None
        return json_response(page(rows, following, total))

    @routes.post("/reduction-orders")
    async def order(writer: Writer, new: NewOrder) -> Response:
        """Order reductions; each measure is held against the usual value of its meter from the start on."""
        made = order_of(new, writer)
        async with database.transaction() as tx:
            measures = await measures_of(tx, points, writer, new)
            await order_store.add(tx, made, measures)
            await judge_soon(tx, measures, made.starts_at)
        return json_response({"order_id": made.order_id, "measures": len(measures)}, status=201)

    _add_endings(routes, database)
    return routes


def _add_endings(routes: APIRouter, database: Database) -> None:
    @routes.post("/reduction-orders/{order_id}/lift")
    async def lift(writer: Writer, order_id: UUID, said: Lifting) -> Response:
        """End an order before its time (解除); what it found stays, and is judged up to then."""
        at = at_park(said.lifted_at) if said.lifted_at else now()
        async with database.transaction() as tx:
            await _order_row(tx, order_id)
            if not await order_store.lift(tx, order_id, lifted_at=at, by=writer.username, reason=said.reason):
                raise Refused(
                    "not-in-force", "指令不在执行期内,不能在该时间解除", "the order is not in force at that time"
                )
            return json_response(await _order_row(tx, order_id))

    @routes.post("/reduction-orders/{order_id}/withdraw")
    async def withdraw(writer: Writer, order_id: UUID, said: Withdrawal) -> Response:
        """Take an order back that was made by mistake; it is not judged any more."""
        async with database.transaction() as tx:
            await _order_row(tx, order_id)
            if not await order_store.withdraw(tx, order_id, by=writer.username, reason=said.reason, at=now()):
                raise Refused("withdrawn", "指令已撤销", "the order was withdrawn already")
            return json_response(await _order_row(tx, order_id))


async def _order_row(tx: Connection, order_id: UUID) -> dict[str, Any]:
    row = await order_store.order(tx, order_id, now())
    if row is None:
        raise NotFound("减排指令", "reduction order", order_id)
    return row
