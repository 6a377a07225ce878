"""HTTP of reviews: lists, files, a day with all layers."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Database
from park_chassis.errors import NotFound
from park_chassis.export import Column, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_span
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_schemas.codes import Period

from source_monitoring.domain.review_states import ReviewState, allowed
from source_monitoring.http_edge import Reader, place_of_day
from source_monitoring.review import store

_MOST_EXPORTED = 20_000


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes of reviews. Enterprise users see the reviews of their points."""
    routes = APIRouter(tags=["reviews"])
    _add_lists(routes, database, points)
    _add_day(routes, database, points)
    return routes


def _add_lists(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/reviews")
    async def reviews(
        reader: Reader,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        state: ReviewState | None = None,
        since: Annotated[date | None, Query(alias="from", description="First day, inclusive")] = None,
        until: Annotated[date | None, Query(alias="to", description="Last day, inclusive")] = None,
        with_issues: bool | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Days with their review state, newest day first, and how many days stand in each state."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        async with database.reading() as connection:
            rows = await store.listed(
                connection, list(chosen), state=state, since=since, until=until, with_issues=with_issues, limit=limit,
                after=place_of_day(cursor),
            )  # fmt: skip
            counts = await store.counts(connection, list(chosen))
        following = encode_cursor(rows[-1]["day"].isoformat(), rows[-1]["point_id"]) if len(rows) == limit else None
        items = [review_item(row, chosen[row["point_id"]], reader) for row in rows]
        return json_response(
            page(items, following) | {"counts": {state.value: counts.get(state, 0) for state in ReviewState}}
        )

    @routes.get("/reviews/export")
    async def export(
        reader: Reader,
        file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "csv",
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        state: ReviewState | None = None,
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to")] = None,
    ) -> Response:
        """The filtered list as a table."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        async with database.reading() as connection:
            rows = await store.listed(
                connection, list(chosen), state=state, since=since, until=until, with_issues=None, limit=_MOST_EXPORTED,
                after=None,
            )  # fmt: skip
        items = [review_item(row, chosen[row["point_id"]], reader) for row in rows]
        return table_response(file_format, "数据审核 reviews", _COLUMNS, items)


def _add_day(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/reviews/{point_id}/{day}")
    async def one(reader: Reader, point_id: UUID, day: date) -> Response:
        """A day with its steps, issues, corrections, hours and day values in all layers."""
        limits = one_point(points, reader, point_id)
        async with database.reading() as connection:
            row = await store.one(connection, point_id, day)
            if row is None:
                raise NotFound("审核日", "reviewed day", f"{limits.point.code} {day}")
            made = await store.contents(connection, point_id, day)
            steps = await store.steps(connection, point_id, day)
            corrections = await store.corrections(connection, point_id, *day_span(day))
            authors = await store.authors_of_corrections(connection, point_id, day)
        item = review_item(row, limits, reader) | {
            "allowed": allowed(store.review_of(row), reader.user_id, reader.permissions, authors),
            "steps": [dict(step) for step in steps],
            "corrections": [dict(one) for one in corrections],
            "hours": [one for one in made if one.period is Period.HOUR],
            "day_result": next((one for one in made if one.period is Period.DAY), None),
        }
        return json_response(item)


def review_item(row: asyncpg.Record, limits: PointLimits, reader: Principal) -> dict[str, Any]:
    """Return a day's review as it stands in lists. `final` is the only word that lets it be published upward."""
    point = limits.point
    return {
        "point_id": point.point_id, "day": row["day"], "state": row["state"], "version": row["version"],
        "final": row["state"] == ReviewState.APPROVED, "approved_version": row["approved_version"],
        "point_code": point.code, "point_name_zh": point.name_zh, "point_name_en": point.name_en, "medium": point.medium,
        "enterprise_id": point.enterprise_id, "enterprise_name_zh": point.enterprise_name_zh,
        "enterprise_name_en": point.enterprise_name_en, "issues": row["issues"], "changed_at": row["changed_at"],
        "reviewed_by": row["reviewed_by"], "approved_by": row["approved_by"], "digest": row["digest"],
        "allowed": allowed(store.review_of(row), reader.user_id, reader.permissions),
    }  # fmt: skip


_COLUMNS = [
    Column("日期 day", lambda item: item["day"].isoformat(), 12),
    Column("企业 enterprise", lambda item: item["enterprise_name_zh"], 24),
    Column("监测点 point", lambda item: item["point_name_zh"], 24),
    Column("状态 state", lambda item: item["state"], 12),
    Column("版本 version", lambda item: item["version"], 8),
    Column("复核人 reviewed by", lambda item: item["reviewed_by"], 14),
    Column("审批人 approved by", lambda item: item["approved_by"], 14),
    Column("问题 issues", lambda item: ";".join(f"{one['zh']} {one['factor']}".strip() for one in item["issues"]), 60),
    Column("时间 changed at", lambda item: item["changed_at"], 20),
]
