"""Holding one value against one limit (超标判定).

Two multiples must not be mixed: `ratio` is value / limit (the grading of warnings uses it), `exceeding_multiple`
is (C - S) / S, the 超标倍数 of HJ 663 and of the surface-water method. Neither exists for ranges (pH) nor for lower
limits (dissolved oxygen, removal rate).

How digits are compared: a standard without a statement compares all digits (全数值比较法), the default here; the other
way rounds the value to the decimals of the limit first (修约值比较法, GB/T 8170-2008 4.3.3). A value equal to a limit
complies.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from park_standards.bounds import Bounds
from park_standards.errors import BadValue
from park_standards.limit import Limit
from park_standards.rounding import decimals_of, exact, plain, round_gb8170
from park_standards.units import convert


class Outcome(StrEnum):
    """UNDECIDED: not detected, but the method's detection limit is above the limit, so compliance is not proven."""

    COMPLIANT = "compliant"
    OVER = "over"
    UNDECIDED = "undecided"


class Comparison(StrEnum):
    """How value and limit are compared, GB/T 8170-2008 4.3."""

    ALL_DIGITS = "all-digits"
    ROUNDED = "rounded"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of one comparison.

    `value` is the number that was compared, in `unit` (the limit's), after conversion and, if asked for, rounding;
    None when the substance was not detected. `bound` is the bound that was crossed, else the upper, else the lower
    one. `ratio` is value / upper limit, `exceeding_multiple` (C - S) / S, set only when over; both None for ranges,
    lower limits, a zero limit and non-detects. `reason` is one English sentence.
    """

    outcome: Outcome
    value: Decimal | None
    unit: str
    bound: Decimal | None
    ratio: Decimal | None
    exceeding_multiple: Decimal | None
    reason: str

    @property
    def over(self) -> bool:
        """True when the limit is broken, above or below."""
        return self.outcome is Outcome.OVER


def judge(
    value: Decimal,
    limit: Limit | Bounds,
    *,
    unit: str | None = None,
    comparison: Comparison = Comparison.ALL_DIGITS,
) -> Verdict:
    """Compare a detected `value` in `unit` (default: the limit's own) with a limit row or plain bounds.

    Raises UnitMismatch when the units do not convert, BadValue when the value is not finite, NotComparable when the
    limit is in words. It does not check validity, averaging period or dates: see `validity` and `limits.in_force`.
    """
    bounds = limit.bounds if isinstance(limit, Limit) else limit
    number = exact(value) if unit is None else convert(value, unit, bounds.unit)
    if not bounds.detectable:
        return Verdict(Outcome.OVER, number, bounds.unit, None, None, None, "detected, but must not be detectable")
    if comparison is Comparison.ROUNDED:
        number = _rounded(number, bounds)
    if bounds.lower is None and bounds.upper is not None:
        return _judge_upper(number, bounds.upper, bounds.unit)
    return _judge_other(number, bounds)


def judge_not_detected(detection_limit: Decimal, limit: Limit | Bounds, *, unit: str | None = None) -> Verdict:
    """Judge a result "not detected (ND)" of a method with the given detection limit (> 0, in `unit`).

    Compliant with an upper limit at or above the detection limit and with "not detectable"; over where a lower limit
    above the detection limit asks for presence; undecided otherwise. Raises as `judge`.
    """
    bounds = limit.bounds if isinstance(limit, Limit) else limit
    edge = convert(detection_limit, bounds.unit if unit is None else unit, bounds.unit)
    if edge <= 0:
        raise BadValue(f"a detection limit must be above zero, not {detection_limit}")
    shown = f"not detected, detection limit {plain(edge)}"
    if bounds.lower is not None:
        short = edge <= bounds.lower
        outcome = Outcome.OVER if short else Outcome.UNDECIDED
        return Verdict(outcome, None, bounds.unit, bounds.lower, None, None, f"{shown}; the limit is {bounds}")
    if bounds.upper is None or edge <= bounds.upper:
        return Verdict(Outcome.COMPLIANT, None, bounds.unit, bounds.upper, None, None, f"{shown} ({bounds})")
    reason = f"{shown} is above the limit {bounds}: choose a more sensitive method"
    return Verdict(Outcome.UNDECIDED, None, bounds.unit, bounds.upper, None, None, reason)


def _rounded(number: Decimal, bounds: Bounds) -> Decimal:
    places = max(decimals_of(bound) for bound in (bounds.lower, bounds.upper) if bound is not None)
    return round_gb8170(number, places)


def _judge_upper(number: Decimal, upper: Decimal, unit: str) -> Verdict:
    ratio = number / upper if upper else None
    if number <= upper:
        return Verdict(
            Outcome.COMPLIANT, number, unit, upper, ratio, None, f"{plain(number)} is within the limit {plain(upper)}"
        )
    multiple = (number - upper) / upper if upper else None
    return Verdict(
        Outcome.OVER, number, unit, upper, ratio, multiple, f"{plain(number)} is above the limit {plain(upper)}"
    )


def _judge_other(number: Decimal, bounds: Bounds) -> Verdict:
    if bounds.lower is not None and number < bounds.lower:
        reason = f"{plain(number)} is below the limit {plain(bounds.lower)}"
        return Verdict(Outcome.OVER, number, bounds.unit, bounds.lower, None, None, reason)
    if bounds.upper is not None and number > bounds.upper:
        reason = f"{plain(number)} is above the limit {plain(bounds.upper)}"
        return Verdict(Outcome.OVER, number, bounds.unit, bounds.upper, None, None, reason)
    bound = bounds.upper if bounds.upper is not None else bounds.lower
    return Verdict(Outcome.COMPLIANT, number, bounds.unit, bound, None, None, f"{plain(number)} complies with {bounds}")
