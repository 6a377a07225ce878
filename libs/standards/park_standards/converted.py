"""Concentration converted to the reference oxygen of the emission standard (折算浓度).

C = C_measured (21 - O2_reference) / (21 - O2_measured), or with an excess-air coefficient C = C_measured alpha/alpha_s.
HJ 212-2017 D.2 (26) to (28); HJ 75-2017. Emissions use the measured value, never the converted one.

Towards 21 % oxygen the factor explodes. 21 % and more is refused; above 20.5 % with the load running the value exists
but must not be judged until the marks are settled (`oxygen_is_plausible`; project rule, data_validity.md section 2).
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from park_standards.errors import BadValue
from park_standards.limit import Confidence
from park_standards.limit_fields import oxygen_of
from park_standards.rounding import exact
from park_standards.tables import rows_of

AIR_OXYGEN_PERCENT = Decimal(21)
HIGHEST_JUDGED_OXYGEN_PERCENT = Decimal("20.5")
DEVIATION_TOLERANCE = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class BaselineOxygen:
    """Reference oxygen of a kind of source; `percent` None: compared as measured, or by `wording` (excess air 1.7)."""

    industry: str
    source: str
    percent: Decimal | None
    wording: str
    standard: str
    confidence: Confidence
    note: str


@lru_cache(maxsize=1)
def baseline_oxygen_rows() -> tuple[BaselineOxygen, ...]:
    """Return the table of reference oxygen (基准氧含量) with standard and confidence."""
    rows = []
    for _, row in rows_of("baseline_oxygen.csv"):
        _, percent, wording = oxygen_of(row["o2_base_pct"])
        rows.append(
            BaselineOxygen(
                row["industry"], row["source"], percent, wording, row["standard"], Confidence(row["confidence"]),
                row["note"],
            )
        )  # fmt: skip
    return tuple(rows)


def baseline_oxygen(industry: str, source: str = "") -> tuple[BaselineOxygen, ...]:
    """Return the rows whose industry is `industry` and whose source contains `source`; () when there is none."""
    return tuple(row for row in baseline_oxygen_rows() if row.industry == industry and source in row.source)


def oxygen_is_plausible(oxygen_percent: Decimal) -> bool:
    """Say whether a running source's oxygen (dry, %) may be used for a judged conversion: 0 to 20.5 %."""
    return 0 <= exact(oxygen_percent) <= HIGHEST_JUDGED_OXYGEN_PERCENT


def converted_concentration(measured: Decimal, oxygen_percent: Decimal, baseline_percent: Decimal) -> Decimal:
    """Return the concentration at the reference oxygen, in the unit of `measured` (dry, standard state).

    `oxygen_percent` is dry. Raises BadValue for oxygen outside 0 to below 21 % or a baseline outside 0 to below 21 %.
    """
    measured = exact(measured)
    for what, percent in (("measured", oxygen_percent), ("reference", baseline_percent)):
        if not 0 <= exact(percent) < AIR_OXYGEN_PERCENT:
            raise BadValue(f"{what} oxygen {percent} % is not within 0 to below 21 %: no conversion")
    return measured * (AIR_OXYGEN_PERCENT - baseline_percent) / (AIR_OXYGEN_PERCENT - oxygen_percent)


def excess_air(oxygen_percent: Decimal) -> Decimal:
    """Return the excess-air coefficient 21 / (21 - O2). HJ 212-2017 D.2 (27). Raises BadValue as above."""
    if not 0 <= exact(oxygen_percent) < AIR_OXYGEN_PERCENT:
        raise BadValue(f"oxygen {oxygen_percent} % is not within 0 to below 21 %: no excess-air coefficient")
    return AIR_OXYGEN_PERCENT / (AIR_OXYGEN_PERCENT - oxygen_percent)


def converted_by_excess_air(measured: Decimal, oxygen_percent: Decimal, reference_alpha: Decimal) -> Decimal:
    """Return C alpha / alpha_s, for standards that give an excess-air coefficient (GB 9078: 1.7). HJ 212-2017 (26)."""
    if exact(reference_alpha) <= 0:
        raise BadValue(f"the reference excess-air coefficient must be above zero, not {reference_alpha}")
    return exact(measured) * excess_air(oxygen_percent) / reference_alpha


def conversion_agrees(
    measured: Decimal,
    oxygen_percent: Decimal,
    reported: Decimal,
    baseline_percent: Decimal,
    tolerance: Decimal = DEVIATION_TOLERANCE,
) -> bool:
    """Say whether a device's converted value (-Zs*) equals our own within `tolerance` of ours (rule AN14: 2 %)."""
    own = converted_concentration(measured, oxygen_percent, baseline_percent)
    return abs(exact(reported) - own) <= tolerance * abs(own)
