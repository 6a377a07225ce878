"""HTTP of trends: the items of a site over all its campaigns."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response

from quality.domain.surveys.trends import trends
from quality.surveys import store
from quality.surveys.edge import Reader
from quality.surveys.site_views import visible_site
from quality.surveys.store import Wanted


def router(database: Database) -> APIRouter:
    """Return the route. Enterprise users see sites of their enterprise."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])

    @routes.get("/sites/{site_id}/trends")
    async def of_site(
        reader: Reader,
        site_id: UUID,
        item: Annotated[str | None, Query(max_length=60, description="Key of the item; all without it")] = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Items of a site over its campaigns, the oldest sample first, with the change from the value before."""
        async with database.reading() as tx:
            await visible_site(tx, reader, site_id)
            rows = await store.results(tx, Wanted(site_id=site_id, item=item), limit=None)
        found = trends([(one.result, one.verdict) for one in (store.judged(row) for row in rows)])
        if file is None:
            return json_response({"items": found})
        return table_response(file, "点位趋势", _COLUMNS, [(one, value) for one in found for value in one.values])

    return routes


_COLUMNS: list[Column] = [
    Column("项目 / item", lambda line: line[0].item_name_zh),
    Column("项目英文名 / item (English)", lambda line: line[0].item_name_en, 24),
    Column("深度 / depth", lambda line: line[0].depth),
    Column("采样时间 / sampled at", lambda line: line[1].sampled_at),
    Column("结果 / value", lambda line: line[1].text),
    Column("单位 / unit", lambda line: line[1].unit),
    Column("较上次 / change", lambda line: line[1].change),
    Column("限值 / limit", lambda line: line[1].limit),
    Column("类别或风险 / grade", lambda line: line[1].grade),
    Column("结论 / outcome", lambda line: line[1].outcome.value),
]
