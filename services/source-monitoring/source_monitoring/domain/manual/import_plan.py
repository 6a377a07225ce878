"""Judging a whole sheet of results: each row on its own, then against the rows above it and what is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
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
from park_schemas.registry import PointRecord

from source_monitoring.domain.manual.results import ManualResult, result_of
from source_monitoring.domain.manual.verdicts import verdict_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A result that is kept, and whether it was withdrawn."""

    result: ManualResult
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row with the result it makes, or its problems."""

    row: SheetRow
    result: ManualResult | None
    problems: list[Problem]

    @property
    def key(self) -> str:
        return " ".join(self.row.texts.get(name, "").strip() for name in ("point", "factor", "sampled_at"))


def read_rows(rows: Iterable[SheetRow], points: Sequence[PointRecord], at: datetime) -> list[ReadRow]:
    """Read each row on its own."""
    found = []
    for row in rows:
        result, problems = result_of(row.texts, points, at)
        found.append(ReadRow(row, result, [*row.flaws, *problems]))
    return found


def plan_results(
    rows: Iterable[ReadRow], points: Mapping[UUID, PointRecord], existing: Mapping[UUID, Standing], *, reason: str
) -> list[PlannedRow]:
    """Judge rows together. `existing`: what is kept under their ids; a different result needs a `reason`, a withdrawn one is not
    brought back by an import."""
    planned, seen = [], dict[UUID, int]()
    for one in rows:
        result, problems = _with_kept_evidence(one.result, existing), one.problems
        if result is not None and not problems:
            problems = _against_kept(
                result, existing.get(result.result_id), seen.get(result.result_id), reason, one.key
            )
        if result is None or problems:
            planned.append(rejected(one.row, one.key, problems))
            continue
        seen[result.result_id] = one.row.number
        standing = existing.get(result.result_id)
        verdict = verdict_of(points[result.point_id], result)
        report = RowReport(
            row=one.row.number, status=status_of(standing.result if standing else None, result), key=one.key,
            outcome=verdict.outcome, verdict_zh=verdict.zh, verdict_en=verdict.en,
        )  # fmt: skip
        planned.append(PlannedRow(report, one.row.texts, result))
    return planned


def _with_kept_evidence(result: ManualResult | None, existing: Mapping[UUID, Standing]) -> ManualResult | None:
    """A sheet says nothing of files: what is attached stays."""
    standing = existing.get(result.result_id) if result else None
    return msgspec.structs.replace(result, evidence=standing.result.evidence) if result and standing else result


def _against_kept(
    result: ManualResult, standing: Standing | None, earlier_row: int | None, reason: str, key: str
) -> list[Problem]:
    if earlier_row is not None:
        return [twice(key, earlier_row)]
    if standing is None:
        return []
    if standing.withdrawn:
        return [withdrawn(result.text)]
    if standing.result != result and not reason:
        return [unexplained(result.text, standing.result.text)]
    return []
