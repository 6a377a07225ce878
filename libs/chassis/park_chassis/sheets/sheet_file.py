"""Import files: xlsx (first sheet) or CSV in, rows of text out; and the template to fill in.

Bounded on purpose: rows, columns and, for xlsx, the unpacked size, so that a small file cannot unfold into a large one.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from park_chassis.sheets.problems import Problem
from park_chassis.sheets.row_reading import header_of
from park_chassis.sheets.sheet import Sheet, SheetRow

_MAX_COLUMNS = 60
_MAX_UNPACKED_BYTES = 100_000_000


class UnreadableFile(Exception):
    """The file as a whole cannot be read; nothing of it was stored. `problems` names bad columns, when that is why."""

    def __init__(self, zh: str, en: str, problems: list[Problem] | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.problems = problems or []


def rows_of_file(content: bytes, sheet: Sheet, *, max_rows: int, keep_strange: bool = False) -> list[SheetRow]:
    """Return the data rows of a file, blank ones left out.

    With `keep_strange` rows under titles that are not right are read all the same, as long as one title is: each says what
    is wrong with the titles, and keeps what stands under a strange one by that title.
    Raises UnreadableFile: neither xlsx nor CSV text, bad header, too many rows, nothing in it.
    """
    lines = _xlsx_lines(content) if content[:4] == b"PK\x03\x04" else _csv_lines(content)
    header: list[str | None] = []
    faults: tuple[Problem, ...] = ()
    rows: list[SheetRow] = []
    for number, cells in enumerate(lines, start=1):
        if not header:
            header, faults = _header(sheet, cells, number, keep_strange=keep_strange)
            continue
        texts = {name: text for name, text in zip(header, cells, strict=False) if name is not None}
        if any(text.strip() for text in cells):
            rows.append(SheetRow(number, texts, (*faults, *_beyond(header, cells))))
        if len(rows) > max_rows:
            raise UnreadableFile(f"超过 {max_rows} 行，请分批导入", f"more than {max_rows} rows; import in parts")
    if not rows:
        raise UnreadableFile("文件中没有数据行", "the file has no data rows")
    return rows


def _header(
    sheet: Sheet, cells: list[str], number: int, *, keep_strange: bool
) -> tuple[list[str | None], tuple[Problem, ...]]:
    names, problems = header_of(sheet, cells)
    if number != 1 or not problems:
        return names, ()
    if not keep_strange or not any(names):
        raise UnreadableFile("表头有误，请使用模板", "the header row is not right; use the template", problems)
    return _by_title(names, cells), tuple(problems)


def _by_title(names: list[str | None], cells: list[str]) -> list[str | None]:
    """Name strange columns, and those given twice, by their title: nothing that was written is lost."""
    found: list[str | None] = []
    for position, (name, title) in enumerate(zip(names, cells, strict=True), start=1):
        strange = title.strip()[:40] or None
        taken = (name or strange) in found
        found.append(f"{strange} ({position})" if taken else name or strange)
    return found


def _beyond(header: list[str | None], cells: list[str]) -> tuple[Problem, ...]:
    known = {position for position, name in enumerate(header) if name is not None}
    strays = [cell for position, cell in enumerate(cells) if position not in known and cell.strip()]
    if not strays:
        return ()
    return (Problem("", strays[0][:200], "内容在没有标题的列中", "text in a column that has no title"),)


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    sample = text[:4096]
    delimiter = "\t" if sample.count("\t") > sample.count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise UnreadableFile(f"CSV 格式错误：{error}", f"broken CSV: {error}") from error


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise UnreadableFile("既不是 xlsx 也不是文本", "neither xlsx nor text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("文字编码不是 UTF-8 或 GB18030", "the text is neither UTF-8 nor GB18030")


def _xlsx_lines(content: bytes) -> Iterator[list[str]]:
    import openpyxl  # 15 MB that only imports of workbooks need
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MAX_UNPACKED_BYTES:
                raise UnreadableFile("解压后过大", "too large when unpacked")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise UnreadableFile(f"不是可读的 xlsx：{error}", f"not a readable xlsx: {error}") from error
    try:
        page = book.worksheets[0]
        for row in page.iter_rows(max_col=_MAX_COLUMNS, values_only=True):
            yield [_text(cell) for cell in row]
    finally:
        book.close()


def _text(cell: Any) -> str:
    """Return a cell as people see it: whole numbers without ".0", days without midnight."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def template_of(sheet: Sheet) -> bytes:
    """Return an xlsx to fill in: titles (required ones coloured, with *), one example row, and a sheet of explanations."""
    import openpyxl
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    required = PatternFill("solid", fgColor="FFF2CC")
    book = openpyxl.Workbook()
    page = book.active
    if page is None:
        raise AssertionError("a new workbook has a sheet")
    page.title = sheet.title_zh
    notes = book.create_sheet("说明 Notes")
    notes.append(["列 Column", "English", "必填 Required", "示例 Example", "说明", "Note"])
    for position, column in enumerate(sheet.columns, start=1):
        title = page.cell(1, position, column.zh + (" *" if column.required else ""))
        title.font = Font(bold=True)
        if column.required:
            title.fill = required
        page.cell(2, position, column.example).number_format = "@"
        page.column_dimensions[get_column_letter(position)].width = max(14, len(column.example) + 4)
        notes.append(
            [column.zh, column.en, "是 yes" if column.required else "", column.example, column.note_zh, column.note_en]
        )
    page.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
