"""HTTP of campaigns: plan, correct, list, and what one says of each site."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_chassis.sheets.problems import Problem
from park_judging.http_edge import Changing, TextBody, change_of, conflict, in_order, invalid, need_reason, place_of_day
from park_judging.versions import versions as versions_of
from park_schemas.codes import SURVEY_MEDIA, Medium
from park_schemas.identifiers import uuid7
from pydantic import Field

from quality.domain.surveys.records import Campaign
from quality.surveys import result_entry, store, summaries
from quality.surveys.campaign_views import COLUMNS, campaign_item, one_campaign, outcomes
from quality.surveys.edge import Reader, Writer
from quality.surveys.site_views import site_item


class CampaignForm(Changing):
    """A round of sampling. Its kind cannot be changed once it has results."""

    kind: Medium
    name_zh: str = Field(min_length=1, max_length=120)
    name_en: str = Field("", max_length=120)
    planned_on: date
    laboratory: str = Field(min_length=1, max_length=120)
    note: str = Field("", max_length=500)


class Again(TextBody):
    reason: str = Field(min_length=2, max_length=500)


def router(database: Database) -> APIRouter:
    """Return the routes of campaigns. Enterprise users see what was sampled at sites of their enterprise."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    _add_reading(routes, database)
    _add_writing(routes, database)
    return routes


def _add_reading(routes: APIRouter, database: Database) -> None:
    @routes.get("/campaigns")
    async def campaigns(
        reader: Reader,
        kind: Medium | None = None,
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to", description="Inclusive")] = None,
        q: Annotated[str | None, Query(max_length=100, description="Part of the name")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Campaigns, planned last first, each with its results by outcome."""
        in_order(since, until)
        async with database.reading() as tx:
            rows = await store.campaigns(
                tx, kind=kind, since=since, until=until, search=q,
                after=place_of_day(cursor), limit=None if file else limit,
            )  # fmt: skip
        items = [campaign_item(row) | outcomes(reader, row) for row in rows]
        if file is not None:
            return table_response(file, "监测活动", COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["planned_on"].isoformat(), str(last["campaign_id"])) if last else None
        return json_response(page(items, following))

    @routes.get("/campaigns/{campaign_id}")
    async def campaign(reader: Reader, campaign_id: UUID) -> Response:
        """A campaign with what it says of each site it sampled, and its versions."""
        async with database.reading() as tx:
            row = await one_campaign(tx, campaign_id)
            sites = await store.sites(
                tx, enterprise_id=reader.enterprise_id, kind=row["kind"], search=None, after=None, limit=None
            )
            said = await summaries.verdicts(tx, [site["site_id"] for site in sites], campaign_id)
            versions = await versions_of(tx, "survey_campaigns", "campaign_id", campaign_id)
        of_sites = [
            {"site": site_item(site), "verdict": said[site["site_id"]]} for site in sites if site["site_id"] in said
        ]
        return json_response(campaign_item(row) | {"sites": of_sites, "versions": versions})


def _add_writing(routes: APIRouter, database: Database) -> None:
    @routes.post("/campaigns", status_code=201)
    async def add(writer: Writer, form: CampaignForm) -> Response:
        """Plan a campaign."""
        return json_response(await _put(database, writer, form, None), 201)

    @routes.put("/campaigns/{campaign_id}")
    async def correct(writer: Writer, campaign_id: UUID, form: CampaignForm) -> Response:
        """Correct a campaign: a new version."""
        need_reason(max(form.based_on, 1), form.reason)
        return json_response(await _put(database, writer, form, campaign_id))

    @routes.post("/campaigns/{campaign_id}/judge-again")
    async def judge_again(writer: Writer, campaign_id: UUID, again: Again) -> Response:
        """Judge all results by the sites and standards of today; what differs becomes a new version."""
        async with database.transaction() as tx:
            await store.lock(tx)
            await one_campaign(tx, campaign_id)
            judged, changed = await result_entry.judge_again(tx, campaign_id, change_of(writer, again.reason))
        return json_response({"results": judged, "changed": changed})


async def _put(database: Database, writer: Principal, form: CampaignForm, known: UUID | None) -> dict[str, Any]:
    if form.kind not in SURVEY_MEDIA:
        raise invalid([Problem("kind", form.kind, "不是人工监测的类别", "is no kind of manual survey")])
    campaign_id = known or uuid7()
    record = Campaign(campaign_id=campaign_id, **form.model_dump(exclude={"based_on", "reason"}))
    async with database.transaction() as tx:
        await store.lock(tx)
        existing = await store.one_campaign(tx, campaign_id)
        if existing is None and known is not None:
            raise NotFound("监测活动", "campaign", campaign_id)
        if existing is not None and existing["kind"] != record.kind and await _has_results(tx, campaign_id):
            raise Refused("kind-in-use", "已有结果，不能更改类别", "it has results: its kind stays")
        if not await store.put_campaign(tx, record, form.based_on, change_of(writer, form.reason)):
            raise conflict()
        return campaign_item(await one_campaign(tx, campaign_id))


async def _has_results(tx: Connection, campaign_id: UUID) -> bool:
    return bool(await tx.fetchval("select exists (select from survey_results where campaign_id = $1)", campaign_id))
