"""The fields of a kind of record: one table that drives forms, import sheets, templates and their explanations.

The first title of a column is Chinese, the second English; an import file may use either, or the field's own name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from park_chassis.sheets.cells import Reader
from park_chassis.sheets.problems import Problem


@dataclass(frozen=True)
class Column:
    """A field: its name, titles, reader, and for the template an example and an explanation."""

    name: str
    zh: str
    en: str
    read: Reader
    example: str = ""
    required: bool = False
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All fields of a kind of record, in the order of the template."""

    title_zh: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class SheetRow:
    """A row as read from the file: its number, the text of each field, and what could not be read at all."""

    number: int
    texts: Mapping[str, str]
    flaws: tuple[Problem, ...] = ()
