"""HTTP in: records of an outlet's equipment: checks, calibrations, manual results, work orders, access."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.registry import Points
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from park_standards.quality_control import check_intervals
from pydantic import BaseModel, Field

from source_monitoring.anomaly import store
from source_monitoring.anomaly.records import keep
from source_monitoring.anomaly.visible import visible_point
from source_monitoring.domain.anomaly.window import OutletRecord
from source_monitoring.http_edge import place_of_time

Reader = Annotated[Principal, Depends(require("reading:read"))]
Writer = Annotated[Principal, Depends(require("mark:write"))]
_AHEAD = timedelta(minutes=5)


class NewRecord(BaseModel):
    """One record. Which fields a kind needs stands in `_NEEDS`; values are decimal text.

    Drift and standard-sample checks belong to POST /points/{id}/checks. quality-check: any other check of the interval table:
    text its monitor, name its check, passed.
    manual-result: factor and value. work-order: work_order, value its hours (default 24), name the parameter (empty: all).
    """

    kind: Literal["calibration", "quality-check", "manual-result", "work-order", "access"]
    at: datetime
    factor: str = ""
    name: str = ""
    value: Decimal | None = Field(None, allow_inf_nan=False)
    text: str = ""
    work_order: str = ""
    passed: bool | None = None


_OF_THE_AUTHORITY = frozenset({"work-order"})
"""A work order excuses changes of parameters: an enterprise cannot write its own."""

_NEEDS: dict[str, tuple[str, ...]] = {
    "calibration": (),
    "quality-check": ("name", "text", "passed"),
    "manual-result": ("factor", "value"),
    "work-order": ("work_order",),
    "access": ("text",),
}


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/points/{point_id}/equipment-records")
    async def records(
        reader: Reader, point_id: UUID, kind: str | None = None, limit: Limit = 50, cursor: Cursor = None
    ) -> Response:
        """The newest records, also those that devices made."""
        visible_point(points, reader, point_id)
        async with database.reading() as connection:
            rows, total = await store.list_records(
                connection, point_id, kind=kind or None, after=place_of_time(cursor), limit=limit
            )
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["at"].isoformat(), str(last["record_id"])) if last else None
        return json_response(page(rows, following, total))

    @routes.post("/points/{point_id}/equipment-records")
    async def add(writer: Writer, point_id: UUID, new: NewRecord) -> Response:
        """Put something on record; the rules that look at it run at once."""
        visible_point(points, writer, point_id)
        _check(new)
        if new.kind in _OF_THE_AUTHORITY and writer.enterprise_id is not None:
            raise Refused(
                "not-yours-to-record",
                "工单由监管部门登记",
                "work orders are put on record by the authority",
                status=403,
            )
        record = OutletRecord(
            at_park(new.at), new.kind, new.factor, new.name, new.value, new.text, new.work_order, new.passed
        )
        record_id = uuid7()
        async with database.transaction() as tx:
            await keep(tx, [(record_id, point_id, record)], source="person", author=writer.username, at=now())
        return json_response({"record_id": record_id}, status=201)

    return routes


def _check(new: NewRecord) -> None:
    errors = [
        {"where": name, "what": f"{new.kind} needs {name}", "what_zh": f"{new.kind} 必须填写 {name}"}
        for name in _NEEDS[new.kind]
        if getattr(new, name) in {None, ""}
    ]
    if at_park(new.at) > now() + _AHEAD:
        errors.append({"where": "at", "what": "lies in the future", "what_zh": "时间在将来"})
    known = {(one.monitor, one.check) for one in check_intervals()}
    if new.kind == "quality-check" and (new.text, new.name) not in known:
        shown = "; ".join(sorted(f"{monitor} / {check}" for monitor, check in known))
        errors.append(
            {
                "where": "text",
                "what": f"no such monitor / check; there are: {shown}",
                "what_zh": "没有该质控项目",
            }
        )
    if errors:
        raise Refused("bad-record", "记录有误", "the record has mistakes", status=422, errors=errors)
