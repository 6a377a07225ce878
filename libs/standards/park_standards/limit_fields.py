"""Reading the cells of the limit tables: periods, clauses, dates, conditions. One literal table for each vocabulary."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from park_standards.errors import BrokenTable
from park_standards.limit import Averaging, Basis, Op, Season
from park_standards.tables import Row, decimal_cell

PERIODS = {
    "annual": Averaging.YEAR,
    "24h": Averaging.DAY,
    "1h": Averaging.HOUR,
    "8h": Averaging.EIGHT_HOURS,
    "daily_max_8h": Averaging.DAY_MAX_8H,
    "month": Averaging.MONTH,
    "quarter": Averaging.QUARTER,
    "growing_season": Averaging.GROWING_SEASON,
    "": Averaging.UNSPECIFIED,
    "daily mean": Averaging.DAY,
    "daily mean (24h composite, >=1 sample per 2h)": Averaging.DAY,
    "supervisory sample; automatic data by valid daily mean": Averaging.DAY,
    "supervisory sample": Averaging.INSTANT,
    "single sample": Averaging.INSTANT,
    "1h mean": Averaging.HOUR,
    "any 1h mean": Averaging.HOUR,
    "1h mean difference": Averaging.HOUR,
    "highest point outside the boundary, 1h mean": Averaging.HOUR,
    "1h mean, >=95 % of the hours of a month/quarter meet it (platform practice)": Averaging.HOUR,
    "24h mean": Averaging.DAY,
    "24h mean or daily mean (>=20 valid hourly means)": Averaging.DAY,
    "5min mean": Averaging.FIVE_MINUTES,
    "5min mean of the upper and middle section means": Averaging.FIVE_MINUTES,
    "any single reading": Averaging.INSTANT,
    "highest measured value": Averaging.INSTANT,
    "highest single measured value": Averaging.INSTANT,
    "net reading": Averaging.INSTANT,
    "measured mean": Averaging.UNSPECIFIED,
    "observation": Averaging.UNSPECIFIED,
    "product period": Averaging.UNSPECIFIED,
    "when initial NMHC rate >=3 kg/h": Averaging.UNSPECIFIED,
    "when initial NMHC rate >=2 kg/h": Averaging.UNSPECIFIED,
}

# Alternative numbers that hold during a part of each year; the other conditions depend on the source and are text.
SEASONS = {"Nov 1 to Mar 31": Season((11, 1), (3, 31))}

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Number:
    """What a limit cell says: one value, a range, or words."""

    op: Op
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    text: str = ""


def period_of(name: str, line: int, text: str) -> Averaging:
    """Return the averaging period of a cell. Raises BrokenTable for a wording the table above does not know."""
    try:
        return PERIODS[text]
    except KeyError:
        raise BrokenTable(f"{name} line {line}: averaging period {text!r} is not known") from None


def clause_of(table: str) -> str:
    """Return the citation of a table cell as the standards' own language writes it: "1" -> 表1, "10.3" -> 第10.3条."""
    if not table:
        return ""
    if re.fullmatch(r"\d+(\.\d+)+", table):
        return f"第{table}条"
    if ";" in table:
        return "、".join(f"表{number}" for number in table.split(";"))
    named = re.fullmatch(r"(table|appendix)(.+)", table)
    return f"{_NAMED[named[1]]}{named[2].strip()}" if named else f"表{table}"


_NAMED = {"table": "表", "appendix": "附录"}


def first_date(text: str) -> tuple[date | None, str]:
    """Return (first date in the cell, the whole cell if it says more than that date)."""
    found = _DATE.search(text)
    if not found:
        return None, text
    return date.fromisoformat(found[0]), "" if found[0] == text else text


def number_of(name: str, line: int, column: str, row: Row, op: Op) -> Number:
    """Read a limit cell under the row's operator. Raises BrokenTable when cell and operator disagree."""
    text = row[column]
    if text == "ND":
        return Number(Op.NOT_DETECTABLE)
    # Groundwater radioactivity: classes IV and V share ">0.5", which bounds nothing by itself.
    if op is Op.RULE or text.startswith(">"):
        return Number(Op.RULE, text=text)
    if op is not Op.RANGE:
        return Number(op, value=decimal_cell(name, line, column, text))
    parts = [_RANGE.fullmatch(part) for part in text.split(";")]
    found = [part for part in parts if part]
    if len(found) != len(parts):
        raise BrokenTable(f"{name} line {line}, column {column}: {text!r} is not a range")
    # "5.5-6.5;8.5-9.0" is groundwater class IV around class III: meeting IV means lying anywhere between the ends.
    return Number(Op.RANGE, lower=Decimal(found[0][1]), upper=Decimal(found[-1][2]))


def oxygen_of(text: str) -> tuple[Basis, Decimal | None, str]:
    """Return (basis, baseline oxygen in %, wording) of a baseline cell; empty means compared as measured."""
    if not text:
        return Basis.MEASURED, None, ""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return Basis.CONVERTED, Decimal(text), ""
    return Basis.BY_SOURCE, None, text
