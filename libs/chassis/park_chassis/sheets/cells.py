"""Reading one cell: text in, value out, or BadCell saying what is wrong. Forms and sheets use the same readers."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from park_chassis.sheets.problems import BadCell

Reader = Callable[[str], Any]

_TRUE = frozenset({"true", "1", "是", "yes", "y", "启用"})
_FALSE = frozenset({"false", "0", "否", "no", "n", "停用"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

LONGITUDES = (73.0, 136.0)
LATITUDES = (3.0, 54.0)
"""Of China, degrees."""


def text(most: int) -> Reader:
    """Read text of at most `most` characters without control characters."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise BadCell(f"最多{most}个字符，现为{len(cell)}个", f"at most {most} characters, has {len(cell)}")
        if _CONTROL.search(cell):
            raise BadCell("含有控制字符", "contains control characters")
        return cell

    return read


def matching(pattern: str, zh: str, en: str) -> Reader:
    """Read text of a given shape; `zh` and `en` say which shape."""
    shape = re.compile(pattern)

    def read(cell: str) -> str:
        if not shape.fullmatch(cell):
            raise BadCell(f"应为{zh}", f"must be {en}")
        return cell

    return read


def choice(labels: Mapping[str, tuple[str, ...]]) -> Reader:
    """Read one of a closed list; every value may also be written by its labels."""
    table = {name.casefold(): value for value, names in labels.items() for name in (value, *names)}
    allowed = "、".join("/".join((value, *names)) for value, names in labels.items())

    def read(cell: str) -> str:
        value = table.get(cell.casefold())
        if value is None:
            raise BadCell(f"应为下列之一：{allowed}", f"must be one of: {', '.join(labels)}")
        return value

    return read


def number(lowest: float | None = None, highest: float | None = None) -> Reader:
    """Read a finite decimal number within bounds (inclusive), exactly as written."""

    def read(cell: str) -> Decimal:
        try:
            value = Decimal(cell.replace("，", "").replace(",", ""))
        except InvalidOperation:
            raise BadCell("不是数字", "is not a number") from None
        if not value.is_finite():
            raise BadCell("不是有限数", "is not a finite number")
        if (lowest is not None and value < Decimal(str(lowest))) or (
            highest is not None and value > Decimal(str(highest))
        ):
            raise BadCell(f"应在 {lowest} 到 {highest} 之间", f"must lie between {lowest} and {highest}")
        return value

    return read


def real(lowest: float, highest: float) -> Reader:
    """Read a number as float, within bounds."""
    exact = number(lowest, highest)
    return lambda cell: float(exact(cell))


def whole(lowest: int, highest: int) -> Reader:
    """Read a whole number within bounds; 30.0 (as spreadsheets write) is 30."""
    exact = number(lowest, highest)

    def read(cell: str) -> int:
        value = exact(cell)
        if value != value.to_integral_value():
            raise BadCell("应为整数", "must be a whole number")
        return int(value)

    return read


def one_of_numbers(allowed: tuple[int, ...]) -> Reader:
    """Read one of a few whole numbers."""
    exact = whole(min(allowed), max(allowed))

    def read(cell: str) -> int:
        value: int = exact(cell)
        if value not in allowed:
            shown = "、".join(map(str, allowed))
            raise BadCell(f"应为 {shown} 之一", f"must be one of {', '.join(map(str, allowed))}")
        return value

    return read


def yes_or_no(cell: str) -> bool:
    """Read 是/否, yes/no, true/false, 1/0."""
    folded = cell.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise BadCell("应为 是 或 否", "must be yes or no")


def day(cell: str) -> date:
    """Read a calendar day: 2026-01-31, 2026/1/31, 20260131, 2026年1月31日, or a spreadsheet's date with midnight."""
    plain = cell.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    plain = plain.removesuffix("T00:00:00").removesuffix(" 00:00:00").strip()
    for form in ("%Y-%m-%d", "%Y%m%d"):
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    raise BadCell("不是日期，应写作 2026-01-31", "is not a date; write 2026-01-31")


def _degrees(cell: str, inside: tuple[float, float], other: tuple[float, float], zh: str, en: str) -> float:
    value = float(number(-180, 180)(cell))
    if inside[0] <= value <= inside[1]:
        return value
    if other[0] <= value <= other[1]:
        raise BadCell(f"不是{zh}，经度和纬度是否填反？", f"is no {en}; are longitude and latitude swapped?")
    raise BadCell(
        f"{zh}应在 {inside[0]} 到 {inside[1]} 度之间", f"{en} must lie between {inside[0]} and {inside[1]} degrees"
    )


def longitude(cell: str) -> float:
    """Read degrees east, within China."""
    return _degrees(cell, LONGITUDES, LATITUDES, "经度", "longitude")


def latitude(cell: str) -> float:
    """Read degrees north, within China."""
    return _degrees(cell, LATITUDES, LONGITUDES, "纬度", "latitude")
