"""A quota card of an outlet (刷卡排污, IC-card total control): what was charged, what is used, and by whose figures. Pure.

ASSUMPTION: no national standard describes the card or its controller (刷卡排污总量控制系统 is regional practice), and
HJ 212 has no code for its signals. So the account is ours; what a controller reports is read from factors of the outlet that
are filed with the card, as the anomaly signals are. To disprove: a regional interface text with codes of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from park_schemas.codes import Medium
from park_schemas.registry import MonitoredFactor
from park_standards.errors import StandardsError
from park_standards.units import convert, quantity_of

from source_monitoring.domain.emission import FLOW
from source_monitoring.domain.permitted_quantity import Use

VOLUME_UNIT, MASS_UNIT = "m3", "kg"
_CONCENTRATIONS = {
    Medium.WASTE_WATER: "mass per water volume",
    Medium.RAIN_WATER: "mass per water volume",
    Medium.WASTE_GAS: "mass per gas volume",
}


class UsedBy(StrEnum):
    OWN = "own"
    """The platform's own days: emission with substitutes, or volume."""
    CONTROLLER = "controller"
    """The running total that the card controller reports."""


class CardState(StrEnum):
    OK = "ok"
    LOW = "low"
    """A warning share is reached."""
    EMPTY = "empty"


class Controller(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which factors of the outlet carry what the card controller reports. `total_factor` is a running total; `valve_open`
    and `valve_closed` are the values of `valve_factor` that mean so."""

    total_factor: str = ""
    balance_factor: str = ""
    valve_factor: str = ""
    valve_open: str = ""
    valve_closed: str = ""


class Card(Struct, frozen=True, forbid_unknown_fields=True):
    """The account of one outlet and factor over [period_start, period_end], both days inclusive. Amounts are in `unit`."""

    card_number: str
    factor: str
    unit: str
    period_start: date
    period_end: date
    used_by: UsedBy
    controller: Controller
    note: str = ""


def unit_of(medium: Medium, factor: MonitoredFactor) -> str | None:
    """Return the unit an account of a factor is kept in: m3 for waste water, kg where a mass follows; None: neither."""
    if factor.factor == FLOW.get(medium) and medium is not Medium.WASTE_GAS:
        return VOLUME_UNIT
    return MASS_UNIT if quantity_of(factor.unit) == _CONCENTRATIONS.get(medium) else None


def converts(unit: str, to: str) -> bool:
    """Say whether a running total in `unit` can be read as `to`."""
    try:
        convert(Decimal(1), unit, to)
    except StandardsError:
        return False
    return True


def counter_uses(readings: Mapping[date, tuple[Decimal, Decimal]]) -> dict[date, Decimal]:
    """Return what a running total rose by on each day; `readings` are the (lowest, highest) of each day there is.

    What passed between two days is of the later one. ASSUMPTION: a total that falls was set to zero, so its highest value
    is what has passed since; to disprove, a controller that counts down.
    """
    uses: dict[date, Decimal] = {}
    before: Decimal | None = None
    for day in sorted(readings):
        lowest, highest = readings[day]
        start = lowest if before is None else before
        uses[day] = highest - start if highest >= start else highest
        before = highest
    return uses


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Own computation against the controller over the days that both have. `share` is of the own one; None: own is zero."""

    own: Decimal
    controller: Decimal
    days: int
    tolerance: Decimal

    @property
    def difference(self) -> Decimal:
        return self.controller - self.own

    @property
    def share(self) -> Decimal | None:
        return abs(self.difference) / self.own if self.own else None

    @property
    def differs(self) -> bool:
        """They differ by more than the tolerance, a share of the own figure; at an own zero by anything."""
        return abs(self.difference) > self.tolerance * self.own


def reconcile(
    own: Mapping[date, Decimal], controller: Mapping[date, Decimal], tolerance: Decimal
) -> Reconciliation | None:
    """Return both sums over the days that both have; None when there is no such day."""
    both = sorted(own.keys() & controller.keys())
    if not both:
        return None
    own_sum, controller_sum = (sum((values[day] for day in both), Decimal(0)) for values in (own, controller))
    return Reconciliation(own_sum, controller_sum, len(both), tolerance)


def state_of(use: Use, charged: Decimal, lowest_warning: Decimal) -> CardState:
    """Return how an account stands: empty when all is used, or nothing was ever charged."""
    if use.used >= charged:
        return CardState.EMPTY
    return CardState.LOW if use.share >= lowest_warning else CardState.OK


def valve_of(controller: Controller, value: str | None) -> str | None:
    """Return open, closed or unknown; None where the controller reports no valve."""
    if not controller.valve_factor:
        return None
    words = {controller.valve_open: "open", controller.valve_closed: "closed"}
    try:
        named = {Decimal(key): word for key, word in words.items() if key}
        return "unknown" if value is None else named.get(Decimal(value), "unknown")
    except ArithmeticError:
        return "unknown"
