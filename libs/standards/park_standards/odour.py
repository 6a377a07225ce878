"""Odour (恶臭) by GB 14554-1993: boundary concentration, stack rates and stack odour concentration.

At the boundary the highest of the samples counts; at the stack the limit of the nearest listed height. GB 14554 holds in
addition to any industry standard.
"""

from collections.abc import Sequence
from decimal import Decimal

from park_standards.errors import NotEnoughData, UnknownStandard
from park_standards.exceedance import Verdict, judge
from park_standards.limit import Kind, Limit
from park_standards.limits import limits_for
from park_standards.rounding import exact
from park_standards.stack_rate import nearest_rate, rate_rows

STANDARD = "GB 14554-1993"
ODOUR_CONCENTRATION = "臭气浓度"


def boundary_limit(item: str, level: str) -> Limit:
    """Return the boundary limit of a factor code or item name; `level` is "level2 new" and the like.

    Raises UnknownStandard when the table has none or several.
    """
    rows = limits_for(item, standard=STANDARD, level=level, kind=Kind.FENCE)
    if len(rows) != 1:
        raise UnknownStandard(f"{len(rows)} boundary limits of {item!r} at {level!r} are held, 1 expected")
    return rows[0]


def judge_boundary(item: str, samples: Sequence[Decimal], level: str, *, unit: str | None = None) -> Verdict:
    """Judge the highest of the samples of one survey. Raises NotEnoughData for none, and as `boundary_limit`."""
    if not samples:
        raise NotEnoughData("odour samples at the boundary", 0, 1)
    return judge(max(exact(sample) for sample in samples), boundary_limit(item, level), unit=unit)


def judge_stack(item: str, value: Decimal, stack_m: Decimal, *, unit: str | None = None) -> Verdict:
    """Judge a rate (kg/h) or an odour concentration against the row of the nearest height. Raises as `nearest_rate`."""
    return judge(value, nearest_rate(rate_rows(item, STANDARD, "all"), stack_m), unit=unit)
