"""City water quality index CWQI (城市水质指数, method of 2017; from-memory): sum of Ci / S3 over the items of GB 3838.

S3 is the class III limit. Dissolved oxygen counts as S / C; pH <= 7 as (7 - pH)/(7 - 6), above as (pH - 7)/(9 - 7).
A result below the detection limit enters as half of the detection limit.
"""

from collections.abc import Mapping
from decimal import Decimal

from park_standards.errors import BadValue, NotEnoughData
from park_standards.rounding import exact
from park_standards.units import convert
from park_standards.water_class import EXCLUDED, OXYGEN, PH, Reading, WaterBody, WaterClass, class_bounds

_NEUTRAL = Decimal(7)


def item_index(code: str, reading: Reading, body: WaterBody) -> Decimal:
    """Return the index of one item; for `detected=False` the reading's value is the detection limit.

    Raises BadValue for a code without a class III limit or an oxygen of zero or less, UnitMismatch for its unit.
    """
    classes = class_bounds(code, body)
    if classes is None:
        raise BadValue(f"GB 3838-2002 table 1 has no class III limit for {code!r} in a {body.value}")
    bounds = classes[WaterClass.III - 1]
    value = exact(reading.value) if reading.unit is None else convert(reading.value, reading.unit, bounds.unit)
    if not reading.detected:
        value /= 2
    if code == PH:
        return _ph_index(value, bounds.lower, bounds.upper)
    if code == OXYGEN and bounds.lower is not None:
        if value <= 0:
            raise BadValue(f"dissolved oxygen {value} gives no index")
        return bounds.lower / value
    if not bounds.upper:
        raise BadValue(f"the class III limit of {code!r} is not an upper limit")
    return value / bounds.upper


def _ph_index(value: Decimal, lower: Decimal | None, upper: Decimal | None) -> Decimal:
    if lower is None or upper is None:
        raise BadValue("the limit of pH is not a range")
    return (_NEUTRAL - value) / (_NEUTRAL - lower) if value <= _NEUTRAL else (value - _NEUTRAL) / (upper - _NEUTRAL)


def water_quality_index(readings: Mapping[str, Reading], body: WaterBody) -> Decimal:
    """Return the CWQI of a river or lake from the period means of its 21 items; excluded items do not count.

    It is a sum: indices of different sets of items must not be compared or ranked.
    Raises NotEnoughData when none of the readings counts.
    """
    parts = [
        item_index(code, reading, body)
        for code, reading in readings.items()
        if code not in EXCLUDED and class_bounds(code, body) is not None
    ]
    if not parts:
        raise NotEnoughData("CWQI: evaluated items", 0, 1)
    return sum(parts, Decimal(0))


def city_index(river_index: Decimal, sections: int, lake_index: Decimal, points: int) -> Decimal:
    """Return the index of a city: (river x sections + lake x points) / (sections + points). Raises NotEnoughData."""
    if sections < 0 or points < 0 or not sections + points:
        raise NotEnoughData("CWQI of a city: sections and points", sections + points, 1)
    return (exact(river_index) * sections + exact(lake_index) * points) / (sections + points)
