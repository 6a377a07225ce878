"""Golden days and months: what a spreadsheet makes of its own inputs by its own formulas (tests/data/golden_tables.xlsx)."""

import importlib.util
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from park_judging.testing import factor, point, readings
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium, Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.domain.long_periods import Day, assess_long
from source_monitoring.testing import DAY, HOUR, Laboratory, Person

DATA = Path(__file__).with_name("data")
FIRST, RESULTS = 4, 12
START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time; a day in the past, in the middle of its month


def spreadsheet() -> ModuleType:
    spec = importlib.util.spec_from_file_location("spreadsheet", DATA / "spreadsheet.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(DATA / "golden_tables.xlsx")


def expected(sheet: Worksheet) -> dict[str, float]:
    """Name and expected value of each result of a sheet."""
    rows = ((sheet.cell(row, 10).value, sheet.cell(row, 12).value) for row in range(FIRST, FIRST + RESULTS))
    return {str(name): float(str(value)) for name, value in rows if name is not None}


def rows_of(sheet: Worksheet, count: int) -> Iterator[list[Any]]:
    for row in range(FIRST, FIRST + count):
        yield [sheet.cell(row, column).value for column in range(1, 7)]


def test_the_expected_values_of_the_file_are_what_its_formulas_give(book: Workbook) -> None:
    evaluate = spreadsheet().evaluate
    checked = 0
    for sheet in book.worksheets:
        for row in range(FIRST, FIRST + RESULTS):
            if sheet.cell(row, 11).value is not None:
                value: Fraction = evaluate(book, sheet.title, f"K{row}")
                assert sheet.cell(row, 12).value == pytest.approx(float(value), rel=1e-12)
                checked += 1
    assert checked >= 30


def near(text: str | None, value: float, digits: int = 6) -> bool:
    """Say whether decimal text is the value rounded to as many digits as the text has, at most `digits`."""
    assert text is not None
    number = Decimal(text)
    places = min(digits, -int(number.as_tuple().exponent)) if "." in text else 0
    return abs(number - Decimal(repr(value))) <= Decimal(1).scaleb(-places) * Decimal("0.5000001")


async def send_day(
    laboratory: Laboratory, of: PointRecord, start: Any, rows: Iterator[list[Any]], codes: list[str]
) -> None:
    """Send each hour of a sheet as six ten-minute records; water volumes in six parts."""
    for hour, state, first, second, *_ in rows:
        if state == "missing":
            continue
        values = {codes[0]: str(first if first is not None else 0), codes[1]: str(second if second is not None else 0)}
        if codes[1] == "w00000":
            volume = Fraction(str(second)) / 6
            values |= {"w00000": "1", "w00000-Cou": f"{float(volume):.10f}"}
        await laboratory.minutes(of, start + hour * HOUR, 1, values, mark=state)


@pytest.mark.integration
async def test_a_golden_gas_day_with_calibration_gap_and_stop(laboratory: Laboratory, book: Workbook) -> None:
    stack = point(factors=[factor("a21002", "mg/m3", 3), factor("a00000", "m3/s", 3)], medium=Medium.WASTE_GAS)
    laboratory.registry.put(stack)
    await send_day(laboratory, stack, START - DAY, rows_of(book["gas day before"], 24), ["a21002", "a00000"])
    await send_day(laboratory, stack, START, rows_of(book["gas day"], 24), ["a21002", "a00000"])
    await laboratory.take(readings(stack, START + DAY + 2 * HOUR, {"a21002": "30", "a00000": "10"}))
    await laboratory.close()
    await laboratory.calendar.mark(START + DAY)
    await laboratory.close()
    day, wanted = await laboratory.newest(stack, START, "a21002", Period.DAY), expected(book["gas day"])
    assert (day.verdict, day.valid_count, day.expected_count) == (
        "valid",
        wanted["valid hours"],
        wanted["expected hours"],
    )
    assert near(day.mean, wanted["mean"])
    assert (float(day.minimum or 0), float(day.maximum or 0)) == (wanted["minimum"], wanted["maximum"])
    assert near(day.emission, wanted["emission"])
    assert near(day.substituted, wanted["substituted"])
    assert day.substitution == "HJ 75-2017: maximum of the last 180 valid hourly emissions (24 of 180 there)"
    reader = Person("reading:read")
    span = {"from": str(START.date()), "to": str((START + DAY).date())}
    answer = await laboratory.ask(reader, "GET", "/transmission", None, by="point,factor", **span)
    sulphur = next(item for item in answer.json()["items"] if item["factor"] == "a21002")
    assert float(sulphur["effective_rate"]) == pytest.approx(wanted["effective rate"], abs=1e-6)
    assert float(sulphur["transmission_rate"]) == pytest.approx(wanted["transmission rate"], abs=1e-6)
    assert (sulphur["expected"], sulphur["received"], sulphur["valid"], sulphur["stopped"]) == (22, 21, 20, 2)
    reviewed = await laboratory.ask(reader, "GET", f"/reviews/{stack.point_id}/{START.date()}")
    assert (reviewed.json()["state"], reviewed.json()["version"]) == (
        "checked",
        2,
    )  # the missing hour came after the first check
    lost = await laboratory.ask(
        reader, "GET", f"/points/{stack.point_id}/transmission/losses", None, factor="a21002", **span
    )
    assert [(at_park_hour(one["hour_start"]), one["verdict"], one["reason"]) for one in lost.json()["items"]] == [
        (5, "invalid", "calibration"), (6, "missing", "no-data"),
    ]  # fmt: skip


def at_park_hour(text: str) -> int:
    return int(text[11:13])


@pytest.mark.integration
async def test_a_golden_water_day_weighted_by_flow(laboratory: Laboratory, book: Workbook) -> None:
    outlet = point(factors=[factor("w01018", decimals=4), factor("w00000", "L/s", 2)])
    laboratory.registry.put(outlet)
    await send_day(laboratory, outlet, START, rows_of(book["water day"], 24), ["w01018", "w00000"])
    await laboratory.take(readings(outlet, START + DAY + 2 * HOUR, {"w01018": "30"}))
    await laboratory.close()
    await laboratory.calendar.mark(START + DAY)
    await laboratory.close()
    day, wanted = await laboratory.newest(outlet, START, "w01018", Period.DAY), expected(book["water day"])
    assert (day.verdict, day.valid_count) == ("valid", wanted["valid hours"])
    assert near(day.mean, wanted["mean"])
    assert near(day.emission, wanted["emission"], 4)
    flow = await laboratory.newest(outlet, START, "w00000", Period.DAY)
    assert float(flow.total or 0) == pytest.approx(wanted["volume"], abs=1e-6)


_VERDICTS = {"N": ("valid", ""), "I": ("invalid", "too-few-values"), "F": ("stopped", "stopped")}


def days_of(sheet: Worksheet, code: str, unit: str, flow: str, flow_unit: str) -> list[Day]:
    """The days of a month's sheet as they would have been computed."""
    days = []
    for number, state, mean, volume, emission, substituted in rows_of(sheet, 30):
        mass = float(mean) * float(volume) / 1000 if isinstance(emission, str) else emission
        verdict, reason = _VERDICTS[state]
        pollutant = FactorAssessment(
            factor=code, unit=unit, valid=state == "N", valid_count=24, expected_count=24,
            mean=None if mean is None else str(mean), verdict=verdict, reason=reason, emission=str(mass),
            substituted=None if substituted is None else str(substituted),
        )  # fmt: skip
        volumes = FactorAssessment(
            factor=flow, unit=flow_unit, valid=state == "N", valid_count=24, expected_count=24, mean="1", verdict=verdict,
            reason=reason, total=None if volume is None else str(volume),
        )  # fmt: skip
        days.append(Day(date(2026, 11, number), [pollutant, volumes]))
    return days


@pytest.mark.parametrize(
    ("title", "medium", "codes"),
    [
        ("water month", Medium.WASTE_WATER, ("w01018", "mg/L", "w00000", "L/s")),
        ("gas month", Medium.WASTE_GAS, ("a21002", "mg/m3", "a00000", "m3/s")),
    ],
)
def test_a_golden_month(book: Workbook, title: str, medium: Medium, codes: tuple[str, str, str, str]) -> None:
    sheet, wanted = book[title], expected(book[title])
    kinds = [factor(codes[0], codes[1], 6), factor(codes[2], codes[3], 2)]
    month, flow = assess_long(kinds, medium, "month", date(2026, 11, 1), days_of(sheet, *codes))
    assert (month.verdict, month.valid_count, month.expected_count) == (
        "valid",
        wanted["valid days"],
        wanted["expected days"],
    )
    assert near(month.mean, wanted["mean"])
    assert (float(month.minimum or 0), float(month.maximum or 0)) == (wanted["minimum"], wanted["maximum"])
    assert float(month.emission or 0) == pytest.approx(wanted["emission"])
    assert float(month.substituted or 0) == pytest.approx(wanted["substituted"])
    assert float(flow.total or 0) == wanted["volume"]
