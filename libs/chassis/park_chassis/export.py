"""Tables as files: CSV with a byte order mark (Excel reads it as UTF-8) and xlsx; exactly the rows that were filtered."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

import xlsxwriter
from fastapi import Response
from fastapi.responses import StreamingResponse
from park_schemas.park_time import PARK_TIME_ZONE

Format = Literal["csv", "xlsx"]

_FORMULA_STARTERS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column: its title, and how its value is taken from a row."""

    title: str
    value: Callable[[Any], Any]
    width: int = 18


def table_response(file_format: Format, filename: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Answer with the table as a download; `filename` has no ending. Times are written as park time (UTC+8)."""
    disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}.{file_format}"}
    if file_format == "csv":
        return StreamingResponse(_csv_lines(columns, rows), media_type="text/csv; charset=utf-8", headers=disposition)
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(workbook(columns, rows), media_type=media_type, headers=disposition)


def workbook(columns: Sequence[Column], rows: Iterable[Any], *, sheet: str = "Sheet1") -> bytes:
    """Return an xlsx file: frozen and repeated header row, filter, long codes as text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(sheet)
    header = book.add_format({"bold": True, "bg_color": "#e8eef5", "border": 1})
    for number, column in enumerate(columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, column.title, header)
    last = 0
    for last, row in enumerate(rows, start=1):
        for number, column in enumerate(columns):
            _write_cell(page, last, number, _cell(column.value(row)))
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.autofilter(0, 0, last, max(0, len(columns) - 1))
    book.close()
    return buffer.getvalue()


def _csv_lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    yield "\ufeff" + _csv_line([column.title for column in columns])
    for row in rows:
        yield _csv_line([_defused(_cell(column.value(row))) for column in columns])


def _csv_line(cells: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(PARK_TIME_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    return "" if value is None else value


def _defused(cell: Any) -> Any:
    """Keep text from being run as a formula by a spreadsheet program (CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTERS) else cell


def _write_cell(page: Any, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, str(cell))
