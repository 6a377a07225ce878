"""Units and their conversion, in Decimal.

A unit belongs to one quantity and has a factor to that quantity's base; two units convert when they share the
quantity. Mass per water volume (mg/L) and mass per gas volume (mg/m3) are kept apart on purpose: a gas factor
configured in mg/L is a mistake that would otherwise become a thousandfold exceedance. ppm and mg/m3 need the molar
mass (`park_standards.gas_state.ppm_to_mg_m3`); colour in degrees and in dilution times have no relation.
"""

from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from park_standards.errors import UnitMismatch
from park_standards.rounding import exact

_QUANTITIES: dict[str, dict[str, str]] = {
    "mass per water volume": {"g/L": "1E3", "mg/L": "1", "ug/L": "1E-3", "ng/L": "1E-6"},
    "mass per gas volume": {"g/m3": "1E3", "mg/m3": "1", "ug/m3": "1E-3", "ng/m3": "1E-6"},
    "toxic equivalent per gas volume": {"ngTEQ/m3": "1"},
    "toxic equivalent per water volume": {"ngTEQ/L": "1"},
    "mass per soil mass": {"mg/kg": "1", "ug/kg": "1E-3"},
    "mass": {"t": "1E3", "kg": "1", "g": "1E-3", "mg": "1E-6"},
    "mass per time": {"kg/h": "1", "g/h": "1E-3"},
    "mass per product": {"kg/t": "1"},
    "daily deposition": {"ug/(dm2.d)": "1"},
    "monthly deposition": {"t/(km2.month)": "1"},
    "volume": {"m3": "1", "L": "1E-3"},
    "volume per time": {"m3/d": "1", "m3/h": "24", "m3/s": "86400", "L/s": "86.4"},
    "amount fraction": {"umol/mol": "1", "ppm": "1", "nmol/mol": "1E-3", "ppb": "1E-3"},
    "radioactivity": {"Bq/L": "1"},
    "germ count": {"count/L": "1", "count/mL": "1000", "count/100mL": "10"},
    "sound level A": {"dB(A)": "1"},
    "sound level": {"dB": "1"},
    "pressure": {"MPa": "1E6", "kPa": "1E3", "Pa": "1"},
    "length": {"m": "1", "cm": "1E-2", "mm": "1E-3"},
    "area": {"m2": "1"},
    "velocity": {"m/s": "1"},
    "temperature": {"degC": "1"},
    "fraction": {"%": "1"},
    "pure number": {"1": "1"},
    "colour degree": {"degree(colour)": "1"},
    "dilution": {"times": "1"},
    "turbidity": {"NTU": "1"},
    "blackness": {"level": "1"},
    "angle": {"degree(angle)": "1"},
    "conductivity": {"uS/cm": "1", "mS/cm": "1E3", "mS/m": "10"},
    "current": {"A": "1"},
    "voltage": {"mV": "1E-3", "V": "1"},
    "rotation": {"r/min": "1"},
    "density": {"kg/m3": "1"},
}

_ALIASES = {
    "": "1", "-": "1", "无量纲": "1", "pH": "1",
    "度": "degree(colour)", "colour unit": "degree(colour)", "Pt-Co colour unit": "degree(colour)", "倍": "times",
    "℃": "degC", "°C": "degC", "C": "degC",
    "g/l": "g/L", "mg/l": "mg/L", "ug/l": "ug/L", "ng/l": "ng/L", "毫克/升": "mg/L", "微克/升": "ug/L",
    "毫克/立方米": "mg/m3", "微克/立方米": "ug/m3", "毫克/千克": "mg/kg", "分贝": "dB", "摄氏度": "degC",
    "个/L": "count/L", "MPN/L": "count/L", "CFU/mL": "count/mL", "MPN/100mL": "count/100mL",
    "MPN/100mL or CFU/100mL": "count/100mL", "dBA": "dB(A)", "级": "level",
    "mg/Nm3": "mg/m3", "ug/Nm3": "ug/m3", "ng/Nm3": "ng/m3", "Nm3/h": "m3/h", "ngTEQ/Nm3": "ngTEQ/m3", "吨": "t",
}  # fmt: skip
_SPELLING = str.maketrans({"μ": "u", "µ": "u", "³": "3", "²": "2", "·": ".", "（": "(", "）": ")", "／": "/"})


_FACTORS = MappingProxyType(
    {unit: (quantity, Decimal(size)) for quantity, units in _QUANTITIES.items() for unit, size in units.items()}
)


@lru_cache(maxsize=256)
def canonical_unit(text: str) -> str:
    """Return the library's spelling of a unit (μg/m³ -> ug/m3, 度 -> degree(colour)); unknown text comes back trimmed."""
    plain = text.strip()
    plain = _ALIASES.get(plain, plain).translate(_SPELLING)
    return _ALIASES.get(plain, plain)


def quantity_of(unit: str) -> str | None:
    """Return the quantity the unit measures ("mass per gas volume"), or None for an unknown unit."""
    entry = _FACTORS.get(canonical_unit(unit))
    return entry[0] if entry else None


def convert(value: Decimal, unit: str, wanted: str) -> Decimal:
    """Return `value` expressed in `wanted`: exact for powers of ten, to 28 digits where time units divide.

    Raises UnitMismatch when either unit is unknown or they measure different quantities, and BadValue when `value`
    is not finite. Reference states (273.15 K or 298.15 K) are not converted: both sides must speak of the same state.
    """
    number = exact(value)
    source, target = canonical_unit(unit), canonical_unit(wanted)
    if source == target:
        return number
    for name in (source, target):
        if name not in _FACTORS:
            raise UnitMismatch(unit, wanted, f"unit {name!r} is unknown")
    (from_quantity, from_factor), (to_quantity, to_factor) = _FACTORS[source], _FACTORS[target]
    if from_quantity != to_quantity:
        raise UnitMismatch(unit, wanted, f"one is {from_quantity}, the other {to_quantity}")
    return number * from_factor / to_factor
