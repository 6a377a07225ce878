"""HTTP in: the stations of a medium in order of what they measured."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.domain.applied_limits import PointLimits
from park_judging.http_edge import bad_value
from park_judging.registry import Points
from park_judging.scope import visible_points
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium
from park_schemas.park_time import at_park

from quality import station_results
from quality.domain.comparison import measured
from quality.domain.measures import measures_of
from quality.domain.ranking import Ranked, rank
from quality.domain.result_spans import Span, before, first_of
from quality.domain.station_statistics import StationStatistics
from quality.statistics_api import Reader, of_our_time


def router(database: Database, points: Points) -> APIRouter:
    """Return the route. Stations that the reader may not see do not exist for him."""
    routes = APIRouter()

    @routes.get("/stations/ranking")
    async def ranking(
        reader: Reader,
        medium: Medium = Medium.AMBIENT_AIR,
        by: Annotated[str, Query(description="index, class, good_share or a factor code", max_length=20)] = "index",
        span: Span = Span.MONTH,
        day: Annotated[
            date | None, Query(description="Any day of the period; default: the period before today's")
        ] = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """The stations of a medium from best to worst, with their place in the period before."""
        first = (
            first_of(span, of_our_time(day, "query.day"))
            if day
            else before(span, first_of(span, at_park(now()).date()))
        )
        of_medium = [found for found in visible_points(points, reader).values() if found.point.medium is medium]
        _refuse_unknown(medium, by, of_medium)
        stations = [found for found in of_medium if by in measures_of(found)]
        async with database.reading() as connection:
            pairs = [
                (one, await station_results.results(connection, one, span, [before(span, first), first]))
                for one in stations
            ]
        ranked = rank([_entry(one, found, first, span, by) for one, found in pairs], best_high=by == "good_share")
        if file is not None:
            return table_response(file, f"排名-{first.isoformat()}", _COLUMNS, ranked)
        return json_response({**page(ranked), "span": span, "start": first, "by": by})

    return routes


def _refuse_unknown(medium: Medium, by: str, stations: Sequence[PointLimits]) -> None:
    """Refuse (422) a medium that no station is of, and a measure that none of the stations has."""
    if medium not in ENVIRONMENT_MEDIA:
        raise bad_value("medium", medium.value, "不是环境质量监测类别", "is no medium of environment stations")
    if stations and not any(by in measures_of(one) for one in stations):
        raise bad_value("by", by, "该类站点没有此指标", "is no measure of these stations")


def _entry(limits: PointLimits, found: list[StationStatistics], first: date, span: Span, by: str) -> Ranked:
    values = {one.start: measured(one, by) for one in found}
    complete = next((all(f.complete for f in one.factors) for one in found if one.start == first), False)
    return Ranked(
        point_id=limits.point.point_id,
        name_zh=limits.point.name_zh,
        name_en=limits.point.name_en,
        value=values.get(first),
        value_before=values.get(before(span, first)),
        complete=complete,
    )


_COLUMNS: list[Column] = [
    Column("名次 / rank", lambda row: row.place or ""),
    Column("站点 / station", lambda row: row.name_zh),
    Column("数值 / value", lambda row: row.value or ""),
    Column("上期名次 / rank before", lambda row: row.place_before or ""),
    Column("上期数值 / value before", lambda row: row.value_before or ""),
    Column("数据完整 / complete", lambda row: "是" if row.complete else "否"),
]
