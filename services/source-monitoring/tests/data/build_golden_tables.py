"""Writes golden_tables.xlsx: days and months whose results a spreadsheet computes from its own inputs by its own formulas.

    .venv/bin/python services/source-monitoring/tests/data/build_golden_tables.py

Column layout of every sheet: inputs from row 4 on; results in columns J to L (name, formula, expected). Open it in
any spreadsheet program: J to L recompute. The expected column is what the formulas gave when the file was made
(checked again by the test with an evaluator that knows nothing of the platform).
"""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

FIRST = 4
SO2 = [31, 33, 35, 30, 28, 41, 0, 37, 36, 34, 39, 42, 0, 0, 44, 38, 37, 36, 35, 33, 31, 30, 29, 32]
FLOW = [
    10.0,
    10.2,
    10.4,
    9.9,
    9.7,
    10.1,
    0,
    10.6,
    10.8,
    11.0,
    11.2,
    11.1,
    0,
    0,
    9.0,
    9.5,
    10.0,
    10.1,
    10.2,
    10.3,
    10.4,
    10.2,
    10.1,
    10.0,
]
STATE = ["N"] * 5 + ["C", "missing"] + ["N"] * 5 + ["F", "F"] + ["N"] * 10
COD = [42, 44, 47, 45, 43, 40, 38, 52, 61, 66, 70, 72, 69, 64, 60, 58, 55, 53, 51, 49, 47, 45, 44, 43]
VOLUME = [30, 28, 26, 25, 25, 27, 35, 60, 90, 110, 120, 125, 120, 115, 105, 100, 95, 90, 80, 70, 60, 50, 40, 35]


def _results(sheet: Worksheet, rows: list[tuple[str, str]]) -> None:
    for number, (name, formula) in enumerate(rows, start=FIRST):
        sheet.cell(number, 10, name)
        sheet.cell(number, 11, formula)


def _heads(sheet: Worksheet, title: str, heads: list[str]) -> None:
    sheet.cell(1, 1, title)
    for number, head in enumerate(heads, start=1):
        sheet.cell(3, number, head)
    for number, head in enumerate(("result", "formula", "expected"), start=10):
        sheet.cell(3, number, head)


def gas_day(book: Workbook, name: str, *, whole: bool) -> None:
    """Hours of SO2 (mg/m3) and dry standard flow (m3/s); emission C * Q * 3600 / 1e6 kg, HJ 212-2017 D.2 (33), (34)."""
    sheet = book.create_sheet(name)
    _heads(sheet, "waste gas, one day", ["hour", "state", "SO2 mg/m3", "flow m3/s", "emission kg"])
    for hour in range(24):
        row, state = FIRST + hour, "N" if whole else STATE[hour]
        sheet.cell(row, 1, hour)
        sheet.cell(row, 2, state)
        if state == "N":
            sheet.cell(row, 3, SO2[hour] or 35)
            sheet.cell(row, 4, FLOW[hour] or 10.0)
            sheet.cell(row, 5, f"=C{row}*D{row}*3600/1000000")
    rows = [
        ("valid hours", "=COUNT(C4:C27)"),
        ("mean", "=AVERAGE(C4:C27)"),
        ("minimum", "=MIN(C4:C27)"),
        ("maximum", "=MAX(C4:C27)"),
        ("emission", "=SUM(E4:E27)"),
    ]
    if not whole:  # two hours of gap (calibration, missing), two of stop
        rows += [
            ("expected hours", "=24-2"),
            ("substituted", "=2*MAX('gas day before'!E4:E27)"),
            ("effective rate", "=COUNT(C4:C27)/(24-2)"),
            ("transmission rate", "=(COUNT(C4:C27)+1)/(24-2)"),
            ("capture rate", "=(24+COUNT(C4:C27))/(24+22)"),
        ]
    _results(sheet, rows)


def water_day(book: Workbook) -> None:
    """Hours of COD (mg/L) and volume (m3): the day mean is weighted by flow, HJ 212-2017 D.1 (14); hour 20 is missing."""
    sheet = book.create_sheet("water day")
    _heads(sheet, "waste water, one day", ["hour", "state", "COD mg/L", "volume m3", "emission kg"])
    for hour in range(24):
        row = FIRST + hour
        sheet.cell(row, 1, hour)
        sheet.cell(row, 2, "missing" if hour == 20 else "N")
        if hour != 20:
            sheet.cell(row, 3, COD[hour])
            sheet.cell(row, 4, VOLUME[hour])
            sheet.cell(row, 5, f"=C{row}*D{row}/1000")
    _results(
        sheet,
        [
            ("valid hours", "=COUNT(C4:C27)"),
            ("mean", "=SUMPRODUCT(C4:C27,D4:D27)/SUM(D4:D27)"),
            ("volume", "=SUM(D4:D27)"),
            ("emission", "=SUM(E4:E27)"),
            ("completeness", "=COUNT(C4:C27)/24"),
        ],
    )


def month(book: Workbook, name: str, unit: str, *, weighted: bool) -> None:
    """November: day means, volumes and masses; three days invalid (state I, own mass but no mean), two stopped (F)."""
    sheet = book.create_sheet(name)
    _heads(sheet, f"month, {unit}", ["day", "state", f"mean {unit}", "volume m3", "emission kg", "substituted kg"])
    for day in range(1, 31):
        row = FIRST + day - 1
        state = "I" if day in {7, 8, 21} else "F" if day in {15, 16} else "N"
        sheet.cell(row, 1, day)
        sheet.cell(row, 2, state)
        if state == "N":
            sheet.cell(row, 3, 40 + day * 7 % 13)
            sheet.cell(row, 4, 1500 + day * 37 % 211)
        sheet.cell(row, 5, 0 if state == "F" else 20.5 if state == "I" else f"=C{row}*D{row}/1000")
        if state == "I":
            sheet.cell(row, 6, 54.25)
    mean = "=SUMPRODUCT(C4:C33,D4:D33)/SUM(D4:D33)" if weighted else "=AVERAGE(C4:C33)"
    _results(
        sheet,
        [
            ("valid days", "=COUNT(C4:C33)"),
            ("expected days", "=30-2"),
            ("mean", mean),
            ("minimum", "=MIN(C4:C33)"),
            ("maximum", "=MAX(C4:C33)"),
            ("volume", "=SUM(D4:D33)"),
            ("emission", "=SUM(E4:E33)"),
            ("substituted", "=SUM(F4:F33)"),
        ],
    )


def main() -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    gas_day(book, "gas day before", whole=True)
    gas_day(book, "gas day", whole=False)
    water_day(book)
    month(book, "water month", "mg/L", weighted=True)
    month(book, "gas month", "mg/m3", weighted=False)
    _fill_expected(book)
    book.save(Path(__file__).with_name("golden_tables.xlsx"))


def _fill_expected(book: Workbook) -> None:
    """Write what the formulas give beside them. The evaluator is the test's, so that the file and the test agree on it."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("spreadsheet", Path(__file__).with_name("spreadsheet.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for sheet in book.worksheets:
        for row in range(FIRST, FIRST + 12):
            if sheet.cell(row, 11).value is not None:
                sheet.cell(row, 12, float(module.evaluate(book, sheet.title, f"K{row}")))


if __name__ == "__main__":
    main()
