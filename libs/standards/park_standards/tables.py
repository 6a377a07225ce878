"""Reading the packaged CSV tables. Each file names its standard, edition and confidence row by row."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files

from park_standards.errors import BrokenTable

Row = dict[str, str]


def rows_of(name: str) -> Iterator[tuple[int, Row]]:
    """Yield (line number, row) of the packaged table `name`; the header is line 1."""
    text = files("park_standards").joinpath("data", name).read_text(encoding="utf-8")
    reader = csv.DictReader(text.splitlines())
    for number, row in enumerate(reader, start=2):
        if None in row or None in row.values():
            raise BrokenTable(f"{name} line {number}: number of cells differs from the header")
        yield number, dict(row)


def decimal_cell(name: str, number: int, column: str, text: str) -> Decimal:
    """Read a number cell exactly as printed ("1.0" keeps its decimal).

    Raises BrokenTable naming file, line and column.
    """
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise BrokenTable(f"{name} line {number}, column {column}: {text!r} is not a number") from error
    if not value.is_finite():
        raise BrokenTable(f"{name} line {number}, column {column}: {text!r} is not finite")
    return value


def date_cell(name: str, number: int, column: str, text: str) -> date | None:
    """Read an ISO date; an empty cell is None."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BrokenTable(f"{name} line {number}, column {column}: {text!r} is not a date") from error
