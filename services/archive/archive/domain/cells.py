"""Reading one cell of the register: what only master data has; plain text, numbers and days are read by park_chassis.sheets."""

import re

from park_chassis.sheets.cells import whole
from park_chassis.sheets.problems import BadCell
from park_schemas.registry import MonitoredFactor
from park_standards.errors import UnknownFactor
from park_standards.factors import factor as factor_of
from park_standards.units import canonical_unit, quantity_of

from archive.domain.credit_code import flaw_of_credit_code

_MAX_FACTORS = 60


def credit_code(cell: str) -> str:
    """Read a unified social credit code with its check character (GB 32100-2015)."""
    code = cell.upper()
    flaw = flaw_of_credit_code(code)
    if flaw:
        raise BadCell(*flaw)
    return code


def factor_code(cell: str) -> str:
    """Read the HJ 212-2017 code of a factor that the code tables know."""
    try:
        return factor_of(cell).code
    except UnknownFactor:
        raise BadCell(
            f"因子编码 {cell} 不在 HJ 212 编码表中", f"factor code {cell} is not in the HJ 212 code tables"
        ) from None


def unit(cell: str) -> str:
    """Read a unit the standards library can compare with."""
    spelled = canonical_unit(cell)
    if quantity_of(spelled) is None:
        raise BadCell(f"未知单位 {cell}", f"unknown unit {cell}")
    return spelled


def factor_list(cell: str) -> tuple[MonitoredFactor, ...]:
    """Read monitored factors: code[:unit[:decimals]] separated by semicolons or commas, e.g. w01018:mg/L:1; w01001."""
    parts = [part.strip() for part in re.split(r"[;；,，\n]", cell) if part.strip()]
    if len(parts) > _MAX_FACTORS:
        raise BadCell(f"最多{_MAX_FACTORS}个因子", f"at most {_MAX_FACTORS} factors")
    listed = tuple(_monitored(part) for part in parts)
    codes = [one.factor for one in listed]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BadCell(f"因子重复：{' '.join(twice)}", f"factors given twice: {' '.join(twice)}")
    return listed


def _monitored(part: str) -> MonitoredFactor:
    code, _, rest = part.partition(":")
    given_unit, _, given_decimals = rest.partition(":")
    known = factor_of(factor_code(code.strip()))
    spelled = unit(given_unit.strip()) if given_unit.strip() else known.unit
    decimals = whole(0, 6)(given_decimals.strip()) if given_decimals.strip() else known.decimals
    return MonitoredFactor(
        factor=known.code, name_zh=known.name_zh, name_en=known.name_en, unit=spelled, decimals=decimals
    )
