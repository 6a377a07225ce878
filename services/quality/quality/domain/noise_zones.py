"""What the standard asks of an automatic noise station: levels of day and night by its acoustic zone. Pure.

One truth: the zone is the station's target class in the registry, the standard follows from its kind, the numbers from the
standards library. The archive takes no limits of noise stations.

| kind | standard |
|---|---|
| zone-noise (also: no kind) | GB 3096-2008, acoustic zones 0 to 4b |
| boundary-noise | GB 12348-2008, factory boundary, zones 0 to 4 |

Lmax of the night may be 15 dB(A) above the limit of the night (both standards). ASSUMPTION: sudden noise is occasional; an
automatic station cannot tell frequent noise (10 dB(A), GB 12348-2008) from it. To disprove: recordings of the events.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType

import msgspec
from park_judging.domain.applied_limits import COMPUTED_ONLY
from park_schemas.codes import Medium, Period, PointKind
from park_schemas.park_time import at_park
from park_schemas.registry import LimitInForce, MonitoredFactor, PointRecord
from park_standards.errors import UnknownStandard
from park_standards.factors import factor as factor_of
from park_standards.limit import Averaging, Limit
from park_standards.noise import NIGHT_PEAK_OCCASIONAL_DB, noise_limit, period_of_day

from quality.domain.surveys.kinds import AMBIENT_NOISE, BOUNDARY_NOISE

DAY_LEVEL, NIGHT_LEVEL, DAY_NIGHT_LEVEL = "Ld", "Ln", "Ldn"
EQUIVALENT, SOUND_LEVEL, PEAK = "Leq", "LA", "LMx"
DERIVED = (DAY_LEVEL, NIGHT_LEVEL, DAY_NIGHT_LEVEL)
"""Computed by us from the hours; what a device says of them stands beside (the edition of 2005 has Ld and Ln swapped)."""

_STANDARDS: Mapping[PointKind, tuple[str, str]] = MappingProxyType(
    {
        PointKind.ZONE_NOISE: (AMBIENT_NOISE, "outdoor"),
        PointKind.BOUNDARY_NOISE: (BOUNDARY_NOISE, "factory boundary"),
    }
)
_LEVEL_OF = MappingProxyType({Averaging.DAYTIME: DAY_LEVEL, Averaging.NIGHT: NIGHT_LEVEL})
_WORDS = MappingProxyType({Averaging.DAYTIME: "昼间", Averaging.NIGHT: "夜间"})
_BEGINNING = date(2008, 10, 1)
"""Both standards came into force on this day."""


def completed(point: PointRecord) -> PointRecord:
    """Return a noise station with the levels we compute among its factors and the limits of its zone; others as they are."""
    if point.medium is not Medium.NOISE:
        return point
    known = {one.factor for one in point.factors}
    added = [_derived(code) for code in DERIVED if code not in known]
    limits = [row for row in _limits(point) if row.factor != PEAK or PEAK in known]
    return msgspec.structs.replace(point, factors=[*point.factors, *added], limits=[*point.limits, *limits])


def _derived(code: str) -> MonitoredFactor:
    row = factor_of(code)
    return MonitoredFactor(factor=code, name_zh=row.name_zh, name_en=row.name_en, unit=row.unit, decimals=0)


def standard_of(point: PointRecord) -> str:
    return _STANDARDS[point.point_kind or PointKind.ZONE_NOISE][0]


def zone_limit(point: PointRecord, period: Averaging) -> Limit | None:
    """Return the limit of the station's zone by day or by night, None when its zone is not known to the standard."""
    standard, place = _STANDARDS[point.point_kind or PointKind.ZONE_NOISE]
    try:
        return noise_limit(standard, point.target_class, period, place)
    except UnknownStandard:
        return None


def limit_at(point: PointRecord, moment: datetime) -> Limit | None:
    """Return the limit of the time of day that a moment lies in."""
    return zone_limit(point, period_of_day(at_park(moment).time()))


def _limits(point: PointRecord) -> Iterator[LimitInForce]:
    for period, code in _LEVEL_OF.items():
        row = zone_limit(point, period)
        if row is None or row.value is None:
            continue
        clause = f"{row.level}类 {_WORDS[period]}"
        yield _in_force(row, code, f"{row.value:f}", clause)
        if period is Averaging.NIGHT:
            peak = row.value + NIGHT_PEAK_OCCASIONAL_DB
            yield _in_force(row, PEAK, f"{peak:f}", f"{clause}突发噪声 +{NIGHT_PEAK_OCCASIONAL_DB} dB(A)", "/peak")


def _in_force(row: Limit, factor: str, upper: str, clause: str, suffix: str = "") -> LimitInForce:
    return LimitInForce(
        limit_id=row.limit_id + suffix,
        factor=factor,
        unit=row.unit,
        averaging=Period.DAY.value,
        standard=row.standard,
        clause=clause,
        valid_from=row.effective_from or _BEGINNING,
        valid_to=row.effective_to,
        upper=upper,
        basis=COMPUTED_ONLY,
        confidence=row.confidence.value,
    )
