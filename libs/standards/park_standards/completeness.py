"""How many valid parts a mean needs (有效小时, 有效日, 有效月, 有效年).

| period | waste gas, HJ 75-2017 | ambient air, GB 3095-2026 table 4 | waste water, HJ 356-2019 |
|---|---|---|---|
| hour  | 45 of 60 min | 45 of 60 min | the results that belong to the hour, 75 % |
| 8 h   | -            | 6 of 8 h     | - |
| day   | 20 h         | 20 h         | 75 % of the expected results |
| month | 25 d, February 23 | 27 d, February 25 | 75 % of the days |
| year  | -            | 324 d        | - |

Confidence: air verified-text, gas secondary, water from-memory. Surface-water stations: `SURFACE_WATER_DAY` (4 of 6
four-hour values) and 60 % of the days of a month, from-memory practice. ASSUMPTION: noise stations need 75 % of the hours of a
day or night and of the days of a month, as all others whose rule is not printed; to disprove: HJ 906-2017.
"""

from fractions import Fraction
from math import ceil

from park_standards.errors import BadValue
from park_standards.limit import Subject

_THREE_QUARTERS = Fraction(3, 4)
_DAY_HOURS = 20
_DAY_HOURS_SHARE = Fraction(_DAY_HOURS, 24)
_AIR_8H = 6
_AIR_YEAR_DAYS = 324
SURFACE_WATER_DAY = Fraction(4, 6)
SURFACE_WATER_MONTH = Fraction(6, 10)

_MONTH_DAYS = {Subject.WASTE_GAS: (25, 23), Subject.AMBIENT_AIR: (27, 25)}
_DAY_SHARE = {
    Subject.WASTE_GAS: _DAY_HOURS_SHARE,
    Subject.AMBIENT_AIR: _DAY_HOURS_SHARE,
    Subject.WASTE_WATER: _THREE_QUARTERS,
    Subject.SURFACE_WATER: SURFACE_WATER_DAY,
    Subject.NOISE: _THREE_QUARTERS,
}
_MONTH_SHARE = {
    Subject.WASTE_WATER: _THREE_QUARTERS,
    Subject.SURFACE_WATER: SURFACE_WATER_MONTH,
    Subject.NOISE: _THREE_QUARTERS,
}


def _share_of(expected: int, share: Fraction) -> int:
    if expected < 0:
        raise BadValue(f"the expected number of values cannot be {expected}")
    return max(1, ceil(expected * share)) if expected else 0


def needed_in_hour(expected: int) -> int:
    """Return how many of the `expected` values of an hour must be valid: 45 min of 60, that is 75 %, rounded up.

    60 one-minute values need 45, 6 ten-minute values 5, one analysis result needs itself. 0 expected needs 0.
    HJ 75-2017; GB 3095-2026 table 4. For water 75 % is from-memory (HJ 356-2019).
    """
    return _share_of(expected, _THREE_QUARTERS)


def needed_in_day(subject: Subject, expected: int = 24) -> int:
    """Return how many of the `expected` values of a day must be valid: 20 of 24 hours for gas and air, 75 % for water and noise.

    `expected` is 24 for hourly values, 12 for a two-hour cycle, 6 for four-hour values of a water station.
    Raises BadValue for subjects without a rule.
    """
    share = _DAY_SHARE.get(subject)
    if share is None:
        raise BadValue(f"no rule for the valid day of {subject}")
    return _share_of(expected, share)


def needed_in_month(subject: Subject, days: int) -> int:
    """Return how many valid days a month of `days` days (28 to 31) needs. Raises BadValue for subjects without a rule."""
    if subject in _MONTH_DAYS:
        ordinary, february = _MONTH_DAYS[subject]
        return february if days < 30 else ordinary
    share = _MONTH_SHARE.get(subject)
    if share is None:
        raise BadValue(f"no rule for the valid month of {subject}")
    return _share_of(days, share)


def is_valid_eight_hours(valid_hours: int) -> bool:
    """Say whether an 8-hour mean of ozone is valid: 6 hourly means. GB 3095-2026 table 4."""
    return valid_hours >= _AIR_8H


def is_valid_air_year(valid_days: int) -> bool:
    """Say whether an annual mean of air is valid by its days (324); the monthly minimum holds in addition."""
    return valid_days >= _AIR_YEAR_DAYS
