"""Judging a whole sheet: each row is checked on its own, against the archive, and against the rows above it.

A bad row never keeps a good one out. What the good rows above establish (a new enterprise in an enterprises sheet, a
limit in a limits sheet) counts for the rows below.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Struct
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.row_reading import read_row
from park_chassis.sheets.sheet import SheetRow

from archive.domain.coordinates import Datum, to_cgcs2000
from archive.domain.limit_rules import complete_limit, overlap_problem, overlapping
from archive.domain.records import Device, Kind, Limit, Record
from archive.domain.row_rules import Surroundings, problems_of_row
from archive.domain.sheets import SHEETS, Sheet

Status = Literal["created", "updated", "unchanged", "rejected"]


class RowReport(Struct, frozen=True, kw_only=True):
    """What became of one row; `row` is its number in the file, as a spreadsheet shows it (the header is row 1)."""

    row: int
    status: Status
    key: str
    errors: list[Problem] = []


@dataclass
class Ledger:
    """What the rows so far have established: which keys came where, the limits of each point, the MN spellings."""

    existing: Mapping[str, Record]
    seen: dict[str, int] = field(default_factory=dict)
    limits: dict[str, dict[str, Limit]] = field(default_factory=dict)
    devices_at: dict[str, tuple[str, int]] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)

    def limits_of(self, point_code: str) -> dict[str, Limit]:
        """Return the limits of a point by key, as they will be after the rows so far."""
        if point_code not in self.limits:
            self.limits[point_code] = {
                record.key: record
                for record in self.existing.values()
                if isinstance(record, Limit) and record.point_code == point_code
            }
        return self.limits[point_code]


@dataclass(frozen=True)
class JudgedRow:
    """A row with its report and, unless rejected, the record it makes."""

    report: RowReport
    record: Record | None


def judge_rows(
    kind: Kind,
    rows: Iterable[SheetRow],
    around: Surroundings,
    existing: Mapping[str, Record],
    datum: Datum = Datum.CGCS2000,
) -> Iterator[JudgedRow]:
    """Yield each row judged, in file order. `existing` is what the archive holds of this kind, by key."""
    ledger = Ledger(existing)
    for row in rows:
        yield _judge(SHEETS[kind], row, around, ledger, datum)


def record_of(
    kind: Kind, texts: Mapping[str, str], around: Surroundings, datum: Datum = Datum.CGCS2000
) -> tuple[Record | None, list[Problem]]:
    """Return the record that the fields of a form or a row make, or all problems of them."""
    sheet = SHEETS[kind]
    values, problems = read_row(sheet, texts)
    _convert(values, datum)
    problems += problems_of_row(kind, values, around)
    if kind is Kind.LIMITS:
        limit, more = complete_limit(values, around)
        return (None if problems else limit), problems + _unsaid(more, problems)
    if problems:
        return None, problems
    return sheet.record(**_with_english(values)), []


def _judge(sheet: Sheet, row: SheetRow, around: Surroundings, ledger: Ledger, datum: Datum) -> JudgedRow:
    record, problems = record_of(sheet.kind, row.texts, around, datum)
    problems = [*row.flaws, *problems]
    if record is not None and not problems:
        problems = _against_rows_above(record, row.number, ledger)
    if record is None or problems:
        key = row.texts.get(sheet.columns[0].name, "").strip()
        return JudgedRow(RowReport(row=row.number, status="rejected", key=key, errors=problems), None)
    _enter(record, row.number, ledger)
    report = RowReport(row=row.number, status=status_of(record, ledger.existing.get(record.key)), key=record.key)
    return JudgedRow(report, record)


def status_of(record: Record, existing: Record | None) -> Status:
    """Say what storing the record does."""
    if existing is None:
        return "created"
    return "unchanged" if existing == record else "updated"


def _against_rows_above(record: Record, number: int, ledger: Ledger) -> list[Problem]:
    earlier = ledger.seen.get(record.key)
    if earlier is not None:
        return [_twice(record.key, earlier)]
    if isinstance(record, Limit):
        others = ledger.limits_of(record.point_code)
        other = overlapping(record, (one for key, one in others.items() if key != record.key))
        return [overlap_problem(record, other)] if other else []
    if isinstance(record, Device):
        return _device_clash(record, ledger)
    return []


def _device_clash(device: Device, ledger: Ledger) -> list[Problem]:
    spelling = ledger.spellings.get(device.mn.upper())
    if spelling is not None:
        return [
            Problem("mn", device.mn, f"与上面的 MN {spelling} 仅大小写不同", f"differs from {spelling} only in case")
        ]
    held = ledger.devices_at.get(device.point_code)
    if device.active and held is not None:
        mn, row = held
        return [
            Problem(
                "point_code",
                device.point_code,
                f"第{row}行已为该点位登记数采仪 {mn}",
                f"row {row} already gives this point the device {mn}",
            )
        ]
    return []


def _enter(record: Record, number: int, ledger: Ledger) -> None:
    ledger.seen[record.key] = number
    if isinstance(record, Limit):
        ledger.limits_of(record.point_code)[record.key] = record
    if isinstance(record, Device):
        ledger.spellings[record.mn.upper()] = record.mn
        if record.active:
            ledger.devices_at[record.point_code] = (record.mn, number)


def _twice(key: str, earlier: int) -> Problem:
    return Problem("", key, f"与第{earlier}行重复", f"the same key as row {earlier}")


def _unsaid(problems: list[Problem], said: list[Problem]) -> list[Problem]:
    """Leave out "is required" of cells that are there but could not be read: that has been said."""
    columns = {problem.column for problem in said}
    if columns & {"upper", "lower"}:
        columns |= {"upper", "lower"}
    return [problem for problem in problems if problem.column not in columns]


def _convert(values: dict[str, Any], datum: Datum) -> None:
    if "longitude" in values and "latitude" in values:
        values["longitude"], values["latitude"] = to_cgcs2000(values["longitude"], values["latitude"], datum)


def _with_english(values: dict[str, Any]) -> dict[str, Any]:
    """Names without an English form are shown in Chinese rather than empty."""
    if "name_zh" in values:
        values.setdefault("name_en", values["name_zh"])
    return values
