"""What people do to results: enter, correct, withdraw, judge again; each inside the caller's transaction, which holds
`store.lock`."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_chassis.sheets.problems import Problem
from park_judging.http_edge import Changing, change_of, conflict, invalid
from park_judging.versions import Change

from quality.domain.surveys.judging import verdict_of
from quality.domain.surveys.records import Site
from quality.domain.surveys.rows import Judged, result_of
from quality.surveys import recording, store
from quality.surveys.campaign_views import one_campaign
from quality.surveys.result_forms import Correction, NewResults, Withdrawal
from quality.surveys.result_views import one_result, result_item
from quality.surveys.site_views import visible_site


async def enter(tx: Connection, writer: Principal, campaign_id: UUID, new: NewResults) -> list[dict[str, Any]]:
    """Store all results, or none. Raises Refused: 422 with every mistake of every row, 409 for those that are kept already."""
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
    return [result_item(rows[one]) for one in ids]


async def correct(tx: Connection, writer: Principal, result_id: UUID, form: Correction) -> dict[str, Any]:
    """Store the corrected result as the next version, judged anew. Raises Refused, NotFound."""
    row = await one_result(tx, result_id)
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
    return await _next(tx, sites[form.site], judged, row, form, writer)


async def withdraw(tx: Connection, writer: Principal, result_id: UUID, form: Withdrawal) -> dict[str, Any]:
    """Store the next version that says the result counts no more. Raises Refused, NotFound."""
    row = await one_result(tx, result_id)
    if row["withdrawn"]:
        raise Refused("already-withdrawn", "该结果已撤销", "the result is withdrawn already")
    site = store.site(await visible_site(tx, writer, row["site_id"]))
    return await _next(tx, site, store.judged(row), row, form, writer, withdrawn=True)


async def judge_again(tx: Connection, campaign_id: UUID, change: Change) -> tuple[int, int]:
    """Judge all results of a campaign by the sites and standards of today; return how many there are, and how many changed."""
    rows = await tx.fetch(
        "select * from survey_results where campaign_id = $1 and superseded_at is null and not withdrawn", campaign_id
    )
    sites = {site.site_id: site for site in (await _sites(tx)).values()}
    judged = [
        Judged(one.result, verdict_of(sites[one.result.site_id], one.result))
        for one in (store.judged(row) for row in rows)
    ]
    return len(judged), await recording.record_all(tx, sites, judged, change)


async def _next(
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
    return result_item(await one_result(tx, row["result_id"]))


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
