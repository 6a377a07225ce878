"""HTTP of response steps: an enterprise says which measures of an order it carried out, an officer or inspector what was seen.

A report is beside the verdict of the meter, never instead of it: what no meter can show has nothing else.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from park_chassis.auth import Principal, principal_of
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_judging.registry import Points
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from pydantic import Field

from source_monitoring.evidence.attaching import Record, attached
from source_monitoring.http_edge import Body, Evidence
from source_monitoring.reductions import order_store, report_store
from source_monitoring.reductions.edge import own_only

REPORTERS = ("mark:write", "data:review")
_CLOCKS = timedelta(minutes=5)


def _reporter(request: Request) -> Principal:
    person = principal_of(request)
    if not any(person.allows(permission) for permission in REPORTERS):
        words = " / ".join(REPORTERS)
        raise Refused("not-permitted", f"没有权限: {words}", f"permission missing: one of {words}", status=403)
    return person


Reporter = Annotated[Principal, Depends(_reporter)]


class NewReport(Body):
    """Whether a measure was carried out when it was looked at (`seen_at`, now unless said), with what proves it."""

    done: bool
    note: str = Field(min_length=2, max_length=2000)
    seen_at: datetime | None = None
    evidence: list[Evidence] = Field(min_length=1, max_length=20)


def router(database: Database, points: Points) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["reductions"])

    @routes.post("/reduction-orders/{order_id}/measures/{measure_id}/reports", status_code=201)
    async def report(reporter: Reporter, order_id: UUID, measure_id: UUID, said: NewReport) -> Response:
        """Say that a measure was carried out or not; a later report stands before the earlier ones, which stay."""
        async with database.transaction() as tx:
            order, measure = await _measure(tx, reporter, order_id, measure_id)
            seen_at = _seen(order, said)
            report_id = uuid7()
            place = Record("reduction-report", report_id, _outlet(points, measure))
            made = report_store.Report(
                report_id=report_id, measure_id=measure_id, done=said.done, seen_at=seen_at, note=said.note,
                evidence=await attached(tx, reporter, place, said.evidence), enterprise_id=reporter.enterprise_id,
                author_id=reporter.user_id, author=reporter.display_name, made_at=now(),
            )  # fmt: skip
            await report_store.add(tx, made)
            return json_response({"items": await report_store.reports(tx, measure_id)}, status=201)

    return routes


async def _measure(
    tx: Connection, reporter: Principal, order_id: UUID, measure_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    order = await order_store.order(tx, order_id, now())
    rows = await order_store.measures_of(tx, order_id, own_only(reporter)) if order else []
    row = next((row for row in rows if row["measure_id"] == measure_id), None)
    if order is None or row is None:
        raise NotFound("减排措施", "reduction measure", measure_id)
    if order["state"] == "withdrawn":
        raise Refused("withdrawn", "指令已撤销", "the order was withdrawn")
    return order, row


def _seen(order: dict[str, Any], said: NewReport) -> datetime:
    """Return when it was seen. Raises Refused (422) for a time before the order began or that has not come."""
    at = at_park(said.seen_at) if said.seen_at else now()
    if not order["starts_at"] <= at <= now() + _CLOCKS:
        zh, en = "应在指令开始之后、当前时间之前", "must lie after the start of the order and not in the future"
        raise Refused("bad-time", zh, en, status=422, errors=[{"where": "body.seen_at", "what": en, "what_zh": zh}])
    return at


def _outlet(points: Points, measure: dict[str, Any]) -> PointRecord:
    """Return the outlet that evidence belongs to: the meter's, else the first of the enterprise."""
    own = [one.point for one in points.own() if one.point.enterprise_id == measure["enterprise_id"]]
    found = next(
        (one for one in own if one.point_id == measure["point_id"]), min(own, key=lambda o: o.code, default=None)
    )
    if found is None:
        raise NotFound("企业的监测点", "outlet of the enterprise", measure["enterprise_id"] or "")
    return found
