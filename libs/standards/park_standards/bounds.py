"""Lower and upper bound of a compliant value, apart from where they come from.

A service that keeps its own limits (permit, agreed indirect discharge) builds `Bounds` from its row and judges with
the same function as the tables here.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from park_standards.errors import BadValue
from park_standards.rounding import exact, plain
from park_standards.units import convert


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Inclusive bounds in `unit`; `detectable=False` means the substance must not be found at all.

    Raises BadValue when there is nothing to compare with or lower > upper.
    """

    unit: str
    lower: Decimal | None = None
    upper: Decimal | None = None
    detectable: bool = True

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None and self.detectable:
            raise BadValue("bounds need a lower or an upper value")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise BadValue(f"lower bound {self.lower} is above the upper bound {self.upper}")

    @classmethod
    def of(cls, *, unit: str, lower: Decimal | str | None = None, upper: Decimal | str | None = None) -> Self:
        """Build bounds from decimal text or Decimal, as they stand in a permit row."""
        return cls(
            unit=unit,
            lower=None if lower is None else exact(lower),
            upper=None if upper is None else exact(upper),
        )

    def in_unit(self, unit: str) -> Self:
        """Return the same bounds expressed in `unit`; convert once, then compare many. Raises UnitMismatch."""
        return type(self)(
            unit=unit,
            lower=None if self.lower is None else convert(self.lower, self.unit, unit),
            upper=None if self.upper is None else convert(self.upper, self.unit, unit),
            detectable=self.detectable,
        )

    def contain(self, value: Decimal) -> bool:
        """Say whether a detected value in the same unit complies; equality complies."""
        if not self.detectable:
            return False
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)

    def __str__(self) -> str:
        if not self.detectable:
            return "not detectable"
        ends = [plain(end) for end in (self.lower, self.upper) if end is not None]
        word = "" if len(ends) == 2 else "<= " if self.lower is None else ">= "
        return f"{word}{' to '.join(ends)} {self.unit}".removesuffix(" 1")
