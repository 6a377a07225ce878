"""Readers of cells that laboratory sheets have beside the common ones (park_chassis.sheets.cells)."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from park_chassis.sheets import cells
from park_chassis.sheets.problems import BadCell, Problem
from park_schemas.park_time import at_park
from park_standards.errors import StandardsError
from park_standards.units import canonical_unit, convert, quantity_of

_CLOCK = re.compile(r"\d:\d\d")

FIRST_YEAR = 1990
"""No older results of a park are entered; a smaller year is a slip of the pen."""


def moment(cell: str) -> datetime:
    """Read a time of the park's wall clock: 2026-03-01 14:30[:00], with T or /, or a day alone (its midnight)."""
    plain = cell.strip().replace("/", "-").replace("T", " ")
    try:
        return at_park(datetime.fromisoformat(plain))
    except (ValueError, OverflowError):
        pass
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return at_park(datetime.strptime(plain, form))  # noqa: DTZ007 - the park's wall clock
        except ValueError:
            continue
    try:
        day: date = cells.day(cell)
    except BadCell:
        raise BadCell("不是时间，应写作 2026-03-01 14:30", "is not a time; write 2026-03-01 14:30") from None
    return at_park(datetime.combine(day, time()))


def has_clock(cell: str) -> bool:
    """Say whether a time was written with its hours and not as a day alone."""
    return _CLOCK.search(cell) is not None


def unit(cell: str) -> str:
    """Read a unit in any of its spellings; return the canonical one."""
    spelled = canonical_unit(cell)
    if quantity_of(spelled) is None:
        raise BadCell(f"未知单位 {cell}", f"unknown unit {cell}")
    return spelled


def uuid_cell(cell: str) -> UUID:
    """Read the id of an enterprise."""
    try:
        return UUID(cell)
    except ValueError:
        raise BadCell("不是企业标识", "is not the id of an enterprise") from None


def time_problems(sampled_at: datetime | None, cell: str, at: datetime, column: str = "sampled_at") -> list[Problem]:
    """Return why a sample cannot have been taken then, `at` being now."""
    if sampled_at is None:
        return []
    if sampled_at > at:
        return [Problem(column, cell, "采样时间在未来", "lies in the future")]
    if sampled_at.year < FIRST_YEAR:
        return [Problem(column, cell, f"采样时间早于 {FIRST_YEAR} 年", f"lies before {FIRST_YEAR}")]
    return []


def unit_problems(given: str | None, wanted: str, name_zh: str) -> list[Problem]:
    """Return why a unit that was given does not do for an item whose limits are in `wanted`; pure numbers need none."""
    if given is None:
        if wanted == "1":
            return []
        return [Problem("unit", "", f"须填单位（限值单位 {wanted}）", f"a unit is needed (limits are in {wanted})")]
    try:
        convert(Decimal(1), given, wanted)
    except StandardsError:
        return [Problem("unit", given, f"单位与 {name_zh} 的 {wanted} 不能换算", f"does not convert to {wanted}")]
    return []
