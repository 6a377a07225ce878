"""HTTP of results: entered by form, listed, corrected and withdrawn; every change is a version with author and reason."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_chassis.sheets.problems import Problem
from park_judging.http_edge import (
    Changing,
    Text,
    TextBody,
    change_of,
    conflict,
    in_order,
    invalid,
    need_reason,
    park_time,
    place_of_time,
)
from park_judging.versions import versions as versions_of
from park_schemas.codes import Medium
from pydantic import Field

from quality.domain.surveys.records import Outcome, Site
from quality.domain.surveys.rows import Judged, result_of
from quality.surveys import recording, store
from quality.surveys.campaigns_api import one_campaign
from quality.surveys.edge import Reader, Writer
from quality.surveys.sites_api import visible_site
from quality.surveys.store import Wanted


class ResultFields(TextBody):
    """One item of one sample, as the laboratory wrote it."""

    site: str = Field(description="Code of the site")
    item: str = Field(description="HJ 212 code or name of the item")
    sampled_at: str = Field(description="Park time, 2026-03-01 14:30")
    value: str = Field(description="A number; below the detection limit 0.004L, <0.004 or ND; sensory items 有 / 无")
    unit: Text = None
    detection_limit: Text = None
    method: Text = None
    sample_number: Text = None
    depth: Text = None
    averaging: Text = None
    background: Text = None
    ph: Text = None
    frequent: bool | None = None
    note: Text = None

    def as_texts(self, *leave_out: str) -> dict[str, str]:
        found: dict[str, Any] = super().as_texts("frequent", *leave_out)
        return found if self.frequent is None else found | {"frequent": "是" if self.frequent else "否"}


class NewResults(TextBody):
    """Up to 500 results at once: all of them are stored, or none."""

    results: list[ResultFields] = Field(min_length=1, max_length=500)


class Correction(Changing, ResultFields):
    """The whole result as it should be; site, item, time, depth, averaging and sample say which one it is and stay."""


class Withdrawal(Changing):
    pass


def router(database: Database) -> APIRouter:
    """Return the routes of results. Enterprise users see results of sites of their enterprise."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    _add_reading(routes, database)
    _add_entering(routes, database)
    _add_correcting(routes, database)
    return routes


