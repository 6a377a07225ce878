"""HTTP of what came out otherwise when a period was judged again: hour by hour, day by day, field by field."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.version_differences import differences
from park_judging.registry import Points
from park_schemas.assessments import FactorAssessment

from quality.rejudging import orders
from quality.rejudging.api import Reader
from quality.rejudging.showing import one_order

_MOST_EXPORTED = 20_000


def router(database: Database, points: Points) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["rejudging"])

    @routes.get("/rejudgements/{rejudgement_id}/differences")
    async def listed(
        reader: Reader,
        rejudgement_id: UUID,
        period: Literal["hour", "day"] | None = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """The new versions in order of time, each with what changed against the version before it."""
        most = _MOST_EXPORTED if file else limit
        async with database.reading() as connection:
            _, limits = await one_order(connection, points, reader, rejudgement_id)
            rows = await orders.changes(connection, rejudgement_id, period, most, _place(cursor))
        items = [_item(row, limits) for row in rows]
        if file is not None:
            lines = [(item, change) for item in items for change in item["changes"]]
            return table_response(file, f"{limits.point.name_zh} 重新判定差异", _COLUMNS, lines)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["period_start"].isoformat(), last["period"]) if last else None
        return json_response(page(items, following))

    return routes


def _item(row: asyncpg.Record, limits: PointLimits) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("period", "period_start", "revision", "grade", "grade_before")},
        "changes": list(_changes(row, limits)),
    }


def _changes(row: asyncpg.Record, limits: PointLimits) -> Iterator[dict[str, Any]]:
    before, after = (msgspec.convert(row[side] or [], list[FactorAssessment]) for side in ("factors_before", "factors"))
    for one in differences(before, after):
        known = limits.factors.get(one.factor)
        yield {
            "factor": one.factor,
            "factor_name_zh": known.name_zh if known else one.factor,
            "factor_name_en": known.name_en if known else one.factor,
            "field": one.field,
            "before": one.before,
            "after": one.after,
        }


def _place(cursor: str | None) -> orders.ChangePlace | None:
    """Return the place of a cursor. Raises Refused (422) for one that is not ours."""
    place = decode_cursor(cursor)
    if place is None:
        return None
    try:
        start, period = place
        return datetime.fromisoformat(start), str(period)
    except (TypeError, ValueError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422) from error


_COLUMNS: list[Column] = [
    Column("时段 period", lambda line: line[0]["period"], 8),
    Column("开始 start", lambda line: line[0]["period_start"], 20),
    Column("版本 version", lambda line: line[0]["revision"], 8),
    Column("因子 factor", lambda line: line[1]["factor_name_zh"], 16),
    Column("factor", lambda line: line[1]["factor_name_en"], 20),
    Column("字段 field", lambda line: line[1]["field"], 14),
    Column("原 before", lambda line: _cell(line[1]["before"]), 18),
    Column("新 after", lambda line: _cell(line[1]["after"]), 18),
]


def _cell(value: Any) -> Any:
    return value if isinstance(value, str | int | float | None) else str(value)
