"""HTTP of land plots: register, correct, list, on the map, and what the samples in them say."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.http_edge import need_reason, place_of_text
from park_judging.registry import Points
from park_judging.versions import versions as versions_of

from quality.domain.surveys.land_boundary import geojson_of
from quality.domain.surveys.records import Outcome
from quality.surveys import plot_columns, plot_store, plot_views
from quality.surveys.edge import Reader, Writer
from quality.surveys.plot_entry import PlotForm, put_plot, visible_plot

LandUse = Literal["1", "2", "paddy", "orchard", "other"]


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes of plots. Enterprise users see plots of their enterprise."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    _add_lists(routes, database)
    _add_one(routes, database)
    _add_writing(routes, database, points)
    return routes


def _add_lists(routes: APIRouter, database: Database) -> None:
    @routes.get("/plots")
    async def plots(
        reader: Reader,
        q: Annotated[str | None, Query(max_length=100, description="Part of code or name")] = None,
        land_use: LandUse | None = None,
        investigation: Annotated[str | None, Query(max_length=40)] = None,
        outcome: Annotated[Outcome | None, Query(description="Worst of the newest samples")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Plots by code with what the newest samples of their sites say."""
        async with database.reading() as tx:
            rows = await plot_store.listed(
                tx, enterprise_id=reader.enterprise_id, search=q, land_use=land_use, investigation=investigation
            )
            found = await plot_views.assembled(tx, rows)
        items = [one.item() for one in found if outcome is None or one.outcome is outcome]
        if file is not None:
            return table_response(file, "地块", plot_columns.PLOTS, items)
        after = place_of_text(cursor)
        rest = [one for one in items if after is None or one["code"] > after]
        following = encode_cursor(rest[limit - 1]["code"]) if len(rest) > limit else None
        return json_response(page(rest[:limit], following, len(items)))

    @routes.get("/plots/map")
    async def on_map(reader: Reader) -> Response:
        """GeoJSON of the plots with their verdicts."""
        async with database.reading() as tx:
            found = await plot_views.assembled(tx, await plot_store.listed(tx, enterprise_id=reader.enterprise_id))
        features = [
            {"type": "Feature", "geometry": geojson_of(one.plot.boundary), "properties": one.on_map()} for one in found
        ]
        return json_response({"type": "FeatureCollection", "features": features})


def _add_one(routes: APIRouter, database: Database) -> None:
    @routes.get("/plots/{plot_id}")
    async def plot(reader: Reader, plot_id: UUID) -> Response:
        """A plot with its sites and what each says, what should be looked at, and its versions."""
        async with database.reading() as tx:
            one = await visible_plot(tx, reader, plot_id)
            versions = await versions_of(tx, "survey_plots", "plot_id", plot_id)
        return json_response(one.item() | one.details() | {"versions": versions})

    @routes.get("/plots/{plot_id}/wells")
    async def wells(
        reader: Reader, plot_id: UUID, file: Annotated[Format | None, Query(alias="format")] = None
    ) -> Response:
        """The wells of a plot side by side, up-gradient ones first: numbers as they are, no conclusion."""
        async with database.reading() as tx:
            table = (await visible_plot(tx, reader, plot_id)).wells()
        if file is None:
            return json_response(table)
        lines = [
            (item, well, item.values[str(well.site_id)])
            for item in table.items
            for well in table.wells
            if str(well.site_id) in item.values
        ]
        return table_response(file, "地块地下水井对比", plot_columns.WELLS, lines)


def _add_writing(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.post("/plots", status_code=201)
    async def add(writer: Writer, form: PlotForm) -> Response:
        """Register a plot."""
        return json_response(await put_plot(database, points, writer, form, None), 201)

    @routes.put("/plots/{plot_id}")
    async def correct(writer: Writer, plot_id: UUID, form: PlotForm) -> Response:
        """Correct a plot, its boundary, its sites or the state of its investigation: a new version with the reason."""
        need_reason(max(form.based_on, 1), form.reason)
        return json_response(await put_plot(database, points, writer, form, plot_id))
