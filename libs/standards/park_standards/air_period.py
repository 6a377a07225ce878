"""Evaluation of ambient air over a year (HJ 663): annual means, percentiles of the daily values, good days.

Percentiles: SO2 and NO2 P98, CO P95, PM10 and PM2.5 P95 of the 24-hour means; O3 P90 of the daily maximum 8-hour means.
Confidence: secondary, as 2013; exceptional days and the 3-year statistic of 2026 are not covered.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from park_standards.air_statistics import percentile
from park_standards.aqi import POLLUTANT_CODES, Pollutant
from park_standards.completeness import is_valid_air_year, needed_in_month
from park_standards.errors import NotEnoughData, UnknownStandard
from park_standards.exceedance import Verdict, judge
from park_standards.limit import Averaging, Subject
from park_standards.limits import limits_for
from park_standards.means import arithmetic_mean

ANNUAL_PERCENTILES = MappingProxyType(
    {
        Pollutant.SO2: Decimal("0.98"),
        Pollutant.NO2: Decimal("0.98"),
        Pollutant.CO: Decimal("0.95"),
        Pollutant.PM10: Decimal("0.95"),
        Pollutant.PM25: Decimal("0.95"),
        Pollutant.O3: Decimal("0.90"),
    }
)
_WITH_ANNUAL_MEAN = frozenset({Pollutant.SO2, Pollutant.NO2, Pollutant.PM10, Pollutant.PM25})
_CODES = {pollutant: code for code, pollutant in POLLUTANT_CODES.items()}
_GOOD_AQI = 100


@dataclass(frozen=True, slots=True)
class YearOfPollutant:
    """Statistics of a year and their verdicts; `mean` is None for CO and O3, which have no annual limit."""

    pollutant: Pollutant
    valid_days: int
    mean: Decimal | None
    percentile: Decimal
    mean_verdict: Verdict | None
    percentile_verdict: Verdict

    @property
    def complies(self) -> bool:
        return not self.percentile_verdict.over and not (self.mean_verdict and self.mean_verdict.over)


def year_of(pollutant: Pollutant, days: Mapping[date, Decimal], year: int, *, area_class: str = "2") -> YearOfPollutant:
    """Evaluate the valid daily values of one pollutant (ug/m3, CO mg/m3) in a calendar year against its area class.

    Raises NotEnoughData below 324 valid days, or below 27 (February 25) in any month. ASSUMPTION: the same counts are
    asked of CO and O3. The limits are those in force on December 31.
    """
    values = {day: value for day, value in days.items() if day.year == year}
    if not is_valid_air_year(len(values)):
        raise NotEnoughData(f"{pollutant} of {year}: days", len(values), 324)
    for month in range(1, 13):
        count = sum(day.month == month for day in values)
        needed = needed_in_month(Subject.AMBIENT_AIR, monthrange(year, month)[1])
        if count < needed:
            raise NotEnoughData(f"{pollutant} of {year}-{month:02}: days", count, needed)
    end = date(year, 12, 31)
    daily = Averaging.DAY_MAX_8H if pollutant is Pollutant.O3 else Averaging.DAY
    share = percentile(tuple(values.values()), ANNUAL_PERCENTILES[pollutant])
    mean = arithmetic_mean(values.values()) if pollutant in _WITH_ANNUAL_MEAN else None
    return YearOfPollutant(
        pollutant,
        len(values),
        mean,
        share,
        None if mean is None else _judged(mean, pollutant, Averaging.YEAR, area_class, end),
        _judged(share, pollutant, daily, area_class, end),
    )


def _judged(value: Decimal, pollutant: Pollutant, averaging: Averaging, area_class: str, at: date) -> Verdict:
    rows = limits_for(_CODES[pollutant], at=at, level=area_class, averaging=averaging, subject=Subject.AMBIENT_AIR)
    held = [row for row in rows if row.standard.startswith("GB 3095") and row.scope != "reference"]
    if len(held) != 1:
        raise UnknownStandard(f"{len(held)} limits of {pollutant} {averaging} class {area_class} on {at.isoformat()}")
    return judge(value, held[0])


@dataclass(frozen=True, slots=True)
class GoodDays:
    """Days with AQI of 100 or less (优良天数) among the valid ones; `share` None without any."""

    good: int
    valid: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.good) / self.valid if self.valid else None


def good_days(indices: Iterable[int | None]) -> GoodDays:
    """Count the good days from daily AQI values; None is a day without a published AQI."""
    known = [index for index in indices if index is not None]
    return GoodDays(sum(index <= _GOOD_AQI for index in known), len(known))
