"""HTTP of months, quarters and years beside their list: their versions with what changed, and files."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at
from park_judging.domain.version_differences import differences
from park_judging.registry import Points
from park_judging.scope import one_point
from park_schemas.assessments import FactorAssessment

from source_monitoring.http_edge import Reader
from source_monitoring.results import long_telling, long_versions

LongPeriodName = Literal["month", "quarter", "year"]


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see their own."""
    routes = APIRouter(tags=["results"])

    @routes.get("/points/{point_id}/results/versions")
    async def versions(
        reader: Reader,
        point_id: UUID,
        start: Annotated[date, Query(description="First day of the period")],
        period: LongPeriodName = "month",
    ) -> Response:
        """All versions of one month, quarter or year, oldest first, each with what changed against the one before."""
        one_point(points, reader, point_id)
        async with database.reading() as connection:
            made = await long_versions.revisions(connection, point_id, period, start)
        before = [[], *(one.factors for one in made)]
        return json_response(
            page(
                [
                    {
                        "revision": one.revision,
                        "made_at": one.made_at,
                        "factors": one.factors,
                        "differences": differences(earlier, one.factors),
                    }
                    for one, earlier in zip(made, before, strict=False)
                ]
            )
        )

    @routes.get("/points/{point_id}/results/export")
    async def export(
        reader: Reader,
        point_id: UUID,
        period: LongPeriodName = "month",
        factor: str | None = None,
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to", description="Exclusive")] = None,
        file_format: Annotated[Format, Query(alias="format")] = "csv",
    ) -> Response:
        """The newest versions as a table, a row a factor; by default from two years ago on, as in the list."""
        limits = one_point(points, reader, point_id)
        today = day_at(now())
        first, end = since or date(today.year - 2, 1, 1), until or date(today.year + 1, 1, 1)
        async with database.reading() as connection:
            rows = await long_telling.newest(connection, point_id, period, first, end)
        items = [item for row in reversed(rows) for item in _items(row, limits, factor)]
        return table_response(file_format, f"{limits.point.name_zh} {period}", _COLUMNS, items)

    return routes


def _items(row: asyncpg.Record, limits: PointLimits, factor: str | None) -> Iterator[dict[str, Any]]:
    for one in msgspec.convert(row["factors"], list[FactorAssessment]):
        if factor not in {None, one.factor}:
            continue
        known = limits.factors.get(one.factor)
        yield {
            "row": row, "point": limits.point, "value": one, "name_zh": known.name_zh if known else one.factor,
            "name_en": known.name_en if known else one.factor,
        }  # fmt: skip


def _value(name: str) -> Any:
    return lambda item: getattr(item["value"], name)


_COLUMNS = [
    Column("企业 enterprise", lambda item: item["point"].enterprise_name_zh, 24),
    Column("监测点 point", lambda item: item["point"].name_zh, 24),
    Column("时段 period", lambda item: item["row"]["period"], 10),
    Column("起始 start", lambda item: item["row"]["period_start"].isoformat(), 12),
    Column("因子 factor", lambda item: item["name_zh"], 16),
    Column("factor", lambda item: item["name_en"], 20),
    Column("单位 unit", _value("unit"), 10),
    Column("均值 mean", _value("mean"), 12),
    Column("折算均值 converted mean", _value("converted_mean"), 12),
    Column("限值 limit", _value("limit"), 10),
    Column("累计量 total", _value("total"), 14),
    Column("排放量 emission kg", _value("emission"), 14),
    Column("替代排放 substituted kg", _value("substituted"), 14),
    Column("有效 valid", _value("valid_count"), 8),
    Column("应有 expected", _value("expected_count"), 8),
    Column("版本 version", lambda item: item["row"]["revision"], 8),
    Column("已审批天数 final days", lambda item: item["row"]["final_days"], 10),
    Column("天数 days", lambda item: item["row"]["days"], 8),
]
