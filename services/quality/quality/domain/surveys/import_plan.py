"""Judging a whole sheet of sites or results: each row on its own, then against the rows above it and what is kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.sheet import SheetRow

from quality.domain.surveys.records import Campaign, Site
from quality.domain.surveys.rows import Judged, result_of, site_of

Status = Literal["created", "updated", "unchanged", "rejected"]


class RowReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What becomes of a row; `row` is its number in the file (the header is row 1). Results tell their verdict as well."""

    row: int
    status: Status
    key: str
    errors: list[Problem] = []
    outcome: str = ""
    verdict_zh: str = ""
    verdict_en: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row with its report, its text, and the site or result it makes unless it is rejected."""

    report: RowReport
    texts: Mapping[str, str]
    site: Site | None = None
    judged: Judged | None = None


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
            planned.append(_rejected(row, key, problems))
            continue
        seen[site.code] = row.number
        planned.append(PlannedRow(_report(row.number, site.code, existing.get(site.code), site), row.texts, site=site))
    return planned


def site_problems(site: Site, existing: Site | None, earlier_row: int | None = None) -> list[Problem]:
    """Return why a site cannot be kept beside what is there: given twice, or another kind under the same code."""
    if earlier_row is not None:
        return [_twice(site.code, earlier_row)]
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
    withdrawn: Collection[UUID] = (),
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
            problems = _withdrawn(judged, withdrawn) or _against_kept(
                judged, existing.get(judged.result.result_id), seen, reason, key
            )
        if judged is None or problems:
            planned.append(_rejected(row, key, problems))
            continue
        seen[judged.result.result_id] = row.number
        report = _report(row.number, key, existing.get(judged.result.result_id), judged)
        planned.append(PlannedRow(report, row.texts, judged=judged))
    return planned


def _withdrawn(judged: Judged, withdrawn: Collection[UUID]) -> list[Problem]:
    if judged.result.result_id not in withdrawn:
        return []
    return [
        Problem("", judged.result.text, "该结果已撤销，请用更正恢复", "it was withdrawn: correct it to bring it back")
    ]


def _against_kept(
    judged: Judged, existing: Judged | None, seen: Mapping[UUID, int], reason: str, key: str
) -> list[Problem]:
    earlier = seen.get(judged.result.result_id)
    if earlier is not None:
        return [_twice(key, earlier)]
    if existing is not None and existing.result != judged.result and not reason:
        return [
            Problem(
                "value",
                judged.result.text,
                f"该结果已存在（{existing.result.text}），更正须填写原因",
                f"is kept as {existing.result.text}: a correction needs a reason",
            )
        ]
    return []


def _report(number: int, key: str, existing: object, new: Site | Judged) -> RowReport:
    status: Status = "created" if existing is None else "unchanged" if existing == new else "updated"
    if isinstance(new, Judged):
        verdict = new.verdict
        return RowReport(
            row=number, status=status, key=key, outcome=verdict.outcome, verdict_zh=verdict.zh, verdict_en=verdict.en
        )
    return RowReport(row=number, status=status, key=key)


def _rejected(row: SheetRow, key: str, problems: Sequence[Problem]) -> PlannedRow:
    return PlannedRow(RowReport(row=row.number, status="rejected", key=key, errors=list(problems)), row.texts)


def _twice(key: str, earlier: int) -> Problem:
    return Problem("", key, f"与第{earlier}行重复", f"the same key as row {earlier}")


REASONS = {"item": "unknown-factor", "unit": "unit-mismatch", "sampled_at": "bad-time", "site": "unknown-site"}


def reason_of(problems: Sequence[Problem]) -> str:
    """Return the kind of the first problem that has one of its own, `bad-value` else: what set-aside rows are filtered by."""
    return next((REASONS[one.column] for one in problems if one.column in REASONS), "bad-value")
