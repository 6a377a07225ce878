"""HTTP in: reductions ordered in heavy-pollution weather, measure by measure for each outlet."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Limit, page
from park_judging.registry import Points
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from pydantic import BaseModel, Field

from source_monitoring.anomaly import order_store, schedule
from source_monitoring.anomaly.visible import visible_point
from source_monitoring.domain.anomaly.rule_table import Cadence

Reader = Annotated[Principal, Depends(require("reading:read"))]
Writer = Annotated[Principal, Depends(require("quota:write"))]


class Measure(BaseModel):
    """One outlet's measure: at most `allowed_share` (0 to below 1) of the usual `factor` (power, load or flow)."""

    point_id: UUID
    factor: str = Field(min_length=3, max_length=20)
    allowed_share: Decimal = Field(ge=0, lt=1, allow_inf_nan=False)
    measure_zh: str = Field(min_length=2, max_length=500)


class NewOrder(BaseModel):
    """An order with its measures; times without offset are park time."""

    title_zh: str = Field(min_length=2, max_length=200)
    title_en: str = Field(min_length=2, max_length=200)
    level: Literal["yellow", "orange", "red"]
    starts_at: datetime
    ends_at: datetime
    reason: str = Field(min_length=2, max_length=2000)
    measures: list[Measure] = Field(min_length=1, max_length=500)


class Withdrawal(BaseModel):
    """Why an order ends before its time."""

    reason: str = Field(min_length=2, max_length=2000)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/reduction-orders")
    async def orders(
        reader: Reader, point_id: UUID | None = None, active: bool | None = None, limit: Limit = 50
    ) -> Response:
        """Measures, newest first, each with its broken stretches so far."""
        async with database.reading() as connection:
            rows = await order_store.list_orders(
                connection, point_id=point_id, active_at=now() if active else None, limit=limit
            )
        visible = [row for row in rows if _may_see(points, reader, row["point_id"])]
        return json_response(page([_item(points, row) for row in visible]))

    @routes.post("/reduction-orders")
    async def order(writer: Writer, new: NewOrder) -> Response:
        """Order reductions; each measure is held against the reference month of its outlet from the start on."""
        start, end = at_park(new.starts_at), at_park(new.ends_at)
        if end <= start:
            raise Refused("bad-range", "结束时间必须晚于开始时间", "ends_at must be after starts_at", status=422)
        for measure in new.measures:
            visible_point(points, writer, measure.point_id)
        ids = [uuid7() for _ in new.measures]
        async with database.transaction() as tx:
            for order_id, measure in zip(ids, new.measures, strict=True):
                await order_store.add_order(
                    tx, order_id, measure.point_id, title_zh=new.title_zh, title_en=new.title_en, level=new.level,
                    measure_zh=measure.measure_zh, starts_at=start, ends_at=end, factor=measure.factor,
                    allowed_share=measure.allowed_share, author=writer.username, reason=new.reason, at=now(),
                )  # fmt: skip
            await schedule.hurry(tx, [m.point_id for m in new.measures], Cadence.HOURLY, now())
            await schedule.judge_again(tx, [(m.point_id, start) for m in new.measures], now())
        return json_response({"order_ids": ids}, status=201)

    @routes.post("/reduction-orders/{order_id}/withdraw")
    async def withdraw(writer: Writer, order_id: UUID, said: Withdrawal) -> Response:
        """End an order; what it found stays."""
        async with database.transaction() as tx:
            row = await order_store.withdraw(tx, order_id, by=writer.username, reason=said.reason, at=now())
        if row is None:
            raise NotFound("减排指令", "reduction order", order_id)
        return json_response(_item(points, row))

    return routes


def _may_see(points: Points, reader: Principal, point_id: UUID) -> bool:
    limits = points.get(point_id)
    return limits is not None and reader.enterprise_id in {None, limits.point.enterprise_id}


def _item(points: Points, row: dict[str, Any]) -> dict[str, Any]:
    limits = points.get(row["point_id"])
    names = (limits.point.name_zh, limits.point.name_en) if limits else ("", "")
    return {
        **row,
        "point_zh": names[0],
        "point_en": names[1],
        "active": row["withdrawn_at"] is None and row["ends_at"] > now(),
    }
