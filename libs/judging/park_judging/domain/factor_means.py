"""How the values of a factor become one: by factor, in one table. Pure.

| factor | mean | why |
|---|---|---|
| wind direction | direction of the summed unit vectors | the mean of 350 and 10 degrees is 0 |
| LA, Leq, Ld, Ln, Ldn | energy mean | GB 3096-2008 3.3: levels are logarithms of energies |
| LMx, LMn | largest, smallest | of maxima and minima only the extreme means anything |
| all others | arithmetic mean | GB 3095-2026, HJ 75-2017, HJ 356-2019 |

ASSUMPTION: percentile levels (L10, L50, L90) of parts of an hour are averaged arithmetically; the percentile of the whole
cannot be had from them. To disprove: a noise standard that says otherwise.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from park_schemas.registry import MonitoredFactor
from park_standards.means import arithmetic_mean
from park_standards.noise import equivalent_level
from park_standards.rounding import round_reported

Mean = Callable[[Sequence[Decimal]], Decimal]


def _direction(degrees: Sequence[Decimal]) -> Decimal:
    """Mean direction of unit vectors, 0 <= result < 360."""
    radians = [math.radians(float(direction)) for direction in degrees]
    mean = math.degrees(math.atan2(sum(map(math.sin, radians)), sum(map(math.cos, radians))))
    return Decimal(repr(round(mean % 360, 6))) % 360


MEANS: Mapping[str, Mean] = MappingProxyType(
    {
        "a01008": _direction,
        "LA": equivalent_level,
        "Leq": equivalent_level,
        "Ld": equivalent_level,
        "Ln": equivalent_level,
        "Ldn": equivalent_level,
        "LMx": max,
        "LMn": min,
    }
)


def mean_of(factor: MonitoredFactor, numbers: Sequence[Decimal]) -> str | None:
    """Return the mean as text, None for no numbers: with one digit more than the device's values have, and as many as it
    takes that holding it against a limit or rounding it again does not mislead (`round_reported`)."""
    if not numbers:
        return None
    return f"{round_reported(MEANS.get(factor.factor, arithmetic_mean)(numbers), factor.decimals + 1):f}"
