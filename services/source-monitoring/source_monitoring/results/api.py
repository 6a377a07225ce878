"""HTTP of results: months to years, emissions."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Response
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_schemas.registry import MonitoredFactor

from source_monitoring.http_edge import Reader
from source_monitoring.results import days, long_telling


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see their own."""
    routes = APIRouter(tags=["results"])

    @routes.get("/points/{point_id}/results")
    async def results(
        reader: Reader,
        point_id: UUID,
        period: Literal["month", "quarter", "year"] = "month",
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to", description="Exclusive")] = None,
    ) -> Response:
        """Months, quarters or years of a point, newest revisions; `final` once every day of it is approved."""
        one_point(points, reader, point_id)
        today = day_at(now())
        first, end = since or today.replace(year=today.year - 2, month=1, day=1), until or date(today.year + 1, 1, 1)
        async with database.reading() as connection:
            rows = await long_telling.newest(connection, point_id, period, first, end)
        return json_response(page([_result_item(row) for row in rows]))

    @routes.get("/emissions")
    async def emissions(
        reader: Reader,
        since: Annotated[date | None, Query(alias="from", description="Default: begin of the year")] = None,
        until: Annotated[date | None, Query(alias="to", description="Exclusive; default: tomorrow")] = None,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        by: Annotated[str, Query(description="Any of point, factor, month, day, separated by commas")] = "point,factor",
    ) -> Response:
        """Emitted mass in kg, own computation and substitutes apart; only factors from which a mass follows."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        first, end = span_of_days(since, until)
        keys = group_keys(by)
        async with database.reading() as connection:
            rows = await days.grouped(connection, list(chosen), first, end, keys)
        items = [emission_item(row, keys, chosen) for row in rows if row["emission_kg"] is not None]
        return json_response(page(items) | {"from": first, "to": end})

    return routes


def _result_item(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "period": row["period"], "period_start": row["period_start"], "revision": row["revision"], "made_at": row["made_at"],
        "factors": row["factors"], "days": row["days"], "final_days": row["final_days"],
        "final": long_telling.is_final(row),
    }  # fmt: skip


def span_of_days(since: date | None, until: date | None) -> tuple[date, date]:
    """Return [first, end). Raises Refused (422) when it is empty or longer than three years."""
    today = day_at(now())
    first, end = since or today.replace(month=1, day=1), until or date.fromordinal(today.toordinal() + 1)
    if not first < end or (end - first).days > 1100:
        raise Refused(
            "bad-range", "时间范围为空或超过三年", "the range is empty or longer than three years", status=422
        )
    return first, end


_GROUPS: Mapping[str, str] = {"point": "point_id", "factor": "factor", "day": "day", "month": "month"}


def group_keys(by: str) -> list[str]:
    """Return the columns of a grouping. Raises Refused (422) for a name that is none."""
    names = [name.strip() for name in by.split(",") if name.strip()]
    unknown = [name for name in names if name not in _GROUPS]
    if unknown:
        raise Refused("bad-grouping", f"不能按 {unknown} 分组", f"cannot group by {unknown}", status=422)
    return [_GROUPS[name] for name in dict.fromkeys(names)]


def key_item(row: asyncpg.Record, keys: list[str], chosen: Mapping[UUID, PointLimits]) -> dict[str, Any]:
    """Return what a grouped row is of, with names for people."""
    item: dict[str, Any] = {key: row[key] for key in keys}
    limits = chosen.get(row["point_id"]) if "point_id" in keys else None
    if limits is not None:
        item |= {
            "point_name_zh": limits.point.name_zh, "point_name_en": limits.point.name_en, "medium": limits.point.medium,
            "enterprise_id": limits.point.enterprise_id, "enterprise_name_zh": limits.point.enterprise_name_zh,
        }  # fmt: skip
    if "factor" in keys:
        known = known_factor(row["factor"], chosen)
        item |= {
            "factor_name_zh": known.name_zh if known else row["factor"],
            "factor_name_en": known.name_en if known else row["factor"],
        }
    return item


def known_factor(factor: str, chosen: Mapping[UUID, PointLimits]) -> MonitoredFactor | None:
    """The factor as any of the points reports it: its names."""
    return next((one.factors[factor] for one in chosen.values() if factor in one.factors), None)


def emission_item(row: asyncpg.Record, keys: list[str], chosen: Mapping[UUID, PointLimits]) -> dict[str, Any]:
    """Return a sum of emissions, kg."""
    measured, substituted = Decimal(row["emission_kg"] or 0), Decimal(row["substituted_kg"] or 0)
    return key_item(row, keys, chosen) | {
        "emission_kg": measured, "substituted_kg": substituted, "total_kg": measured + substituted, "days": row["days"],
    }  # fmt: skip