def _add_reading(routes: APIRouter, database: Database) -> None:
    @routes.get("/results")
    async def results(
        reader: Reader,
        kind: Medium | None = None,
        campaign_id: UUID | None = None,
        site_id: UUID | None = None,
        item: Annotated[str | None, Query(max_length=60, description="Key of the item")] = None,
        outcome: Outcome | None = None,
        since: Annotated[datetime | None, Query(alias="from", description="Sampled, inclusive")] = None,
        until: Annotated[datetime | None, Query(alias="to", description="Sampled, exclusive")] = None,
        withdrawn: bool = False,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Results with their verdicts, sampled last first, and how many there are by outcome."""
        in_order(park_time(since), park_time(until))
        wanted = Wanted(
            enterprise_id=reader.enterprise_id, kind=kind, campaign_id=campaign_id, site_id=site_id, item=item,
            outcome=outcome, since=park_time(since), until=park_time(until),
            withdrawn=withdrawn,
        )  # fmt: skip
        async with database.reading() as tx:
            rows = await store.results(tx, wanted, limit=None if file else limit, after=place_of_time(cursor))
            counts = await store.count_results(tx, wanted)
        items = [result_item(row) | {"site": _site_of(row)} for row in rows]
        if file is not None:
            return table_response(file, "监测结果", _COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["sampled_at"].isoformat(), str(last["result_id"])) if last else None
        return json_response(page(items, following, sum(counts.values())) | {"counts": counts})

    @routes.get("/results/{result_id}")
    async def result(reader: Reader, result_id: UUID) -> Response:
        """A result with all its versions, newest first."""
        async with database.reading() as tx:
            row = await _one(tx, result_id)
            await visible_site(tx, reader, row["site_id"])
            versions = await versions_of(tx, "survey_results", "result_id", result_id)
        return json_response(result_item(row) | {"versions": versions})


def _add_entering(routes: APIRouter, database: Database) -> None:
    @routes.post("/campaigns/{campaign_id}/results", status_code=201)
    async def enter(writer: Writer, campaign_id: UUID, new: NewResults) -> Response:
        """Enter results of a campaign by form."""
        async with database.transaction() as tx:
            await store.lock(tx)
            campaign = store.campaign(await one_campaign(tx, campaign_id))
            sites = await _sites(tx)
            judged: list[Judged] = []
            problems: list[Problem] = []
            for number, fields in enumerate(new.results):
                one, flaws = result_of(fields.as_texts(), campaign, sites, now())
                problems += [msgspec.structs.replace(flaw, column=f"results.{number}.{flaw.column}") for flaw in flaws]
                judged += [one] if one else []
            if problems:
                raise invalid(problems)
            ids = [one.result.result_id for one in judged]
            standing = await store.newest_results(tx, ids)
            if standing or len(set(ids)) < len(ids):
                raise _already(judged, standing)
            by_id = {site.site_id: site for site in sites.values()}
            await recording.record_all(tx, by_id, judged, change_of(writer, ""))
            rows = await store.newest_results(tx, ids)
        return json_response({"items": [result_item(rows[one]) for one in ids]}, 201)


def _add_correcting(routes: APIRouter, database: Database) -> None:
    @routes.put("/results/{result_id}")
    async def correct(writer: Writer, result_id: UUID, form: Correction) -> Response:
        """Correct a result: the next version, judged anew. A withdrawn one stands again by this."""
        need_reason(max(form.based_on, 1), form.reason)
        async with database.transaction() as tx:
            await store.lock(tx)
            row = await _one(tx, result_id)
            campaign = store.campaign(await one_campaign(tx, row["campaign_id"]))
            sites = await _sites(tx)
            judged, problems = result_of(form.as_texts("based_on", "reason"), campaign, sites, now())
            if judged is None:
                raise invalid(problems)
            if judged.result.result_id != result_id:
                raise Refused(
                    "another-result",
                    "点位、项目、采样时间、深度、取值时间和样品编号不能更正，请撤销后重新录入",
                    "site, item, time, depth, averaging and sample stay: withdraw it and enter it anew",
                    status=422,
                )
            site = sites[form.site]
            return json_response(await _put(tx, site, judged, row, form, writer))

    @routes.post("/results/{result_id}/withdraw")
    async def withdraw(writer: Writer, result_id: UUID, form: Withdrawal) -> Response:
        """Withdraw a result entered by mistake: the next version says so, it counts no more."""
        need_reason(1, form.reason)
        async with database.transaction() as tx:
            await store.lock(tx)
            row = await _one(tx, result_id)
            if row["withdrawn"]:
                raise Refused("already-withdrawn", "该结果已撤销", "the result is withdrawn already")
            site = store.site(await visible_site(tx, writer, row["site_id"]))
            return json_response(await _put(tx, site, store.judged(row), row, form, writer, withdrawn=True))


async def _put(
    tx: Connection,
    site: Site,
    judged: Judged,
    row: asyncpg.Record,
    form: Changing,
    writer: Principal,
    *,
    withdrawn: bool = False,
) -> dict[str, Any]:
    if row["version"] != form.based_on:
        raise conflict()
    await recording.record(tx, site, judged, row, change_of(writer, form.reason), withdrawn=withdrawn)
    return result_item(await _one(tx, row["result_id"]))


async def _one(tx: Connection, result_id: UUID) -> asyncpg.Record:
    row = (await store.newest_results(tx, [result_id])).get(result_id)
    if row is None:
        raise NotFound("监测结果", "result", result_id)
    return row


async def _sites(tx: Connection) -> dict[str, Site]:
    return {code: store.site(row) for code, row in (await store.sites_by_code(tx)).items()}


def _already(judged: list[Judged], standing: dict[UUID, asyncpg.Record]) -> Refused:
    seen: set[UUID] = set()
    errors: list[dict[str, Any]] = []
    for number, one in enumerate(judged):
        if one.result.result_id in standing or one.result.result_id in seen:
            errors.append(
                {
                    "where": f"results.{number}",
                    "what": "is kept already, or given twice: correct it instead",
                    "what_zh": "已存在或重复，请改用更正",
                    "result_id": one.result.result_id if one.result.result_id in standing else None,
                }
            )
        seen.add(one.result.result_id)
    return Refused("result-is-known", "结果已存在", "results are kept already", errors=errors)


def result_item(row: asyncpg.Record) -> dict[str, Any]:
    """Return a result as it is shown: every field, its verdict, its version and who made it."""
    one = store.judged(row)
    shown = ("version", "withdrawn", "author", "reason", "made_at")
    return {**msgspec.structs.asdict(one.result), "verdict": one.verdict, **{name: row[name] for name in shown}}


def _site_of(row: asyncpg.Record) -> dict[str, Any]:
    site = msgspec.convert(row["site"], Site)
    return {"code": site.code, "name_zh": site.name_zh, "name_en": site.name_en, "category": site.category}


_COLUMNS: list[Column] = [
    Column("点位编码 / site", lambda one: one["site"]["code"]),
    Column("点位名称 / name", lambda one: one["site"]["name_zh"], 30),
    Column("采样时间 / sampled at", lambda one: one["sampled_at"]),
    Column("项目 / item", lambda one: one["item_name_zh"]),
    Column("项目英文名 / item (English)", lambda one: one["item_name_en"], 24),
    Column("结果 / value", lambda one: one["text"]),
    Column("单位 / unit", lambda one: one["unit"]),
    Column("检出限 / detection limit", lambda one: one["detection_limit"]),
    Column("方法 / method", lambda one: one["method"]),
    Column("深度 / depth", lambda one: one["depth"]),
    Column("结论 / outcome", lambda one: one["verdict"].outcome.value),
    Column("类别或风险 / grade", lambda one: one["verdict"].grade),
    Column("限值 / limit", lambda one: one["verdict"].limit),
    Column("标准 / standard", lambda one: one["verdict"].standard),
    Column("条款 / clause", lambda one: one["verdict"].clause),
    Column("可信度 / confidence", lambda one: one["verdict"].confidence),
    Column("说明 / explanation", lambda one: one["verdict"].zh, 60),
    Column("版本 / version", lambda one: one["version"]),
]
