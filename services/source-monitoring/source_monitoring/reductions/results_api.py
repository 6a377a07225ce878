"""HTTP of what became of an order: summary, measures, one measure with its curve, and the table as a file."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_judging.registry import Points

from source_monitoring.domain.anomaly.findings import frames_link
from source_monitoring.domain.reductions.levels import GRADES, LEVELS
from source_monitoring.domain.reductions.order_rule import RULE_ID
from source_monitoring.domain.reductions.reduction_list import ReductionMeasure
from source_monitoring.domain.reductions.summary import JudgedMeasure, summary_of
from source_monitoring.reductions import judging, measures, order_store, report_store
from source_monitoring.reductions.edge import Reader, names_of, own_only
from source_monitoring.reductions.results_table import COLUMNS, VERDICTS

_SHOWN_BEFORE = timedelta(days=7)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["reductions"])

    @routes.get("/reduction-orders/{order_id}")
    async def one(reader: Reader, order_id: UUID) -> Response:
        """An order with its summary and its measures, the broken ones first."""
        async with database.reading() as connection:
            order, rows = await _of_order(connection, reader, order_id)
        items = [_item(points, row) for row in rows]
        return json_response({**order, "summary": summary_of(map(_judged, rows), order["level"]), "measures": items})

    @routes.get("/reduction-orders/{order_id}/export")
    async def export(
        reader: Reader, order_id: UUID, file_format: Annotated[Format, Query(alias="format")] = "csv"
    ) -> Response:
        """The measures with their verdicts as a table."""
        async with database.reading() as connection:
            order, rows = await _of_order(connection, reader, order_id)
        return table_response(
            file_format, f"减排指令 {order['title_zh']}", COLUMNS, [_item(points, row) for row in rows]
        )

    @routes.get("/reduction-orders/{order_id}/measures/{measure_id}")
    async def measure(reader: Reader, order_id: UUID, measure_id: UUID) -> Response:
        """One measure judged by the data of now, with the curve of its meter and the stretches that were found."""
        async with database.reading() as connection:
            order, rows = await _of_order(connection, reader, order_id)
            row = next((row for row in rows if row["measure_id"] == measure_id), None)
            if row is None:
                raise NotFound("减排措施", "reduction measure", measure_id)
            evidence = await _evidence(connection, row)
            said = await report_store.reports(connection, measure_id)
        return json_response({"order": order, **_item(points, row), **evidence, "reports": said})

    return routes


async def _of_order(
    connection: Connection, reader: Principal, order_id: UUID
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    order = await order_store.order(connection, order_id, now())
    rows = await order_store.measures_of(connection, order_id, own_only(reader)) if order else []
    if order is None or (reader.enterprise_id is not None and not rows):
        raise NotFound("减排指令", "reduction order", order_id)
    level = LEVELS[order["level"]]
    return {**order, "level_zh": level.name_zh, "level_en": level.name_en, "response": level.response}, rows


def _item(points: Points, row: dict[str, Any]) -> dict[str, Any]:
    grade = GRADES.get(row["grade"])
    zh, en = VERDICTS[row["verdict"]]
    return {
        **row,
        "keeping": row["keeping"] or {},
        "verdict_zh": zh,
        "verdict_en": en,
        "grade_zh": grade.name_zh if grade else "",
        "grade_en": grade.name_en if grade else "",
        **names_of(points, row["enterprise_id"], row["point_id"], row["factor"]),
    }


def _judged(row: dict[str, Any]) -> JudgedMeasure:
    return JudgedMeasure(
        enterprise_id=str(row["enterprise_id"]), verdict=row["verdict"], allowed_share=row["allowed_share"],
        achieved=(row["keeping"] or {}).get("achieved"), emissions=row["emissions"],
    )  # fmt: skip


async def _evidence(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict by the data of now with its curve; nothing for a measure that no meter shows."""
    if row["point_id"] is None or row["allowed_share"] is None:
        return {"curve": [], "found": [], "frames": None}
    found = await connection.fetchrow(
        f"select {measures.MEASURE} from reduction_measures m join reduction_orders o on o.order_id = m.order_id"
        " where m.measure_id = $1",
        row["measure_id"],
    )
    measure = msgspec.convert(dict(found or {}), ReductionMeasure)
    keeping, hours = await judging.judged(connection, measure, now())
    until = min(measure.ends_at, now())
    stretches = await connection.fetch(
        "select anomaly_id, started_at, ended_at, sentence_zh, sentence_en, state from anomalies where point_id = $1"
        " and rule_id = $2 and evidence ->> 'measure_id' = $3 order by started_at",
        measure.point_id, RULE_ID, str(measure.measure_id),
    )  # fmt: skip
    return {
        "keeping": msgspec.to_builtins(keeping),
        "curve": judging.curve_of(hours, measure.starts_at - _SHOWN_BEFORE),
        "found": [dict(one) for one in stretches],
        "frames": frames_link(
            measure.point_id, RULE_ID, measure.starts_at, until, await judging.frames_period(connection, measure, until)
        ),
    }
