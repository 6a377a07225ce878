"""One value held against one limit: the exact verdict and its ratio."""

from dataclasses import dataclass
from decimal import Decimal

from park_standards.bounds import Bounds
from park_standards.exceedance import judge
from park_standards.rounding import exact, round_gb8170
from park_standards.units import convert, quantity_of

from park_judging.domain.applied_limits import AppliedLimit

RATIO_CAP = 1000.0
"""Stands for "beyond all measure": a value of 0 under a lower limit, any value over an upper limit of 0."""


SOUND_LEVEL = "sound level A"
"""Quantity of park_standards.units."""


@dataclass(frozen=True, slots=True)
class Held:
    """The outcome. `observed` is the compared number as text in the limit's unit, `bound` what it was held against."""

    limit: AppliedLimit
    violated: bool
    observed: str
    bound: str
    ratio: float


def hold(value: str, limit: AppliedLimit, *, unit: str = "") -> Held:
    """Hold a value, decimal text in `unit` (that of the point), against a limit. A value equal to a bound complies.

    All digits are compared (全数值比较法, GB/T 8170-2008 4.3.2); sound levels are rounded to the integers of their limits first
    (park_standards.noise.judge_noise). Raises park_standards.errors.BadValue for text that is no number.
    """
    bounds = limit.bounds
    given = unit or limit.factor.unit
    number = convert(exact(value), given, bounds.unit)
    observed = value if given == bounds.unit else f"{number.normalize():f}"
    compared = round_gb8170(number, 0) if quantity_of(bounds.unit) == SOUND_LEVEL else number
    return Held(limit, judge(compared, bounds).over, observed, bound_text(bounds), ratio_of(compared, bounds))


def bound_text(bounds: Bounds) -> str:
    """Return a limit without its operator: "50", or "6-9" for a range."""
    return "-".join(f"{bound:f}" for bound in (bounds.lower, bounds.upper) if bound is not None)


def ratio_of(number: Decimal, bounds: Bounds) -> float:
    """Return how far a number is: above 1 it breaks the limit, at 1 it stands on it.

    Upper limit: value / limit. Lower limit: limit / value. Range: distance from its middle over half its width.
    """
    if bounds.lower is not None and bounds.upper is not None:
        half = (bounds.upper - bounds.lower) / 2
        return _quotient(abs(number - bounds.lower - half), half)
    if bounds.upper is not None:
        return _quotient(number, bounds.upper)
    return _quotient(bounds.lower or Decimal(0), number)


def _quotient(numerator: Decimal, denominator: Decimal) -> float:
    if denominator <= 0:
        return RATIO_CAP if numerator > denominator else 0.0
    return round(min(float(numerator / denominator), RATIO_CAP), 4)
