"""Just enough of a spreadsheet to recompute the formulas of golden_tables.xlsx, in exact fractions; it knows
nothing of the platform."""

import ast
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import range_boundaries

Cells = list[Fraction | None]

_FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "SUM": lambda cells: sum((cell for cell in cells if cell is not None), Fraction(0)),
    "COUNT": lambda cells: Fraction(sum(cell is not None for cell in cells)),
    "AVERAGE": lambda cells: _FUNCTIONS["SUM"](cells) / _FUNCTIONS["COUNT"](cells),
    "MIN": lambda cells: min(cell for cell in cells if cell is not None),
    "MAX": lambda cells: max(cell for cell in cells if cell is not None),
    "SUMPRODUCT": lambda one, other: sum(
        (left * right for left, right in zip(one, other, strict=True) if left is not None and right is not None),
        Fraction(0),
    ),
}
_REFERENCE = re.compile(r"(?:'([^']+)'!)?([A-Z]+\d+(?::[A-Z]+\d+)?)")


def evaluate(book: Workbook, sheet: str, cell: str) -> Fraction:
    """Return the value of one cell; formulas are worked out down to the inputs. Raises ValueError for text and empty cells."""
    value = _value(book, sheet, cell)
    if value is None:
        raise ValueError(f"{sheet}!{cell} holds no number")
    return value


def _value(book: Workbook, sheet: str, cell: str) -> Fraction | None:
    found: Any = book[sheet][cell].value
    if isinstance(found, str) and found.startswith("="):
        return _formula(book, sheet, found[1:])
    return Fraction(str(found)) if isinstance(found, int | float) else None


def _formula(book: Workbook, sheet: str, formula: str) -> Fraction:
    names: dict[str, Any] = {}

    def replace(match: re.Match[str]) -> str:
        name = f"ref{len(names)}"
        names[name] = (
            _cells(book, match[1] or sheet, match[2])
            if ":" in match[2]
            else evaluate(book, match[1] or sheet, match[2])
        )
        return name

    value: Fraction = _work_out(ast.parse(_REFERENCE.sub(replace, formula), mode="eval").body, names)
    return value


def _cells(book: Workbook, sheet: str, area: str) -> Cells:
    left, top, right, bottom = range_boundaries(area)
    return [
        _value(book, sheet, book[sheet].cell(row, column).coordinate)
        for row in range(int(top or 1), int(bottom or 1) + 1)
        for column in range(int(left or 1), int(right or 1) + 1)
    ]


_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
}


def _work_out(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_work_out(node.left, names), _work_out(node.right, names))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _FUNCTIONS[node.func.id](*(_work_out(argument, names) for argument in node.args))
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Fraction(str(node.value))
    raise ValueError(f"{ast.unparse(node)} is beyond this spreadsheet")
