"""HTTP in: pollution rose and correlation of a station's hourly means."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.domain.applied_limits import PointLimits
from park_judging.http_edge import bad_range, bad_value, park_time
from park_judging.registry import Points
from park_judging.scope import one_point

from quality import station_results
from quality.domain.wind import correlations, rose_of

_WIND_SPEED, _WIND_DIRECTION = "a01007", "a01008"
_LONGEST = timedelta(days=400)
_EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
_MOST_FACTORS = 12

Reader = Annotated[Principal, Depends(require("reading:read"))]
Since = Annotated[datetime | None, Query(alias="from", description="Inclusive; without offset: park time")]
Until = Annotated[datetime | None, Query(alias="to", description="Exclusive; without offset: park time; default now")]


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Stations that the reader may not see do not exist for him."""
    routes = APIRouter()
    _add_rose(routes, database, points)
    _add_correlation(routes, database, points)
    return routes


def _add_rose(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/points/{point_id}/rose")
    async def rose(
        reader: Reader,
        point_id: UUID,
        factor: str,
        wind_point_id: Annotated[UUID | None, Query(description="Whose wind; default: the station's own")] = None,
        since: Since = None,
        until: Until = None,
    ) -> Response:
        """Pollution rose of one factor: frequency and mean by the direction the wind came from (hourly means)."""
        limits = one_point(points, reader, point_id)
        wind = one_point(points, reader, wind_point_id) if wind_point_id else limits
        _known(limits, [factor])
        _known(wind, [_WIND_SPEED, _WIND_DIRECTION])
        span = _analysed(since, until)
        async with database.reading() as connection:
            values = await station_results.hourly(connection, point_id, [factor], *span)
            winds = await station_results.hourly(connection, wind.point.point_id, [_WIND_SPEED, _WIND_DIRECTION], *span)
        found = rose_of(values[factor], winds[_WIND_SPEED], winds[_WIND_DIRECTION])
        return json_response(
            {"factor": factor, "unit": limits.factors[factor].unit, "from": span[0], "to": span[1], "rose": found}
        )


def _add_correlation(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/points/{point_id}/correlation")
    async def correlation(
        reader: Reader,
        point_id: UUID,
        factor: Annotated[str | None, Query(description="Factor codes, separated by commas; default all")] = None,
        since: Since = None,
        until: Until = None,
    ) -> Response:
        """Pearson's r between the hourly means of every two factors, wind speed among them where the station has it."""
        limits = one_point(points, reader, point_id)
        factors = (
            list(dict.fromkeys(factor.split(",")))
            if factor
            else [one for one in limits.factors if one != _WIND_DIRECTION]
        )
        _known(limits, factors)
        if not 2 <= len(factors) <= _MOST_FACTORS:
            what = (f"请选择 2 至 {_MOST_FACTORS} 个不同的因子", f"choose 2 to {_MOST_FACTORS} different factors")
            raise bad_value("factor", ",".join(factors), *what)
        span = _analysed(since, until)
        async with database.reading() as connection:
            series = await station_results.hourly(connection, point_id, factors, *span)
        return json_response({**page(correlations(series)), "from": span[0], "to": span[1]})


def _analysed(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    end = park_time(until) or now()
    start = park_time(since) or end - min(timedelta(days=30), end - _EARLIEST)
    if not timedelta(0) < end - start <= _LONGEST:
        days = _LONGEST.days
        raise bad_range(f"时间范围须大于 0 且不超过 {days} 天", f"the range must be above 0 and at most {days} days")
    return start, end


def _known(limits: PointLimits, factors: list[str]) -> None:
    """Raise Refused (422) for factors that the station does not report, naming each."""
    errors = [
        {
            "where": "query.factor",
            "value": one,
            "what": "the station does not report it",
            "what_zh": "该站点不监测此因子",
        }
        for one in factors
        if one not in limits.factors
    ]
    if errors:
        raise Refused(
            "unknown-factor", "站点不监测所选因子", "the station does not report the factor", status=422, errors=errors
        )
