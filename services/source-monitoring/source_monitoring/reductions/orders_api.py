"""HTTP of orders: the list, making one from the reduction list, lifting and withdrawing it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.registry import Points
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from pydantic import BaseModel, Field

from source_monitoring.anomaly import schedule
from source_monitoring.domain.anomaly.rule_table import Cadence
from source_monitoring.http_edge import Body, place_of_time
from source_monitoring.reductions import order_store
from source_monitoring.reductions.edge import Reader, Writer, may_see
from source_monitoring.reductions.from_list import measures_by_list

State = Literal["planned", "in-force", "lifted", "ended", "withdrawn"]
LevelName = Literal["yellow", "orange", "red"]


class Filters(BaseModel):
    """Filters of the list of orders; `active`: in force now; `q` in title, document and area."""

    state: State | None = None
    level: LevelName | None = None
    q: str | None = None
    active: bool | None = None


class NewMeasure(Body):
    """A measure beside the list: at most `allowed_share` (0 to below 1) of the usual `factor` (power, load or flow)."""

    point_id: UUID
    factor: str = Field(min_length=3, max_length=20)
    allowed_share: Decimal = Field(ge=0, lt=1, allow_inf_nan=False)
    measure_zh: str = Field(min_length=2, max_length=500)
    line: str = Field("", max_length=120)


class NewOrder(Body):
    """An order; times without offset are park time. Without `measures` each line of the list (of the given enterprises, all
    without) does what it says for the level."""

    title_zh: str = Field(min_length=2, max_length=200)
    title_en: str = Field(min_length=2, max_length=200)
    level: LevelName
    authority: str = Field("", max_length=200)
    document: str = Field("", max_length=200)
    area: str = Field("", max_length=500)
    starts_at: datetime
    ends_at: datetime
    reason: str = Field(min_length=2, max_length=2000)
    enterprise_ids: list[UUID] | None = Field(None, max_length=1000)
    measures: list[NewMeasure] = Field(default_factory=list, max_length=500)


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
        made = _order(new, writer)
        async with database.transaction() as tx:
            measures = await _measures(tx, points, writer, new)
            await order_store.add(tx, made, measures)
            await _judge_soon(tx, measures, made.starts_at)
        return json_response({"order_id": made.order_id, "measures": len(measures)}, status=201)

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

    return routes


def own_only(reader: Principal) -> list[UUID] | None:
    """Return whose measures a reader may see: an enterprise its own, None for all."""
    return [reader.enterprise_id] if reader.enterprise_id else None


async def _order_row(tx: Connection, order_id: UUID) -> dict[str, Any]:
    row = await order_store.order(tx, order_id, now())
    if row is None:
        raise NotFound("减排指令", "reduction order", order_id)
    return row


def _order(new: NewOrder, writer: Principal) -> order_store.Order:
    start, end = at_park(new.starts_at), at_park(new.ends_at)
    if end <= start:
        what = {"where": "ends_at", "what": "must be after starts_at", "what_zh": "结束时间必须晚于开始时间"}
        raise Refused(
            "bad-range", "结束时间必须晚于开始时间", "ends_at must be after starts_at", status=422, errors=[what]
        )
    return order_store.Order(
        order_id=uuid7(), title_zh=new.title_zh, title_en=new.title_en, level=new.level, authority=new.authority,
        document=new.document, area=new.area, starts_at=start, ends_at=end, reason=new.reason, author=writer.username,
        made_at=now(),
    )  # fmt: skip


async def _measures(tx: Connection, points: Points, writer: Principal, new: NewOrder) -> list[order_store.Measure]:
    if new.measures:
        return [_beside_list(points, writer, one) for one in new.measures]
    found = await measures_by_list(tx, new.level, new.enterprise_ids)
    if not found:
        raise Refused(
            "nothing-listed", "减排清单中没有该级别的措施,请先填写清单", "the reduction list holds no measure of this level",
            status=422, errors=[{"where": "enterprise_ids", "what": "no line of the list", "what_zh": "清单中没有条目"}],
        )  # fmt: skip
    return found


def _beside_list(points: Points, writer: Principal, new: NewMeasure) -> order_store.Measure:
    limits = points.get(new.point_id)
    if limits is None or not points.is_own(limits) or not may_see(writer, limits.point.enterprise_id):
        raise NotFound("监测点", "monitoring point", new.point_id)
    return order_store.Measure(
        measure_id=uuid7(), enterprise_id=limits.point.enterprise_id, line_id=None, line=new.line or limits.point.name_zh,
        grade="", point_id=new.point_id, factor=new.factor, allowed_share=new.allowed_share, usual_value=None,
        measure_zh=new.measure_zh, emissions={},
    )  # fmt: skip


async def _judge_soon(tx: Connection, measures: list[order_store.Measure], start: datetime) -> None:
    """Have the rule ORDER look at the outlets from the start of the order on."""
    ids = sorted({one.point_id for one in measures if one.point_id is not None and one.allowed_share is not None})
    await schedule.hurry(tx, ids, Cadence.HOURLY, now())
    await schedule.judge_again(tx, [(point_id, start) for point_id in ids], now())
