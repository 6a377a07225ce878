"""HTTP of survey sites: register, correct, list, and all of them on the map with what the newest samples say."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.http_edge import Changing, Text, change_of, conflict, invalid, need_reason, park_of, place_of_text
from park_judging.registry import Points
from park_judging.versions import versions as versions_of
from park_schemas.codes import Medium
from pydantic import Field

from quality.domain.surveys.import_plan import site_problems
from quality.domain.surveys.rows import site_of
from quality.surveys import store, summaries
from quality.surveys.edge import Reader, Writer
from quality.surveys.site_views import COLUMNS, site_feature, site_item, visible_site

_MOST_ON_MAP = 5000


class SiteForm(Changing):
    """The fields of a site; what each may hold depends on its kind (`domain/surveys/kinds.py`)."""

    code: str
    kind: str
    name_zh: str
    longitude: str
    latitude: str
    name_en: Text = None
    category: Text = Field(None, description="class to be kept, land use, zone, level or area class")
    noise_standard: Text = None
    water_body: Text = None
    enterprise_id: Text = None
    enterprise_name_zh: Text = None
    note: Text = None


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see sites of their enterprise only."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    _add_reading(routes, database)
    _add_writing(routes, database, points)
    return routes


def _add_reading(routes: APIRouter, database: Database) -> None:
    @routes.get("/sites")
    async def sites(
        reader: Reader,
        kind: Medium | None = None,
        q: Annotated[str | None, Query(max_length=100, description="Part of code or name")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Sites by code."""
        async with database.reading() as tx:
            rows = await store.sites(
                tx,
                enterprise_id=reader.enterprise_id,
                kind=kind,
                search=q,
                after=place_of_text(cursor),
                limit=None if file else limit,
            )
        if file is not None:
            return table_response(file, "监测点位", COLUMNS, [store.site(row) for row in rows])
        following = encode_cursor(rows[-1]["code"]) if len(rows) == limit else None
        return json_response(page([site_item(row) for row in rows], following))

    @routes.get("/sites/{site_id}")
    async def site(reader: Reader, site_id: UUID) -> Response:
        """A site with all its versions, newest first."""
        async with database.reading() as tx:
            row = await visible_site(tx, reader, site_id)
            versions = await versions_of(tx, "survey_sites", "site_id", site_id)
        return json_response(site_item(row) | {"versions": versions})

    @routes.get("/map")
    async def on_map(reader: Reader, kind: Medium | None = None, campaign_id: UUID | None = None) -> Response:
        """GeoJSON of the sites with what a campaign says of them; without a campaign, what the newest one says of each."""
        async with database.reading() as tx:
            rows = await store.sites(
                tx, enterprise_id=reader.enterprise_id, kind=kind, search=None, after=None, limit=_MOST_ON_MAP
            )
            verdicts = await summaries.verdicts(tx, [row["site_id"] for row in rows], campaign_id)
        found = [site_feature(store.site(row), verdicts.get(row["site_id"])) for row in rows]
        features = [one for one in found if campaign_id is None or one["properties"]["verdict"] is not None]
        return json_response({"type": "FeatureCollection", "features": features})


def _add_writing(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.post("/sites", status_code=201)
    async def add(writer: Writer, form: SiteForm) -> Response:
        """Register a site."""
        return json_response(await _put(database, points, writer, form, None), 201)

    @routes.put("/sites/{site_id}")
    async def correct(writer: Writer, site_id: UUID, form: SiteForm) -> Response:
        """Correct a site: a new version. What was judged stays as it was judged until it is judged again."""
        need_reason(max(form.based_on, 1), form.reason)
        return json_response(await _put(database, points, writer, form, site_id))


async def _put(
    database: Database, points: Points, writer: Principal, form: SiteForm, site_id: UUID | None
) -> dict[str, Any]:
    site, problems = site_of(form.as_texts("based_on", "reason"), park_of(points, writer))
    if site is None:
        raise invalid(problems)
    if site_id is not None and site.site_id != site_id:
        raise NotFound("点位", "site", f"{site_id} ({site.code})")
    async with database.transaction() as tx:
        await store.lock(tx)
        existing = await store.one_site(tx, site.site_id)
        if site_id is not None and existing is None:
            raise NotFound("点位", "site", site_id)
        if site_id is None and existing is not None:
            raise _known(site.code)
        problems = site_problems(site, store.site(existing) if existing else None)
        if problems:
            raise invalid(problems)
        if not await store.put_site(tx, site, form.based_on, change_of(writer, form.reason)):
            raise conflict()
        row = await store.one_site(tx, site.site_id)
    assert row is not None  # noqa: S101 - just stored
    return site_item(row)


def _known(code: str) -> Refused:
    what = {
        "where": "code",
        "value": code,
        "what": "is taken: correct that site",
        "what_zh": "编码已存在，请更正该点位",
    }
    return Refused("site-is-known", "点位编码已存在", "there is a site of this code already", errors=[what])
