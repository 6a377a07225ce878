"""English names and CAS numbers of the items that the limit tables name in Chinese only (most of soil, organic compounds).

Source: general chemical nomenclature (IUPAC and usual names) and the CAS registry, from memory; names decide nothing. The CAS
numbers are those of table 2 of GB 36600-2018, for which the packaged table has none; table 1 brings its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from park_standards.tables import rows_of


@dataclass(frozen=True, slots=True)
class ItemName:
    """English name; `cas_number` is "" for groups of substances and where no soil limit needs one."""

    name_en: str
    cas_number: str


@lru_cache(maxsize=1)
def item_names() -> Mapping[str, ItemName]:
    """Return {Chinese name as the limit tables write it: English name and CAS number}."""
    return MappingProxyType(
        {row["item_cn"]: ItemName(row["name_en"], row["cas"]) for _, row in rows_of("item_names.csv")}
    )
