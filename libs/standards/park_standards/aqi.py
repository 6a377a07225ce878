"""Air quality index (环境空气质量指数 AQI) by HJ 633, editions 2012 and 2026, daily and real-time.

Concentrations are in ug/m3, CO in mg/m3, at the reference state of GB 3095. Each is rounded once (integer, CO one
decimal, GB/T 8170), the sub-index IAQI and the AQI are rounded up. The interpolation runs on exact fractions: with
division first, PM2.5 = 35 would give 51 instead of 50.

The edition follows the monitoring time (2026 from 2026-03-01); history is not recomputed with the new one unasked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil
from types import MappingProxyType

from park_standards.errors import BadValue, BrokenTable
from park_standards.limit import Confidence
from park_standards.rounding import exact, round_gb8170
from park_standards.tables import date_cell, decimal_cell, rows_of

_BREAKPOINTS = "aqi_breakpoints.csv"
_CATEGORIES = "aqi_categories.csv"


class Pollutant(StrEnum):
    """The six pollutants of the index; the value is the name the standard prints."""

    SO2 = "SO2"
    NO2 = "NO2"
    PM10 = "PM10"
    CO = "CO"
    O3 = "O3"
    PM25 = "PM2.5"


POLLUTANT_CODES = MappingProxyType(
    {
        "a21026": Pollutant.SO2,
        "a21004": Pollutant.NO2,
        "a34002": Pollutant.PM10,
        "a21005": Pollutant.CO,
        "a05024": Pollutant.O3,
        "a34004": Pollutant.PM25,
    }
)


class Item(StrEnum):
    """A statistic of one pollutant that gets a sub-index: pollutant and averaging, as "SO2 1h"."""

    SO2_24H = "SO2 24h"
    NO2_24H = "NO2 24h"
    PM10_24H = "PM10 24h"
    PM25_24H = "PM2.5 24h"
    CO_24H = "CO 24h"
    O3_8H = "O3 8h"
    O3_1H = "O3 1h"
    SO2_1H = "SO2 1h"
    NO2_1H = "NO2 1h"
    CO_1H = "CO 1h"
    PM10_1H = "PM10 1h"
    PM25_1H = "PM2.5 1h"

    @property
    def pollutant(self) -> Pollutant:
        return Pollutant(self.value.partition(" ")[0])

    @property
    def averaging(self) -> str:
        """1h, 8h or 24h."""
        return self.value.partition(" ")[2]


class Edition(StrEnum):
    """Editions of HJ 633 held in the tables."""

    HJ_633_2012 = "HJ 633-2012"
    HJ_633_2026 = "HJ 633-2026"


_DAILY_2026 = (Item.SO2_24H, Item.NO2_24H, Item.PM10_24H, Item.PM25_24H, Item.CO_24H, Item.O3_8H)

# For a day O3_8H is the daily maximum of the 8-hour moving means and O3_1H (2012) the daily maximum hour. In the
# real-time report of 2012 the PM items are 24-hour moving means; their hourly means are published without an index.
DAILY_ITEMS = MappingProxyType({Edition.HJ_633_2012: (*_DAILY_2026, Item.O3_1H), Edition.HJ_633_2026: _DAILY_2026})
REALTIME_ITEMS = MappingProxyType(
    {
        Edition.HJ_633_2012: (
            Item.SO2_1H, Item.NO2_1H, Item.CO_1H, Item.O3_1H, Item.O3_8H, Item.PM10_24H, Item.PM25_24H,
        ),
        Edition.HJ_633_2026: (
            Item.SO2_1H, Item.NO2_1H, Item.CO_1H, Item.O3_1H, Item.PM10_1H, Item.PM25_1H,
        ),
    }
)  # fmt: skip

# What happens above the last breakpoint of these two (800 ug/m3): 2012 has no index, 2026 a fixed one.
_TOP_WITHOUT_INDEX: dict[Edition, dict[Item, int | None]] = {
    Edition.HJ_633_2012: {Item.SO2_1H: None, Item.O3_8H: None},
    Edition.HJ_633_2026: {Item.SO2_1H: 200, Item.O3_8H: 300},
}
# The item whose sub-index stands in for one that has none (2012).
_STAND_IN = {Item.SO2_1H: Item.SO2_24H, Item.O3_8H: Item.O3_1H}
_PM_BY_DAILY = {Item.PM10_1H: Item.PM10_24H, Item.PM25_1H: Item.PM25_24H}
_TOP_INDEX = 500
_PUBLISHED_FLOOR = {Edition.HJ_633_2012: 0, Edition.HJ_633_2026: 1}


@dataclass(frozen=True, slots=True)
class Category:
    """One of the six levels. `highest` is inclusive; colours as HJ 633 prints them ("0,228,0" of 255, CMYK in %)."""

    level: int
    level_zh: str
    name_zh: str
    name_en: str
    lowest: int
    highest: int
    colour_zh: str
    hex_colour: str
    rgb: str
    cmyk: str
    standard: str
    confidence: Confidence
    note: str


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """One cell of the table of sub-indices; `concentration` (in `unit`) None: the edition has no index as high as this.

    `effective_to` is inclusive, None when open.
    """

    edition: Edition
    item: Item
    index: int
    concentration: Decimal | None
    unit: str
    effective_from: date | None
    effective_to: date | None
    confidence: Confidence
    note: str


@dataclass(frozen=True, slots=True)
class AqiReport:
    """AQI of an hour or a day.

    `aqi` is None where the standard publishes NA. `sub_indices` holds every item of the report, None when the value is
    missing or the item has no index at its concentration. `primary` are the items with the greatest sub-index when
    AQI > 50, ties all; `exceeding` those with IAQI > 100 (a term of the 2012 edition, empty in 2026). `missing` are
    items of the plan without a value.
    """

    edition: Edition
    aqi: int | None
    category: Category | None
    sub_indices: Mapping[Item, int | None]
    primary: tuple[Item, ...]
    exceeding: tuple[Item, ...]
    missing: tuple[Item, ...]


@lru_cache(maxsize=1)
def breakpoints() -> tuple[Breakpoint, ...]:
    """Return the table of both editions, row by row, with its confidence."""
    return tuple(
        Breakpoint(
            Edition(row["standard"]), Item(f"{row['pollutant']} {row['averaging']}"), int(row["iaqi"]),
            decimal_cell(_BREAKPOINTS, line, "concentration", row["concentration"]) if row["concentration"] else None,
            row["unit"], date_cell(_BREAKPOINTS, line, "effective_from", row["effective_from"]),
            date_cell(_BREAKPOINTS, line, "effective_to", row["effective_to"]), Confidence(row["confidence"]), row["note"],
        )
        for line, row in rows_of(_BREAKPOINTS)
    )  # fmt: skip


@lru_cache(maxsize=1)
def _lines() -> Mapping[tuple[Edition, Item], tuple[tuple[int, Decimal], ...]]:
    found: dict[tuple[Edition, Item], list[tuple[int, Decimal]]] = {}
    for point in breakpoints():
        points = found.setdefault((point.edition, point.item), [])
        if point.concentration is not None:
            points.append((point.index, point.concentration))
    if any(points != sorted(points) for points in found.values()):
        raise BrokenTable(f"{_BREAKPOINTS}: breakpoints do not rise")
    return MappingProxyType({key: tuple(points) for key, points in found.items()})


def unit_of(item: Item) -> str:
    """Return the unit of the item's concentrations: mg/m3 for CO, ug/m3 for all others."""
    return "mg/m3" if item.pollutant is Pollutant.CO else "ug/m3"


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """Return the six levels, best first."""
    return tuple(
        Category(
            int(row["level"]), row["level_cn"], row["category_cn"], row["category_en"], int(row["aqi_min"]), int(row["aqi_max"]),
            row["colour_cn"], row["hex"], row["rgb"], row["cmyk"], row["standard"], Confidence(row["confidence"]),
            row["note"],
        )
        for _, row in rows_of(_CATEGORIES)
    )  # fmt: skip


