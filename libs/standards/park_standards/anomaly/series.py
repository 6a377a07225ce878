"""Samples in time and the runs in which something holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from park_standards.errors import BadValue
from park_standards.means import arithmetic_mean

# No slots on the generic classes: `Series[Decimal](...)` sets an attribute on the instance (CPython 3.11).
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Sample(Generic[T]):
    """A value and its time (aware; the start of the period for means); `mark` is the device's data mark."""

    at: datetime
    value: T
    mark: str = "N"


@dataclass(frozen=True)
class Series(Generic[T]):
    """Samples in rising time; `step` is the time one sample stands for. Raises BadValue when times do not rise."""

    samples: tuple[Sample[T], ...]
    step: timedelta

    def __post_init__(self) -> None:
        if self.step <= timedelta(0):
            raise BadValue(f"the step of a series must be above zero, not {self.step}")
        for earlier, later in zip(self.samples, self.samples[1:], strict=False):
            if later.at <= earlier.at:
                raise BadValue(f"times of a series must rise: {later.at.isoformat()} after {earlier.at.isoformat()}")

    @property
    def values(self) -> tuple[T, ...]:
        return tuple(sample.value for sample in self.samples)

    @property
    def start(self) -> datetime:
        """Time of the first sample. Raises BadValue when there is none."""
        return self._sample(0).at

    @property
    def end(self) -> datetime:
        """End of the time the last sample stands for. Raises BadValue when there is none."""
        return self._sample(-1).at + self.step

    @property
    def duration(self) -> timedelta:
        """From the start of the first to the end of the last sample; zero when empty."""
        return self.end - self.start if self.samples else timedelta(0)

    def _sample(self, place: int) -> Sample[T]:
        if not self.samples:
            raise BadValue("the series is empty")
        return self.samples[place]

    def runs(self, holds: Callable[[Sample[T]], bool], at_least: timedelta) -> "Iterator[Series[T]]":
        """Yield every longest stretch of samples that all hold and last `at_least`; a gap over two steps ends one."""
        run: list[Sample[T]] = []
        for sample in self.samples:
            broken = run and sample.at - run[-1].at > 2 * self.step
            if not holds(sample) or broken:
                yield from self._long_enough(run, at_least)
                run = []
            if holds(sample):
                run.append(sample)
        yield from self._long_enough(run, at_least)

    def _long_enough(self, run: list[Sample[T]], at_least: timedelta) -> "Iterator[Series[T]]":
        stretch = Series(tuple(run), self.step)
        if run and stretch.duration >= at_least:
            yield stretch


def joined(one: Series[T], other: Series[U]) -> Series[tuple[T, U]]:
    """Return the pairs of two series at the times both have."""
    values = {sample.at: sample.value for sample in other.samples}
    return Series(tuple(Sample(s.at, (s.value, values[s.at]), s.mark) for s in one.samples if s.at in values), one.step)


def spread(values: tuple[Decimal, ...]) -> Decimal:
    """Return the standard deviation (n - 1) of the values, 0 for fewer than two."""
    if len(values) < 2:
        return Decimal(0)
    mean = arithmetic_mean(values)
    return (sum(((value - mean) ** 2 for value in values), Decimal(0)) / (len(values) - 1)).sqrt()


def correlation(one: tuple[Decimal, ...], other: tuple[Decimal, ...]) -> Decimal | None:
    """Return Pearson's r of paired values, None when either does not vary. Raises BadValue for unpaired ones."""
    if len(one) != len(other):
        raise BadValue(f"{len(one)} and {len(other)} values are no pairs")
    if len(one) < 2:
        return None
    mean_one, mean_other = arithmetic_mean(one), arithmetic_mean(other)
    product = sum(((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True)), Decimal(0))
    squares = sum(((a - mean_one) ** 2 for a in one), Decimal(0)) * sum(
        ((b - mean_other) ** 2 for b in other), Decimal(0)
    )
    return product / squares.sqrt() if squares else None
