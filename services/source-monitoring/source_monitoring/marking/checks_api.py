"""HTTP of checks of the monitors: a failed one makes the data invalid back to the last passed one."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import one_point
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from park_standards.errors import StandardsError
from park_standards.quality_control import DriftVerdict, Span, judge_drift
from pydantic import Field

from source_monitoring.domain.check_figures import drift_of
from source_monitoring.evidence.attaching import Record, attached
from source_monitoring.http_edge import Body, Evidence, Marker, Reader
from source_monitoring.marking import monitor_store, span_changes, store
from source_monitoring.marking.desk import bad_mark, refuse_unknown_factors
from source_monitoring.marking.due_checks_api import due_item

_FIGURES = {"monitor", "check", "drift", "absolute", "reference", "measured", "full_scale"}


class NewCheck(Body):
    """A drift check (monitor and check as in the table of drift limits), or another check with its outcome stated."""

    factor: str
    at: datetime
    kind: str = Field(
        min_length=2, max_length=60, description="zero drift, span drift, standard sample, comparison ..."
    )
    monitor: Literal["gas", "particulate", "flow", "water analyser"] | None = None
    check: Literal["zero", "span", "standard sample"] | None = None
    drift: Decimal | None = Field(None, description="Signed, % of full scale (of the standard for water)")
    absolute: Decimal | None = Field(None, description="Flow monitors: m/s")
    reference: Decimal | None = Field(None, description="What it should have read; with `measured` the drift follows")
    measured: Decimal | None = Field(None, description="What the instrument read, in the unit of the reference")
    full_scale: Decimal | None = Field(None, description="Of the instrument, in the unit of the reference")
    outcome: Literal["pass", "adjust", "out-of-control"] | None = Field(None, description="Without a drift: as stated")
    note: str = Field("", max_length=1000)
    evidence: list[Evidence] = Field(default_factory=list, max_length=20)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users record checks of their own points."""
    routes = APIRouter(tags=["marks"])

    @routes.get("/points/{point_id}/checks")
    async def checks(reader: Reader, point_id: UUID) -> Response:
        """Checks of the monitors, newest first; the spans out of control and overdue that follow; what is due next."""
        limits = one_point(points, reader, point_id)
        async with database.reading() as connection:
            rows = await store.checks(connection, point_id)
            spans = await store.out_of_control(connection, point_id)
            overdue = await monitor_store.overdue(connection, point_id, now())
            due = await monitor_store.due(connection, [point_id], now())
        items = [dict(row) for row in reversed(rows)]
        return json_response(
            page(items)
            | {
                "out_of_control": _listed(spans),
                "overdue": _listed(overdue),
                "due": [due_item(row, limits) for row in due],
            }
        )

    @routes.post("/points/{point_id}/checks", status_code=201)
    async def add_check(marker: Marker, point_id: UUID, new: NewCheck) -> Response:
        """Record a check. A failed one makes the data invalid back to the last passed check of its kind."""
        limits = one_point(points, marker, point_id)
        async with database.transaction() as tx:
            row = await _record(tx, marker, limits, new)
        return json_response(row, 201)

    return routes


def _listed(spans: store.Spans) -> dict[str, list[Span]]:
    return {factor: list(found) for factor, found in spans.items()}


async def _record(tx: Connection, person: Principal, limits: PointLimits, new: NewCheck) -> dict[str, Any]:
    """Store a check and have the hours that its outcome touches computed anew."""
    refuse_unknown_factors(limits, [new.factor])
    at, recorded = at_park(new.at), now()
    if at > recorded:
        raise Refused("time-in-future", "检查时间不能晚于现在", "the check lies in the future", status=422)
    new, check_id = _with_drift(new), uuid7()
    evidence = await attached(tx, person, Record("check", check_id, limits.point), new.evidence)
    row = {
        "check_id": check_id, "point_id": limits.point.point_id, "factor": new.factor, "at": at, "kind": new.kind,
        "outcome": _outcome(new), "figures": new.model_dump(mode="json", include=_FIGURES),
        "note": new.note, "evidence": evidence, "author_id": person.user_id,
        "author": person.display_name, "recorded_at": recorded,
    }  # fmt: skip
    async with span_changes.recomputed(tx, limits.point.point_id, [new.factor]):
        if not await store.add_check(tx, row):
            raise Refused("check-recorded", "该检查已登记", "this check is recorded already")
    return row


def _with_drift(new: NewCheck) -> NewCheck:
    """Return the check with the drift that follows from its reading, unless one is given. Raises Refused (422)."""
    if new.drift is not None or new.monitor is None or new.reference is None or new.measured is None:
        return new
    try:
        drift, absolute = drift_of(new.monitor, new.reference, new.measured, new.full_scale)
    except StandardsError as error:
        what = "full_scale" if new.monitor != "water analyser" else "reference"
        raise bad_mark(what, "请填写大于 0 的满量程(水质分析仪为标准值)", str(error)) from error
    return new.model_copy(update={"drift": drift, "absolute": new.absolute if absolute is None else absolute})


def _outcome(new: NewCheck) -> DriftVerdict:
    if new.drift is not None and new.monitor is not None and new.check is not None:
        try:
            return judge_drift(new.monitor, new.check, new.drift, absolute=new.absolute)
        except StandardsError as error:
            raise bad_mark("check", f"没有该项漂移限值: {error}", str(error)) from error
    if new.outcome is None:
        raise bad_mark("outcome", "请填写漂移值或结论", "state a drift with monitor and check, or the outcome")
    return DriftVerdict(new.outcome)
