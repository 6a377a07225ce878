"""From text cells to typed values: every error of the row is collected, none hides another."""

from collections.abc import Mapping, Sequence
from typing import Any

from park_chassis.sheets.problems import BadCell, Problem
from park_chassis.sheets.sheet import Sheet

_SHOWN = 200
_UNKNOWN, _TWICE, _MISSING = "unknown column", "column given twice", "is missing"


def read_row(sheet: Sheet, texts: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values that could be read, by field name, and the problems of all others.

    `texts` holds text by field name; an absent or blank cell means the field's default. Names that are not fields of
    the sheet are ignored here (`header_of` and the forms refuse them).
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column in sheet.columns:
        cell = texts.get(column.name, "").strip()
        if not cell:
            if column.required:
                problems.append(Problem(column.name, "", f"{column.zh} 必填", f"{column.en} is required"))
            continue
        try:
            values[column.name] = column.read(cell)
        except BadCell as flaw:
            problems.append(Problem(column.name, cell[:_SHOWN], flaw.what_zh, flaw.what_en))
    return values, problems


def header_of(sheet: Sheet, titles: Sequence[str]) -> tuple[list[str | None], list[Problem]]:
    """Map the titles of a file's first row to field names; blank titles give None.

    Problems: a title that is no field of the sheet, a field given twice, a required field that is missing.
    """
    known = {title: column.name for column in sheet.columns for title in (column.name, column.zh, column.en.casefold())}
    names: list[str | None] = []
    problems: list[Problem] = []
    for title in titles:
        plain = title.strip().rstrip("*").strip()
        name = known.get(plain) or known.get(plain.casefold())
        if plain and name is None:
            problems.append(Problem(plain, plain, "未知的列", _UNKNOWN))
        elif name is not None and name in names:
            problems.append(Problem(name, plain, "列重复", _TWICE))
        names.append(name)
    problems += [
        Problem(column.name, "", f"缺少列 {column.zh}", f"column {column.en} {_MISSING}")
        for column in sheet.columns
        if column.required and column.name not in names
    ]
    return names, problems


def is_of_header(problem: Problem) -> bool:
    """Say whether a problem is one of the file's titles (`header_of`), not of a cell."""
    return problem.what_en in {_UNKNOWN, _TWICE} or problem.what_en.endswith(_MISSING)
