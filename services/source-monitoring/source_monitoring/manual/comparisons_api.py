"""HTTP of comparisons of manual results with the monitors."""

from datetime import date
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
from park_judging.registry import Points
from park_judging.scope import chosen_points

from source_monitoring.http_edge import Reader
from source_monitoring.manual import comparing
from source_monitoring.manual.edge import factor_items, point_item


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see their own outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])

    @routes.get("/comparisons")
    async def listed(
        reader: Reader,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        factor: Annotated[str | None, Query(max_length=20)] = None,
        outcome: Literal["passed", "failed", "not-comparable"] | None = None,
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to", description="Exclusive")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Comparisons of a factor's day, newest first, with their pairs; the curve is that of /points/{id}/series."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        async with database.reading() as connection:
            rows = await comparing.listed(
                connection, list(chosen), factor=factor, outcome=outcome, since=since, until=until,
                after=_place(cursor), limit=None if file else limit,
            )  # fmt: skip
        items = [_item(row, chosen[row["point_id"]]) for row in rows]
        if file is not None:
            return table_response(file, "手工与自动比对", _COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["day"].isoformat(), str(last["point_id"]), last["factor"]) if last else None
        return json_response(page(items, following))

    return routes


def _place(cursor: str | None) -> tuple[date, UUID, str] | None:
    place = decode_cursor(cursor)
    try:
        return None if place is None else (date.fromisoformat(place[0]), UUID(place[1]), str(place[2]))
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422) from error


def _item(row: asyncpg.Record, limits: PointLimits) -> dict[str, Any]:
    named = factor_items([row["factor"]])[0]
    return {
        "point_id": row["point_id"], **point_item(limits), "factor": row["factor"], "factor_name_zh": named["name_zh"],
        "factor_name_en": named["name_en"], "day": row["day"], "accepted": row["accepted"], "made_at": row["made_at"],
        **msgspec.structs.asdict(comparing.comparison(row)),
    }  # fmt: skip


def _mean(one: dict[str, Any], name: str) -> str:
    values = [getattr(pair, name) for pair in one["pairs"] if getattr(pair, name) is not None]
    return f"{sum(values) / len(values):.4g}" if values else ""


_COLUMNS: list[Column] = [
    Column("日期 / day", lambda one: one["day"].isoformat()),
    Column("企业 / enterprise", lambda one: one["enterprise_name_zh"], 24),
    Column("排口 / outlet", lambda one: one["point_name_zh"], 24),
    Column("因子 / factor", lambda one: one["factor_name_zh"]),
    Column("对数 / pairs", lambda one: len(one["pairs"])),
    Column("手工均值 / manual", lambda one: _mean(one, "manual")),
    Column("自动均值 / automatic", lambda one: _mean(one, "automatic")),
    Column("误差 / error", lambda one: one["error"]),
    Column("允许 / tolerance", lambda one: one["tolerance"]),
    Column("结论 / outcome", lambda one: one["outcome"]),
    Column("说明 / explanation", lambda one: one["zh"], 60),
    Column("标准 / standard", lambda one: one["standard"]),
    Column("可信度 / confidence", lambda one: one["confidence"]),
]
