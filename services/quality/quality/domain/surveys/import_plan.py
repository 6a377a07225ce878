"""Judging a whole sheet of sites or results: each row on its own, then against the rows above it and what is kept."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from park_chassis.sheets.problems import Problem
from park_chassis.sheets.sheet import SheetRow
from park_judging.domain.laboratory.import_rows import (
    PlannedRow,
    RowReport,
    rejected,
    status_of,
    twice,
    unexplained,
    withdrawn,
)

from quality.domain.surveys.records import Campaign, Site
from quality.domain.surveys.rows import Judged, result_of, site_of


def plan_sites(
    rows: Iterable[SheetRow], existing: Mapping[str, Site], park_id: UUID, *, reason: str
) -> list[PlannedRow]:
    """Judge the rows of a sheet of sites. `existing`: the park's sites by code; to change one needs a `reason`."""
    planned = []
    seen: dict[str, int] = {}
    for row in rows:
        site, problems = site_of(row.texts, park_id)
        problems = [*row.flaws, *problems]
        key = row.texts.get("code", "").strip()
        if site is not None and not problems:
            problems = site_problems(site, existing.get(site.code), seen.get(site.code))
            problems = problems or _unexplained(site, existing.get(site.code), reason)
        if site is None or problems:
            planned.append(rejected(row, key, problems))
            continue
        seen[site.code] = row.number
        planned.append(PlannedRow(_report(row.number, site.code, existing.get(site.code), site), row.texts, site))
    return planned


def site_problems(site: Site, existing: Site | None, earlier_row: int | None = None) -> list[Problem]:
    """Return why a site cannot be kept beside what is there: given twice, or another kind under the same code."""
    if earlier_row is not None:
        return [twice(site.code, earlier_row)]
    if existing is not None and existing.kind != site.kind:
        return [
            Problem("kind", site.kind, f"该编码已是 {existing.kind} 点位", f"the code is a site of {existing.kind}")
        ]
    return []


def _unexplained(site: Site, existing: Site | None, reason: str) -> list[Problem]:
    if existing is None or existing == site or reason:
        return []
    return [Problem("code", site.code, "点位已存在且不同，更正须填写原因", "differs from what is kept: give a reason")]


def plan_results(
    rows: Iterable[SheetRow],
    campaign: Campaign,
    sites: Mapping[str, Site],
    existing: Mapping[UUID, Judged],
    *,
    withdrawn_ids: Collection[UUID] = (),
    at: datetime,
    reason: str,
) -> list[PlannedRow]:
    """Judge the rows of a sheet of results. `existing`: what stands, by id; a different result needs a `reason`,
    a withdrawn one is not brought back by an import."""
    planned = []
    seen: dict[UUID, int] = {}
    for row in rows:
        judged, problems = result_of(row.texts, campaign, sites, at)
        problems = [*row.flaws, *problems]
        key = " ".join(row.texts.get(name, "").strip() for name in ("site", "item", "sampled_at"))
        if judged is not None and not problems:
            problems = _withdrawn(judged, withdrawn_ids) or _against_kept(
                judged, existing.get(judged.result.result_id), seen, reason, key
            )
        if judged is None or problems:
            planned.append(rejected(row, key, problems))
            continue
        seen[judged.result.result_id] = row.number
        report = _report(row.number, key, existing.get(judged.result.result_id), judged)
        planned.append(PlannedRow(report, row.texts, judged))
    return planned


def _withdrawn(judged: Judged, withdrawn_ids: Collection[UUID]) -> list[Problem]:
    return [withdrawn(judged.result.text)] if judged.result.result_id in withdrawn_ids else []


def _against_kept(
    judged: Judged, existing: Judged | None, seen: Mapping[UUID, int], reason: str, key: str
) -> list[Problem]:
    earlier = seen.get(judged.result.result_id)
    if earlier is not None:
        return [twice(key, earlier)]
    if existing is not None and existing.result != judged.result and not reason:
        return [unexplained(judged.result.text, existing.result.text)]
    return []


def _report(number: int, key: str, existing: object, new: Site | Judged) -> RowReport:
    status = status_of(existing, new)
    if isinstance(new, Judged):
        verdict = new.verdict
        return RowReport(
            row=number, status=status, key=key, outcome=verdict.outcome, verdict_zh=verdict.zh, verdict_en=verdict.en
        )
    return RowReport(row=number, status=status, key=key)
