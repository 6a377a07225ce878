"""Statistics of ambient air: day means, ozone 8-hour means, percentiles (GB 3095-2026 table 4, HJ 663).

Hours of a day are 24 values in order, the first ending 01:00, the last 24:00 Beijing time; None is a missing or
invalid hour. Mind the source of the series: air stations stamp the end of the hour, HJ 212 sources the beginning.
"""

from collections.abc import Sequence
from decimal import Decimal

from park_standards.completeness import is_valid_eight_hours, needed_in_day
from park_standards.errors import BadValue, NotEnoughData
from park_standards.limit import Subject
from park_standards.means import arithmetic_mean
from park_standards.rounding import exact

_HOURS = 24
_SPAN = 8
_OZONE_MEANS_NEEDED = 14
_OZONE_ALWAYS_VALID_ABOVE = Decimal(160)


def day_mean(hours: Sequence[Decimal | None]) -> Decimal:
    """Return the 24-hour mean, or the 24-hour moving mean, of 24 hourly values; 20 must be valid.

    Raises BadValue for another number of hours, NotEnoughData for fewer than 20 valid ones.
    """
    _check_hours(hours)
    valid = [value for value in hours if value is not None]
    needed = needed_in_day(Subject.AMBIENT_AIR)
    if len(valid) < needed:
        raise NotEnoughData("24-hour mean", len(valid), needed)
    return arithmetic_mean(valid)


def eight_hour_means(hours: Sequence[Decimal | None]) -> tuple[Decimal | None, ...]:
    """Return the 17 moving means of the hours ending 08:00 to 24:00; None where fewer than 6 hours are valid."""
    _check_hours(hours)
    means = []
    for end in range(_SPAN, _HOURS + 1):
        valid = [value for value in hours[end - _SPAN : end] if value is not None]
        means.append(arithmetic_mean(valid) if is_valid_eight_hours(len(valid)) else None)
    return tuple(means)


def ozone_day_max_8h(hours: Sequence[Decimal | None]) -> Decimal:
    """Return the daily maximum 8-hour mean of ozone (ug/m3), unrounded.

    14 valid 8-hour means are needed; with fewer the maximum still counts when it is above 160 ug/m3 (HJ 663 6.1.2).
    Raises NotEnoughData otherwise.
    """
    valid = [mean for mean in eight_hour_means(hours) if mean is not None]
    highest = max(valid, default=None)
    if highest is None or (len(valid) < _OZONE_MEANS_NEEDED and highest <= _OZONE_ALWAYS_VALID_ABOVE):
        raise NotEnoughData("daily maximum 8-hour mean of ozone", len(valid), _OZONE_MEANS_NEEDED)
    return highest


def percentile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """Return the percentile as HJ 663 defines it: k = 1 + (n-1)p, linear between the two ranks around k.

    `share` is 0 to 1 (0.95 for P95). Raises BadValue outside, NotEnoughData for no values.
    """
    if not 0 <= exact(share) <= 1:
        raise BadValue(f"the share of a percentile must be 0 to 1, not {share}")
    ranked = sorted(exact(value) for value in values)
    if not ranked:
        raise NotEnoughData("percentile", 0, 1)
    rank = (len(ranked) - 1) * share
    below = int(rank)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (rank - below)


def _check_hours(hours: Sequence[Decimal | None]) -> None:
    if len(hours) != _HOURS:
        raise BadValue(f"a day has 24 hourly values, {len(hours)} were given")
