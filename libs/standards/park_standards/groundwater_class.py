"""Groundwater class (地下水质量类别) by GB/T 14848-2017: class of each item, of the well the worst item's.

Classes I to V; class V is whatever is worse than IV. Equal limits in two classes give the better one. The class is
that of surface water's `WaterClass` without "worse than V".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from park_standards.errors import BadValue, NotEnoughData
from park_standards.limit import Limit, Op, Subject
from park_standards.limits import all_limits
from park_standards.rounding import exact
from park_standards.units import convert
from park_standards.water_class import Reading, WaterClass, class_not_detected

_NO_UPPER_END = ">"


@dataclass(frozen=True, slots=True)
class GroundwaterReport:
    """Class of a well: the worst of `by_item`; `deciding` are the items that have it."""

    overall: WaterClass
    by_item: Mapping[str, WaterClass]
    deciding: tuple[str, ...]


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, tuple[Limit, ...]]:
    found: dict[str, list[Limit]] = {}
    for row in all_limits():
        if row.subject is Subject.GROUNDWATER:
            found.setdefault(row.key, []).append(row)
    return MappingProxyType({key: tuple(rows) for key, rows in found.items()})


def item_class(item: str, reading: Reading) -> WaterClass:
    """Return the class of one item, named by its code or, where it has none, by its Chinese name.

    Below the detection limit is class I. Items that must be absent (smell and taste, visible matter) are class I when
    `detected` is False and V when True, whatever the value. Raises BadValue for an item the standard does not list and for
    a pH "not detected", UnitMismatch for its unit.
    """
    rows = _rows().get(item)
    if rows is None:
        raise BadValue(f"GB/T 14848-2017 does not list {item!r}")
    if not reading.detected:
        return WaterClass.I if rows[0].op is Op.RULE else class_not_detected(item, rows[0].bounds)
    for water_class, row in zip(WaterClass, rows, strict=False):
        if _meets(row, reading):
            return water_class
    return WaterClass.V


def _meets(row: Limit, reading: Reading) -> bool:
    if row.op is Op.RULE:
        # Gross radioactivity: ">0.5" stands in IV and V alike, so whatever is over III meets IV, the better of the two.
        return row.text.startswith(_NO_UPPER_END)
    value = exact(reading.value) if reading.unit is None else convert(reading.value, reading.unit, row.unit)
    return row.bounds.contain(value)


def well_class(readings: Mapping[str, Reading]) -> GroundwaterReport:
    """Return the class of a well from readings by item. Raises NotEnoughData for none, and as `item_class`."""
    if not readings:
        raise NotEnoughData("groundwater class: items", 0, 1)
    by_item = {item: item_class(item, reading) for item, reading in readings.items()}
    overall = max(by_item.values())
    deciding = tuple(item for item, found in by_item.items() if found == overall)
    return GroundwaterReport(overall, MappingProxyType(by_item), deciding)
