"""Means over time (均值). All values of one call are in one unit, which is also the unit of the result."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from park_standards.errors import BadValue, NotEnoughData
from park_standards.rounding import exact


def arithmetic_mean(values: Iterable[Decimal]) -> Decimal:
    """Return the mean by time: gas (HJ 212-2017 D.2 23 to 25), air, pH. Raises NotEnoughData for no values."""
    numbers = [exact(value) for value in values]
    if not numbers:
        raise NotEnoughData("mean", 0, 1)
    return sum(numbers, Decimal(0)) / len(numbers)


def flow_weighted_mean(values: Sequence[Decimal], volumes: Sequence[Decimal]) -> Decimal:
    """Return sum(C Q) / sum(Q), the day mean of waste water (HJ 356-2019; HJ 212-2017 D.1 12 to 14).

    Time without flow has no weight. Raises NotEnoughData when nothing flowed at all, BadValue when the lengths differ
    or a volume is negative. pH is never weighted: use `value_range` and `arithmetic_mean`.
    """
    if len(values) != len(volumes):
        raise BadValue(f"{len(values)} values but {len(volumes)} volumes")
    weights = [exact(volume) for volume in volumes]
    if any(weight < 0 for weight in weights):
        raise BadValue("a volume is negative")
    total = sum(weights, Decimal(0))
    if not total:
        raise NotEnoughData("flow-weighted mean: periods with flow", 0, 1)
    return sum((exact(value) * weight for value, weight in zip(values, weights, strict=True)), Decimal(0)) / total


@dataclass(frozen=True, slots=True)
class ValueRange:
    """Smallest and largest value and the mean by time: how pH of a day is reported."""

    lowest: Decimal
    highest: Decimal
    mean: Decimal


def value_range(values: Iterable[Decimal]) -> ValueRange:
    """Return range and mean of pH values. Raises NotEnoughData for no values."""
    numbers = [exact(value) for value in values]
    mean = arithmetic_mean(numbers)
    return ValueRange(min(numbers), max(numbers), mean)
