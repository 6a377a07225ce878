"""The factor dictionary (监测因子): codes, names, media, default units and wire formats.

Source: HJ 212-2017 appendix B (code tables), with the 2005 rows and the few of 2025 that are known. The default unit
is what the table prints; a device may be configured otherwise, so the unit of a point always wins over it.
"""

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from park_standards.errors import UnknownFactor
from park_standards.tables import rows_of
from park_standards.units import canonical_unit

_FILES = ("factors.csv", "factors_supplement.csv")
# When one code stands in several editions, the row of the edition in the widest use speaks for it.
_EDITION_ORDER = {"2017": 0, "2025": 1, "limit-tables": 2, "legacy(2017 col)": 3, "2005": 4}


@dataclass(frozen=True, slots=True)
class Factor:
    """One row of the code tables.

    `medium` is water, gas, air, noise, condition or other; `unit` is the default unit of the value in the library's
    spelling ("" if none is printed); `total_unit` that of the cumulative field (-Cou); `wire_format` is the HJ 212
    data type (N5.2: five digits before the point, two after). `edition` is 2005, 2017, 2025, ...
    """

    code: str
    legacy_code: str
    name_zh: str
    name_en: str
    medium: str
    unit: str
    total_unit: str
    wire_format: str
    edition: str
    note: str

    @property
    def decimals(self) -> int:
        """Digits after the point of the wire format; 0 when it prints none."""
        _, _, tail = self.wire_format.partition(".")
        return int(tail) if tail.isdigit() else 0


def _unit_of(row: dict[str, str]) -> str:
    # The table prints dB for Leq, Ld, Ln and the like; GB 3096-2008 3.1 defines all of them as A-weighted.
    if row["medium"] == "noise" and row["code"].startswith("L"):
        return "dB(A)"
    return canonical_unit(row["unit_concentration"]) if row["unit_concentration"] else ""


@lru_cache(maxsize=1)
def factor_rows() -> tuple[Factor, ...]:
    """Return every row of the tables, all editions, in file order (a code may come more than once)."""
    return tuple(
        Factor(
            code=row["code"],
            legacy_code=row["legacy_code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            medium=row["medium"],
            unit=_unit_of(row),
            total_unit=row["unit_flow_or_cou"],
            wire_format=row["format"],
            edition=row["version"],
            note=row["notes"],
        )
        for name in _FILES
        for _, row in rows_of(name)
    )


@lru_cache(maxsize=1)
def factors() -> MappingProxyType[str, Factor]:
    """Return {code: Factor}, one row a code: 2017 before 2025 before 2005, the first of equals."""
    best: dict[str, Factor] = {}
    for row in factor_rows():
        known = best.get(row.code)
        if known is None or _EDITION_ORDER[row.edition] < _EDITION_ORDER[known.edition]:
            best[row.code] = row
    return MappingProxyType(best)


@lru_cache(maxsize=1)
def _legacy() -> MappingProxyType[str, str]:
    table: dict[str, str] = {}
    for row in factor_rows():
        if row.legacy_code and row.code != row.legacy_code and not row.edition.startswith(("2005", "legacy")):
            table.setdefault(row.legacy_code, row.code)
    return MappingProxyType(table)


def factor(code: str) -> Factor:
    """Return the factor of `code`. Raises UnknownFactor; legacy codes are not accepted here (`modern_code`)."""
    try:
        return factors()[code]
    except KeyError:
        raise UnknownFactor(code) from None


def modern_code(legacy_code: str) -> str | None:
    """Return the HJ 212-2017 code of a 2005 code ("011" -> "w01018", "02" -> "a21026"), or None if none is given."""
    return _legacy().get(legacy_code)
