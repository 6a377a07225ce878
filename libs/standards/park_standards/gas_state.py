"""State of flue gas: actual to standard (273 K, 101 325 Pa), wet to dry, volume to mass. HJ 212-2017 D.2 (18) to (31).

Temperatures in degC, pressures in Pa (static pressure signed, stacks are mostly negative), humidity as a fraction
(12 % is 0.12). HJ 212 fields carry kPa and %: convert first (`units.convert`, / 100).
"""

from decimal import Decimal
from enum import Enum

from park_standards.errors import BadValue
from park_standards.rounding import exact

STANDARD_PRESSURE_PA = Decimal(101325)
ZERO_CELSIUS_K = Decimal(273)
MOLAR_VOLUME_L = Decimal("22.4")
NO2_TO_NO = Decimal(46) / Decimal(30)


class MolarMass(Enum):
    """g/mol as the formulas of HJ 212-2017 use them (rounded)."""

    SO2 = Decimal(64)
    NO = Decimal(30)
    NO2 = Decimal(46)
    CO = Decimal(28)


def _state_factor(temperature: Decimal, ambient_pa: Decimal, static_pa: Decimal) -> Decimal:
    """Return (273 / (273+t)) (Ba+Ps) / 101325. Raises BadValue for an absolute temperature or pressure not above 0."""
    kelvin = ZERO_CELSIUS_K + exact(temperature)
    pressure = exact(ambient_pa) + exact(static_pa)
    if kelvin <= 0 or pressure <= 0:
        raise BadValue(f"gas at {temperature} degC and {pressure} Pa does not exist: check units and signs")
    return ZERO_CELSIUS_K / kelvin * pressure / STANDARD_PRESSURE_PA


def _dry_share(humidity: Decimal) -> Decimal:
    if not 0 <= exact(humidity) < 1:
        raise BadValue(f"humidity {humidity} is not a fraction of 0 to below 1 (12 % is 0.12)")
    return 1 - humidity


def standard_concentration(actual: Decimal, temperature: Decimal, ambient_pa: Decimal, static_pa: Decimal) -> Decimal:
    """Return a mass concentration at standard state from that at actual state, both wet or both dry (18)."""
    return exact(actual) / _state_factor(temperature, ambient_pa, static_pa)


def dry_concentration(wet: Decimal, humidity: Decimal) -> Decimal:
    """Return the dry concentration (also of O2) from the wet one (19)."""
    return exact(wet) / _dry_share(humidity)


def ppm_to_mg_m3(ppm: Decimal, molar_mass: MolarMass) -> Decimal:
    """Return mg/m3 at 273 K from umol/mol (20). Ambient-air monitors at 298 K need 24.5 instead of 22.4."""
    return exact(ppm) * molar_mass.value / MOLAR_VOLUME_L


def nox_as_no2(no: Decimal, no2: Decimal) -> Decimal:
    """Return NOx as NO2 from mass concentrations of NO and NO2: NO 46/30 + NO2 (21)."""
    return exact(no) * NO2_TO_NO + exact(no2)


def wet_flow(velocity: Decimal, area: Decimal, velocity_coefficient: Decimal = Decimal(1)) -> Decimal:
    """Return the wet flow at actual state, m3/h, from the measured velocity (m/s), area (m2) and Kv (29), (30)."""
    if exact(area) <= 0 or exact(velocity_coefficient) <= 0:
        raise BadValue(f"duct area {area} m2 and velocity coefficient {velocity_coefficient} must be above zero")
    return 3600 * area * velocity_coefficient * exact(velocity)


def dry_standard_flow(
    wet: Decimal, temperature: Decimal, ambient_pa: Decimal, static_pa: Decimal, humidity: Decimal
) -> Decimal:
    """Return the dry flow at standard state, m3/h, from the wet flow at actual state, m3/h (31).

    All raise BadValue for temperatures, pressures or humidities that cannot be.
    """
    return exact(wet) * _state_factor(temperature, ambient_pa, static_pa) * _dry_share(humidity)
