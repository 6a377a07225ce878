"""HTTP of effective transmission and completeness: by factor, outlet, enterprise, park; by day, month or over all;
down to the hour."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.export import Column, table_response
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging import store as judged
from park_judging.domain.park_calendar import HOUR, day_span
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_schemas.codes import Period
from park_standards.transmission import HourCounts

from source_monitoring.domain.transmission_counts import (
    ALARM_RATE,
    COMPLETENESS,
    SERIOUS_RATE,
    WARNING_RATE,
    Loss,
    completeness_severity,
    effective_severity,
    level_of,
    losses,
)
from source_monitoring.http_edge import Reader
from source_monitoring.results import days
from source_monitoring.results.api import group_keys, key_item, span_of_days

Span = Annotated[date | None, Query(description="Day of the park's calendar")]
By = Annotated[
    str, Query(description="Any of enterprise or point, factor, month or day, separated by commas; empty: the park")
]
_LONGEST_LOOK_DAYS = 93


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see their own outlets."""
    routes = APIRouter(tags=["results"])

    @routes.get("/transmission")
    async def transmission(
        reader: Reader,
        since: Annotated[date | None, Query(alias="from", description="Default: begin of the year")] = None,
        until: Annotated[date | None, Query(alias="to", description="Exclusive; default: tomorrow")] = None,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        by: By = "point",
    ) -> Response:
        """Rates over [from, to) with the counts they come from; every hour of every factor counts once."""
        items, first, end = await found(reader, since, until, point_id, enterprise_id, by)
        return json_response(page(items) | {"from": first, "to": end, "thresholds": _THRESHOLDS})

    @routes.get("/transmission/export")
    async def export(
        reader: Reader,
        file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "csv",
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to")] = None,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        by: By = "point",
    ) -> Response:
        """The same as a table."""
        items, _, _ = await found(reader, since, until, point_id, enterprise_id, by)
        return table_response(file_format, "传输有效率 transmission", _COLUMNS, items)

    async def found(
        reader: Any, since: date | None, until: date | None, point_id: UUID | None, enterprise_id: UUID | None, by: str
    ) -> tuple[list[dict[str, Any]], date, date]:
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        first, end = span_of_days(since, until)
        by_enterprise = "enterprise" in by.split(",")
        keys = group_keys(by.replace("enterprise", "point"))
        async with database.reading() as connection:
            rows = await days.grouped(connection, list(chosen), first, end, keys)
        counted = [(key_item(row, keys, chosen), days.counts_in(row)) for row in rows]
        if by_enterprise:
            counted = _added_by_enterprise(counted)
        return [item | rates(counts) for item, counts in counted], first, end

    @routes.get("/points/{point_id}/transmission/losses")
    async def lost(
        reader: Reader,
        point_id: UUID,
        since: Annotated[date, Query(alias="from")],
        until: Annotated[date, Query(alias="to", description="Exclusive")],
        factor: str | None = None,
    ) -> Response:
        """The hours that lower the rate, each with its verdict, reason and marks, and where its frames are to be read."""
        one_point(points, reader, point_id)
        first, end = span_of_days(since, until)
        if (end - first).days > _LONGEST_LOOK_DAYS:
            raise Refused("range-too-long", "一次最多 93 天", "93 days at once at most", status=422)
        async with database.reading() as connection:
            made = await judged.assessments(connection, point_id, Period.HOUR, day_span(first)[0], day_span(end)[0])
        hours = [(hour.period_start, hour.factors) for hour in made]
        by_day: dict[date, list[Any]] = {}
        for hour in hours:
            by_day.setdefault(hour[0].astimezone(day_span(first)[0].tzinfo).date(), []).append(hour)
        items = [
            _loss_item(point_id, loss)
            for of_day in by_day.values()
            for loss in losses(of_day)
            if factor is None or loss.factor == factor
        ]
        return json_response(page(items, total=len(items)))

    return routes


_THRESHOLDS = {"warning": WARNING_RATE, "alarm": ALARM_RATE, "serious": SERIOUS_RATE, "completeness": COMPLETENESS}


def rates(counts: HourCounts) -> dict[str, Any]:
    """Return counts and rates; a rate is None where nothing was expected."""
    return {
        "expected": counts.expected, "received": counts.received, "in_time": counts.in_time, "valid": counts.valid,
        "stopped": counts.stopped, "transmission_rate": _digits(counts.transmission_rate),
        "completeness": _digits(counts.transmission_rate), "instant_rate": _digits(counts.instant_rate),
        "validity_rate": _digits(counts.validity_rate), "effective_rate": _digits(counts.effective_rate),
        "level": level_of(counts), "severity": effective_severity(counts), "completeness_severity": completeness_severity(counts),
    }  # fmt: skip


def _digits(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else round(rate, 6)


_Counted = tuple[dict[str, Any], HourCounts]
_OF_POINT = ("point_id", "point_name_zh", "point_name_en", "medium")


def _added_by_enterprise(counted: Iterable[_Counted]) -> list[_Counted]:
    """Add up the points of each enterprise; the other keys stay apart."""
    sums: dict[bytes, _Counted] = {}
    for item, counts in counted:
        kept = {key: value for key, value in item.items() if key not in _OF_POINT}
        key = msgspec.json.encode(kept, order="deterministic")
        sums[key] = (kept, sums[key][1] + counts) if key in sums else (kept, counts)
    return list(sums.values())


def _loss_item(point_id: UUID, loss: Loss) -> dict[str, Any]:
    until: datetime = loss.hour_start + HOUR
    item: Mapping[str, Any] = msgspec.structs.asdict(loss)
    query = f"from={loss.hour_start:%Y-%m-%dT%H:%M:%S}&to={until:%Y-%m-%dT%H:%M:%S}"
    return {**item, "frames": f"/points/{point_id}/frames?period=minute&{query}"}


_COLUMNS = [
    Column("企业 enterprise", lambda item: item.get("enterprise_name_zh"), 24),
    Column("监测点 point", lambda item: item.get("point_name_zh"), 24),
    Column("因子 factor", lambda item: item.get("factor_name_zh"), 14),
    Column("时间 time", lambda item: str(item.get("day") or item.get("month") or ""), 12),
    Column("应传 expected", lambda item: item["expected"], 10),
    Column("实传 received", lambda item: item["received"], 10),
    Column("及时 in time", lambda item: item["in_time"], 10),
    Column("有效 valid", lambda item: item["valid"], 10),
    Column("停运 stopped", lambda item: item["stopped"], 10),
    Column("及时率 instant", lambda item: item["instant_rate"], 12),
    Column("传输率(完整率) transmission (completeness)", lambda item: item["transmission_rate"], 16),
    Column("有效率 validity", lambda item: item["validity_rate"], 12),
    Column("传输有效率 effective", lambda item: item["effective_rate"], 12),
    Column("等级 level", lambda item: item["level"], 10),
]
