"""Composite index of ambient air (环境空气质量综合指数): sum of Ci / Si over the six pollutants, HJ 663.

Ci: mean of the period for SO2, NO2, PM10, PM2.5; P95 of the daily means for CO; P90 of the daily maximum 8-hour means
for O3. Si: annual class-2 limits, for CO the 24-hour and for O3 the 8-hour limit. Units ug/m3, CO mg/m3.
Confidence: from-memory (2013); the weights reported for 2026 are unverified and not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from park_standards.aqi import POLLUTANT_CODES, Pollutant
from park_standards.errors import NotEnoughData, UnknownStandard
from park_standards.limit import Averaging, Limit, Subject
from park_standards.limits import limits_for
from park_standards.rounding import exact

STATISTIC_LIMITS = MappingProxyType(
    {
        Pollutant.SO2: Averaging.YEAR,
        Pollutant.NO2: Averaging.YEAR,
        Pollutant.PM10: Averaging.YEAR,
        Pollutant.PM25: Averaging.YEAR,
        Pollutant.CO: Averaging.DAY,
        Pollutant.O3: Averaging.DAY_MAX_8H,
    }
)
PERCENTILES = MappingProxyType({Pollutant.CO: Decimal("0.95"), Pollutant.O3: Decimal("0.90")})
_CODES = {pollutant: code for code, pollutant in POLLUTANT_CODES.items()}


@dataclass(frozen=True, slots=True)
class CompositeIndex:
    """`index` is the sum, `parts` the single indices Ci/Si, `largest` the pollutants with the greatest part."""

    index: Decimal
    parts: Mapping[Pollutant, Decimal]
    largest: tuple[Pollutant, ...]


def class_2_limit(pollutant: Pollutant, at: date) -> Limit:
    """Return the class-2 limit that divides the statistic of the pollutant. Raises UnknownStandard if none is held."""
    rows = [
        row
        for row in limits_for(
            _CODES[pollutant],
            at=at,
            level="2",
            subject=Subject.AMBIENT_AIR,
            averaging=STATISTIC_LIMITS[pollutant],
        )
        if row.standard.startswith("GB 3095") and row.scope != "reference"
    ]
    if len(rows) != 1:
        raise UnknownStandard(f"{len(rows)} class-2 limits of {pollutant} are held for {at.isoformat()}, 1 expected")
    return rows[0]


def composite_index(statistics: Mapping[Pollutant, Decimal], at: date) -> CompositeIndex:
    """Return the composite index of a period ending on `at`. Raises NotEnoughData unless all six are given."""
    if set(statistics) != set(Pollutant):
        raise NotEnoughData("composite index: pollutants", len(statistics), len(Pollutant))
    parts = {}
    for pollutant in Pollutant:
        divisor = class_2_limit(pollutant, at).bounds.upper
        if not divisor:
            raise UnknownStandard(f"the limit of {pollutant} is not a positive number")
        parts[pollutant] = exact(statistics[pollutant]) / divisor
    top = max(parts.values())
    return CompositeIndex(
        sum(parts.values(), Decimal(0)),
        MappingProxyType(parts),
        tuple(pollutant for pollutant, part in parts.items() if part == top),
    )