def category_of(aqi: int) -> Category:
    """Return the level of an AQI of 0 to 500. Raises BadValue outside."""
    for category in categories():
        if category.lowest <= aqi <= category.highest:
            return category
    raise BadValue(f"AQI {aqi} is not within 0 to 500")


@lru_cache(maxsize=1)
def _edition_dates() -> tuple[tuple[Edition, date, date | None], ...]:
    found = {point.edition: (point.effective_from or date.min, point.effective_to) for point in breakpoints()}
    return tuple((edition, *dates) for edition, dates in found.items())


def edition_at(day: date) -> Edition:
    """Return the edition that judges data monitored on `day` (Beijing time). Raises BadValue before 2016-01-01."""
    for edition, start, end in _edition_dates():
        if start <= day and (end is None or day <= end):
            return edition
    raise BadValue(f"no edition of HJ 633 is held for {day.isoformat()}")


def rounded_concentration(item: Item, concentration: Decimal) -> Decimal:
    """Round a statistic as HJ 633 asks before the index: integer, CO to one decimal."""
    return round_gb8170(concentration, 1 if item.pollutant is Pollutant.CO else 0)


def sub_index(item: Item, concentration: Decimal, edition: Edition) -> int | None:
    """Return the IAQI of a concentration (ug/m3, CO mg/m3), 0 to 500, rounded up.

    None where the edition has no index for it (2012: SO2 1h and O3 8h above 800 ug/m3). Raises BadValue for negative
    values and for items the edition does not index (2012: hourly PM). Source: HJ 633-2026 and 2012, formula 1.
    """
    if exact(concentration) < 0:
        raise BadValue(f"{item}: concentration {concentration} is negative")
    by_daily = _PM_BY_DAILY.get(item)
    if by_daily is not None and edition is Edition.HJ_633_2012:
        raise BadValue(f"{item} has no sub-index in {edition}; use the 24-hour moving mean")
    points = _lines()[edition, by_daily or item]
    value = rounded_concentration(item, concentration)
    for (low_index, low), (high_index, high) in pairwise(points):
        if value <= high:
            share = (Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))
            return ceil((high_index - low_index) * share + low_index)
    return _TOP_WITHOUT_INDEX[edition].get(item, _TOP_INDEX)


