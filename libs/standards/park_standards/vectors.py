"""Running vector files: rows with inputs and the expected result, in the two layouts of the project's standards folder.

Sub-index files have the columns standard, pollutant, averaging, concentration, expected_iaqi (and unit, which is
converted; where an edition has no index the cell is empty);
calculation files kind, inputs_json, expected. An expected number is met when our result, rounded to its decimals, equals it.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from park_standards.air_statistics import percentile
from park_standards.aqi import Edition, Item, sub_index, unit_of
from park_standards.converted import converted_concentration
from park_standards.emissions import gas_mass
from park_standards.errors import BadValue
from park_standards.gas_state import nox_as_no2
from park_standards.limits import all_limits
from park_standards.means import flow_weighted_mean
from park_standards.noise import equivalent_level
from park_standards.rounding import decimals_of, exact, plain, round_gb8170
from park_standards.stack_rate import interpolated_rate, rate_rows
from park_standards.tables import Row
from park_standards.trophic_state import TrophicItem, trophic_index
from park_standards.units import convert
from park_standards.water_class import Reading, WaterBody, site_class

Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VectorResult:
    """One row: what was computed, expected and got (or the error's text), and whether they agree."""

    line: int
    subject: str
    expected: str
    got: str
    agrees: bool


def _numbers(values: Sequence[object]) -> list[Decimal]:
    return [exact(str(value)) for value in values]


def _converted(inputs: Inputs) -> Decimal:
    return converted_concentration(*_numbers([inputs["measured_mg_m3"], inputs["o2_pct"], inputs["o2_base_pct"]]))


def _rate(inputs: Inputs) -> Decimal:
    standard, _, level = str(inputs["standard"]).rpartition(" ")
    rows = rate_rows(_code_of(str(inputs["pollutant"]), standard), standard, f"new {level}")
    return interpolated_rate(rows, exact(str(inputs["stack_m"])))


def _code_of(name: str, standard: str) -> str:
    codes = {row.key for row in all_limits() if row.name_zh == name and row.standard == standard}
    if len(codes) != 1:
        raise BadValue(f"{standard} lists {len(codes)} codes for {name!r}")
    return codes.pop()


_WATER_ITEMS = {
    "pH": "w01001",
    "DO": "w01009",
    "CODMn": "w01019",
    "COD": "w01018",
    "BOD5": "w01017",
    "NH3N": "w21003",
    "TP": "w21011",
    "TN": "w21001",
}
_BODIES = {"river": WaterBody.RIVER, "lake": WaterBody.LAKE}


def _water_class(inputs: Inputs) -> str:
    body = _BODIES[str(inputs["water_body"])]
    readings = {
        _WATER_ITEMS[name]: Reading(exact(str(value))) for name, value in inputs.items() if name != "water_body"
    }
    return site_class(readings, body).overall.label_en


def _tli(inputs: Inputs) -> Decimal:
    return trophic_index({TrophicItem(name): exact(str(value)) for name, value in inputs.items()})


CALCULATIONS: dict[str, Callable[[Inputs], Decimal | str]] = {
    "gas.converted_concentration": _converted,
    "gas.rate_limit_interpolated": _rate,
    "gas.hour_emission": lambda inputs: gas_mass(*_numbers([inputs["measured_mg_m3"], inputs["flow_Nm3_h"]])),
    "gas.NOx_from_NO": lambda inputs: nox_as_no2(*_numbers([inputs["NO_mg_m3"], inputs["NO2_mg_m3"]])),
    "water.TLI": _tli,
    "water.class": _water_class,
    "water.daily_mean_flow_weighted": lambda inputs: flow_weighted_mean(
        _numbers(inputs["C_mg_L"]), _numbers(inputs["Q_m3"])
    ),
    "noise.Leq": lambda inputs: equivalent_level(_numbers(inputs["levels_dB"])),
    "air.percentile": lambda inputs: percentile(_numbers(inputs["values"]), exact(str(inputs["p"]))),
}


_SUB_INDEX_COLUMNS = ("standard", "pollutant", "averaging", "concentration", "expected_iaqi")
_CALCULATION_COLUMNS = ("kind", "inputs_json", "expected")


def read_vectors(path: Path) -> tuple[VectorResult, ...]:
    """Run a vector file in UTF-8, with or without byte order mark. Raises OSError, and BadValue naming the file."""
    try:
        return run_vectors(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadValue(f"{path}: byte {error.start} is not UTF-8; save the table as CSV UTF-8") from error
    except BadValue as error:
        raise BadValue(f"{path}: {error}") from error


def run_vectors(text: str) -> tuple[VectorResult, ...]:
    """Run every row of a vector file (CSV text with header); line numbers are those of the text, the header's is 1.

    A row that cannot be computed is a difference with its reason. Raises BadValue when the columns are those of neither
    layout or there is no row.
    """
    reader = csv.DictReader(StringIO(text, newline=""), restkey=_TOO_MANY, restval="")
    try:
        run = _layout(reader.fieldnames or ())
        results = tuple(run(reader.line_num, row) for row in reader)
    except csv.Error as error:
        raise BadValue(f"line {reader.line_num}: not readable as CSV ({error})") from error
    if not results:
        raise BadValue("the vector file has a header but no rows")
    return results


_TOO_MANY = "cells beyond the header"


def _layout(columns: Sequence[str]) -> Callable[[int, Row], VectorResult]:
    if not columns:
        raise BadValue("the vector file is empty")
    for wanted, run in ((_SUB_INDEX_COLUMNS, _sub_index_row), (_CALCULATION_COLUMNS, _calculation_row)):
        if set(wanted) <= set(columns):
            return run
    layouts = " or ".join(", ".join(wanted) for wanted in (_SUB_INDEX_COLUMNS, _CALCULATION_COLUMNS))
    raise BadValue(f"columns {', '.join(columns)} belong to no vector layout; needed are {layouts}")


def _sub_index_row(line: int, row: Row) -> VectorResult:
    subject = f"{row['standard']} {row['pollutant']} {row['averaging']} {row['concentration']}"

    def compute() -> Decimal | str:
        item = _member(Item, f"{row['pollutant']} {row['averaging']}", "item")
        unit = unit_of(item)
        concentration = convert(exact(row["concentration"]), row.get("unit") or unit, unit)
        index = sub_index(item, concentration, _member(Edition, row["standard"], "edition"))
        return "" if index is None else str(index)

    return _compared(line, subject, row, row["expected_iaqi"], compute)


_Choice = TypeVar("_Choice", bound=StrEnum)


def _member(choices: type[_Choice], text: str, what: str) -> _Choice:
    try:
        return choices(text)
    except ValueError:
        raise BadValue(f"{what} {text!r} is none of {', '.join(choices)}") from None


def _calculation_row(line: int, row: Row) -> VectorResult:
    def compute() -> Decimal | str:
        calculation = CALCULATIONS.get(row["kind"])
        if calculation is None:
            raise BadValue(f"kind {row['kind']!r} is none of {', '.join(CALCULATIONS)}")
        inputs = json.loads(row["inputs_json"], parse_float=str)
        if not isinstance(inputs, dict):
            raise BadValue("inputs_json is not an object")
        return calculation(inputs)

    return _compared(line, f"{row['kind']} {row['inputs_json']}", row, row["expected"], compute)


def _compared(line: int, subject: str, row: Row, expected: str, compute: Callable[[], Decimal | str]) -> VectorResult:
    try:
        if _TOO_MANY in row:
            raise BadValue("more cells than the header has: a comma without quotes?")
        got = compute()
        if isinstance(got, str):
            return VectorResult(line, subject, expected, got, agrees=got == expected)
        wanted = exact(expected)
        rounded = round_gb8170(got, decimals_of(wanted))
        return VectorResult(line, subject, expected, plain(rounded), agrees=rounded == wanted)
    except KeyError as error:
        return VectorResult(line, subject, expected, f"BadValue: input {error} is missing or not known", agrees=False)
    except (ValueError, ArithmeticError, TypeError) as error:
        return VectorResult(line, subject, expected, f"{type(error).__name__}: {error}", agrees=False)
