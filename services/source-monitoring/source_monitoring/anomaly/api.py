"""HTTP in: anomalies, one with its evidence as curves, what people found out about it, and how often rules were right."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_judging.registry import Points
from park_schemas.park_time import at_park
from pydantic import BaseModel, Field

from source_monitoring.anomaly import queries, showing
from source_monitoring.anomaly.visible import visible_point
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS

Reader = Annotated[Principal, Depends(require("reading:read"))]
Verifier = Annotated[Principal, Depends(require("alarm:acknowledge"))]
_MOST_EXPORTED = 10_000


class Filters(BaseModel):
    """Filters of a list of anomalies; times without offset are park time."""

    point_id: UUID | None = None
    rule: str | None = None
    factor: str | None = None
    state: Literal["open", "closed"] | None = None
    severity: Literal["info", "warn", "alarm"] | None = None
    feedback: Literal["confirmed", "false", "none"] | None = None
    since: datetime | None = Field(None, alias="from")
    until: datetime | None = Field(None, alias="to")


class Feedback(BaseModel):
    """What people found out on the spot."""

    verdict: Literal["confirmed", "false"]
    reason: str = Field(min_length=2, max_length=2000)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/anomalies")
    async def anomalies(
        reader: Reader, filters: Annotated[Filters, Query()], limit: Limit = 50, cursor: Cursor = None
    ) -> Response:
        """Anomalies that overlap the time asked for, newest first."""
        async with database.reading() as connection:
            rows, total = await queries.page_of(connection, _wanted(filters, reader), limit=limit, after=_place(cursor))
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["started_at"].isoformat(), str(last["anomaly_id"])) if last else None
        return json_response(page([showing.item(points, row) for row in rows], following, total))

    @routes.get("/anomalies/export")
    async def export(
        reader: Reader,
        filters: Annotated[Filters, Query()],
        file_format: Annotated[Format, Query(alias="format")] = "csv",
    ) -> Response:
        """The same rows as the list, up to 10 000, as a table."""
        async with database.reading() as connection:
            rows, _ = await queries.page_of(connection, _wanted(filters, reader), limit=_MOST_EXPORTED, after=None)
        return table_response(file_format, "异常线索", showing.COLUMNS, [showing.item(points, row) for row in rows])

    _add_judging(routes, database, points)
    return routes


def _add_judging(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/anomalies/precision")
    async def precision(reader: Reader, filters: Annotated[Filters, Query()]) -> Response:
        """How often each rule was right, as far as people have said: confirmed / (confirmed + false)."""
        async with database.reading() as connection:
            rows = await queries.feedback_counts(connection, _wanted(filters, reader))
        return json_response(page([showing.precision_shown(row) for row in rows]))

    @routes.get("/anomalies/{anomaly_id}")
    async def anomaly(reader: Reader, anomaly_id: UUID) -> Response:
        """One anomaly, with the curves around its evidence window and the place of its raw frames."""
        async with database.reading() as connection:
            row = await _row(connection, reader, anomaly_id)
            limits = visible_point(points, reader, row["point_id"])
            return json_response(await showing.shown_whole(connection, points, limits, row))

    @routes.post("/anomalies/{anomaly_id}/feedback")
    async def feedback(verifier: Verifier, anomaly_id: UUID, said: Feedback) -> Response:
        """Say that an anomaly was confirmed or false, with the reason; said again it replaces what was said."""
        async with database.transaction() as tx:
            await _row(tx, verifier, anomaly_id)
            if verifier.enterprise_id is not None:
                raise Refused(
                    "not-yours-to-judge", "企业不能评定线索真伪", "an enterprise does not judge clues", status=403
                )
            row = await queries.give_feedback(
                tx, anomaly_id, said.verdict, reason=said.reason, by=verifier.username, at=now()
            )
        return json_response(showing.item(points, row))


def _wanted(filters: Filters, reader: Principal) -> queries.Wanted:
    if filters.rule is not None and filters.rule not in RULE_RUNS:
        raise _refused("rule", f"没有规则 {filters.rule}", f"there is no rule {filters.rule}")
    if filters.since and filters.until and at_park(filters.until) <= at_park(filters.since):
        raise _refused("to", "结束时间必须晚于开始时间", "to must be after from")
    return queries.Wanted(
        point_id=filters.point_id, rule_id=filters.rule, factor=filters.factor, state=filters.state,
        severity=filters.severity, feedback=filters.feedback, enterprise_id=reader.enterprise_id,
        since=at_park(filters.since) if filters.since else None, until=at_park(filters.until) if filters.until else None,
    )  # fmt: skip


def _refused(field: str, zh: str, en: str) -> Refused:
    error = {"where": f"query.{field}", "what": en, "what_zh": zh}
    return Refused("bad-filter", zh, en, status=422, errors=[error])


async def _row(connection: Connection, reader: Principal, anomaly_id: UUID) -> dict[str, Any]:
    row = await queries.one(connection, anomaly_id)
    if row is None or reader.enterprise_id not in {None, row["enterprise_id"]}:
        raise NotFound("异常线索", "anomaly", anomaly_id)
    return row


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    place = decode_cursor(cursor)
    if place is None:
        return None
    try:
        at, anomaly_id = place
        return datetime.fromisoformat(at), UUID(anomaly_id)
    except (TypeError, ValueError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422) from error
