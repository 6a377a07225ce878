"""The row types of the code tables. Editions are named "2005", "2017", "2025"."""

from __future__ import annotations

from typing import NamedTuple


class CommandForm(NamedTuple):
    """One command in one direction (a CN may have several forms: request, upload, another meaning in another edition).

    `kind`: set, get, control, upload, notice, interaction. `cp_fields`: field names of CP as the tables print them.
    """

    cn: str
    name_zh: str
    name_en: str
    direction: str
    kind: str
    editions: tuple[str, ...]
    cp_fields: tuple[str, ...]
    answers: str
    notes: str


class Factor(NamedTuple):
    """One monitored factor. `unit` of concentration or level, `unit_total` of -Cou; `format` as N5.2 (digits)."""

    code: str
    legacy_code: str
    name_zh: str
    name_en: str
    medium: str
    unit: str
    unit_total: str
    format: str
    edition: str
    notes: str


class InfoCode(NamedTuple):
    """One information code of CN 3020/3021; `values` are (code, meaning) where the table lists them."""

    code: str
    device_class: str
    info_class: str
    name_zh: str
    name_en: str
    unit: str
    format: str
    values: tuple[tuple[str, str], ...]
    edition: str
    notes: str


class Mark(NamedTuple):
    """One data mark (-Flag) in one edition."""

    mark: str
    name_zh: str
    name_en: str
    edition: str
    notes: str


class SystemType(NamedTuple):
    """One system type (ST); `since` is the edition that introduced it."""

    st: str
    name_zh: str
    name_en: str
    since: str
    notes: str


class ReturnCode(NamedTuple):
    """One value of QnRtn or ExeRtn."""

    field: str
    code: int
    name_zh: str
    name_en: str
    editions: tuple[str, ...]
