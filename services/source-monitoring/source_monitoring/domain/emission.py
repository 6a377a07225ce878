"""Emitted mass of hours and days (排放量): own computation from measured means and flow, and what stands for the gaps. Pure.

Water: hourly mean times the hour's volume, HJ 212-2017 D.1 (8), (10), (11). Gas: (33), (34) with the measured, never
the converted concentration. ASSUMPTION: `a00000` is the dry flow at standard state, as loggers upload it; to
disprove, an outlet whose logger sends the wet flow at actual state (then `park_standards.gas_state` has the
conversion). Stopped hours and hours without flow emit nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from park_judging.domain.layered_periods import COUNTING, is_expected
from park_judging.domain.period_means import volume_of
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium
from park_standards.emissions import gas_mass, water_mass
from park_standards.errors import NotEnoughData
from park_standards.rounding import exact, round_gb8170
from park_standards.substitution import Substitution, gas_substitute, water_substitute
from park_standards.units import convert, quantity_of

FLOW: Mapping[Medium, str] = {
    Medium.WASTE_WATER: "w00000",
    Medium.RAIN_WATER: "w00000",
    Medium.WASTE_GAS: "a00000",
}
_CONCENTRATION: Mapping[Medium, tuple[str, str]] = {
    Medium.WASTE_WATER: ("mass per water volume", "mg/L"),
    Medium.RAIN_WATER: ("mass per water volume", "mg/L"),
    Medium.WASTE_GAS: ("mass per gas volume", "mg/m3"),
}
"""(quantity, unit) of what makes a mass together with the flow."""

_KG_DECIMALS = 6
LONG_GAP_HOURS = 24


def makes_mass(medium: Medium, factor: FactorAssessment) -> bool:
    """Say whether the factor is a concentration from which a mass follows (pH and temperature are none)."""
    return medium in _CONCENTRATION and quantity_of(factor.unit) == _CONCENTRATION[medium][0]


def with_emission(medium: Medium, factors: Sequence[FactorAssessment]) -> list[FactorAssessment]:
    """Return the factors of an hour with the mass of each in kg where concentration and flow are both valid."""
    flow = next((one for one in factors if one.factor == FLOW.get(medium)), None)
    if flow is None:
        return list(factors)
    volume = volume_of(flow) if flow.verdict in COUNTING else None
    return [_with_mass(medium, one, volume) if makes_mass(medium, one) else one for one in factors]


def _with_mass(medium: Medium, hour: FactorAssessment, volume: Decimal | None) -> FactorAssessment:
    if not is_expected(hour):
        return msgspec.structs.replace(hour, emission="0")
    if hour.verdict not in COUNTING or hour.mean is None or volume is None:
        return hour
    concentration = convert(exact(hour.mean), hour.unit, _CONCENTRATION[medium][1])
    mass = (gas_mass if medium is Medium.WASTE_GAS else water_mass)(concentration, volume)
    return msgspec.structs.replace(hour, emission=kilograms(mass))


def kilograms(mass: Decimal) -> str:
    """Return a mass in kg as text, to the milligram."""
    return f"{round_gb8170(mass, _KG_DECIMALS).normalize():f}"


def day_emission(hours: Sequence[FactorAssessment]) -> str | None:
    """Return the sum of the hours that have a mass; None when none has."""
    known = [exact(hour.emission) for hour in hours if hour.emission is not None]
    return kilograms(sum(known, Decimal(0))) if known else None


def gap_lengths(masses: Sequence[bool], first: int, count: int) -> list[int]:
    """Return for each hour of masses[first:first+count] that has no mass the length of the gap it lies in, hours.

    `masses` says hour by hour whether there is a mass, with neighbours of the day on both sides.
    """
    lengths = []
    for place in range(first, first + count):
        if masses[place]:
            continue
        before, behind = place, place
        while before > 0 and not masses[before - 1]:
            before -= 1
        while behind + 1 < len(masses) and not masses[behind + 1]:
            behind += 1
        lengths.append(behind - before + 1)
    return lengths


@dataclass(frozen=True, slots=True)
class GapFacts:
    """What the substitute of one factor's day is made from. Masses are kg an hour (gas) or a day (water), oldest first."""

    capture: Decimal | None
    """Capture rate of the quarter to date, None when the source was stopped all the time."""
    gaps: Sequence[int]
    """For each hour without mass the length of its gap in hours."""
    earlier: Sequence[Decimal]


def substitute_gas(facts: GapFacts) -> tuple[Decimal | None, str]:
    """Return the mass for all hours without one, and the rule. None: the standard gives none, or there is no history."""
    if not facts.gaps:
        return None, ""
    if facts.capture is None:
        return None, "no hour of the quarter was expected"
    total, rules = Decimal(0), []
    for gap in facts.gaps:
        try:
            one: Substitution = gas_substitute(facts.capture, gap, facts.earlier)
        except NotEnoughData:
            return None, "no earlier valid hourly emission"
        if one.mass is None:
            return None, f"{one.standard}: {one.rule}"
        total += one.mass
        rules.append(_rule_of(one))
    return total, "; ".join(dict.fromkeys(rules))


def substitute_water(day: FactorAssessment, earlier: Sequence[Decimal]) -> tuple[Decimal | None, str]:
    """Return the mass that is added to the measured part of an invalid day, and the rule: together the substitute of the day.

    A measured part above the substitute stays as it is. Valid days and stopped ones get none (HJ 356-2019: daily
    emission only).
    """
    if day.verdict in COUNTING or not is_expected(day):
        return None, ""
    try:
        one = water_substitute(earlier)
    except NotEnoughData:
        return None, "no earlier valid daily emission"
    measured = exact(day.emission or "0")
    return max((one.mass or Decimal(0)) - measured, Decimal(0)), _rule_of(one)


def _rule_of(one: Substitution) -> str:
    short = f" ({one.used} of {one.wanted} there)" if one.used < one.wanted else ""
    return f"{one.standard}: {one.rule}{short}"
