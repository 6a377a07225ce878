"""Emitted mass (排放量) of gas and water. HJ 212-2017 D.1 (1) to (14), D.2 (33), (34).

Gas mass uses the measured concentration, never the converted one. Two slips of the printed formulas are not followed:
(5) to (7) forget 1000 L/m3 in the mean flow, (34) divides the day's sum by 1e6 a second time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from park_standards.errors import BadValue
from park_standards.rounding import exact

_MG_PER_KG = Decimal("1E6")
_LITRES_PER_M3 = Decimal(1000)
_G_PER_KG = Decimal(1000)


def _positive(what: str, value: Decimal) -> Decimal:
    if exact(value) < 0:
        raise BadValue(f"{what} {value} is negative")
    return value


def gas_mass(concentration: Decimal, flow: Decimal, hours: Decimal = Decimal(1)) -> Decimal:
    """Return kg emitted in `hours` from mg/m3 (dry, standard state, measured) and dry standard flow in m3/h (33).

    Small negative concentrations keep their raw value elsewhere and count as 0 here (rule AN03). Raises BadValue for
    a negative flow or time.
    """
    measured = max(exact(concentration), Decimal(0))
    return measured * _positive("flow", flow) * _positive("time", hours) / _MG_PER_KG


def water_volume(flow: Decimal, seconds: Decimal) -> Decimal:
    """Return m3 discharged in a slice of `seconds` at a flow in L/s (1). Raises BadValue for negative ones."""
    return _positive("flow", flow) * _positive("time", seconds) / _LITRES_PER_M3


def water_mass(concentration: Decimal, volume: Decimal) -> Decimal:
    """Return kg from mg/L and m3 (8). Raises BadValue for a negative volume; a negative concentration counts as 0."""
    return max(exact(concentration), Decimal(0)) * _positive("volume", volume) / _G_PER_KG


def mean_flow(volume: Decimal, seconds: Decimal) -> Decimal:
    """Return the mean flow in L/s of a period from its volume in m3 (5) to (7), with the missing 1000 put back."""
    if exact(seconds) <= 0:
        raise BadValue(f"a period of {seconds} s has no mean flow")
    return _positive("volume", volume) * _LITRES_PER_M3 / seconds


@dataclass(frozen=True, slots=True)
class Total:
    """Sum of the periods that have a value, and how many have none: a total with gaps is too low."""

    mass: Decimal
    counted: int
    absent: int


def total_mass(parts: Iterable[Decimal | None]) -> Total:
    """Return the sum of emitted masses (kg); None is a period without value or substitute."""
    known, absent = [], 0
    for part in parts:
        if part is None:
            absent += 1
        else:
            known.append(exact(part))
    return Total(sum(known, Decimal(0)), len(known), absent)
