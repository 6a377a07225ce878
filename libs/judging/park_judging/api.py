"""HTTP in: latest values, series, frames with revisions, assessments. Each query is bounded in time."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis import timeseries
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.frame_revisions import Frame
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_schemas.codes import Period
from park_schemas.park_time import at_park

from park_judging import series_view, store
from park_judging.http_edge import bad_range
from park_judging.latest_view import latest_item
from park_judging.registry import Points
from park_judging.scope import one_point, visible_points

LONGEST = {
    Period.REALTIME: timedelta(days=32),
    Period.MINUTE: timedelta(days=93),
    Period.HOUR: timedelta(days=1100),
    Period.DAY: timedelta(days=3700),
}
"""The longest stretch of time one request may ask for; longer ones are refused with what to ask for instead."""

_DEFAULT_SPAN = {
    Period.REALTIME: timedelta(days=1),
    Period.MINUTE: timedelta(days=2),
    Period.HOUR: timedelta(days=14),
    Period.DAY: timedelta(days=90),
}
_MOST_POINTS = 500

Reader = Annotated[Principal, Depends(require("reading:read"))]
Since = Annotated[datetime | None, Query(alias="from", description="Inclusive; without offset: park time")]
Until = Annotated[datetime | None, Query(alias="to", description="Exclusive; without offset: park time; default now")]


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see points of their enterprise only; other points do not exist for them."""
    routes = APIRouter()
    _add_values(routes, database, points)
    _add_records(routes, database, points)
    return routes


def _add_values(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/latest")
    async def latest(
        reader: Reader, point_id: Annotated[list[UUID] | None, Query(max_length=_MOST_POINTS)] = None
    ) -> Response:
        """The newest values of points, with the limit in force that each is closest to; all visible points by default."""
        wanted = visible_points(points, reader, point_id)
        async with database.reading() as connection:
            frames = await timeseries.latest(connection, list(wanted))
        of_point: dict[UUID, list[Frame]] = {}
        for frame in frames:
            of_point.setdefault(frame.point_id, []).append(frame)
        return json_response(
            page([latest_item(wanted[found], of_point[found]) for found in wanted if found in of_point])
        )

    @routes.get("/points/{point_id}/series")
    async def series(
        reader: Reader,
        point_id: UUID,
        factor: Annotated[str | None, Query(description="Factor codes, separated by commas; default all")] = None,
        period: Period = Period.REALTIME,
        since: Since = None,
        until: Until = None,
        size: Annotated[int, Query(alias="points", ge=10, le=20_000)] = 1000,
    ) -> Response:
        """Curves of one point, reduced to about `points` each: peaks and changes of mark are never dropped."""
        limits = one_point(points, reader, point_id)
        span = _span(period, since, until)
        factors = factor.split(",") if factor else list(limits.factors)
        async with database.reading() as connection:
            return json_response(await series_view.series(connection, limits, factors, period, span, size))


def _add_records(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/points/{point_id}/frames")
    async def frames(
        reader: Reader,
        point_id: UUID,
        period: Period = Period.REALTIME,
        since: Since = None,
        until: Until = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """What the device sent, newest first, every revision: where a number comes from."""
        one_point(points, reader, point_id)
        span = _span(period, since, until)
        async with database.reading() as connection:
            found = await timeseries.frames_with_revisions(
                connection, point_id, period, *span, limit=limit, after=_place(cursor)
            )
        last = found[-1] if len(found) == limit else None
        following = encode_cursor(last.data_time.isoformat(), last.mn, last.command, last.revision) if last else None
        return json_response(page([_frame_item(frame) for frame in found], following))

    @routes.get("/points/{point_id}/assessments")
    async def assessments(
        reader: Reader, point_id: UUID, period: Period = Period.HOUR, since: Since = None, until: Until = None
    ) -> Response:
        """Hours or days of one point, newest revisions, oldest first."""
        one_point(points, reader, point_id)
        if period not in {Period.HOUR, Period.DAY}:
            what = ("period 只能是 hour 或 day", "period must be hour or day")
            raise bad_range(*what, where="query.period", code="bad-period")
        span = _span(period, since, until)
        async with database.reading() as connection:
            return json_response(page(await store.assessments(connection, point_id, period, *span)))


def _span(period: Period, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    """Return [since, until). Raises Refused (422) when it is empty or longer than the period allows."""
    end = at_park(until) if until else now()
    start = at_park(since) if since else end - _DEFAULT_SPAN[period]
    if start >= end:
        raise bad_range("开始时间必须早于结束时间", "from must be before to")
    if end - start > LONGEST[period]:
        days = LONGEST[period].days
        raise bad_range(
            f"{period.value} 数据一次最多查询 {days} 天,请缩短时间或选用更长的周期",
            f"at most {days} days of {period.value} data at once: shorten the time or take a longer period",
            code="range-too-long",
            longest_days=days,
        )
    return start, end


def _place(cursor: str | None) -> tuple[datetime, str, str, int] | None:
    place = decode_cursor(cursor)
    if place is None:
        return None
    try:
        at, mn, command, revision = place
        return datetime.fromisoformat(at).astimezone(UTC), str(mn), str(command), int(revision)
    except (TypeError, ValueError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422) from error


def _frame_item(frame: Frame) -> dict[str, Any]:
    entries = [
        {"factor": factor, "attribute": attribute, "value": entry.text, "mark": entry.mark}
        for (factor, attribute), entry in frame.entries.items()
    ]
    return {
        "mn": frame.mn, "command": frame.command, "data_time": frame.data_time, "revision": frame.revision,
        "period": frame.period, "received_at": frame.received_at, "event_id": frame.event_id,
        "supplementary": frame.supplementary, "incomplete": frame.incomplete, "entries": entries,
    }  # fmt: skip
