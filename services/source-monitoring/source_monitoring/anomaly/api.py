"""HTTP in: anomalies, one with its evidence as curves, what people found out about it, and how often rules were right."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_judging import series_view
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from pydantic import BaseModel, Field

from source_monitoring.anomaly import queries
from source_monitoring.anomaly.visible import visible_point
from source_monitoring.domain.anomaly.evidence_words import evidence_shown
from source_monitoring.domain.anomaly.findings import frames_link, rule_names
from source_monitoring.domain.anomaly.parameter_kinds import kind_of
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS
from source_monitoring.domain.anomaly.window import Grid

Reader = Annotated[Principal, Depends(require("reading:read"))]
Verifier = Annotated[Principal, Depends(require("alarm:acknowledge"))]
_MOST_EXPORTED = 10_000
_AROUND = timedelta(hours=2)
_SHOWN_POINTS = 1000


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
        return json_response(page([_item(points, row) for row in rows], following, total))

    @routes.get("/anomalies/export")
    async def export(
        reader: Reader,
        filters: Annotated[Filters, Query()],
        file_format: Annotated[Format, Query(alias="format")] = "csv",
    ) -> Response:
        """The same rows as the list, up to 10 000, as a table."""
        async with database.reading() as connection:
            rows, _ = await queries.page_of(connection, _wanted(filters, reader), limit=_MOST_EXPORTED, after=None)
        return table_response(file_format, "异常线索", _COLUMNS, [_item(points, row) for row in rows])

    @routes.get("/anomalies/precision")
    async def precision(reader: Reader, filters: Annotated[Filters, Query()]) -> Response:
        """How often each rule was right, as far as people have said: confirmed / (confirmed + false)."""
        async with database.reading() as connection:
            rows = await queries.feedback_counts(connection, _wanted(filters, reader))
        return json_response(page([_precision(row) for row in rows]))

    @routes.get("/anomalies/{anomaly_id}")
    async def anomaly(reader: Reader, anomaly_id: UUID) -> Response:
        """One anomaly, with the curves around its evidence window and the place of its raw frames."""
        async with database.reading() as connection:
            row = await _row(connection, reader, anomaly_id)
            limits = visible_point(points, reader, row["point_id"])
            shown = {"evidence_shown": evidence_shown(row["evidence"]), "parameters_shown": _parameters(row)}
            return json_response({**_item(points, row), **shown, **await _evidence(connection, limits, row)})

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
        return json_response(_item(points, row))

    return routes


def _wanted(filters: Filters, reader: Principal) -> queries.Wanted:
    return queries.Wanted(
        point_id=filters.point_id, rule_id=filters.rule, factor=filters.factor, state=filters.state,
        severity=filters.severity, feedback=filters.feedback, enterprise_id=reader.enterprise_id,
        since=at_park(filters.since) if filters.since else None, until=at_park(filters.until) if filters.until else None,
    )  # fmt: skip


async def _row(connection: Connection, reader: Principal, anomaly_id: UUID) -> dict[str, Any]:
    row = await queries.one(connection, anomaly_id)
    if row is None or reader.enterprise_id not in {None, row["enterprise_id"]}:
        raise NotFound("异常线索", "anomaly", anomaly_id)
    return row


def _item(points: Points, row: dict[str, Any]) -> dict[str, Any]:
    limits = points.get(row["point_id"])
    known = limits.factors.get(row["factor"]) if limits else None
    name_zh, name_en = rule_names(row["rule_id"])
    shown = {key: value for key, value in row.items() if not key.startswith("published")}
    return {
        **shown,
        "rule_zh": name_zh,
        "rule_en": name_en,
        "point_zh": limits.point.name_zh if limits else "",
        "point_en": limits.point.name_en if limits else "",
        "enterprise_zh": limits.point.enterprise_name_zh if limits else "",
        "enterprise_en": limits.point.enterprise_name_en if limits else "",
        "factor_zh": known.name_zh if known else row["factor"],
        "factor_en": known.name_en if known else row["factor"],
        "frames": frames_link(row["point_id"], row["rule_id"], row["started_at"], row["ended_at"]),
    }


async def _evidence(connection: Connection, limits: PointLimits, row: dict[str, Any]) -> dict[str, Any]:
    """Return curves around the window, of the values the rule looks at; a long window is shown in hours."""
    length = row["ended_at"] - row["started_at"]
    around = max(_AROUND, length / 4)
    span = (row["started_at"] - around, row["ended_at"] + around)
    period = _shown_period(row["rule_id"], span[1] - span[0])
    factors = [row["factor"]] if row["factor"] in limits.factors else list(limits.factors)
    curves = await series_view.series(connection, limits, factors, period, span, _SHOWN_POINTS)
    return {"window": {"from": row["started_at"], "to": row["ended_at"]}, "evidence_series": curves}


def _parameters(row: dict[str, Any]) -> list[dict[str, str]]:
    """Return the parameters a rule ran with, by name; those of rules as they were once are shown as they were kept."""
    found = []
    for name, value in row["parameters"].items():
        known = name in RULE_RUNS[row["rule_id"]].parameters
        kind = kind_of(row["rule_id"], name) if known else None
        names = (kind.name_zh, kind.name_en, kind.unit) if kind else (name, name, "")
        found.append({"name": name, "name_zh": names[0], "name_en": names[1], "unit": names[2], "value": value})
    return found


def _shown_period(rule_id: str, length: timedelta) -> Period:
    if length > timedelta(days=3):
        return Period.HOUR
    reads = RULE_RUNS[rule_id].reads
    return Period.REALTIME if Grid.REALTIME in reads or not reads else Period.MINUTE


def _precision(row: dict[str, Any]) -> dict[str, Any]:
    judged = row["confirmed"] + row["false"]
    name_zh, name_en = rule_names(row["rule_id"])
    share = round(row["confirmed"] / judged, 4) if judged else None
    return {**row, "rule_zh": name_zh, "rule_en": name_en, "precision": share}


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    place = decode_cursor(cursor)
    if place is None:
        return None
    try:
        at, anomaly_id = place
        return datetime.fromisoformat(at), UUID(anomaly_id)
    except (TypeError, ValueError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422) from error


def _columns(*named: tuple[str, str]) -> Iterable[Column]:
    return [Column(title, itemgetter(key)) for title, key in named]


_COLUMNS = list(
    _columns(
        ("规则 rule", "rule_id"), ("名称 name", "rule_zh"), ("企业 enterprise", "enterprise_zh"), ("点位 point", "point_zh"),
        ("因子 factor", "factor_zh"), ("级别 severity", "severity"), ("状态 state", "state"), ("开始 from", "started_at"),
        ("结束 to", "ended_at"), ("说明", "sentence_zh"), ("what was seen", "sentence_en"), ("核实 feedback", "feedback"),
        ("核实说明 reason", "feedback_reason"), ("核实人 by", "feedback_by"),
    )
)  # fmt: skip
