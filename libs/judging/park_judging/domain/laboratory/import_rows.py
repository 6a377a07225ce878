"""What becomes of the rows of a sheet: reports, and what they say when rows meet each other or what is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from msgspec import Struct
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.row_reading import is_of_header
from park_chassis.sheets.sheet import SheetRow

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
    """A row with its report, its text, and the record it makes unless it is rejected."""

    report: RowReport
    texts: Mapping[str, str]
    made: Any = None


def status_of(existing: object, new: object) -> Status:
    """Return what storing `new` over `existing` (None: nothing is there) does."""
    return "created" if existing is None else "unchanged" if existing == new else "updated"


def rejected(row: SheetRow, key: str, problems: Sequence[Problem]) -> PlannedRow:
    return PlannedRow(RowReport(row=row.number, status="rejected", key=key, errors=list(problems)), row.texts)


def twice(key: str, earlier: int) -> Problem:
    """Say that an earlier row of the file has the same key."""
    return Problem("", key, f"与第{earlier}行重复", f"the same key as row {earlier}")


def withdrawn(text: str) -> Problem:
    """Say that a result was withdrawn: an import does not bring it back."""
    return Problem("", text, "该结果已撤销，请用更正恢复", "it was withdrawn: correct it to bring it back")


def unexplained(text: str, kept: str) -> Problem:
    """Say that a different result is kept under the key: changing it needs a reason."""
    return Problem(
        "value",
        text,
        f"该结果已存在（{kept}），更正须填写原因",
        f"is kept as {kept}: a correction needs a reason",
    )


WRONG_COLUMNS = "wrong-columns"
REASONS = {
    "item": "unknown-factor",
    "factor": "unknown-factor",
    "unit": "unit-mismatch",
    "sampled_at": "bad-time",
    "site": "unknown-site",
    "point": "unknown-site",
}


def reason_of(problems: Sequence[Problem]) -> str:
    """Return what set-aside rows are filtered by: wrong titles of the file, else the kind of the first problem that has one
    of its own, else `bad-value`."""
    if any(is_of_header(one) for one in problems):
        return WRONG_COLUMNS
    return next((REASONS[one.column] for one in problems if one.column in REASONS), "bad-value")
