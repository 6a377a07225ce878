"""Codes by name: factors, commands, marks, system types, information codes, return codes.

Unknown codes are normal in the field; every look-up answers None (or nothing) for them and raises nothing.
Sources: data/SOURCES.md, and the notes of each row.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from .code_types import CommandForm, Factor, InfoCode, Mark, ReturnCode, SystemType
from .editions import Edition
from .tables.commands import COMMANDS
from .tables.factors import FACTORS
from .tables.info_codes import INFO_CODES
from .tables.marks import MARKS
from .tables.returns import RETURNS
from .tables.systems import SYSTEMS

__all__ = [
    "COMMANDS",
    "FACTORS",
    "INFO_CODES",
    "MARKS",
    "RETURNS",
    "SYSTEMS",
    "CommandForm",
    "Factor",
    "InfoCode",
    "Mark",
    "ReturnCode",
    "SystemType",
    "command_forms",
    "current_code",
    "factor",
    "info_code",
    "legacy_code",
    "lookup",
    "mark",
    "system_type",
]

Row = CommandForm | Factor | InfoCode | Mark | ReturnCode | SystemType

# The tables' edition of each dialect; newer tables are incomplete and fall back on older ones.
_TABLE_ORDER: Final[dict[Edition, tuple[str, ...]]] = {
    Edition.HJT_2005: ("2005", "legacy(2017 col)", "2017"),
    Edition.HJ_2017: ("2017", "2005", "legacy(2017 col)"),
    Edition.HJ_2025: ("2025", "2017", "2005", "legacy(2017 col)"),
    Edition.SURFACE_WATER: ("2017", "2005", "legacy(2017 col)"),
    Edition.UNKNOWN: ("2017", "2005", "2025", "legacy(2017 col)"),
}


@cache
def _factors() -> dict[tuple[str, str], Factor]:
    found: dict[tuple[str, str], Factor] = {}
    for row in FACTORS:
        found.setdefault((row.code, row.edition), row)
    return found


def factor(code: str, edition: Edition = Edition.HJ_2017) -> Factor | None:
    """Return the factor of `code`, from the table of `edition` first, else from the others; None if unknown.

    Devices mix codes of editions, so the edition prefers and does not exclude. Leading zeros matter: 01 is not 001.
    A family row (``e701xx``: last two digits are the equipment number) answers for its members.
    """
    tables = _factors()
    spelled = (code, f"{code[:4]}xx", f"{code[:2]}xxxx") if len(code) == 6 else (code,)
    for name in spelled:
        for year in _TABLE_ORDER[edition]:
            row = tables.get((name, year))
            if row is not None:
                return row
    return None


def current_code(legacy: str, medium: str | None = None) -> str | None:
    """Return the 2017 code of a 2005 code (``011`` -> ``w01018``), or None. `medium` as in the factor table."""
    for row in FACTORS:
        if row.edition == "2017" and row.legacy_code == legacy and medium in (None, row.medium):
            return row.code
    return None


def legacy_code(code: str) -> str | None:
    """Return the 2005 code of a 2017 code (``w01018`` -> ``011``), or None."""
    row = _factors().get((code, "2017"))
    return row.legacy_code or None if row else None


@cache
def _commands() -> dict[str, tuple[CommandForm, ...]]:
    return {row.cn: tuple(form for form in COMMANDS if form.cn == row.cn) for row in COMMANDS}


def command_forms(cn: str, edition: Edition | None = None) -> tuple[CommandForm, ...]:
    """Return every form of a command, or those of one edition (the surface-water dialect uses those of 2025)."""
    forms = _commands().get(cn, ())
    if edition is None or edition is Edition.UNKNOWN:
        return forms
    year = "2025" if edition is Edition.SURFACE_WATER else edition.value
    return tuple(form for form in forms if year in form.editions)


def mark(text: str, edition: Edition = Edition.HJ_2017) -> Mark | None:
    """Return what a data mark means in `edition`; None if its list does not have it."""
    year = "2017" if edition in (Edition.SURFACE_WATER, Edition.UNKNOWN) else edition.value
    return next((row for row in MARKS if row.mark == text and row.edition == year), None)


def system_type(st: str) -> SystemType | None:
    """Return the system type of an ST, or None."""
    return next((row for row in SYSTEMS if row.st == st), None)


def info_code(code: str) -> InfoCode | None:
    """Return an information code (``i12001``), case-insensitively; ``i3331x`` answers for its ten points."""
    lower = code.lower()
    for row in INFO_CODES:
        if row.code == lower or (row.code.endswith("x") and row.code[:-1] == lower[:-1] and lower[-1:].isdigit()):
            return row
    return None


def lookup(text: str) -> list[Row]:
    """Return every row that has `text` as its code, or in its Chinese or English name (case-insensitively)."""
    if not text.strip():
        return []
    tables: tuple[tuple[Row, ...], ...] = (COMMANDS, FACTORS, INFO_CODES, MARKS, SYSTEMS)
    rows = [row for table in tables for row in table]
    exact = [row for row in rows if text in (row[0], getattr(row, "legacy_code", None))]
    if exact:
        return exact
    named: list[Row] = [row for row in (factor(text), info_code(text)) if row is not None]
    if named:
        return named
    folded = text.casefold()
    return [row for row in rows if folded in row.name_zh.casefold() or folded in row.name_en.casefold()]
