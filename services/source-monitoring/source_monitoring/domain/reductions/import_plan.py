"""What an import of the reduction list would do, row by row. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from msgspec import Struct
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.sheet import SheetRow

from source_monitoring.domain.reductions.reduction_list import ListedLine
from source_monitoring.domain.reductions.sheet import Places, line_of

Status = Literal["created", "updated", "unchanged", "rejected"]
LineKey = tuple[UUID, str]


class RowReport(Struct, frozen=True, kw_only=True):
    """What becomes of a row; `row` is its number in the file (the header is row 1)."""

    row: int
    status: Status
    key: str
    errors: list[Problem] = []


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row's report, and the line it makes unless it is rejected."""

    report: RowReport
    line: ListedLine | None


def read_rows(rows: Iterable[SheetRow], places: Places) -> list[PlannedRow]:
    """Read each row on its own and against the rows above it; what stands on the list is not looked at yet."""
    planned: list[PlannedRow] = []
    seen: dict[LineKey, int] = {}
    for row in rows:
        line, problems = line_of(row.texts, places)
        problems = [*row.flaws, *problems]
        key = " / ".join(filter(None, (row.texts.get("enterprise", "").strip(), row.texts.get("line", "").strip())))
        if line is not None and (earlier := seen.setdefault((line.enterprise_id, line.line), row.number)) != row.number:
            problems.append(Problem("line", line.line, f"与第 {earlier} 行重复", f"the same line as in row {earlier}"))
        status: Status = "rejected" if problems else "created"
        planned.append(PlannedRow(RowReport(row=row.number, status=status, key=key, errors=problems), line))
    return planned


def against_list(planned: Iterable[PlannedRow], standing: Mapping[LineKey, ListedLine]) -> list[PlannedRow]:
    """Say of each good row whether it is new, changes a line or says what is there already."""
    return [
        one
        if one.line is None or one.report.errors
        else PlannedRow(_standing(one.report, one.line, standing), one.line)
        for one in planned
    ]


def _standing(report: RowReport, line: ListedLine, standing: Mapping[LineKey, ListedLine]) -> RowReport:
    before = standing.get((line.enterprise_id, line.line))
    status: Status = "created" if before is None else "unchanged" if before == line else "updated"
    return RowReport(row=report.row, status=status, key=report.key)
