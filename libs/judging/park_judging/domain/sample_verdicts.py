"""What stands beside the values of a period: how each single value is ruled, and what is known of the period as a whole.

Layers of a value (validity rules section 1): raw value, device mark, own computation, baseline status, condition mark,
equipment mark, verdict with reason, substituted emission. A service that keeps them gives `PeriodLayers`; without, the
device's mark alone decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from park_standards.validity import ValidityVerdict, verdict_of_mark

SampleVerdict: TypeAlias = Callable[[str, datetime, str | None], ValidityVerdict]
"""(factor, time of the value, device's mark) -> verdict."""


def by_device_mark(_factor: str, _at: datetime, mark: str | None) -> ValidityVerdict:
    """The verdict when nothing but the device's mark is known."""
    return verdict_of_mark(mark)


@dataclass(frozen=True, slots=True)
class MarksInForce:
    """Internal keys of the marks that touch a factor in a period; empty for none."""

    condition: str = ""
    equipment: str = ""
    stopped_throughout: bool = False
    """A stop covers the whole period: nothing is expected of it."""


@dataclass(frozen=True, slots=True)
class PeriodLayers:
    """What a service knows of one hour of a point beside its frames. `in_force` has factors with a mark only."""

    verdict_of: SampleVerdict = by_device_mark
    link_up: bool = True
    in_force: Mapping[str, MarksInForce] = field(default_factory=lambda: MappingProxyType({}))
