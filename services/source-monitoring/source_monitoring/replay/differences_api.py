"""HTTP of what a replay found different: hour by hour, factor by factor, field by field."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.export import Column, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.version_differences import differences
from park_judging.registry import Points
from park_judging.scope import chosen_points
from park_schemas.assessments import FactorAssessment

from source_monitoring.http_edge import Reader, bad_cursor
from source_monitoring.replay import results
from source_monitoring.replay.showing import factor_names, one_replay, point_names

_MOST_EXPORTED = 50_000
_SHOWN = ("unit", "mean", "converted_mean", "limit", "compliant", "verdict", "reason", "emission", "substituted")


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["replay"])

    @routes.get("/replays/{replay_id}/differences")
    async def listed(
        reader: Reader,
        replay_id: UUID,
        point_id: UUID | None = None,
        factor: str | None = None,
        period: Literal["hour", "day"] | None = None,
        day: date | None = None,
        file_format: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")] = "json",
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """What differs from the version it was held against, by outlet and time; `limit` counts hours and days."""
        chosen = chosen_points(points, reader, point_id=point_id)
        async with database.reading() as connection:
            await one_replay(connection, points, reader, replay_id)
            rows = await results.differences(
                connection, replay_id, list(chosen), factor=factor, period=period, day=day,
                limit=limit if file_format == "json" else _MOST_EXPORTED, after=_place(cursor),
            )  # fmt: skip
        items = [item for row in rows for item in _items(row, chosen, factor)]
        if file_format != "json":
            return table_response(file_format, "重算差异 differences", _COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["point_id"], last["period_start"].isoformat(), last["period"]) if last else None
        return json_response(page(items, following))

    return routes


def _items(row: asyncpg.Record, known: Mapping[UUID, PointLimits], factor: str | None) -> Iterator[dict[str, Any]]:
    """Give one item for each factor that differs in an hour or day."""
    before, after = (
        {one.factor: one for one in msgspec.convert(row[side] or [], list[FactorAssessment])}
        for side in ("before", "after")
    )
    found = differences(before.values(), after.values())
    for code in dict.fromkeys(one.factor for one in found if factor is None or one.factor == factor):
        yield {
            "point_id": row["point_id"], "period": row["period"], "period_start": row["period_start"],
            "against": row["against"], "adopted_revision": row["adopted_revision"], "factor": code,
            **factor_names(code, known), **point_names(known.get(row["point_id"])),
            "before": _shown(before.get(code)), "after": _shown(after.get(code)),
            "changes": [{"field": one.field, "before": one.before, "after": one.after} for one in found if one.factor == code],
        }  # fmt: skip


def _shown(one: FactorAssessment | None) -> dict[str, Any] | None:
    return None if one is None else {name: getattr(one, name) for name in _SHOWN}


def _place(cursor: str | None) -> results.Place | None:
    """Return the place of a cursor. Raises Refused (422) for one that is not ours."""
    place = decode_cursor(cursor)
    try:
        return None if place is None else (UUID(place[0]), datetime.fromisoformat(place[1]), str(place[2]))
    except (IndexError, TypeError, ValueError, AttributeError) as error:
        raise bad_cursor() from error


def _side(side: str, name: str) -> Any:
    return lambda item: (item[side] or {}).get(name)


_COLUMNS = [
    Column("企业 enterprise", lambda item: item["enterprise_name_zh"], 24),
    Column("监测点 point", lambda item: item["point_name_zh"], 24),
    Column("时段 period", lambda item: item["period"], 8),
    Column("开始 start", lambda item: item["period_start"], 20),
    Column("因子 factor", lambda item: item["factor_name_zh"], 16),
    Column("单位 unit", lambda item: (item["after"] or item["before"] or {}).get("unit"), 10),
    *(
        Column(f"{zh} {name} {word}", _side(side, name), 14)
        for name, zh in (("mean", "均值"), ("converted_mean", "折算均值"), ("limit", "限值"), ("compliant", "达标"),
                         ("verdict", "判定"), ("reason", "原因"), ("emission", "排放量"), ("substituted", "替代排放"))
        for side, word in (("before", "原 before"), ("after", "新 after"))
    ),
    Column("变化字段 fields", lambda item: ";".join(one["field"] for one in item["changes"]), 30),
    Column("对照版本 against", lambda item: item["against"], 10),
    Column("采用为版本 adopted as", lambda item: item["adopted_revision"], 10),
]  # fmt: skip
