"""What a station measures by the wind it comes with: pollution rose, and correlation between factors. Pure.

Directions are sectors of 22.5 degrees, numbered from north clockwise: where the wind comes from. Below 0.2 m/s there is no
direction: calm (静风, QX/T 45-2007 4.4 and GB/T 35227-2017; ASSUMPTION of the number, to disprove: the two documents).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from math import sqrt

from msgspec import Struct

DIRECTIONS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
DIRECTIONS_ZH = (
    *("北", "北东北", "东北", "东东北", "东", "东东南", "东南", "南东南"),
    *("南", "南西南", "西南", "西西南", "西", "西西北", "西北", "北西北"),
)
CALM_BELOW = Decimal("0.2")
_SECTOR = Decimal("22.5")
_FEWEST_PAIRS = 3

Hourly = Mapping[datetime, Decimal]
"""Valid hourly means by the start of the hour."""


class Sector(Struct, frozen=True):
    """One direction: how often the wind came from it, how strong, and what was measured then."""

    direction: str
    direction_zh: str
    hours: int
    frequency: float
    """Share of all hours with wind data, 0 to 1; the sectors and the calm hours sum up to 1."""
    mean: float | None
    maximum: float | None
    wind_speed: float | None


class Rose(Struct, frozen=True):
    """The sectors from north clockwise, and the calm hours apart. `hours` have value, speed and direction."""

    hours: int
    sectors: list[Sector]
    calm: Sector


def sector_of(degrees: Decimal) -> int:
    """Return the number of the sector a direction lies in: 0 is north, 348.75 to 11.25 degrees."""
    return int((degrees % 360 + _SECTOR / 2) // _SECTOR) % len(DIRECTIONS)


def rose_of(values: Hourly, speeds: Hourly, directions: Hourly) -> Rose:
    """Return the rose of the hours for which value, speed and direction are all known."""
    at = sorted(values.keys() & speeds.keys() & directions.keys())
    by_sector: dict[int, list[datetime]] = {}
    calm = []
    for moment in at:
        if speeds[moment] < CALM_BELOW:
            calm.append(moment)
        else:
            by_sector.setdefault(sector_of(directions[moment]), []).append(moment)

    def sector(name: str, name_zh: str, moments: Sequence[datetime]) -> Sector:
        found = [values[one] for one in moments]
        return Sector(
            direction=name,
            direction_zh=name_zh,
            hours=len(moments),
            frequency=len(moments) / len(at) if at else 0.0,
            mean=float(sum(found, Decimal(0)) / len(found)) if found else None,
            maximum=float(max(found)) if found else None,
            wind_speed=float(sum((speeds[one] for one in moments), Decimal(0)) / len(moments)) if moments else None,
        )

    names = zip(DIRECTIONS, DIRECTIONS_ZH, strict=True)
    sectors = [sector(name, name_zh, by_sector.get(number, ())) for number, (name, name_zh) in enumerate(names)]
    return Rose(len(at), sectors, sector("calm", "静风", calm))


class Correlation(Struct, frozen=True):
    """Pearson's r of two factors over the hours both have; absent below three pairs or when one does not vary."""

    first: str
    second: str
    pairs: int
    r: float | None


def correlations(series: Mapping[str, Hourly]) -> list[Correlation]:
    """Return every pair of factors once, in the order given."""
    codes = list(series)
    return [
        _correlation(first, second, series[first], series[second])
        for number, first in enumerate(codes)
        for second in codes[number + 1 :]
    ]


def _correlation(first: str, second: str, one: Hourly, other: Hourly) -> Correlation:
    at = one.keys() & other.keys()
    pairs = [(float(one[moment]), float(other[moment])) for moment in sorted(at)]
    return Correlation(first, second, len(pairs), _pearson(pairs) if len(pairs) >= _FEWEST_PAIRS else None)


def _pearson(pairs: Sequence[tuple[float, float]]) -> float | None:
    count = len(pairs)
    mean_x, mean_y = (sum(pair[axis] for pair in pairs) / count for axis in (0, 1))
    across = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    spread = sqrt(sum((x - mean_x) ** 2 for x, _ in pairs) * sum((y - mean_y) ** 2 for _, y in pairs))
    return max(-1.0, min(1.0, across / spread)) if spread > 0 else None
