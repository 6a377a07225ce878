"""Running vector files: rows with inputs and the expected result, in the two layouts of the project's standards folder.

Sub-index files have the columns standard, pollutant, averaging, concentration, expected_iaqi; calculation files kind,
inputs_json, expected. An expected number is met when our result, rounded to its decimals, equals it.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from park_standards.air_statistics import percentile
from park_standards.aqi import Edition, Item, sub_index
from park_standards.converted import converted_concentration
from park_standards.emissions import gas_mass
from park_standards.errors import BadValue, StandardsError
from park_standards.gas_state import nox_as_no2
from park_standards.limits import all_limits
from park_standards.means import flow_weighted_mean
from park_standards.noise import equivalent_level
from park_standards.rounding import decimals_of, exact, plain, round_gb8170
from park_standards.stack_rate import interpolated_rate, rate_rows
from park_standards.trophic_state import TrophicItem, trophic_index
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
    codes = {row.factor_code or row.name_zh for row in all_limits() if row.name_zh == name and row.standard == standard}
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


def run_vectors(text: str) -> tuple[VectorResult, ...]:
    """Run every row of a vector file (CSV text with header). Line numbers count the header as 1.

    Raises BadValue when the columns are those of neither layout or there is no row.
    """
    reader = csv.DictReader(text.splitlines())
    columns = set(reader.fieldnames or ())
    if {"standard", "pollutant", "averaging", "concentration", "expected_iaqi"} <= columns:
        run = _sub_index_row
    elif {"kind", "inputs_json", "expected"} <= columns:
        run = _calculation_row
    else:
        raise BadValue(f"columns {sorted(columns)} belong to no vector layout")
    results = tuple(run(line, row) for line, row in enumerate(reader, start=2))
    if not results:
        raise BadValue("the vector file has no rows")
    return results


def _sub_index_row(line: int, row: Mapping[str, str]) -> VectorResult:
    subject = f"{row['standard']} {row['pollutant']} {row['averaging']} {row['concentration']}"

    def compute() -> Decimal | str:
        item = Item(f"{row['pollutant']} {row['averaging']}")
        return str(sub_index(item, exact(row["concentration"]), Edition(row["standard"])))

    return _compared(line, subject, row["expected_iaqi"], compute)


def _calculation_row(line: int, row: Mapping[str, str]) -> VectorResult:
    def compute() -> Decimal | str:
        calculation = CALCULATIONS.get(row["kind"])
        if calculation is None:
            raise BadValue(f"kind {row['kind']!r} is not known")
        return calculation(json.loads(row["inputs_json"], parse_float=str))

    return _compared(line, f"{row['kind']} {row['inputs_json']}", row["expected"], compute)


def _compared(line: int, subject: str, expected: str, compute: Callable[[], Decimal | str]) -> VectorResult:
    try:
        got = compute()
    except (StandardsError, KeyError, TypeError, ValueError) as error:
        return VectorResult(line, subject, expected, f"{type(error).__name__}: {error}", agrees=False)
    if isinstance(got, str):
        return VectorResult(line, subject, expected, got, agrees=got == expected)
    wanted = exact(expected)
    rounded = round_gb8170(got, decimals_of(wanted))
    return VectorResult(line, subject, expected, plain(rounded), agrees=rounded == wanted)
