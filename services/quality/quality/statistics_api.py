"""HTTP in: results of stations by day, month, quarter and year, compared, and held against targets."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.http_edge import bad_range
from park_judging.registry import Points
from park_judging.scope import one_point
from park_schemas.park_time import at_park

from quality import station_results
from quality.domain.result_spans import Span, before, first_of

_MOST_SPANS = {Span.DAY: 370, Span.MONTH: 60, Span.QUARTER: 40, Span.YEAR: 20}
_DEFAULT_SPANS = {Span.DAY: 30, Span.MONTH: 12, Span.QUARTER: 8, Span.YEAR: 3}

_YEARS = (2000, 2100)

Reader = Annotated[Principal, Depends(require("reading:read"))]


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Stations that the reader may not see do not exist for him."""
    routes = APIRouter()

    @routes.get("/points/{point_id}/statistics")
    async def statistics(
        reader: Reader,
        point_id: UUID,
        span: Span = Span.MONTH,
        since: Annotated[date | None, Query(alias="from", description="First day, inclusive")] = None,
        until: Annotated[date | None, Query(alias="to", description="Last day, inclusive; default today")] = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Days, months, quarters or years of a station, oldest first, each with its comparisons and targets."""
        limits = one_point(points, reader, point_id)
        firsts = _firsts(span, since, until)
        async with database.reading() as connection:
            items = await station_results.compared(connection, limits, span, firsts)
        if file is not None:
            rows = [(item["statistics"], factor) for item in items for factor in item["statistics"].factors]
            return table_response(file, f"{limits.point.name_zh}-{span.value}", _COLUMNS, rows)
        return json_response(page(items))

    return routes


def _firsts(span: Span, since: date | None, until: date | None) -> list[date]:
    """Return the spans asked for. Raises Refused (422) for an empty or too long range, or one beyond the years of results."""
    last = of_our_time(until or at_park(now()).date(), "query.to")
    if since is None:
        since = first_of(span, last)
        for _ in range(_DEFAULT_SPANS[span] - 1):
            since = before(span, since)
    if of_our_time(since, "query.from") > last:
        raise bad_range("开始日期不能晚于结束日期", "from must not be after to")
    firsts = station_results.spans_between(span, since, last + timedelta(days=1))
    if len(firsts) > _MOST_SPANS[span]:
        most = _MOST_SPANS[span]
        raise bad_range(f"一次最多查询 {most} 个周期", f"at most {most} periods at once", code="range-too-long")
    return firsts


def of_our_time(day: date, where: str) -> date:
    """Return the day. Raises Refused (422) for one outside the years that results are of."""
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        first, last = _YEARS
        raise bad_range(f"日期须在 {first} 至 {last} 年", f"days of {first} to {last} only", where=where)
    return day


_COLUMNS: list[Column] = [
    Column("开始 / start", lambda row: row[0].start.isoformat()),
    Column("结束 / end", lambda row: row[0].end.isoformat()),
    Column("因子 / factor", lambda row: row[1].factor),
    Column("名称 / name", lambda row: row[1].name_zh),
    Column("单位 / unit", lambda row: row[1].unit),
    Column("均值 / mean", lambda row: row[1].mean or ""),
    Column("百分位 / percentile", lambda row: row[1].percentile or ""),
    Column("最小 / min", lambda row: row[1].minimum or ""),
    Column("最大 / max", lambda row: row[1].maximum or ""),
    Column("有效天数 / valid days", lambda row: row[1].valid_days),
    Column("应有天数 / needed days", lambda row: row[1].needed_days),
    Column("超标天数 / days over", lambda row: row[1].over_days),
    Column("指数 / index", lambda row: row[0].index or ""),
]
