"""What people do to plots: register and correct, by a form; who may see one."""

from typing import Any
from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound
from park_judging.http_edge import Changing, Text, TextBody, change_of, conflict, invalid, park_of
from park_judging.registry import Points
from pydantic import Field

from quality.domain.surveys.plots import NOT_INVESTIGATED, plot_of
from quality.surveys import plot_store, plot_views, store


class MemberForm(TextBody):
    site: str = Field(description="Code of a site of soil or groundwater")
    position: str = Field("", description="Of wells: up-gradient (background), down-gradient, side, inside")


class PlotForm(Changing):
    """The fields of a plot; `boundary` is GeoJSON (Polygon, MultiPolygon or a Feature of one), CGCS2000 degrees."""

    code: str
    name_zh: str
    land_use: str
    boundary: dict[str, Any]
    name_en: Text = None
    enterprise_id: Text = None
    enterprise_name_zh: Text = None
    investigation: str = NOT_INVESTIGATED
    investigation_source: Text = Field(None, description="Report or order the state rests on")
    sites: list[MemberForm] = Field(default_factory=list, max_length=500)
    note: Text = None


async def put_plot(
    database: Database, points: Points, writer: Principal, form: PlotForm, known: UUID | None
) -> dict[str, Any]:
    """Store a plot as it should be: a new one, or the next version of `known`. Raises Refused, NotFound."""
    texts = form.as_texts("based_on", "reason", "boundary", "sites")
    async with database.transaction() as tx:
        await store.lock(tx)
        sites = {code: store.site(row) for code, row in (await store.sites_by_code(tx)).items()}
        plot, problems = plot_of(
            texts, form.boundary, [(one.site, one.position) for one in form.sites],
            park_id=park_of(points, writer), sites=sites, taken=await plot_store.holders(tx),
        )  # fmt: skip
        if plot is None:
            raise invalid(problems)
        if known is not None and (plot.plot_id != known or await plot_store.one(tx, known) is None):
            raise NotFound("地块", "plot", f"{known} ({plot.code})")
        if not await plot_store.put(tx, plot, form.based_on, change_of(writer, form.reason)):
            raise conflict()
        return (await visible_plot(tx, writer, plot.plot_id)).item()


async def visible_plot(tx: Connection, reader: Principal, plot_id: UUID) -> plot_views.SeenPlot:
    """Return a plot with its sites and samples. Raises NotFound when it is not there or not the reader's to see."""
    row = await plot_store.one(tx, plot_id)
    if row is None or (reader.enterprise_id is not None and row["enterprise_id"] != reader.enterprise_id):
        raise NotFound("地块", "plot", plot_id)
    return (await plot_views.assembled(tx, [row]))[0]