def daily_report(
    values: Mapping[Item, Decimal | None], edition: Edition, *, planned: Collection[Item] | None = None
) -> AqiReport:
    """Return the AQI of a natural day from valid statistics (None or absent: missing or not valid).

    `planned` names the items the station monitors (default: all of the edition); others have no effect.
    """
    return _report(values, DAILY_ITEMS[edition], edition, planned)


def realtime_report(
    values: Mapping[Item, Decimal | None], edition: Edition, *, planned: Collection[Item] | None = None
) -> AqiReport:
    """Return the AQI of an hour. 2012: SO2_24H may be given too; it stands in for SO2_1H above 800 ug/m3."""
    return _report(values, REALTIME_ITEMS[edition], edition, planned)


def _report(
    values: Mapping[Item, Decimal | None],
    items: tuple[Item, ...],
    edition: Edition,
    planned: Collection[Item] | None,
) -> AqiReport:
    wanted = [item for item in items if planned is None or item in planned]
    indices = {item: _index_or_stand_in(item, values, edition) for item in wanted}
    missing = tuple(item for item in wanted if values.get(item) is None)
    known = {item: index for item, index in indices.items() if index is not None}
    aqi = _published(max(known.values(), default=None), bool(missing), edition)
    return AqiReport(
        edition=edition,
        aqi=aqi,
        category=None if aqi is None else category_of(aqi),
        sub_indices=MappingProxyType(indices),
        primary=tuple(item for item, index in known.items() if aqi is not None and index == aqi > 50),
        exceeding=tuple(item for item, index in known.items() if index > 100) if edition is _OLD else (),
        missing=missing,
    )


_OLD = Edition.HJ_633_2012


def _index_or_stand_in(item: Item, values: Mapping[Item, Decimal | None], edition: Edition) -> int | None:
    value = values.get(item)
    if value is None:
        return None
    index = sub_index(item, value, edition)
    other = _STAND_IN.get(item) if index is None else None
    substitute = values.get(other) if other else None
    return sub_index(other, substitute, edition) if other and substitute is not None else index


def _published(highest: int | None, incomplete: bool, edition: Edition) -> int | None:
    """2026, 5.3.1: with an item missing, publish only what is above 100. 2012: publish from the rest."""
    if highest is None or (incomplete and edition is Edition.HJ_633_2026 and highest <= 100):
        return None
    # ASSUMPTION: HJ 633-2026 writes the range as 1 to 500 though the formula gives 0 for clean air; we publish 1.
    return max(highest, _PUBLISHED_FLOOR[edition])
